"""WARC files, local or remote (CC-NEWS and others): read piece by piece, each page in the box; nothing is fetched from its publisher."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from extractors.choosing import is_after, is_before
from extractors.failures import ParseFailed, Unreadable
from extractors.fetched import Fetched, FetchError
from extractors.listing import Desk, Listing
from extractors.model import Cursor, Entry, Source, h
from extractors.pages import PageText, read_page
from extractors.source_fields import read_fields
from extractors.urls import BadUrl, canonical_url
from extractors.warc_records import Piece, Record, split_records

PAGES = 500  # of one night's reading; the position in the file is remembered
BACKFILL_PAGES = 1_000
PIECES = 256  # of one reading
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


@dataclass(slots=True)
class _Found:
    """What one reading of a file gave so far."""

    entries: dict[str, Entry]
    pages: dict[str, tuple[PageText, Fetched]]
    unread: int = 0


async def list_warc(source: Source, cursor: Cursor, desk: Desk) -> Listing:
    """List the pages of a file that lie in the window, from where the last reading ended; a backfill begins anew.

    Raises FetchError, ParseFailed, Unreadable('no_file'). A page that cannot be read is left out; flags of the file become the fault.
    """
    settings = read_fields(source)
    hosts = tuple(name.strip().lower() for name in settings["hosts"].split(",") if name.strip())
    size, most = int(settings["chunk_mb"]) << 20, BACKFILL_PAGES if desk.looks_back else PAGES
    start = 0 if desk.looks_back else _offset(cursor, source)
    found, place, flags = _Found({}, {}), start, dict[str, None]()
    for _ in range(PIECES):
        data, last = await _read(source, desk, place, size)
        if not data:
            break
        piece: Piece = await desk.parse(_split, data, hosts, last)
        for record in piece.records:
            await _take(source, desk, record, found)
        place += piece.used
        flags.update(dict.fromkeys(piece.flags))
        if (last and piece.used >= len(data)) or len(found.entries) >= most:
            break
    fresh = replace(cursor, position=f"{h(source.url)}:{place}")
    fault = "damaged" if "damaged" in flags else ""
    return Listing(tuple(found.entries.values()), fresh, place == start, fault, has_pages=False, pages=found.pages)


def _split(data: bytes, hosts: tuple[str, ...], last: bool) -> Piece:
    return split_records(data, hosts, last=last)


def _offset(cursor: Cursor, source: Source) -> int:
    """Read the remembered position; one of another file counts as none."""
    name, _, place = cursor.position.partition(":")
    return int(place) if name == h(source.url) and place.isdecimal() else 0


async def _take(source: Source, desk: Desk, record: Record, found: _Found) -> None:
    try:
        url = canonical_url(record.url)
    except BadUrl:
        return
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    flags = (f"publisher:{host}", f"captured:{record.captured}")
    entry = Entry(h(source.source_id, url), source.source_id, url, "", flags=flags)
    try:
        page: PageText = await desk.parse(read_page, record.body, url, record.content_type, entry, desk.now)
    except (ParseFailed, Unreadable):
        found.unread += 1
        return
    if is_before(page.published_at, page.precision, desk) or is_after(page.published_at, desk):
        return  # not an entry that was too old: a backfill of another span reads the file again
    entry = replace(entry, title=page.title, published_at=page.published_at, precision=page.precision, lang=page.lang)
    found.entries[entry.entry_id] = entry
    found.pages[entry.entry_id] = (page, Fetched(url, 200, {}, b"", (), False, "", "", ""))


async def _read(source: Source, desk: Desk, place: int, size: int) -> tuple[bytes, bool]:
    """Read `size` bytes from `place` on; says whether they are the file's last."""
    if urlsplit(source.url).scheme in {"http", "https"}:
        return await _read_far(source.url, desk, place, size)
    path = Path(unquote(urlsplit(source.url).path) if source.url.startswith("file:") else source.url)
    try:
        with path.open("rb") as file:
            file.seek(place)
            data = file.read(size + 1)
    except OSError as fault:
        raise Unreadable("no_file") from fault
    return data[:size], len(data) <= size


async def _read_far(url: str, desk: Desk, place: int, size: int) -> tuple[bytes, bool]:
    """Ask for a range of a remote file; a server that knows no ranges must fit the file into one answer."""
    try:
        fetched = await desk.fetch(url, "api", headers={"Range": f"bytes={place}-{place + size - 1}"})
    except FetchError as fault:
        if fault.status == 416:  # nothing there: the file ends here
            return b"", True
        raise
    if fetched.status != 206:
        return fetched.body[place : place + size], place + size >= len(fetched.body)
    told = _RANGE.fullmatch(fetched.headers.get("content-range", "").strip())
    if told is None or int(told[1]) != place:
        raise Unreadable("bad_range")
    return fetched.body, place + len(fetched.body) >= int(told[3])
