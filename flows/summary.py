"""What one run did, as a value, and its plain lines: what was read, kept and dropped, and why, and what was alerted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import Any, Literal

from alerts.model import Alert
from alerts.notes import Note, Part, part
from extractors.model import NO_WORD, SourceReading
from topics.model import Mode, NightResult

RunOutcome = Literal["done", "partial", "blind", "failed"]
HEARD = {"ok", "not_modified", "empty"}
KEPT = {"move", "follow_up", "restates_known", "background", "no_move"}  # on a watched topic and not a copy


QUIET = {"digest", "health"}  # messages that are no alert


class Exit(IntEnum):
    """How a command ended; README lists the same numbers."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    BLIND = 3
    PARTIAL = 4
    LOCKED = 5


EXIT_OF: dict[RunOutcome, Exit] = {"done": Exit.OK, "partial": Exit.PARTIAL, "blind": Exit.BLIND, "failed": Exit.FAILURE}


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source in one run, as people read it."""

    source_id: str
    outcome: str
    reason: str
    entries: int
    new: int


@dataclass(frozen=True, slots=True)
class Summary:
    """One run; plain data, so that it goes into JSON, a page and a Prefect artifact alike."""

    night: date
    mode: Mode
    run_seq: int
    outcome: RunOutcome
    sources: tuple[SourceLine, ...]
    dropped: tuple[tuple[str, int], ...]  # (named reason, entries or articles), most first
    articles: int  # new articles and revisions that were decided
    kept: int
    moves: tuple[tuple[str, int], ...]  # (disposition, moves)
    alerts: tuple[Alert, ...] = ()
    deliveries: tuple[tuple[str, int], ...] = ()  # (status, deliveries)
    known_steps: int = 0
    notes: tuple[str, ...] = field(default=())

    @property
    def fetched(self) -> int:
        """Entries that the sources listed."""
        return sum(s.entries for s in self.sources)

    @property
    def left(self) -> int:
        """Pages of general sources that were not fetched, as title and summary say nothing of a topic."""
        return dict(self.dropped).get(NO_WORD, 0)

    @property
    def exit_code(self) -> Exit:
        """The exit code that this run deserves."""
        return EXIT_OF[self.outcome]


def source_line(reading: SourceReading) -> SourceLine:
    """Reduce a reading to its line."""
    return SourceLine(reading.source.source_id, reading.outcome, reading.reason, len(reading.disposed), len(reading.articles))


def judge(sources: Sequence[SourceLine], silent_before: Iterable[str], late_deliveries: int) -> RunOutcome:
    """Name the run's outcome: blind when no source was heard and at least one is failing, partial when anything is late."""
    before = set(silent_before)
    failing = [s for s in sources if s.outcome == "failed" or (s.outcome == "skipped" and s.source_id in before)]
    if failing and not any(s.outcome in HEARD for s in sources):
        return "blind"
    return "partial" if late_deliveries or any(s.outcome == "failed" for s in sources) else "done"


def dropped(readings: Iterable[SourceReading], result: NightResult) -> tuple[tuple[str, int], ...]:
    """Count what was not kept by its named reason: entries by disposition, articles by verdict."""
    count: Counter[str] = Counter()
    for reading in readings:
        count.update(d.reason or d.disposition for d in reading.disposed if d.disposition != "fetched")
    count.update(v.outcome for v in result.verdicts if v.outcome not in KEPT)
    return tuple(sorted(count.items(), key=lambda item: (-item[1], item[0])))


def health_lines(sources: Sequence[SourceLine]) -> tuple[str, ...]:
    """Say in one line who was heard, and one line a source that was not."""
    heard = [s for s in sources if s.outcome in HEARD]
    due = [s for s in sources if s.outcome != "skipped" or s.reason not in {"not_due", "disabled"}]
    first = Note(part("heard", n=len(heard), all=len(due)))
    return (first, *(Note(part("names", names=s.source_id), _why(s)) for s in due if s.outcome not in HEARD))


def _why(line: SourceLine) -> Part:
    needed = line.reason.removeprefix("needs_key:")
    return part("reason", reason=line.reason or line.outcome) if needed == line.reason else part("no_key", variable=needed)


def lines(summary: Summary) -> tuple[str, ...]:
    """Tell the run in a few plain lines."""
    loud = sum(a.purpose not in QUIET for a in summary.alerts)
    what = "learnt, nothing alerted" if summary.mode == "learn" else f"{loud} alert{'' if loud == 1 else 's'}"
    out = [f"night {summary.night} (run {summary.run_seq}, {summary.mode}): {summary.outcome}", *summary.notes]
    out.append(f"fetched {summary.fetched:,} entries, read {summary.articles:,} articles, kept {summary.kept:,}; {what}")
    if summary.left:
        out.append(f"left {summary.left:,} pages of general sources unread: no word of a topic in title and summary")
    if summary.dropped:
        out.append("dropped: " + ", ".join(f"{reason} {n:,}" for reason, n in summary.dropped))
    return tuple(out)


def as_json(summary: Summary) -> dict[str, Any]:
    """Give the summary as plain JSON values, stable names."""
    return {
        "night": summary.night.isoformat(),
        "mode": summary.mode,
        "run_seq": summary.run_seq,
        "outcome": summary.outcome,
        "sources": [
            {"id": s.source_id, "outcome": s.outcome, "reason": s.reason, "entries": s.entries, "new": s.new} for s in summary.sources
        ],
        "fetched": summary.fetched,
        "articles": summary.articles,
        "kept": summary.kept,
        "pages_left": summary.left,
        "dropped": dict(summary.dropped),
        "moves": dict(summary.moves),
        "alerts": [{"id": a.alert_id, "purpose": a.purpose, "title": a.title, "topics": list(a.topics)} for a in summary.alerts],
        "deliveries": dict(summary.deliveries),
        "known_steps": summary.known_steps,
        "notes": list(summary.notes),
    }


def span_lines(days: Sequence[Summary]) -> tuple[str, ...]:
    """Tell a backfill in a few lines."""
    if not days:
        return ("nothing to do: every day of the span was read before",)
    moves: Counter[str] = Counter()
    for one in days:
        moves.update(dict(one.moves))
    runs = {one.run_seq: one for one in days}
    silent = dict.fromkeys(line for run in runs.values() for line in health_lines(run.sources)[1:])
    read, entries = sum(one.articles for one in days), sum(one.fetched for one in runs.values())
    found = ", ".join(f"{n} {what}" for what, n in sorted(moves.items())) or "none"
    span = f"{days[0].night} to {days[-1].night}: {len(days)} days"
    return (f"{span}, {entries:,} entries, {read:,} articles, moves: {found}; no alert", *silent)
