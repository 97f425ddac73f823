"""Reads the sources of a run, several at a time; readings are stored (W1) as they come, so a crash loses only what waits to be."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from extractors import limits
from extractors.box import ParseBox
from extractors.client import Client
from extractors.fetched import ClientPolicy
from extractors.listing import Wanted
from extractors.model import Cursor, Entry, Source, SourceOutcome, SourceReading
from extractors.reading import read_source
from flows.archive import Archive, Recorder
from flows.known_pages import KnownPages
from flows.lines import Hits, Line, Remembered, Span, Wire
from flows.looking import with_looks
from flows.settings import Settings
from flows.summary import HEARD
from flows.tools import Tools
from storage.errors import BadRecord
from storage.window import Window as Writing
from topics.doors import doors_of

Window = tuple[datetime | None, datetime | None]
POLL_S = 0.2  # how often the watcher looks whether somebody asked to stop


@dataclass(frozen=True, slots=True)
class Job:
    """Which sources are read for which window, by which run."""

    run_seq: int
    sources: tuple[Source, ...]
    window: Window
    now: datetime
    force: bool = False  # read although it is not due: a person asked
    first: Mapping[str, SourceReading] = field(default_factory=dict)  # by source: this is a second look in the same run, for missed days
    night: date | None = None  # look again at what was told up to this night; None: at nothing

    @property
    def span(self) -> Span | None:
        """The missed days that a second look asks for; None for a first one."""
        since, until = self.window
        return (since, until) if self.first and since and until else None


def window_of(since: date, until: date) -> Window:
    """Give the instants from the first second of `since` to the last of `until`, UTC."""
    first = datetime.combine(since, time.min, UTC)
    return first, datetime.combine(until, time.min, UTC) + timedelta(days=1, microseconds=-1)


def policy_of(settings: Settings) -> ClientPolicy:
    """Say how the web client behaves for these settings."""
    return ClientPolicy(user_agent=settings.user_agent, contact=settings.contact, allowed_private=settings.allowed_private)


def listen(tools: Tools, job: Job, archive: Archive | None = None) -> tuple[SourceReading, ...]:
    """Read every source of the job and store each reading; a source's fault is a value in the result.

    Raises Stopped when somebody asked to stop: what was stored until then stays.
    """
    return asyncio.run(_listen(tools, job, archive)) if job.sources else ()


async def _listen(tools: Tools, job: Job, archive: Archive | None) -> tuple[SourceReading, ...]:
    remembered = remember(tools, job.sources, job.window, job.night)
    with tools.store.read() as reads:
        async with Client(policy_of(tools.settings)) as client:
            return await listen_on(tools, job, Live(tools.settings, client, remembered, KnownPages(reads), archive, job.span))


async def listen_on(tools: Tools, job: Job, wire: Wire, parse_s: float = limits.PARSE_S) -> tuple[SourceReading, ...]:
    """Read every source of the job over a wire, settings.parallel at a time, begun in the order of the job; `parse_s` bounds one parse."""
    with ParseBox(timeout_s=parse_s) as box:
        doors = doors_of(tools.seeds.catalogue)
        crew = _Crew(tools, job, wire, box, lambda entry: doors.open_for(entry.title, f"{entry.summary}\n{entry.body}"), {})
        await crew.work()
    return tuple(crew.readings[s.source_id] for s in job.sources if s.source_id in crew.readings)


@dataclass(frozen=True, slots=True)
class Live:
    """The wire to the web."""

    settings: Settings
    client: Client
    remembered: Mapping[str, Remembered]
    pages: KnownPages
    archive: Archive | None
    span: Span | None = None

    def line(self, source: Source) -> Line:
        """Open the line of a source, with a recorder in it when answers are archived."""
        key, known = self.settings.key_of(source.key_env), self.remembered[source.source_id]
        if self.archive is None:
            return Line(source, self.client, known, self.pages, key)
        return Line(source, Recorder(self.client, self.archive, key), known, Hits(self.pages), key)

    def heard(self, line: Line) -> None:
        """Archive what the source was asked and what was known of it."""
        if self.archive is not None:
            self.archive.heard(line, self.span)

    def stored(self, reading: SourceReading) -> None:
        """Let the other sources know the pages of this one."""
        self.pages.learn(reading)


def remember(tools: Tools, sources: Sequence[Source], asked: Window, night: date | None = None) -> Mapping[str, Remembered]:
    """Look up in one window what is known of the sources; publishes the snapshot, which answers for known pages from now on."""
    with tools.store.window() as window:
        pages = window.told_pages(night) if night else ()
        cursors = window.cursors()
        ids = [s.source_id for s in sources]
        found = {
            i: Remembered(
                cursors.get(i, Cursor()),
                window.known_entries(i, *asked),
                window.queued_entries(i),
                tuple(p for p in pages if p.source_id == i),
            )
            for i in ids
        }
        # A killed run may have stored pages after the last snapshot.
        window.publish_snapshot()
    return found


@dataclass(slots=True)
class _Crew:
    tools: Tools
    job: Job
    wire: Wire
    box: ParseBox
    wanted: Wanted
    readings: dict[str, SourceReading]
    waiting: list[tuple[Line, SourceReading]] = field(default_factory=list)  # read, not stored yet

    async def work(self) -> None:
        gate, writing = asyncio.Semaphore(self.tools.settings.parallel), asyncio.Lock()
        tasks = [asyncio.create_task(self._one(source, gate, writing)) for source in self.job.sources]
        watcher = asyncio.create_task(self._watch(tasks))
        try:
            ended = await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            watcher.cancel()
        self.tools.stop.check()
        faults = [e for e in ended if isinstance(e, BaseException)]
        if faults:
            raise faults[0]

    async def _watch(self, tasks: Sequence[asyncio.Task[None]]) -> None:
        while not self.tools.stop.requested:
            await asyncio.sleep(POLL_S)
        for task in tasks:
            task.cancel()

    async def _one(self, source: Source, gate: asyncio.Semaphore, writing: asyncio.Lock) -> None:
        line = self.wire.line(source)
        async with gate:
            reading = await self._read(line)
        self.waiting.append((line, reading))
        async with writing:
            # What came while the last window was open goes into the next one together: opening it costs more than a quiet feed does.
            batch, self.waiting = self.waiting, []
            # Shielded: a stop may come while a transaction runs, and that transaction ends first.
            stored = await asyncio.shield(asyncio.to_thread(self._store, batch)) if batch else []
        for each in stored:
            self.wire.stored(each)
            self.readings[each.source.source_id] = without_texts(each)
            self.tools.progress("read sources", len(self.readings), len(self.job.sources))

    async def _read(self, line: Line) -> SourceReading:
        job, before = self.job, line.remembered
        if not job.force and before.cursor.next_at is not None and before.cursor.next_at > job.now:
            reason = "backing_off" if before.cursor.failures else "not_due"
            return SourceReading(line.source, "skipped", reason, (), (), before.cursor, *job.window)
        try:
            async with asyncio.timeout(self.tools.settings.deadline_s):
                reading = await read_source(
                    line.source, before.cursor, client=line.client, box=self.box, known_entries=before.entries, known_pages=line.pages,
                    window=job.window, now=job.now, queued=before.queued, key=line.key, patience=line.patience,
                    wanted=self.wanted,
                )  # fmt: skip
        except TimeoutError:
            return failed(line.source, before.cursor, "deadline", job.window)
        if reading.outcome == "skipped" or not before.told:
            return reading
        return await with_looks(reading, line, self.box, job.now, self.tools.settings.deadline_s)

    def _store(self, batch: Sequence[tuple[Line, SourceReading]]) -> list[SourceReading]:
        """Store readings, a transaction each, in one window; gives them back as they were stored."""
        due = [self._due(line, reading) for line, reading in batch]
        with self.tools.store.window() as window:
            return [self._put(window, line, *both) for (line, _), both in zip(batch, due, strict=True)]

    def _due(self, line: Line, reading: SourceReading) -> tuple[SourceReading, bool]:
        """Give what is to be stored of a reading, and whether anything is; the answers are archived before.

        A second look adds to the first one and reaches until now with it; when it fails, the first one stands.
        """
        # What our own deadline cut off cannot be read again; a single answer that came too late can.
        if reading.outcome != "skipped" and (reading.requests or reading.reason != "deadline"):
            self.wire.heard(line)
        first = self.job.first.get(reading.source.source_id)
        if first is None:
            return reading, True
        outcome: SourceOutcome = "ok" if reading.disposed else first.outcome
        whole = replace(reading, outcome=outcome, reason="", window_to=self.job.now, moved_to=first.moved_to)
        return (whole, True) if reading.outcome in HEARD else (reading, False)

    def _put(self, window: Writing, line: Line, reading: SourceReading, due: bool) -> SourceReading:
        """Store one reading; one that holds a value that must not be stored becomes a failed one, and the night goes on."""
        if not due:
            return reading
        try:
            window.record_source(self.job.run_seq, reading, None, self.job.now)
        except BadRecord:
            reading = failed(reading.source, line.remembered.cursor, "bad_record", self.job.window)
            window.record_source(self.job.run_seq, reading, None, self.job.now)
        return reading


def without_texts(reading: SourceReading) -> SourceReading:
    """What a run keeps of a stored reading, which is what it counts; the texts are in the store."""
    nameless = Entry("", reading.source.source_id, "", "")
    disposed = tuple(replace(d, entry=nameless, aliases=()) for d in reading.disposed)
    return replace(reading, disposed=disposed, articles=tuple(replace(a, title="", body="") for a in reading.articles))


def failed(source: Source, cursor: Cursor, reason: str, window: Window) -> SourceReading:
    """Give the reading of a source that gave nothing for a reason of our own."""
    return SourceReading(source, "failed", reason, (), (), replace(cursor, failures=cursor.failures + 1), *window)
