"""After the sources were read: asks again for days that were missed, and sums up how every source is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from extractors.model import SourceReading
from extractors.reading import can_look_back
from flows.archive import Archive
from flows.health import UNHEARD, change_lines, changes, gap_lines, health_of, heard_line
from flows.lines import Span
from flows.listening import Job, listen
from flows.summary import HEARD, source_line
from flows.tools import Tools
from storage.model import Gap, Health, Run

REFILL = timedelta(days=30)  # a gap that began earlier is left as it is
FRESH = timedelta(hours=25)  # what is younger belongs to the night's own reading


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What a night found out about its sources: its readings, those of missed days included, the note's lines, and what they tell.

    aside: a line for each article that the reader broke on.
    """

    heard: tuple[SourceReading, ...]
    lines: tuple[str, ...] = ()
    told: tuple[Health, ...] = ()
    aside: tuple[str, ...] = ()


def look_after(tools: Tools, run_seq: int, heard: Sequence[SourceReading], now: datetime, archive: Archive | None = None) -> Upkeep:
    """Refill the gaps that can be refilled, and tell each source's health once per change; raises Stopped."""
    if not heard:
        return Upkeep(())
    ids = {r.source.source_id for r in heard}
    with tools.store.window() as window:
        before, missed = window.last_night(), due(window.gaps(), heard, now)
    again = refill(tools, run_seq, heard, missed, now, archive)
    retried = {r.source.source_id: r.reason for r in again if r.outcome not in HEARD}
    with tools.store.window() as window:
        pasts, told, after = window.pasts(), window.last_told(), window.gaps()
    asked = {(gap.source_id, gap.since) for gap in missed}
    ended = [g for g in after if g.source_id in ids and g.ended and (_is_news(g, before, now) or (g.source_id, g.since) in asked)]
    conditions = [health_of(r.source, pasts[r.source.source_id], now) for r in heard if r.source.source_id in pasts]
    changed = changes(conditions, told)
    # That it is heard again is told by its gap.
    back = {gap.source_id for gap in ended if (was := told.get(gap.source_id)) and was.condition in UNHEARD}
    spoken = [h for h in changed if not (h.condition == "well" and h.source_id in back)]
    lines = (
        heard_line([source_line(r) for r in heard], conditions), *change_lines(spoken, told), *gap_lines(ended, retried)
    )  # fmt: skip
    return Upkeep(joined(heard, again), lines, changed)


def _is_news(gap: Gap, before: Run | None, now: datetime) -> bool:
    """Tell whether a gap ended after the last night that told its gaps."""
    return before is None or (before.as_of or before.started_at) < gap.until <= now


def due(missed: Sequence[Gap], heard: Sequence[SourceReading], now: datetime) -> tuple[Gap, ...]:
    """The gaps to ask for now: ended, not too old, of a source that was heard tonight and can be asked for past days."""
    able = {r.source.source_id for r in heard if r.outcome in HEARD and can_look_back(r.source)}
    return tuple(
        gap for gap in missed
        if gap.source_id in able and gap.ended and not gap.refilled and now - REFILL <= gap.since < now - FRESH
    )  # fmt: skip


def refill(
    tools: Tools, run_seq: int, heard: Sequence[SourceReading], missed: Sequence[Gap], now: datetime, archive: Archive | None
) -> tuple[SourceReading, ...]:
    """Ask each source once for all of its missed days; a failure leaves the night's own reading as it was."""
    first = {r.source.source_id: r for r in heard}
    spans: dict[Span, list[str]] = {}
    for source_id in sorted({gap.source_id for gap in missed}):
        own = [gap for gap in missed if gap.source_id == source_id]
        span = min(gap.since for gap in own), min(max(gap.until for gap in own), now - FRESH)
        spans.setdefault(span, []).append(source_id)
    found: list[SourceReading] = []
    for span, names in sorted(spans.items()):
        job = Job(run_seq, tuple(first[name].source for name in names), span, now, force=True, first=first)
        found += listen(tools, job, archive)
    return tuple(found)


def joined(heard: Sequence[SourceReading], again: Sequence[SourceReading]) -> tuple[SourceReading, ...]:
    """The night's readings with what the second looks added; one that failed was not stored and adds nothing."""
    more: Mapping[str, SourceReading] = {r.source.source_id: r for r in again if r.outcome in HEARD}
    return tuple(
        replace(r, disposed=(*r.disposed, *extra.disposed), articles=(*r.articles, *extra.articles))
        if (extra := more.get(r.source.source_id))
        else r
        for r in heard
    )
