"""Feed autodiscovery: which feeds a page names in its head, or, when it names none, links to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from lxml import html as lxml_html

from extractors.clean import one_line
from extractors.encodings import decode
from extractors.failures import Unreadable
from extractors.feeds import parse_feed
from extractors.urls import BadUrl, canonical_url

FOUND = 50  # feeds of one page; more is a directory of feeds
TITLE = 200
_TYPE = re.compile(r"\s*application/(?:(?:rss|atom|rdf)\+xml|feed\+json)\s*(?:;|$)", re.IGNORECASE)
_JSON = re.compile(r"\s*application/json\s*(?:;|$)", re.IGNORECASE)
_LOOKS = re.compile(
    r"/(?:feed|rss|atom|rdf|index\.xml|feed\.json)(?:[/.?]|$)|[./](?:rss|atom|rdf)$|(?:rss|atom|feed)[\w\-]*\.xml$", re.IGNORECASE
)
_XML = re.compile(r"\s*(?:<\?xml|<rss|<feed|<rdf:|\{)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FeedLink:
    """One feed: its address, the title it was given, the page it belongs to; guessed = linked to, but not declared as a feed."""

    url: str
    title: str = ""
    site: str = ""
    lang: str = ""
    guessed: bool = False


def discover(body: bytes, url: str, content_type: str, now: datetime) -> tuple[FeedLink, ...]:
    """Return the feeds of a page in its own order, the page itself when it is one; raises Unreadable('empty' | 'no_feed').

    Declared feeds (<link rel=alternate>) are taken wherever they stand; without any, links of the same site that look like feeds.
    """
    if not body.strip():
        raise Unreadable("empty")
    text = decode(body, content_type).text.replace("\x00", "")
    if _XML.match(text.lstrip("\ufeff")) and (itself := _itself(body, url, content_type, now)):
        return (itself,)
    try:
        tree = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=lxml_html.HTMLParser(encoding="utf-8"))
    except Exception as fault:  # lxml has several errors for what is no markup at all
        raise Unreadable("no_feed") from fault
    base = _base(tree, url)
    found = tuple(_unique(_declared(tree, base, url))) or tuple(_unique(_linked(tree, base, url)))
    if not found:
        raise Unreadable("no_feed")
    return found[:FOUND]


def _itself(body: bytes, url: str, content_type: str, now: datetime) -> FeedLink | None:
    try:
        document = parse_feed(body, url, content_type, "", now)
        return FeedLink(canonical_url(url), one_line(document.title, TITLE), lang=document.lang)
    except (Unreadable, BadUrl):
        return None


def _base(tree: Any, url: str) -> str:
    named = next((element.get("href") for element in tree.iter("base") if element.get("href")), "")
    try:
        return canonical_url(named, url) if named else url
    except BadUrl:
        return url


def _declared(tree: Any, base: str, site: str) -> Iterable[FeedLink]:
    for link in tree.iter("link"):
        rel, kind, href = (str(link.get(name) or "") for name in ("rel", "type", "href"))
        words = rel.lower().split()
        typed = _TYPE.match(kind) or (_JSON.match(kind) and "feed" in href.lower())
        if ("alternate" in words and typed) or ("feed" in words and (typed or not kind)):
            yield from _link(href, base, str(link.get("title") or ""), site)


def _linked(tree: Any, base: str, site: str) -> Iterable[FeedLink]:
    host = (urlsplit(site).hostname or "").removeprefix("www.")
    for anchor in tree.iter("a"):
        href = str(anchor.get("href") or "")
        if not _LOOKS.search(href.partition("#")[0]):
            continue
        for link in _link(href, base, " ".join(anchor.itertext()), site, guessed=True):
            there = urlsplit(link.url).hostname or ""
            if there == host or there.endswith(f".{host}"):
                yield link


def _link(href: str, base: str, title: str, site: str, *, guessed: bool = False) -> Iterable[FeedLink]:
    try:
        yield FeedLink(canonical_url(feed_address(href), base), one_line(title, TITLE), site, guessed=guessed)
    except BadUrl:
        return


def feed_address(href: str) -> str:
    """Turn the feed: scheme of readers into http: 'feed://x', 'feed:https://x'."""
    bare = href.strip()
    if bare.lower().startswith("feed:"):
        rest = bare[5:]
        return rest if rest.lower().startswith(("http://", "https://")) else f"http:{rest}"
    return bare


def _unique(links: Iterable[FeedLink]) -> Iterable[FeedLink]:
    seen: dict[str, FeedLink] = {}
    for link in links:
        seen.setdefault(link.url, link)
    return seen.values()
