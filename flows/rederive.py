"""Decides an archived night again, offline and as of what was known then, and compares it with what was recorded."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from extractors.model import Source, SourceReading
from flows.archive import digest_of
from flows.archived import Again, ArchivedNight, ArchiveError, Told, open_night, sources_of
from flows.lines import Span
from flows.listening import Job, listen_on
from flows.pipeline import Plan, begin, decide_night, job_of, record
from flows.tools import Tools
from flows.upkeep import Upkeep, joined
from storage.model import Run, RunSource
from storage.store import Store

PATIENT_S = 600.0  # for one parse: a page that was read that night must not fail because this machine is busy


@dataclass(frozen=True, slots=True)
class Rederived:
    """One run of the night, decided again: both decisions as lines of JSON, and what differs in our own make since."""

    run_seq: int
    recorded: tuple[str, ...]
    again: tuple[str, ...]
    since: tuple[str, ...]  # what was changed since: seeds, rules or judge, reader, program, a source's table

    @property
    def is_equal(self) -> bool:
        """True when both decisions are the same, byte by byte."""
        return self.recorded == self.again

    @property
    def differing(self) -> tuple[str, ...]:
        """The lines that stand on one side only: '-' recorded, '+' now."""
        gone, come = set(self.recorded) - set(self.again), set(self.again) - set(self.recorded)
        return (*(f"- {line}" for line in sorted(gone)), *(f"+ {line}" for line in sorted(come)))


def rederive(tools: Tools, night: date) -> tuple[Rederived, ...]:
    """Decide every finished run of a night again from its raw archive; asks nobody on the web and changes nothing of the store.

    Raises ArchiveError that names what the archive lacks, StoreError.
    """
    archive = open_night(tools.settings, night)
    with tools.store.read() as reads:
        runs = [run for run in reversed(reads.runs()) if run.night == night and run.mode in {"night", "learn"} and run.outcome]
        read = {run.run_seq: reads.run_sources(run.run_seq) for run in runs}
        recorded = {run.run_seq: reads.decisions(run.run_seq) for run in runs}
    if not runs:
        raise ArchiveError(f"no run of the night {night} has ended, so there is nothing to compare with")
    return tuple(_again(tools, run, archive, read[run.run_seq], recorded[run.run_seq]) for run in runs)


def _again(tools: Tools, run: Run, archive: ArchivedNight, read: Sequence[RunSource], recorded: tuple[str, ...]) -> Rederived:
    sources = _sources(tools, run, archive, read)
    looks = _second_looks(tools, run, archive, read)
    with tempfile.TemporaryDirectory(dir=tools.settings.home, prefix="replay-") as folder:
        store = tools.store.rewound(run.base_run_seq, Path(folder))
        # One source after the other, in the order in which they were stored.
        settings = replace(tools.settings, parallel=1, archive_nights=0, deadline_s=24 * 3600.0)
        own = replace(tools, store=store, settings=settings, senders={})
        plan = Plan(run.night, run.started_at, "night", sources, (run.window_from, run.window_to), run.as_of, force=True, alert=False)
        started = begin(own, plan)
        job = job_of(started)
        with store.window() as window:
            pages = window.told_pages(job.night) if job.night else ()
        heard = _listen(own, job, Again(archive, run.run_seq, _known_entries(store, sources), pages))
        first = {reading.source.source_id: reading for reading in heard}
        for span, asked in looks:
            job = Job(started.run_seq, asked, span, plan.now, force=True, first=first)
            heard = joined(heard, _listen(own, job, Again(archive, run.run_seq, _known_entries(store, asked, span), span=span)))
        record(own, started, heard, decide_night(own, started, Upkeep(heard)))
        with store.read() as reads:
            (now,) = reads.runs(limit=1)
            since = (*_since(run, now), *_changed(sources, _told(archive, run)))
            return Rederived(run.run_seq, recorded, reads.decisions(started.run_seq), since)


def _listen(tools: Tools, job: Job, wire: Again) -> tuple[SourceReading, ...]:
    heard = asyncio.run(listen_on(tools, job, wire, PATIENT_S)) if job.sources else ()
    wire.check()
    return heard


def _sources(tools: Tools, run: Run, archive: ArchivedNight, read: Sequence[RunSource]) -> tuple[Source, ...]:
    """Give the sources to read again; raises ArchiveError when one was read that night and the archive does not tell of it."""
    told = _told(archive, run)
    where = f"{archive.path}, run {run.run_seq}"
    missing = {row.source_id for row in read if row.requests and row.outcome != "skipped"} - {each.source_id for each in told}
    if missing:
        raise ArchiveError(f"{where}: no record of the reading of source {min(missing)!r}")
    return sources_of(told, tools.seeds.sources, where)


def _told(archive: ArchivedNight, run: Run, *, again: bool = False) -> tuple[Told, ...]:
    return tuple(each for each in archive.readings.get(run.run_seq, ()) if (each.span is not None) == again)


def _second_looks(tools: Tools, run: Run, archive: ArchivedNight, read: Sequence[RunSource]) -> tuple[tuple[Span, tuple[Source, ...]], ...]:
    """Give the missed days that were asked for, in their order, and whom; raises ArchiveError when one that was stored is not told of."""
    told = _told(archive, run, again=True)
    where = f"{archive.path}, run {run.run_seq}"
    # Only a second look gives a night's reading an end.
    stored = {row.source_id for row in read if run.window_to is None and row.window_to is not None}
    if missing := stored - {each.source_id for each in told}:
        raise ArchiveError(f"{where}: no record of the second look at source {min(missing)!r}")
    spans = dict.fromkeys(each.span for each in told if each.span)
    return tuple((span, sources_of([each for each in told if each.span == span], tools.seeds.sources, where)) for span in spans)


def _known_entries(store: Store, sources: Sequence[Source], span: Span | tuple[None, None] = (None, None)) -> dict[str, frozenset[str]]:
    with store.window() as window:
        return {source.source_id: window.known_entries(source.source_id, *span) for source in sources}


def _changed(sources: Sequence[Source], told: Sequence[Told]) -> tuple[str, ...]:
    digests = {each.source_id: each.source_digest for each in told}
    return tuple(f"source {source.source_id}" for source in sources if digests[source.source_id] != digest_of(source))


def _since(before: Run, now: Run) -> tuple[str, ...]:
    names = {"baseline_digest": "seeds", "config_digest": "rules or judge", "reader_version": "reader", "code_version": "program"}
    return tuple(name for attribute, name in names.items() if getattr(before, attribute) != getattr(now, attribute))
