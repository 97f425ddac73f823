"""Reads the sources of a run, several at a time; each reading is stored (W1) as it comes, so a crash loses at most one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from extractors.reading import read_source

from extractors.box import ParseBox
from extractors.client import Client, ClientPolicy
from extractors.model import Cursor, Source, SourceReading
from flows.settings import Settings
from flows.tools import Tools

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


def window_of(since: date, until: date) -> Window:
    """Give the instants from the first second of `since` to the last of `until`, UTC."""
    first = datetime.combine(since, time.min, UTC)
    return first, datetime.combine(until, time.min, UTC) + timedelta(days=1, microseconds=-1)


def listen(tools: Tools, job: Job) -> tuple[SourceReading, ...]:
    """Read every source of the job and store each reading; a source's fault is a value in the result.

    Raises Stopped when somebody asked to stop: what was stored until then stays.
    """
    return asyncio.run(_listen(tools, job))


def policy_of(settings: Settings) -> ClientPolicy:
    """Say how the web client behaves for these settings."""
    return ClientPolicy(user_agent=settings.user_agent, contact=settings.contact, allowed_private=settings.allowed_private)


async def _listen(tools: Tools, job: Job) -> tuple[SourceReading, ...]:
    with tools.store.window() as window:
        cursors = window.cursors()
    readings: dict[str, SourceReading] = {}
    policy = policy_of(tools.settings)
    with ParseBox() as box:
        async with Client(policy) as client:
            crew = _Crew(tools, job, client, box, cursors, readings)
            await crew.work()
    return tuple(readings[s.source_id] for s in job.sources if s.source_id in readings)


@dataclass(slots=True)
class _Crew:
    tools: Tools
    job: Job
    client: Client
    box: ParseBox
    cursors: Mapping[str, Cursor]
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
        faults = [e for e in ended if isinstance(e, BaseException) and not isinstance(e, asyncio.CancelledError)]
        if faults:
            raise faults[0]

    async def _watch(self, tasks: Sequence[asyncio.Task[None]]) -> None:
        while not self.tools.stop.requested:
            await asyncio.sleep(POLL_S)
        for task in tasks:
            task.cancel()

    async def _one(self, source: Source, gate: asyncio.Semaphore, writing: asyncio.Lock) -> None:
        cursor = self.cursors.get(source.source_id, Cursor())
        async with gate:
            reading = await self._read(source, cursor)
        async with writing:
            # Shielded: a stop may come while the transaction runs, and that transaction ends first.
            await asyncio.shield(asyncio.to_thread(self._store, reading))
        self.readings[source.source_id] = reading
        self.tools.progress("read sources", len(self.readings), len(self.job.sources))

    async def _read(self, source: Source, cursor: Cursor) -> SourceReading:
        if not self.job.force and cursor.next_at is not None and cursor.next_at > self.job.now:
            reason = "backing_off" if cursor.failures else "not_due"
            return SourceReading(source, "skipped", reason, (), (), cursor, *self.job.window)
        known_entries, known_pages = await asyncio.to_thread(self._known, source)
        try:
            async with asyncio.timeout(self.tools.settings.deadline_s):
                return await read_source(
                    source, cursor, client=self.client, box=self.box, known_entries=known_entries, known_pages=known_pages,
                    window=self.job.window, now=self.job.now,
                )  # fmt: skip
        except TimeoutError:
            failed = replace(cursor, failures=cursor.failures + 1)
            return SourceReading(source, "failed", "deadline", (), (), failed, *self.job.window)

    def _known(self, source: Source) -> tuple[frozenset[str], Mapping[str, str]]:
        with self.tools.store.window() as window:
            return window.known_entries(source.source_id), window.known_pages(())

    def _store(self, reading: SourceReading) -> None:
        with self.tools.store.window() as window:
            window.record_source(self.job.run_seq, reading, None, self.job.now)
