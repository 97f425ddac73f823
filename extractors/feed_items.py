"""One model of a feed item for every format, and what is read into it: address, date, identity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from extractors import limits
from extractors.clean import tidy
from extractors.dates import in_range, read_date
from extractors.model import Entry, Precision, h
from extractors.urls import BadUrl, canonical_url

FULL_TEXT = 1_500  # characters from which a description is taken to be the whole text


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """One parsed feed, entries in its own order; flags: truncated | cut | bad_reference | control | recoded | bad_item."""

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


def entries_of(items: Iterable[Item], url: str, source_id: str, now: datetime) -> tuple[Entry, ...]:
    """Give every item its address, date and id.

    One guid on different links makes different entries, whatever the order of the items (FAULTS.md, 53 and 58); an exact repeat is kept
    too, and meets its twin when both lead to one article.
    """
    listed = [(item, _entry(item, url, source_id, now)) for item in items]
    links: dict[str, set[str]] = {}
    for item, entry in listed:
        links.setdefault(_guid(item.guid), set()).add(entry.url)
    count: Counter[str] = Counter()
    entries = []
    for item, entry in listed:
        entry_id = _entry_id(source_id, item, entry, shared=len(links[_guid(item.guid)]) > 1)
        count[entry_id] += 1
        entries.append(replace(entry, entry_id=entry_id if count[entry_id] == 1 else h(entry_id, count[entry_id])))
    return tuple(entries)


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
    return Entry(
        "", source_id, address, item.title, summary, at, precision, author=item.author, lang=item.lang, body=item.body, flags=tuple(flags)
    )


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
