"""Backfill: a past span in chunks, read once a chunk, decided one day at a time, oldest first, on what was known by that day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from extractors.model import Source
from flows.listening import window_of
from flows.pipeline import Plan, Stage, plainly, run_night
from flows.seeding import SeedError, Seeds
from flows.summary import Summary
from flows.tools import Tools
from storage.model import RunRow

CHUNK = 7  # days; one listing of a source serves them all
FINISHED = {"done", "partial"}


def run_backfill(tools: Tools, since: date, until: date, names: tuple[str, ...], stage: Stage = plainly) -> tuple[Summary, ...]:
    """Backfill the days since..until of the named sources; what an earlier, killed backfill finished is not read again.

    Raises SeedError for an unknown source or an empty span, Stopped between two days when somebody asked.
    """
    if since > until:
        raise SeedError(f"backfill: since {since} lies after until {until}")
    sources = chosen(tools.seeds, names)
    summaries: list[Summary] = []
    total = (until - since).days + 1
    for chunk in chunks(since, until):
        for day, read in days_to_do(tools, chunk, sources):
            window = window_of(chunk[0], chunk[-1])
            plan = Plan(day, tools.clock(), "backfill", read, window, force=True, alert=False)
            summaries.append(run_night(tools, plan, stage))
            tools.progress("backfill", (day - since).days + 1, total)
            tools.stop.check()
    return tuple(summaries)


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


def days_to_do(tools: Tools, chunk: tuple[date, ...], sources: tuple[Source, ...]) -> Iterator[tuple[date, tuple[Source, ...]]]:
    """Give the chunk's unfinished days, and what is to be read before each: the whole chunk before its first, then nothing."""
    runs = [r for r in past_runs(tools) if (r.window_from, r.window_to) == window_of(chunk[0], chunk[-1])]
    heard = {s for r in runs for s, outcome in r.sources if outcome != "failed"}
    missing = tuple(s for s in sources if s.source_id not in heard)
    finished = {r.night for r in runs if r.outcome in FINISHED} if not missing else set()
    for day in chunk:
        if day not in finished:
            yield day, missing if day == chunk[0] or not finished else ()
            missing = ()


def past_runs(tools: Tools) -> list[RunRow]:
    """Give every backfill run that has ended."""
    with tools.store.read() as reads:
        return [r for r in reads.runs() if r.mode == "backfill"]
