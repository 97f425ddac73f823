"""OPML: subscription lists of feed readers, read and written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from lxml import etree

from extractors.clean import one_line, plain
from extractors.discovery import TITLE, FeedLink, feed_address
from extractors.encodings import decode
from extractors.failures import Unreadable
from extractors.model import Source
from extractors.urls import BadUrl, canonical_url

OUTLINES = 2_000


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """The feeds of one file in its order, each address once, and the addresses that no feed can have."""

    links: tuple[FeedLink, ...]
    refused: tuple[str, ...] = ()


def parse_opml(body: bytes) -> Subscriptions:
    """Read a file of subscriptions, folders flattened; raises Unreadable('empty' | 'not_opml').

    Entities are not resolved and nothing is fetched; damaged markup is read as far as it goes.
    """
    text = decode(body, "text/xml").text.lstrip("\ufeff \t\r\n")
    if not text:
        raise Unreadable("empty")
    head, mark, rest = text.partition("?>")
    # The text is decoded: an encoding that it still declares would be applied once more.
    bare = rest if mark and head.startswith("<?xml") else text
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True, remove_comments=True)
    try:
        root = etree.fromstring(plain(bare).encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise Unreadable("not_opml") from fault
    if root is None or str(root.tag).lower() != "opml":
        raise Unreadable("not_opml")
    links: dict[str, FeedLink] = {}
    refused: dict[str, None] = {}
    for outline in root.iter():
        told = {str(name).lower(): str(value) for name, value in outline.attrib.items()}
        address = feed_address(told.get("xmlurl", ""))
        if not address or len(links) >= OUTLINES:
            continue
        try:
            url = canonical_url(address)
        except BadUrl:
            refused[one_line(address, 200)] = None
            continue
        title = one_line(told.get("title") or told.get("text") or "", TITLE)
        links.setdefault(url, FeedLink(url, title, one_line(told.get("htmlurl", ""), 500), one_line(told.get("language", ""), 20)))
    return Subscriptions(tuple(links.values()), tuple(refused))


def write_opml(sources: Iterable[Source], title: str) -> str:
    """Write the feeds among the sources as OPML 2.0, in their order; other kinds have no form there."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        f"  <head><title>{_escaped(title)}</title></head>",
        "  <body>",
    ]
    for source in sources:
        if source.kind == "feed":
            told = {"type": "rss", "text": source.publisher, "title": source.publisher, "xmlUrl": source.url, "language": source.lang}
            lines.append("    <outline " + " ".join(f"{name}={quoteattr(one_line(value, 2_083))}" for name, value in told.items()) + "/>")
    return "\n".join([*lines, "  </body>", "</opml>", ""])


def _escaped(text: str) -> str:
    return one_line(text, TITLE).replace("&", "&amp;").replace("<", "&lt;")
