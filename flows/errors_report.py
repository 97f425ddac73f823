"""Compares a replay with its stream's labels and explains every wrong decision, each on what was known that night."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from flows.progress import Progress, silent
from flows.replay import Replayed
from storage.as_of import View
from topics.errors.gold import Gold
from topics.errors.scene import Seen
from topics.errors.stream import DecidedStream, report
from topics.errors.views import Report
from topics.errors.xray import XRay
from topics.probes import probes
from topics.reader import BuiltinReader, shipped_weights


def find_errors(done: Replayed, gold: Gold, progress: Progress = silent, *, everything: bool = False) -> Report:
    """Explain the wrong decisions of a replay that is still open; everything adds watched moves and copies."""

    def step(number: int, of: int) -> None:
        progress("explain errors", number, of)
        done.tools.stop.check()

    return report(decided_stream(done), gold, everything=everything, step=step)


def decided_stream(done: Replayed) -> DecidedStream:
    """Give a replay as a stream whose nights can be seen again."""
    by_night = {night.result.context.night: night for night in done.nights}
    tools = done.tools
    xray = XRay(shipped_weights(), tools.seeds.catalogue) if isinstance(tools.reader, BuiltinReader) else None

    def seen(day: date) -> Seen:
        night = by_night[day]
        with tools.store.window() as window:
            known = window.slice(View.by_run(night.base_run_seq), probes(night.readings, day, tools.rules))
        # A replay has no learning phase.
        known = replace(known, unarmed_sources=frozenset(), unarmed_topics=frozenset())
        return Seen(night.result.context, night.readings, known, night.result, tools.judge)

    return DecidedStream(done.stream.name, done.stream.ids, done.results, seen, tools.seeds.catalogue, tools.rules, lambda _: xray)
