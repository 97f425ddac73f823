"""One page of a list: rows of title, link, date and number to entries; shared by the kinds that read lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple
from urllib.parse import urlsplit

from extractors import limits
from extractors.clean import paragraphs, title_text
from extractors.cn_notice import own_numbers
from extractors.dates import DateReading, in_range, read_date
from extractors.model import Entry, Precision, Source, h
from extractors.urls import BadUrl, canonical_url

FIELD_CHARS = 300  # of a date or number field
CHINA = timezone(timedelta(hours=8))
_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d{2}(?:[-/.]\d{1,2}[-/.]\d{1,2}|年\s?\d{1,2}月\s?\d{1,2}日)(?!\d)(?:\s{1,3}\d{1,2}:\d{2}(?::\d{2})?(?!\d))?"
)
_IN_ADDRESS = re.compile(r"/((?:19|20)\d{2})[-/](\d{2})/?(\d{2})/|/t((?:19|20)\d{2})(\d{2})(\d{2})_")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page's entries in its order; flags: cut | bad_item."""

    entries: tuple[Entry, ...]
    flags: tuple[str, ...] = ()


class Row(NamedTuple):
    """One row as its format gave it."""

    title: str
    link: str
    date: str = ""
    number: str = ""
    summary: str = ""


def entries_of(rows: Iterable[Row], base: str, source: Source, settings: Mapping[str, str], now: datetime) -> ListPage:
    """Give every row its address, date, identity and numbers; rows that `match` and `skip` rule out go, a repeated link is one entry."""
    match, skip = (re.compile(settings[name]) if settings.get(name) else None for name in ("match", "skip"))
    entries: dict[str, Entry] = {}
    flags: dict[str, None] = {}
    for row in rows:
        title = title_text(row.title, limits.TITLE_CHARS)
        try:
            url = canonical_url(row.link, base)
        except BadUrl:
            flags["bad_item"] = None
            continue
        if not title or (skip and skip.search(title)) or (match and not match.search(_told(url))):
            continue
        entry = _entry(row, title, url, source, settings, now)
        before = entries.get(url)
        if before is None or (len(before.title) < len(title) and not before.title.endswith(title)):
            entries[url] = entry
        if len(entries) >= limits.ENTRIES:
            flags["cut"] = None
            break
    return ListPage(tuple(entries.values()), tuple(flags))


def _told(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _entry(row: Row, title: str, url: str, source: Source, settings: Mapping[str, str], now: datetime) -> Entry:
    reading = read_row_date(row.date[:FIELD_CHARS], source.lang) if row.date else DateReading(None, "none")
    if reading.day_or_better is None:
        reading = _address_date(url)
    at = in_range(reading.day_or_better, now)
    precision: Precision = "none" if at is None else "day" if reading.precision == "day" else "instant"
    return Entry(
        entry_id=h(source.source_id, url),
        source_id=source.source_id,
        url=url,
        title=title,
        summary=paragraphs(row.summary, limits.SUMMARY_CHARS),
        published_at=at,
        precision=precision,
        official_ids=own_numbers(title, row.number[:FIELD_CHARS], settings.get("issuer", "")),
        lang=source.lang,
    )


def read_row_date(text: str, lang: str) -> DateReading:
    """Read the date of a row: a date text, one inside a longer text, or seconds or milliseconds since 1970.

    Midnight in Shanghai as an instant is how a Chinese CMS stores a day, and is read as that day.
    """
    text = text.strip()
    if _EPOCH.fullmatch(text):
        at = datetime.fromtimestamp(int(text) / (1000 if len(text) > 10 else 1), UTC)
        local = at.astimezone(CHINA)
        if lang.startswith("zh") and (local.hour, local.minute, local.second) == (0, 0, 0):
            return DateReading(datetime(local.year, local.month, local.day, tzinfo=UTC), "day")
        return DateReading(at, "instant")
    reading = read_date(text, lang=lang)
    if reading.day_or_better:
        return reading
    inside = _DATE.search(text)
    return read_date(inside[0], lang=lang) if inside else reading


def date_inside(text: str) -> str:
    """Return the last date form in a row's text, '' when there is none: a list puts its date at the row's end."""
    found = [m[0] for m in _DATE.finditer(text)]
    return found[-1] if found else ""


def _address_date(url: str) -> DateReading:
    found = _IN_ADDRESS.search(urlsplit(url).path)
    parts = [part for part in found.groups() if part] if found else []
    return read_date("-".join(parts)) if len(parts) == 3 else DateReading(None, "none")
