"""RSS, RDF and Atom to entries: feedparser reads the markup, what a text, a link or a date means is ours (FAULTS.md, facts 1 and 5-8)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import feedparser

from extractors import limits
from extractors.clean import one_line, paragraphs, tidy, title_text
from extractors.encodings import decode
from extractors.failures import Unreadable
from extractors.feed_items import FULL_TEXT, FeedDocument, Item, entries_of
from extractors.feed_text import prepare
from extractors.json_feed import parse_json_feed

__all__ = ["FeedDocument", "parse_feed"]

# What a source appends to every summary; it would make unlike items alike.
_TAIL = re.compile(
    r"\s*(?:The post .{1,300} (?:appeared first|first appeared) on .{1,200}"
    r"|(?:Continue reading|Read (?:more|the full article|on)|阅读全文|查看全文).{0,300}"
    r"|\[(?:…|\.\.\.|&#8230;)\])\s*\Z",
    re.DOTALL,
)


def parse_feed(body: bytes, url: str, content_type: str, source_id: str, now: datetime) -> FeedDocument:
    """Parse a feed's bytes; raises Unreadable('empty' | 'not_a_feed'). `url` is the base of relative links, `now` bounds the dates."""
    if not body.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise Unreadable("empty")
    decoded = decode(body, content_type)
    if decoded.text.lstrip("\ufeff \t\r\n").startswith("{"):
        return parse_json_feed(decoded.text, url, source_id, now)
    ready = prepare(decoded.text)
    parsed = _parsed(ready.text, url)
    if not parsed.get("version") and not parsed.get("entries"):
        raise Unreadable("not_a_feed")
    head = parsed.get("feed", {})
    lang = one_line(str(head.get("language") or ""), 20)
    atom = str(parsed.get("version")).startswith("atom")
    items = [_item(raw, atom=atom, lang=lang) for raw in parsed["entries"][: limits.ENTRIES]]
    flags = ready.flags + (() if decoded.whole else ("recoded",))
    title = _title(head, atom=atom)
    return FeedDocument(entries_of(items, url, source_id, now), title, flags, lang)


def _parsed(text: str, url: str) -> Mapping[str, Any]:
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    try:
        # Always a stream: feedparser opens a str or bytes argument as a path or an address.
        stream = io.BytesIO(text.encode("utf-8", "replace"))
        return feedparser.parse(stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)  # type: ignore[no-any-return]
    except MemoryError:
        raise
    except Exception as fault:  # feedparser lets its loose parser's errors out
        raise Unreadable("not_a_feed") from fault


def _item(raw: Mapping[str, Any], *, atom: bool, lang: str) -> Item:
    summary = _prose(_text(raw, "summary"), _type(raw, "summary_detail") if atom else "", limits.BODY_CHARS)
    contents = [
        _prose(str(part.get("value") or ""), str(part.get("type") or "") if atom else "", limits.BODY_CHARS)
        for part in raw.get("content") or ()
    ]
    body = max(contents, key=len, default="")
    updated = _text(raw, "updated")
    return Item(
        guid=_text(raw, "id"),
        links=tuple(_links(raw)),
        title=_title(raw, atom=atom),
        summary=summary or tidy(body, 600),
        body=body if len(body) > len(summary) or not summary else summary if len(summary) >= FULL_TEXT else "",
        dates=tuple(filter(None, (_text(raw, "published"), updated, _text(raw, "created")))),
        author=_author(raw),
        lang=lang,
        updated=updated,
        publisher=title_text(str((raw.get("source") or {}).get("title") or ""), 100),
    )


def _title(raw: Mapping[str, Any], *, atom: bool) -> str:
    """Read a title; only Atom says reliably that one is plain text, in which '<b>' means those three characters."""
    literal = atom and _type(raw, "title_detail") == "text/plain"
    return title_text(_text(raw, "title"), limits.TITLE_CHARS, is_html=not literal)


def _text(raw: Mapping[str, Any], name: str) -> str:
    # dict.get, because feedparser's own get answers 'updated' with 'published' and a warning.
    value = dict.get(raw, name) if isinstance(raw, dict) else None
    return value.strip() if isinstance(value, str) else ""


def _type(raw: Mapping[str, Any], name: str) -> str:
    detail = dict.get(raw, name) if isinstance(raw, dict) else None
    return str(detail.get("type") or "") if isinstance(detail, Mapping) else ""


def _prose(markup: str, kind: str, limit: int) -> str:
    text = tidy(markup, limit) if kind == "text/plain" else paragraphs(markup, limit)
    return _TAIL.sub("", text).rstrip()


def _links(raw: Mapping[str, Any]) -> Iterable[str]:
    yield _text(raw, "feedburner_origlink")
    yield _text(raw, "link")
    for link in raw.get("links") or ():
        if link.get("rel") in {"alternate", None}:
            yield str(link.get("href") or "")


def _author(raw: Mapping[str, Any]) -> str:
    """Take names only: an address of a person is nothing we keep."""
    details = [*(raw.get("authors") or ()), raw.get("author_detail") or {}]
    names = [title_text(str(detail.get("name") or ""), 200) for detail in details if isinstance(detail, Mapping)]
    named = list(dict.fromkeys(name for name in names if name and "@" not in name))
    return ", ".join(named)[:200]
