"""Backfill: a past span in chunks; a chunk is one run, read once and decided a day at a time, oldest first, as of each day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from extractors.model import Source, SourceReading
from flows.listening import listen, window_of
from flows.pipeline import Plan, Stage, Started, begin, decide_night, job_of, plainly, record
from flows.seeding import SeedError, Seeds
from flows.summary import HEARD, Summary
from flows.tools import Tools

CHUNK = 7  # days


def run_backfill(tools: Tools, since: date, until: date, names: tuple[str, ...], stage: Stage = plainly) -> tuple[Summary, ...]:
    """Backfill the days since..until of the named sources; what an earlier backfill finished is not done again.

    Gives one summary a day that was decided. Raises SeedError for an unknown source or an empty span, Locked, Stopped.
    """
    if since > until:
        raise SeedError(f"backfill: since {since} lies after until {until}")
    sources = chosen(tools.seeds, names)
    summaries: list[Summary] = []
    for days in chunks(since, until):
        wanted = unread(tools, days, sources)
        if wanted:
            summaries += run_chunk(tools, days, wanted, stage)
        tools.progress("backfill", (days[-1] - since).days + 1, (until - since).days + 1)
        tools.stop.check()
    return tuple(summaries)


def run_chunk(tools: Tools, days: tuple[date, ...], sources: tuple[Source, ...], stage: Stage) -> list[Summary]:
    """Read the chunk and decide its days; a chunk that is killed is read again, which finds its entries known, and goes on."""
    plan = Plan(days[0], tools.clock(), "backfill", sources, window_of(days[0], days[-1]), force=True, alert=False)
    with tools.store.run_lock():
        started = stage("begin", lambda: begin(tools, plan))
        heard = stage("read sources", lambda: listen(tools, job_of(started)))
        return stage("decide days", lambda: [decide_day(tools, started, heard, day, last=day == days[-1]) for day in days])


def decide_day(tools: Tools, started: Started, heard: tuple[SourceReading, ...], day: date, *, last: bool) -> Summary:
    """Decide one day of the chunk; the last one ends the run."""
    of_day = replace(started, plan=replace(started.plan, night=day))
    return record(tools, of_day, heard, decide_night(tools, of_day), ends=last)


def chosen(seeds: Seeds, names: tuple[str, ...]) -> tuple[Source, ...]:
    """Give the named sources, all enabled ones when none is named; raises SeedError for a name that sources.toml lacks."""
    if not names:
        return seeds.enabled
    by_id = {s.source_id: s for s in seeds.sources}
    missing = [n for n in names if n not in by_id]
    if missing:
        raise SeedError(f"no source {missing[0]!r} in sources.toml; `topicwatch sources list` names them")
    return tuple(by_id[n] for n in names)


def chunks(since: date, until: date) -> Iterator[tuple[date, ...]]:
    """Cut the span into chunks of at most CHUNK days, oldest first."""
    day = since
    while day <= until:
        last = min(day + timedelta(CHUNK - 1), until)
        yield tuple(day + timedelta(n) for n in range((last - day).days + 1))
        day = last + timedelta(1)


def unread(tools: Tools, days: tuple[date, ...], sources: tuple[Source, ...]) -> tuple[Source, ...]:
    """Give the sources of which no finished backfill has read exactly this chunk."""
    window = window_of(days[0], days[-1])
    if not tools.store.snapshot.exists():
        return sources
    with tools.store.read() as reads:
        done = [r for r in reads.runs() if r.mode == "backfill" and r.outcome is not None and (r.window_from, r.window_to) == window]
        heard = {s.source_id for run in done for s in reads.run_sources(run.run_seq) if s.outcome in HEARD}
    return tuple(s for s in sources if s.source_id not in heard)
