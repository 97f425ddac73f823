"""Pages without a feed: the links that appear on one, or the passages that appear in its text."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from lxml import html as lxml_html

from extractors import limits
from extractors.articles import CHANGE
from extractors.clean import paragraphs, title_text
from extractors.failures import Unreadable
from extractors.list_html import parse_html_list
from extractors.list_walk import walk
from extractors.listing import Desk, Listing
from extractors.model import Cursor, Entry, Source, h
from extractors.page_tree import drop_hidden, read_tree
from extractors.selectors import to_xpath
from extractors.source_fields import read_fields
from extractors.urls import BadUrl, canonical_url

PASSAGES = 5_000
_MARK = "passages:"
_DIGITS = 10  # hex digits that stand for a passage in the cursor
_WORDS = re.compile(r"[^\W\d_]{2}|[\u3400-\u9fff]")  # a clock, a counter or a rule of dashes is no passage


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page says now: the entry that tells what is new, None when nothing is, and the memory for the next look."""

    entry: Entry | None
    memory: str


def parse_watched(body: bytes, url: str, content_type: str, source: Source, memory: str) -> Seen:
    """Compare a page's text with the memory of the last look; raises Unreadable, 'no_text' when the selector meets no text.

    The first look gives the whole text; a later one the passages that were not there, under the page's own title. Passages that only
    moved are no change; that some went is told in the title, as what they said holds no longer. The text itself is not remembered.
    """
    settings = read_fields(source)
    tree = read_tree(body, content_type)
    title = title_text(" ".join(tree.findtext(".//title", "").split()), limits.TITLE_CHARS) or source.publisher
    drop_hidden(tree)
    passages = _passages(tree, settings["text"], settings["skip"])
    if not passages:
        raise Unreadable("no_text")
    before = read_memory(memory)
    now = {h(passage)[:_DIGITS]: passage for passage in passages}
    after = _MARK + "".join(sorted(now))
    if not before:
        return Seen(_entry(source, url, title, "\n\n".join(passages), after, ()), after)
    added = [passage for digest, passage in now.items() if digest not in before]
    gone = len(before - now.keys())
    if not added and not gone:
        return Seen(None, after)
    told = title if added else f"{title}: {gone} passage{'s' * (gone > 1)} removed"
    return Seen(_entry(source, url, told, "\n\n".join(added), after, (CHANGE, f"removed:{gone}")), after)


def read_memory(memory: str) -> frozenset[str]:
    """Read what was remembered; anything else reads as nothing."""
    digests = memory.removeprefix(_MARK)
    if digests == memory or len(digests) % _DIGITS:
        return frozenset()
    return frozenset(digests[n : n + _DIGITS] for n in range(0, len(digests), _DIGITS))


def _passages(tree: lxml_html.HtmlElement, selector: str, skip: str) -> list[str]:
    regions = tree.xpath(to_xpath(selector)) if selector != "body" else [tree.find("body") if tree.find("body") is not None else tree]
    text = "\n\n".join(paragraphs(lxml_html.tostring(region, encoding="unicode", with_tail=False), limits.BODY_CHARS) for region in regions)
    unwanted = re.compile(skip) if skip else None
    found = {" ".join(block.split()) for block in text.split("\n\n") if _WORDS.search(block) and not (unwanted and unwanted.search(block))}
    ordered = dict.fromkeys(line for block in text.split("\n\n") if (line := " ".join(block.split())) in found)
    return list(ordered)[:PASSAGES]


def _entry(source: Source, url: str, title: str, body: str, memory: str, flags: tuple[str, ...]) -> Entry:
    try:
        address = canonical_url(url)
    except BadUrl:
        address = ""
    return Entry(h(source.source_id, memory), source.source_id, address, title, lang=source.lang, body=body, flags=flags)


async def list_watched(source: Source, cursor: Cursor, desk: Desk) -> Listing:
    """List what is new on a page: its links, or its text; the past of a text cannot be asked (use kind wayback)."""
    if read_fields(source)["watch"] == "links":
        return await walk(source, cursor, desk, "page", parse_html_list)
    if desk.looks_back:
        return Listing((), cursor, not_modified=True, has_pages=False)
    fetched = await desk.fetch(source.url, "page", desk.known(cursor))
    if fetched.not_modified:
        return Listing((), cursor, not_modified=True, has_pages=False)
    kind = fetched.headers.get("content-type", "")
    seen: Seen = await desk.parse(parse_watched, fetched.body, fetched.url, kind, source, cursor.position)
    fresh = replace(cursor, etag=fetched.etag, last_modified=fetched.last_modified, body_hash=fetched.body_hash, position=seen.memory)
    if seen.entry is None:
        return Listing((), fresh, not_modified=True, has_pages=False)
    return Listing((seen.entry,), fresh, has_pages=False)
