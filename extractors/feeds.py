"""RSS, RDF and Atom to entries. feedparser reads the markup; what a text, a link or a date means is decided here (FAULTS.md, facts 1 and 5-8)."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

import feedparser

from extractors import limits
from extractors.clean import one_line, paragraphs, tidy, title_text
from extractors.dates import in_range, read_date
from extractors.encodings import decode
from extractors.failures import Unreadable
from extractors.feed_text import prepare
from extractors.model import Entry, Precision, h
from extractors.urls import BadUrl, canonical_url

# What a source appends to every summary; it would make unlike items alike.
_TAIL = re.compile(
    r"\s*(?:The post .{1,300} (?:appeared first|first appeared) on .{1,200}|(?:Continue reading|Read (?:more|the full article|on)|阅读全文|查看全文).{0,300}"
    r"|\[(?:…|\.\.\.|&#8230;)\])\s*\Z",
    re.DOTALL,
)
FULL_TEXT = 1_500  # characters from which a description is taken to be the whole text


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """One parsed feed: entries in the feed's order, its title and language, and flags: truncated | cut | bad_reference | control | recoded."""

    entries: tuple[Entry, ...]
    title: str = ""
    flags: tuple[str, ...] = ()
    lang: str = ""


class Item(NamedTuple):
    """One item as its format gave it, before any meaning is read into it; summary and body are plain text already."""

    guid: str
    links: tuple[str, ...]  # best first
    title: str
    summary: str
    body: str
    dates: tuple[str, ...]  # best first
    author: str
    lang: str
    updated: str = ""
    publisher: str = ""


def parse_feed(body: bytes, url: str, content_type: str, source_id: str, now: datetime) -> FeedDocument:
    """Parse a feed's bytes; raises Unreadable('empty' | 'not_a_feed'). `url` is the base of relative links, `now` bounds the dates."""
    if not body.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise Unreadable("empty")
    decoded = decode(body, content_type)
    if decoded.text.lstrip("\ufeff \t\r\n").startswith("{"):
        from extractors.json_feed import parse_json_feed

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
    contents = [_prose(str(part.get("value") or ""), str(part.get("type") or "") if atom else "", limits.BODY_CHARS) for part in raw.get("content") or ()]
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


def entries_of(items: Iterable[Item], url: str, source_id: str, now: datetime) -> tuple[Entry, ...]:
    """Give every item its address, date and id. One guid on different links makes different entries, whatever the order of items (FAULTS.md, 53, 58)."""
    listed = [(item, _entry(item, url, source_id, now)) for item in items]
    links: dict[str, set[str]] = {}
    for item, entry in listed:
        links.setdefault(_guid(item.guid), set()).add(entry.url)
    return tuple(
        replace(entry, entry_id=_entry_id(source_id, item, entry, shared=len(links[_guid(item.guid)]) > 1)) for item, entry in _once(listed, source_id)
    )


def _once(listed: list[tuple[Item, Entry]], source_id: str) -> list[tuple[Item, Entry]]:
    """Leave out exact repeats of an item."""
    count: Counter[str] = Counter()
    kept = []
    for item, entry in listed:
        key = h(source_id, _guid(item.guid), entry.url, entry.title, entry.summary)
        count[key] += 1
        if count[key] == 1:
            kept.append((item, entry))
    return kept


def _entry_id(source_id: str, item: Item, entry: Entry, *, shared: bool) -> str:
    guid = _guid(item.guid)
    if guid:
        return h(source_id, guid, entry.url or entry.title) if shared else h(source_id, guid)
    if entry.url:
        return h(source_id, entry.url)
    return h(source_id, entry.title or entry.summary, entry.published_at.isoformat() if entry.published_at else "")


def _guid(guid: str) -> str:
    """Bring a guid that is an address to its canonical form, so that session tokens in it change nothing; its fragment stays."""
    address, mark, fragment = guid.partition("#")
    if not address.startswith(("http://", "https://")):
        return guid
    try:
        return canonical_url(address) + mark + fragment
    except BadUrl:
        return guid


def _entry(item: Item, base: str, source_id: str, now: datetime) -> Entry:
    flags = []
    address = _address(item, base)
    if not address and any((item.guid, *item.links)):
        flags.append("bad_link")
    at, precision, date_flag = _date(item, now)
    flags += [date_flag] if date_flag else []
    flags += [f"updated:{item.updated[:60]}"] if item.updated else []
    flags += [f"publisher:{item.publisher}"] if item.publisher else []
    summary = tidy(item.summary, limits.SUMMARY_CHARS)
    return Entry("", source_id, address, item.title, summary, at, precision, author=item.author, lang=item.lang, body=item.body, flags=tuple(flags))


def _address(item: Item, base: str) -> str:
    for link in (*item.links, item.guid if item.guid.startswith(("http://", "https://")) else ""):
        try:
            return canonical_url(link, base)
        except BadUrl:
            continue
    return ""


def _date(item: Item, now: datetime) -> tuple[datetime | None, Precision, str]:
    """Read the first date that can be trusted: a month or a year is no day, and one out of range is refused."""
    flag = ""
    for raw in item.dates:
        reading = read_date(raw, lang=item.lang)
        at = in_range(reading.day_or_better, now)
        if at is not None:
            return at, "day" if reading.precision == "day" else "instant", flag
        flag = "future_date" if reading.day_or_better else "coarse_date" if reading.at else "bad_date"
    return None, "none", flag
