"""Lists in HTML without a feed: rows and links by CSS selector, page after page; the ministries' lists are made of this."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from lxml import html as lxml_html

from extractors.failures import Unreadable
from extractors.list_page import ListPage, Row, date_inside, entries_of
from extractors.list_walk import walk
from extractors.listing import Desk, Listing
from extractors.model import Cursor, Source
from extractors.page_tree import read_tree
from extractors.selectors import to_xpath
from extractors.source_fields import read_fields

ROW_CHARS = 600  # a row with more text is no row of a list, and a date in it may be any date
CLIMB = 3  # levels above a link in which its date is looked for


def parse_html_list(body: bytes, url: str, content_type: str, source: Source, now: datetime) -> ListPage:
    """Parse one page of a list; raises Unreadable('empty' | 'wrong_type' | 'challenge' | 'no_links').

    'no_links' means that the selectors met nothing at all: the page was rebuilt, or it needs a browser.
    """
    settings = read_fields(source)
    rows = list(rows_of(read_tree(body, content_type), settings))
    if not rows:
        raise Unreadable("no_links")
    return entries_of(rows, url, source, settings, now)


def rows_of(tree: lxml_html.HtmlElement, settings: Mapping[str, str]) -> Iterable[Row]:
    """Find the rows: in every `item` its first link with a text, or without `item` every link; `date` is looked for inside the row."""
    link, item = to_xpath(settings["link"]), settings["item"]
    if not item:
        for anchor in tree.xpath(link):
            yield _row(anchor, _row_around(anchor), settings)
        return
    for box in tree.xpath(to_xpath(item)):
        anchors = [anchor for anchor in box.xpath(link) if anchor.get("href") and _title(anchor)]
        if anchors:
            yield _row(anchors[0], box, settings)


def _row(anchor: Any, box: Any, settings: Mapping[str, str]) -> Row:
    dated = box.xpath(to_xpath(settings["date"])) if settings["date"] else []
    date = _text(dated[0]) if dated else date_inside(_text(box)[:ROW_CHARS])
    return Row(_title(anchor), str(anchor.get("href") or "").strip(), date)


def _title(anchor: Any) -> str:
    """Take the title attribute when it says more: lists cut long titles in the text."""
    shown, full = _text(anchor), " ".join(str(anchor.get("title") or "").split())
    return full if len(full) > len(shown.rstrip("….")) and full.startswith(shown.rstrip("…. ")[:8]) else shown


def _row_around(anchor: Any) -> Any:
    """Climb from a link to the widest short element that holds this link alone: that is its row."""
    box = anchor
    for _ in range(CLIMB):
        parent = box.getparent()
        # Both tests stop at the first excess: a page of a hundred thousand links in one box must cost no more than its length.
        if parent is None or parent.tag in {"body", "html"} or any(islice(_links(parent), 1, 2)) or len(_text(parent)) > ROW_CHARS:
            break
        box = parent
    return box


def _links(element: Any) -> Iterable[bool]:
    return (True for _ in element.iter("a"))


def _text(element: Any) -> str:
    """Return an element's text as one line; of a long one the beginning, longer than a row."""
    parts, size = [], 0
    for part in element.itertext():
        parts.append(part)
        size += len(part.strip())
        if size > 2 * ROW_CHARS:
            break
    return " ".join(" ".join(parts).split())


async def list_html(source: Source, cursor: Cursor, desk: Desk) -> Listing:
    """List an HTML list, as many of its pages as hold something of the window; raises FetchError, ParseFailed, Unreadable."""
    return await walk(source, cursor, desk, "page", parse_html_list)
