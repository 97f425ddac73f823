"""Reads a night's raw archive, and answers from it as the web did that night."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from extractors.fetched import RETRYABLE, Fetched, FetchError, Purpose, Validators
from extractors.listing import GIVE_UP_HOST, NO_HEADERS, NOTHING
from extractors.model import Cursor, Entry, Source, SourceReading, ToldPage
from extractors.settling import HOST_FAILING
from extractors.warc_writer import Member, read_answer, read_members
from flows.archive import END, FORM, asked, path_of
from flows.lines import Line, Remembered, Span
from flows.settings import Settings


class ArchiveError(ValueError):
    """An archive from which a night cannot be decided again; the message names the night, the source and what is missing."""


@dataclass(frozen=True, slots=True)
class Told:
    """One source's reading as the archive tells it."""

    source_id: str
    source_digest: str
    cursor: Cursor
    queued: tuple[Entry, ...]
    known_pages: Mapping[str, str]
    exchanges: Sequence[Mapping[str, Any]]
    span: Span | None = None  # of a second look, for missed days
    looked_at: frozenset[str] = frozenset()  # articles whose page was to be looked at again


@dataclass(frozen=True, slots=True)
class ArchivedNight:
    """A night's file: its readings by run, in the order in which they were stored, and where each answer lies."""

    night: date
    path: Path
    readings: Mapping[int, tuple[Told, ...]]
    places: Mapping[str, int]  # record id -> where its record begins

    def answer(self, record_id: str) -> Member | None:
        """Read one record; None when the file lacks it."""
        if record_id not in self.places:
            return None
        with self.path.open("rb") as file:
            file.seek(self.places[record_id])
            return next(read_members(file), None)


def open_night(settings: Settings, night: date) -> ArchivedNight:
    """Read a night's file, but for its answers; a torn end is left out. Raises ArchiveError."""
    path = path_of(settings, night)
    if not path.is_file():
        kept = [p.name.removesuffix(END) for p in sorted(settings.archive.glob(f"????-??-??{END}"))]
        which = f"kept are {kept[0]} to {kept[-1]}" if kept else "none is kept"
        raise ArchiveError(f"there is no archive of the night {night} in {settings.archive}: {which} (TOPICWATCH_ARCHIVE_NIGHTS)")
    readings: dict[int, list[Told]] = {}
    places: dict[str, int] = {}
    with path.open("rb") as file:
        for member in read_members(file):
            kind = member.fields.get("warc-type", "")
            if kind == "response":
                places[member.record_id] = member.start
            elif kind == "metadata" and (found := _told(member.block)):
                readings.setdefault(found[0], []).append(found[1])
    return ArchivedNight(night, path, {run: tuple(told) for run, told in readings.items()}, places)


def _told(block: bytes) -> tuple[int, Told] | None:
    table = json.loads(block)
    if table.get("form") != FORM:
        return None
    queued = tuple(_entry(each) for each in table["queued"])
    return table["run_seq"], Told(
        table["source"], table["source_digest"], Cursor(**table["cursor"]), queued, table["known_pages"], table["exchanges"],
        _span(table.get("span")), frozenset(table.get("told", ())),
    )  # fmt: skip


def _span(told: Sequence[str] | None) -> Span | None:
    return (datetime.fromisoformat(told[0]), datetime.fromisoformat(told[1])) if told else None


def _entry(table: Mapping[str, Any]) -> Entry:
    at = table["published_at"]
    values = {**table, "published_at": datetime.fromisoformat(at) if at else None}
    return Entry(**{**values, "official_ids": tuple(table["official_ids"]), "flags": tuple(table["flags"])})


@dataclass(slots=True)
class Replayer:
    """A client whose web is one archived reading. What that does not hold is noted in `missing`."""

    night: ArchivedNight
    told: Told
    missing: list[str] = field(default_factory=list)
    _used: Counter[str] = field(default_factory=Counter)

    async def fetch(
        self, url: str, *, purpose: Purpose, validators: Validators = NOTHING, headers: Mapping[str, str] = NO_HEADERS
    ) -> Fetched:
        """Answer as it was answered, a question asked twice with its second answer; raises the FetchError of that night."""
        question = asked(purpose, url, headers.get("Range", ""))
        found = [each for each in self.told.exchanges if each["asked"] == question]
        if not found:
            raise self._unasked(url, purpose)
        self._used[question] += 1
        exchange = found[min(self._used[question], len(found)) - 1]
        if "fault" in exchange:
            fault = exchange["fault"]
            raise FetchError(
                fault["reason"], fault["url"], fault["retry_after"], status=fault["status"], detail=fault["detail"]
            )  # fmt: skip
        return self._fetched(url, exchange["answer"])

    def _unasked(self, url: str, purpose: Purpose) -> FetchError:
        """A page that was not asked for because its host was given up; else the archive lacks it."""
        faults = sum(each["purpose"] == "page" and each.get("fault", {}).get("reason") in RETRYABLE for each in self.told.exchanges)
        if purpose == "page" and faults >= GIVE_UP_HOST:
            return FetchError("throttled", url, detail=HOST_FAILING)
        self.missing.append(url)
        return FetchError("unexpected", url, detail="not in the archive")

    def _fetched(self, url: str, answer: Mapping[str, Any]) -> Fetched:
        headers, body = dict[str, str](), b""
        if answer["record"]:
            record = self.night.answer(answer["record"])
            if record is None:
                self.missing.append(url)
                raise FetchError("unexpected", url, detail="not in the archive")
            headers, body = read_answer(record.block)
            del headers["content-length"]
        return Fetched(
            answer["url"] or url, answer["status"], headers, body, tuple((status, hop) for status, hop in answer["hops"]),
            answer["not_modified"], answer["etag"], answer["last_modified"], answer["body_hash"],
        )  # fmt: skip


@dataclass(slots=True)
class Again:
    """The wire of a night that is decided again: every source hears what it heard, at first or when it was asked for missed days."""

    night: ArchivedNight
    run_seq: int
    entries: Mapping[str, frozenset[str]]  # known before this look, by source
    pages: Sequence[ToldPage] = ()  # that the night could look at again
    span: Span | None = None
    clients: dict[str, Replayer] = field(default_factory=dict)

    def line(self, source: Source) -> Line:
        """Open the line of a source."""
        looks = (each for each in self.night.readings[self.run_seq] if each.span == self.span)
        told = next(each for each in looks if each.source_id == source.source_id)
        self.clients[source.source_id] = client = Replayer(self.night, told)
        pages = tuple(p for p in self.pages if p.source_id == source.source_id and p.article_id in told.looked_at)
        before = Remembered(told.cursor, self.entries[source.source_id], told.queued, pages)
        # The key itself is not archived; that one was there is, by the reading. Which hosts were given up is in the answers.
        return Line(source, client, before, told.known_pages, key=f"archived:{source.key_env}", patience=len(told.exchanges) + 1)

    def heard(self, line: Line) -> None:
        """Archive nothing."""

    def stored(self, reading: SourceReading) -> None:
        """Tell nobody: what each source knew of the others' pages is archived with it."""

    def check(self) -> None:
        """Raise ArchiveError for the first answer that the archive lacks."""
        for source_id, client in self.clients.items():
            if client.missing:
                what = f"{client.missing[0]}, asked for by source {source_id!r} of run {self.run_seq}"
                raise ArchiveError(f"{self.night.path}: no record of {what}")


def sources_of(told: Sequence[Told], sources: Sequence[Source], where: str) -> tuple[Source, ...]:
    """Give the sources of the readings, in their order; raises ArchiveError for one that sources.toml lacks."""
    by_id = {source.source_id: source for source in sources}
    for each in told:
        if each.source_id not in by_id:
            raise ArchiveError(f"{where}: source {each.source_id!r} is no longer in sources.toml")
    return tuple(by_id[each.source_id] for each in told)
