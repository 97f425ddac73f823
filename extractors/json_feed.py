"""JSON Feed 1.0 and 1.1 to entries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from extractors import limits
from extractors.clean import one_line, paragraphs, tidy, title_text
from extractors.failures import Unreadable
from extractors.feed_items import FULL_TEXT, FeedDocument, Item, entries_of


def parse_json_feed(text: str, url: str, source_id: str, now: datetime) -> FeedDocument:
    """Parse a JSON Feed; raises Unreadable('not_a_feed') for any other JSON. An item that is no object is flagged 'bad_item'."""
    try:
        document = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as fault:
        raise Unreadable("not_a_feed") from fault
    if not isinstance(document, dict) or not _is_feed(document):
        raise Unreadable("not_a_feed")
    lang = one_line(_string(document, "language"), 20)
    listed = document["items"]
    items = [_item(raw, lang) for raw in listed if isinstance(raw, dict)]
    flags = [] if len(items) == len(listed) else ["bad_item"]
    if len(items) > limits.ENTRIES:
        flags.append("cut")
        items.sort(key=lambda item: item.dates[:1], reverse=True)
    entries = entries_of(items[: limits.ENTRIES], url, source_id, now)
    return FeedDocument(entries, title_text(_string(document, "title"), limits.TITLE_CHARS), tuple(flags), lang)


def _is_feed(document: Mapping[str, Any]) -> bool:
    return "jsonfeed.org/version/" in _string(document, "version") and isinstance(document.get("items"), list)


def _string(raw: Mapping[str, Any], name: str) -> str:
    value = raw.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def _item(raw: Mapping[str, Any], lang: str) -> Item:
    marked = paragraphs(_string(raw, "content_html"), limits.BODY_CHARS)
    body = marked or tidy(_string(raw, "content_text"), limits.BODY_CHARS)
    summary = paragraphs(_string(raw, "summary"), limits.SUMMARY_CHARS)
    updated = _string(raw, "date_modified")
    return Item(
        guid=_string(raw, "id"),
        links=tuple(filter(None, (_string(raw, "url"), _string(raw, "external_url")))),
        title=title_text(_string(raw, "title"), limits.TITLE_CHARS, is_html=False),
        summary=summary or tidy(body, 600),
        body=body if summary or len(body) >= FULL_TEXT else "",
        dates=tuple(filter(None, (_string(raw, "date_published"), updated))),
        author=_authors(raw),
        lang=one_line(_string(raw, "language"), 20) or lang,
        updated=updated,
    )


def _authors(raw: Mapping[str, Any]) -> str:
    several = raw.get("authors")
    listed = several if isinstance(several, list) else [raw.get("author")]
    names = [title_text(_string(author, "name"), 200) for author in listed if isinstance(author, dict)]
    return ", ".join(dict.fromkeys(name for name in names if name and "@" not in name))[:200]
