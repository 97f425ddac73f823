"""How a source is, judged from its past alone, and how the nightly note tells it: who was heard, and each change once."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise, takewhile

from alerts.notes import Note, Part, part
from extractors.model import Source
from extractors.moving import ENOUGH
from extractors.reading import BY_PAGES, RESTS
from flows.summary import HEARD, SourceLine
from storage.model import Condition, Gap, Health, RunSource, SourcePast

BLOCKED = frozenset({"blocked", "forbidden", "robots"})
NEEDS_KEY = "needs_key:"
STALE_AFTER = 3  # times the expected cadence without anything new
LEAST_STALE = timedelta(days=3)  # a weekend with a holiday is no silence
LEARNT_FROM = 5  # gaps between days with entries
USUAL = 0.9  # of those gaps are no longer than what is expected
UNHEARD: tuple[Condition, ...] = ("silent", "incomplete", "blocked", "gone", "no_key")


def expected_hours(source: Source, days: Sequence[date]) -> tuple[int, bool]:
    """How often something new is expected, and whether the source's own entries taught it.

    The longer of what sources.toml declares and of the 90th percentile of the gaps between days with entries.
    """
    gaps = sorted((later - earlier).days * 24 for earlier, later in pairwise(days))
    if len(gaps) < LEARNT_FROM:
        return source.cadence_hours, False
    learnt = gaps[math.ceil(USUAL * len(gaps)) - 1]
    return max(source.cadence_hours, learnt), learnt > source.cadence_hours


def health_of(source: Source, past: SourcePast, now: datetime) -> Health:
    """Name a source's condition from its readings by nights and the days of its entries; a source that was never read is well."""
    told = [r for r in past.readings if r.outcome != "skipped" or r.reason.startswith(NEEDS_KEY)]
    if not told:
        return Health(source.source_id, "well")
    last = told[-1]
    if last.outcome == "skipped":
        since = _since(told, lambda r: r.outcome == "skipped")
        return Health(source.source_id, "no_key", since, last.reason.removeprefix(NEEDS_KEY))
    if last.outcome not in HEARD:
        return _unheard(source, told)
    return _heard(source, [r for r in told if r.outcome in HEARD], past.days, now)


def _unheard(source: Source, told: Sequence[RunSource]) -> Health:
    last = told[-1]
    heard = [r.read_at for r in told if r.outcome in HEARD]
    since = heard[-1] if heard else told[0].read_at
    part = last.reason.removeprefix("partial:")
    condition: Condition = "incomplete" if part != last.reason else "silent"
    if last.reason == "gone" or last.reason in BLOCKED:
        condition = "gone" if last.reason == "gone" else "blocked"
    return Health(source.source_id, condition, since, part)


def _heard(source: Source, heard: Sequence[RunSource], days: Sequence[date], now: datetime) -> Health:
    lately = heard[-ENOUGH:]
    address = lately[-1].moved_to
    if address and len(lately) == ENOUGH and {r.moved_to for r in lately} == {address}:
        return Health(source.source_id, "moved", _since(heard, lambda r: r.moved_to == address), address)
    # A question about days, or for some words, may well have no answer; a whole list never has none.
    whole = source.kind == "feed" or (source.kind in BY_PAGES and "match" not in dict(source.params))
    if heard[-1].outcome == "empty" and whole:
        return Health(source.source_id, "empty", _since(heard, lambda r: r.outcome == "empty"), "")
    newest = datetime.combine(days[-1] + timedelta(days=1), time(), UTC) if days else heard[0].read_at
    hours, learnt = expected_hours(source, days)
    if now - newest > max(STALE_AFTER * timedelta(hours=hours), LEAST_STALE):
        since = newest - timedelta(days=1) if days else newest
        return Health(source.source_id, "stale", since, f"every {hours} hours, {'learnt' if learnt else 'declared'}")
    return Health(source.source_id, "well")


def _since(readings: Sequence[RunSource], holds: Callable[[RunSource], bool]) -> datetime:
    """When the first of the last readings for which this holds was made; it holds for the last one."""
    return list(takewhile(holds, reversed(readings)))[-1].read_at


@dataclass(frozen=True, slots=True)
class Standing:
    """One source as `topicwatch sources` shows it."""

    source_id: str
    condition: Condition
    since: datetime | None
    words: str  # '' when it is well
    expected_hours: int
    learnt: bool  # the source's own entries say so, not sources.toml
    last_heard: datetime | None
    newest: date | None  # day of its newest entry
    days_lost: int  # in gaps that nothing covered


def standings(sources: Iterable[Source], pasts: Mapping[str, SourcePast], gaps: Iterable[Gap], now: datetime) -> tuple[Standing, ...]:
    """How the sources are: those that want a look first, then in the given order."""
    lost: dict[str, float] = {}
    for gap in gaps:
        if gap.ended and not gap.refilled:
            lost[gap.source_id] = lost.get(gap.source_id, 0.0) + (gap.until - gap.since) / timedelta(days=1)
    found = [_standing(source, pasts.get(source.source_id, SourcePast()), round(lost.get(source.source_id, 0)), now) for source in sources]
    return tuple(sorted(found, key=lambda one: one.condition == "well"))


def _standing(source: Source, past: SourcePast, lost: int, now: datetime) -> Standing:
    health, (hours, learnt) = health_of(source, past, now), expected_hours(source, past.days)
    heard = next((r.read_at for r in reversed(past.readings) if r.outcome in HEARD), None)
    words = "" if health.condition == "well" else told_as(health)
    newest = past.days[-1] if past.days else None
    return Standing(source.source_id, health.condition, health.since, words, hours, learnt, heard, newest, lost)


def changes(now: Iterable[Health], told: Mapping[str, Health]) -> tuple[Health, ...]:
    """What is to be told: the sources whose condition, or new address, is not the one that was told last."""
    return tuple(h for h in now if _what(h) != _what(told.get(h.source_id, Health(h.source_id, "well"))))


def _what(health: Health) -> tuple[str, str]:
    return health.condition, health.detail if health.condition == "moved" else ""


def heard_line(sources: Sequence[SourceLine], conditions: Iterable[Health]) -> Note:
    """Say in one line who was heard, and how many were not, since when: '61 of 63 sources heard, 2 silent since 2026-10-12'."""
    heard = {s.source_id for s in sources if s.outcome in HEARD}
    due = [s for s in sources if s.outcome != "skipped" or s.reason not in {"not_due", "disabled"}]
    parts = [part("heard", n=len(heard), all=len(due))]
    known = [h for h in conditions if h.source_id not in heard]
    for condition in UNHEARD:
        some = [h for h in known if h.condition == condition]
        if some:
            since = min((h.since for h in some if h.since), default=None)
            parts += [part(f"also_{condition}", n=len(some)), *(_since_part(since) if condition != "no_key" else ())]
    return Note(*parts)


def change_lines(changed: Iterable[Health], told: Mapping[str, Health]) -> tuple[Note, ...]:
    """Tell each change once; sources that share it share the line."""
    lines: dict[Note, list[str]] = {}
    for health in changed:
        lines.setdefault(told_as(health, told.get(health.source_id)), []).append(health.source_id)
    return tuple(_named(names, text) for text, names in lines.items())


def _named(names: Iterable[str], line: Note) -> Note:
    return Note(part("names", names=", ".join(names)), *line.parts)


def _since_part(since: datetime | None) -> tuple[Part, ...]:
    return (part("since", day=f"{since:%Y-%m-%d}"),) if since else ()


def told_as(health: Health, before: Health | None = None) -> Note:
    """One condition in plain words; `before` is what a source that is well again was."""
    since = _since_part(health.since)
    match health.condition:
        case "well":
            return Note(part("well"), *((part(f"was_{before.condition}"), *_since_part(before.since)) if before else ()))
        case "no_key":
            return Note(part("no_key", variable=health.detail))
        case "moved":
            return Note(part("moved", url=health.detail))
        case "gone" | "empty":
            return Note(part(health.condition), *since, *((part("gone_then"),) if health.condition == "gone" else ()))
        case "stale":
            return Note(part("stale"), *since, part("expected", detail=health.detail))
        case _:
            rests = (part("rests"),) if health.detail in RESTS else ()
            return Note(part(health.condition), *since, part("detail", detail=health.detail), *rests)


def gap_lines(gaps: Iterable[Gap], retried: Mapping[str, str]) -> tuple[Note, ...]:
    """Tell for ended gaps whether what was listed then was read after all; `retried` names why a source could not be asked for it yet."""

    def text(gap: Gap) -> Note:
        span = part("gap", since=f"{gap.since:%Y-%m-%d}", until=f"{gap.until:%Y-%m-%d}", reason=gap.reason)
        why = retried.get(gap.source_id)
        return Note(span, part("gap_read") if gap.refilled else part("gap_waits", why=why) if why else part("gap_lost"))

    lines: dict[Note, dict[str, None]] = {}
    for gap in gaps:
        lines.setdefault(text(gap), {})[gap.source_id] = None
    return tuple(_named(names, line) for line, names in lines.items())
