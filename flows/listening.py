"""Reads the sources of a run, several at a time; each reading is stored (W1) as it comes, so a crash loses at most one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from extractors.box import ParseBox
from extractors.client import Client
from extractors.fetched import ClientPolicy
from extractors.model import Cursor, Entry, Source, SourceOutcome, SourceReading
from extractors.reading import read_source
from flows.known_pages import KnownPages
from flows.settings import Settings
from flows.summary import HEARD
from flows.tools import Tools
from storage.errors import BadRecord

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


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is known of one source when the run begins."""

    cursor: Cursor
    entries: frozenset[str]  # that need no second look
    queued: tuple[Entry, ...]  # whose page is still to be fetched


def window_of(since: date, until: date) -> Window:
    """Give the instants from the first second of `since` to the last of `until`, UTC."""
    first = datetime.combine(since, time.min, UTC)
    return first, datetime.combine(until, time.min, UTC) + timedelta(days=1, microseconds=-1)


def policy_of(settings: Settings) -> ClientPolicy:
    """Say how the web client behaves for these settings."""
    return ClientPolicy(user_agent=settings.user_agent, contact=settings.contact, allowed_private=settings.allowed_private)


def listen(tools: Tools, job: Job) -> tuple[SourceReading, ...]:
    """Read every source of the job and store each reading; a source's fault is a value in the result.

    Raises Stopped when somebody asked to stop: what was stored until then stays.
    """
    return asyncio.run(_listen(tools, job)) if job.sources else ()


async def _listen(tools: Tools, job: Job) -> tuple[SourceReading, ...]:
    remembered = remember(tools, job.sources, job.window)
    with ParseBox() as box, tools.store.read() as reads:
        async with Client(policy_of(tools.settings)) as client:
            crew = _Crew(tools, job, client, box, remembered, KnownPages(reads), {})
            await crew.work()
    return tuple(crew.readings[s.source_id] for s in job.sources if s.source_id in crew.readings)


def remember(tools: Tools, sources: Sequence[Source], asked: Window) -> Mapping[str, Remembered]:
    """Look up in one window what is known of the sources; publishes the snapshot, which answers for known pages from now on."""
    with tools.store.window() as window:
        cursors = window.cursors()
        ids = [s.source_id for s in sources]
        found = {i: Remembered(cursors.get(i, Cursor()), window.known_entries(i, *asked), window.queued_entries(i)) for i in ids}
        # A killed run may have stored pages after the last snapshot.
        window.publish_snapshot()
    return found


@dataclass(slots=True)
class _Crew:
    tools: Tools
    job: Job
    client: Client
    box: ParseBox
    remembered: Mapping[str, Remembered]
    pages: KnownPages
    readings: dict[str, SourceReading]

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
        async with gate:
            reading = await self._read(source)
        async with writing:
            # Shielded: a stop may come while the transaction runs, and that transaction ends first.
            stored = await asyncio.shield(asyncio.to_thread(self._store, reading))
        self.pages.learn(stored)
        self.readings[source.source_id] = stored
        self.tools.progress("read sources", len(self.readings), len(self.job.sources))

    async def _read(self, source: Source) -> SourceReading:
        job, before = self.job, self.remembered[source.source_id]
        if not job.force and before.cursor.next_at is not None and before.cursor.next_at > job.now:
            reason = "backing_off" if before.cursor.failures else "not_due"
            return SourceReading(source, "skipped", reason, (), (), before.cursor, *job.window)
        try:
            async with asyncio.timeout(self.tools.settings.deadline_s):
                return await read_source(
                    source, before.cursor, client=self.client, box=self.box, known_entries=before.entries, known_pages=self.pages,
                    window=job.window, now=job.now, queued=before.queued, key=self.tools.settings.key_of(source.key_env),
                )  # fmt: skip
        except TimeoutError:
            return failed(source, before.cursor, "deadline", job.window)

    def _store(self, reading: SourceReading) -> SourceReading:
        """Store the reading; one that holds a value that must not be stored becomes a failed one, and the night goes on.

        A second look adds to the first one and reaches until now with it; when it fails, the first one stands.
        """
        first = self.job.first.get(reading.source.source_id)
        if first is not None:
            if reading.outcome not in HEARD:
                return reading
            outcome: SourceOutcome = "ok" if reading.disposed else first.outcome
            reading = replace(reading, outcome=outcome, reason="", window_to=self.job.now, moved_to=first.moved_to)
        with self.tools.store.window() as window:
            try:
                window.record_source(self.job.run_seq, reading, None, self.job.now)
            except BadRecord:
                before = self.remembered[reading.source.source_id].cursor
                reading = failed(reading.source, before, "bad_record", self.job.window)
                window.record_source(self.job.run_seq, reading, None, self.job.now)
        return reading


def failed(source: Source, cursor: Cursor, reason: str, window: Window) -> SourceReading:
    """Give the reading of a source that gave nothing for a reason of our own."""
    return SourceReading(source, "failed", reason, (), (), replace(cursor, failures=cursor.failures + 1), *window)
