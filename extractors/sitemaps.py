"""Sitemaps: XML, news and text sitemaps, indexes of them, gzip or not (sitemaps.org/protocol.html; Google's news extension).

A sitemap lists a whole site. Listed as entries are the pages that a news date or lastmod puts into the window, and pages without any date
that were not there the last time. The first reading of a file takes no undated page: it cannot tell the new ones.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from extractors import limits
from extractors.clean import title_text
from extractors.dates import in_range, read_date
from extractors.failures import ParseFailed, Unreadable
from extractors.fetched import FetchError
from extractors.listing import API_LOOKBACK, Desk, Listing
from extractors.model import Cursor, Entry, Source, h
from extractors.params import values_of
from extractors.urls import BadUrl, canonical_url

GZIP = b"\x1f\x8b"
SAME_DAY = 300  # so many pages of a file, and most of them, changed on one day: their lastmod is the day of the file
MARKS = 100_000  # undated pages remembered of one site
_MARK = 8  # hex digits by which a file or an undated page is remembered
_DIGITS = re.compile(r"(\d{1,18})")
_POSITION = re.compile(r"f([0-9a-f]*)u([0-9a-f]*)")
# The document type goes: entities of its own are the bombs (FAULTS.md, 43), and a sitemap has no use for one.
_DOCTYPE = re.compile(rb"<!DOCTYPE[^<>\[]{0,1000}(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Child:
    """A sitemap that an index names, and when it changed last."""

    url: str
    changed: datetime | None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What one file holds: dated pages of the window, undated pages, or the children of an index."""

    url: str
    entries: tuple[Entry, ...] = ()
    undated: tuple[Entry, ...] = ()
    children: tuple[Child, ...] = ()


async def list_sitemap(source: Source, cursor: Cursor, desk: Desk) -> Listing:
    """List a sitemap and, if it is an index, those of its children that changed in the window, newest first."""
    since = _since(cursor, desk)
    fetched = await desk.fetch(source.url, "sitemap", desk.known(cursor))
    if fetched.not_modified:
        return Listing((), cursor, not_modified=True)
    top: Sitemap = await desk.parse(parse_sitemap, fetched.body, fetched.url, source, since, desk.now)
    files, fault, gone = [top], "", ""  # a child that is gone for good must not fail the source night after night
    wanted = _in_order(top.children, since)
    for child in wanted[: limits.SITEMAP_FILES]:
        try:
            answer = await desk.fetch(child.url, "sitemap")
            files.append(await desk.parse(parse_sitemap, answer.body, answer.url, source, since, desk.now))
        except FetchError as failure:
            gone, fault = failure.reason, failure.reason if failure.retryable else fault
        except (ParseFailed, Unreadable) as failure:
            gone = failure.reason
    if gone and len(files) == 1:
        raise Unreadable(gone)
    fault = fault or ("cut" if len(wanted) > limits.SITEMAP_FILES else "")
    found = tuple({entry.entry_id: entry for file in files for entry in file.entries}.values())
    fresh, position = _new_pages(files, cursor, desk)
    # An index says nothing of its children's pages: with undated children, the same index may hide news.
    steady = not top.children
    after = replace(cursor, position=position, etag=fetched.etag if steady else "", last_modified=fetched.last_modified if steady else "")
    after = replace(after, body_hash=fetched.body_hash if steady else "")
    return Listing(found + fresh, after, fault=fault, own_position=True, covers=since)


def _since(cursor: Cursor, desk: Desk) -> datetime:
    """Ask from the window's opening, else from a week ago."""
    opened = desk.window[0]
    return opened if opened is not None else desk.now - API_LOOKBACK


def _in_order(children: Sequence[Child], since: datetime) -> list[Child]:
    """The children to fetch: those without a date first, then the newest; what did not change since is left out."""
    kept = [child for child in children if child.changed is None or child.changed + timedelta(days=1) > since]
    # Files without a date are often numbered or named by month: the last name first.
    kept.sort(key=lambda child: [int(part) if part.isdigit() else part for part in _DIGITS.split(child.url)], reverse=True)
    return sorted(kept, key=lambda child: (child.changed is not None, -(child.changed.timestamp() if child.changed else 0)))


def _new_pages(files: Sequence[Sitemap], cursor: Cursor, desk: Desk) -> tuple[tuple[Entry, ...], str]:
    """Give the undated pages that a known file did not list before, and what to remember; nothing of the past."""
    found = _POSITION.fullmatch(cursor.position)
    known_files, known_pages = (_marks(found[1]), _marks(found[2])) if found else (set(), set())
    listed = {entry.entry_id[:_MARK] for file in files for entry in file.undated}
    # Files that did not change were not fetched: their pages stay remembered.
    pages = known_pages | listed if len(known_pages | listed) <= MARKS else listed
    all_files = known_files | {h(file.url)[:_MARK] for file in files}
    position = f"f{''.join(sorted(all_files))}u{''.join(sorted(pages))}"
    if desk.looks_back:
        return (), position
    told = [file for file in files if h(file.url)[:_MARK] in known_files]
    return tuple(entry for file in told for entry in file.undated if entry.entry_id[:_MARK] not in known_pages), position


def _marks(text: str) -> set[str]:
    return {text[n : n + _MARK] for n in range(0, len(text), _MARK)}


def parse_sitemap(body: bytes, url: str, source: Source, since: datetime, now: datetime) -> Sitemap:
    """Parse one sitemap file; raises Unreadable('empty' | 'not_a_sitemap' | 'too_big'). Addresses of other hosts are left out."""
    data = _inflated(body) if body.startswith(GZIP) else body
    text = data.removeprefix(b"\xef\xbb\xbf").strip()
    if not text:
        raise Unreadable("empty")
    if not text.startswith(b"<"):
        return _from_text(text, url, source)
    root = _tree(text)
    name = etree.QName(root).localname if isinstance(root.tag, str) else ""
    if name == "sitemapindex":
        return Sitemap(url, children=tuple(_children(root, url, source, now)))
    if name != "urlset":
        raise Unreadable("not_a_sitemap")
    lies = _same_day(root, now)
    pages = [entry for node in _nodes(root, "url") if (entry := _page(node, url, source, since, now, lies))]
    return Sitemap(url, tuple(e for e in pages if "undated" not in e.flags), tuple(e for e in pages if "undated" in e.flags))


def _inflated(body: bytes) -> bytes:
    """Unpack a .gz file within the limit of a sitemap."""
    stream = zlib.decompressobj(31)
    try:
        data = stream.decompress(body, limits.SITEMAP_BYTES + 1)
    except zlib.error as fault:
        raise Unreadable("not_a_sitemap") from fault
    if len(data) > limits.SITEMAP_BYTES:
        raise Unreadable("too_big")
    if not stream.eof:
        raise Unreadable("truncated")
    return data


def _tree(text: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, recover=True)
    try:
        root = etree.fromstring(_DOCTYPE.sub(b"", text, count=1), parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise Unreadable("not_a_sitemap") from fault
    if root is None:
        raise Unreadable("not_a_sitemap")
    return root


def _nodes(root: Any, name: str) -> Iterator[Any]:
    for number, node in enumerate(root.iterchildren(f"{{*}}{name}")):
        if number >= limits.SITEMAP_URLS:
            return
        yield node


def _children(root: Any, base: str, source: Source, now: datetime) -> Iterator[Child]:
    files = values_of(source, "files") or ("",)
    for node in _nodes(root, "sitemap"):
        if (address := _own(node.findtext("{*}loc"), base)) and urlsplit(address).path.startswith(files):
            yield Child(address, _at(node.findtext("{*}lastmod"), now))


def _same_day(root: Any, now: datetime) -> date | None:
    """Name the day that most pages of a large file carry as lastmod: it tells when the file was made, and nothing of the pages."""
    days = Counter(at.date() for node in _nodes(root, "url") if (at := _at(node.findtext("{*}lastmod"), now)))
    day, pages = days.most_common(1)[0] if days else (None, 0)
    return day if pages >= SAME_DAY and 2 * pages > days.total() else None


def _page(node: Any, base: str, source: Source, since: datetime, now: datetime, lies: date | None) -> Entry | None:
    """One page, if it is wanted and may be new."""
    address = _own(node.findtext("{*}loc"), base)
    if not address or not _wanted(address, source):
        return None
    news = node.find("{*}news")
    told = news.findtext("{*}publication_date") if news is not None else None
    published, changed = _at(told, now), _at(node.findtext("{*}lastmod"), now)
    changed = None if changed is not None and changed.date() == lies else changed
    latest = max(filter(None, (published, changed)), default=None)
    if latest is not None and latest + timedelta(days=1) <= since:
        return None
    precise = read_date(told or "").precision == "instant"
    return Entry(
        entry_id=h(source.source_id, address),
        source_id=source.source_id,
        url=address,
        title=title_text((news.findtext("{*}title") if news is not None else "") or "", limits.TITLE_CHARS),
        published_at=published,
        precision="none" if published is None else "instant" if precise else "day",
        lang=((news.findtext("{*}publication/{*}language") if news is not None else "") or "").strip()[:10],
        flags=() if latest is not None else ("undated",),
    )


def _from_text(text: bytes, url: str, source: Source) -> Sitemap:
    """A text sitemap: one address a line, no dates. A page of HTML or JSON has none."""
    lines = text.decode("utf-8", "replace").splitlines()[: limits.SITEMAP_URLS]
    found = [address for line in lines if line.startswith(("http://", "https://")) and (address := _own(line, url))]
    if not found:
        raise Unreadable("not_a_sitemap")
    pages = [address for address in found if _wanted(address, source)]
    return Sitemap(url, undated=tuple(Entry(h(source.source_id, a), source.source_id, a, "", flags=("undated",)) for a in pages))


def _own(address: str | None, base: str) -> str:
    """Give the canonical address when it is of the sitemap's own site, else ''."""
    try:
        found = canonical_url(address or "", base)
    except BadUrl:
        return ""
    return found if _site(found) == _site(base) else ""


def _site(url: str) -> str:
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}:{parts.port}" if parts.port else host


def _wanted(address: str, source: Source) -> bool:
    path = urlsplit(address).path
    keep, drop = values_of(source, "keep"), values_of(source, "drop")
    return (not keep or path.startswith(keep)) and not (drop and path.startswith(drop))


def _at(text: str | None, now: datetime) -> datetime | None:
    return in_range(read_date((text or "").strip()).day_or_better, now)
