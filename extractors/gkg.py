"""GDELT's knowledge graph: a file of what it read all over the world for each quarter of an hour since 2015; read at the publishers."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO
from typing import IO
from urllib.parse import urlsplit

from extractors import limits
from extractors.clean import title_text
from extractors.dates import in_range
from extractors.failures import ParseFailed, Unreadable
from extractors.fetched import FetchError
from extractors.list_page import ListPage
from extractors.listing import CUT, Desk, Listing
from extractors.model import Cursor, Entry, Source, h
from extractors.source_fields import read_fields
from extractors.urls import BadUrl, canonical_url

STEP = timedelta(minutes=15)
FIRST_LOOK = timedelta(hours=2)
LATE = timedelta(hours=1)  # a file that is missing for longer will not come: GDELT leaves some quarters out
BACKFILL_FILES = 1_000
COLUMNS, WEB = 27, "1"
# Columns of GKG 2.1, counted from 0.
DATE, COLLECTION, URL, THEMES, PERSONS, ORGANISATIONS, NAMES, TRANSLATION, EXTRAS = 1, 2, 4, 7, 11, 13, 23, 25, 26
_STAMP = re.compile(r"\d{14}")
_PRECISE = re.compile(r"<PAGE_PRECISEPUBTIMESTAMP>(\d{14})</PAGE_PRECISEPUBTIMESTAMP>")
_TITLE = re.compile(r"<PAGE_TITLE>(.{1,2000}?)</PAGE_TITLE>")
_LANGUAGE = re.compile(r"srclc:([a-z]{3})")
_LANGUAGES = {
    "zho": "zh", "jpn": "ja", "kor": "ko", "deu": "de", "fra": "fr", "spa": "es", "rus": "ru", "vie": "vi", "ind": "id", "nld": "nl",
    "ita": "it", "por": "pt", "ara": "ar",
}  # fmt: skip


def file_url(source: Source, at: datetime) -> str:
    """Return the address of the file of a quarter of an hour, of the English or of the translated stream."""
    ending = ".translation.gkg.csv.zip" if read_fields(source)["translated"] == "yes" else ".gkg.csv.zip"
    return f"{source.url.rstrip('/')}/{at:%Y%m%d%H%M%S}{ending}"


def parse_gkg(body: bytes, source: Source, now: datetime) -> ListPage:
    """Parse one zipped file to the entries that `match` wants; a damaged line costs itself alone.

    Raises Unreadable('wrong_type' | 'too_big' | 'empty'): no zip of one file, more than GKG_BYTES inside, no line of GKG 2.1.
    """
    wanted = re.compile(read_fields(source)["match"])
    entries: dict[str, Entry] = {}
    seen = 0
    for columns in _lines(body):
        seen += 1
        if columns[COLLECTION] == WEB and (entry := _entry(columns, wanted, source, now)):
            entries.setdefault(entry.entry_id, entry)
    if not seen:
        raise Unreadable("empty")
    return ListPage(tuple(entries.values()))


def _lines(body: bytes) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(BytesIO(body)) as packed:
            (name,) = packed.namelist()
            with packed.open(name) as file:
                yield from _split(file)
    except (zipfile.BadZipFile, zlib.error, ValueError, RuntimeError, NotImplementedError, EOFError, OSError) as fault:
        raise Unreadable("wrong_type") from fault


def _split(file: IO[bytes]) -> Iterator[list[str]]:
    """Yield whole lines; the size that a zip tells of itself is not believed."""
    read = 0
    while line := file.readline(limits.GKG_LINE):
        read += len(line)
        if read > limits.GKG_BYTES:
            raise Unreadable("too_big")
        columns = line.decode("utf-8", "replace").rstrip("\r\n").split("\t")
        if len(columns) == COLUMNS:
            yield columns


def _entry(columns: list[str], wanted: re.Pattern[str], source: Source, now: datetime) -> Entry | None:
    """Make an entry of a line whose title, themes, persons, organisations or names are wanted."""
    told = _TITLE.search(columns[EXTRAS])
    title = title_text(unescape(told[1]), limits.TITLE_CHARS) if told else ""
    if not any(wanted.search(text) for text in (title, *(columns[n] for n in (THEMES, PERSONS, ORGANISATIONS, NAMES)))):
        return None
    try:
        url = canonical_url(columns[URL])
    except BadUrl:
        return None
    precise, language = _PRECISE.search(columns[EXTRAS]), _LANGUAGE.search(columns[TRANSLATION])
    at = _instant(precise[1] if precise else columns[DATE], now)
    return Entry(
        entry_id=h(source.source_id, url),
        source_id=source.source_id,
        url=url,
        title=title,
        published_at=at,
        precision="instant" if at else "none",
        lang=_LANGUAGES.get(language[1], "") if language else "en",
        flags=(f"publisher:{(urlsplit(url).hostname or '').removeprefix('www.')}",),
    )


def _instant(stamp: str, now: datetime) -> datetime | None:
    try:
        return in_range(datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC), now)
    except ValueError:
        return None


async def list_gkg(source: Source, cursor: Cursor, desk: Desk) -> Listing:
    """List the wanted entries of the window's files, oldest first, from where the last reading ended; flag 'cut' when files are left.

    Raises FetchError, ParseFailed, Unreadable of the first file; what was read before a fault is kept, and the fault named.
    """
    opened, closed = desk.window
    until = min(closed, desk.now) if closed else desk.now
    most = BACKFILL_FILES if desk.looks_back else int(read_fields(source)["files"])
    since = _after(cursor, desk) or _quarter(opened or until - FIRST_LOOK)
    at, found, fault, read = since, dict[str, Entry](), "", 0
    while at <= until and read < most:
        try:
            page = await _file(source, at, desk)
        except (FetchError, ParseFailed, Unreadable) as failure:
            if isinstance(failure, FetchError) and failure.reason == "not_found":
                if at >= desk.now - LATE:
                    break  # not there yet
            elif read:
                fault = failure.reason
                break
            else:
                raise
        else:
            read += 1
            found.update((entry.entry_id, entry) for entry in page.entries if entry.entry_id not in found)
        at += STEP
    fresh = replace(cursor, position=f"{at:%Y%m%d%H%M%S}")
    flags = (CUT,) if read >= most and at <= until - LATE else ()
    return Listing(tuple(found.values()), fresh, at == since, fault, covers=since, own_position=True, flags=flags)


async def _file(source: Source, at: datetime, desk: Desk) -> ListPage:
    fetched = await desk.fetch(file_url(source, at), "api")
    page: ListPage = await desk.parse(parse_gkg, fetched.body, source, desk.now)
    return page


def _after(cursor: Cursor, desk: Desk) -> datetime | None:
    """The first file that no reading has taken yet; None when nothing is remembered or the past is asked for."""
    if desk.looks_back or not _STAMP.fullmatch(cursor.position):
        return None
    return _instant(cursor.position, desk.now)


def _quarter(at: datetime) -> datetime:
    return at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)
