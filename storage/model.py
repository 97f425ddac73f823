"""What storage gives back: runs, views, and the rows that queries show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from alerts.model import Delivery
from extractors.model import Article, SourceOutcome
from topics.model import Claim, LedgerRow, Mode, Move, Verdict

RunOutcome = Literal["done", "partial", "blind", "failed"]


@dataclass(frozen=True, slots=True)
class Run:
    """One execution, numbered in the order in which we learnt things; outcome None = killed, or still running."""

    run_seq: int
    base_run_seq: int  # a night decides on what was known by this run
    run_id: str
    mode: Mode
    night: date
    as_of: datetime | None
    window_from: datetime | None
    window_to: datetime | None
    config_digest: str
    baseline_digest: str
    reader_version: str
    code_version: str
    started_at: datetime
    finished_at: datetime | None = None
    outcome: RunOutcome | None = None
    counts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class RunSource:
    """What one source gave in one run, and which span that covers: window_from None = unknown, window_to None = until it was read."""

    run_seq: int
    source_id: str
    window_from: datetime | None
    window_to: datetime | None
    outcome: SourceOutcome
    reason: str
    entries: int
    new: int
    requests: int
    read_at: datetime
    moved_to: str = ""  # where permanent redirects led


Condition = Literal["well", "silent", "incomplete", "blocked", "gone", "no_key", "empty", "stale", "moved"]


@dataclass(frozen=True, slots=True)
class Health:
    """How a source is; detail is the reason, the new address, or the key that is missing."""

    source_id: str
    condition: Condition
    since: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SourcePast:
    """What is remembered of one source to judge its health: its readings by nights, and the days of its entries, oldest first."""

    readings: tuple[RunSource, ...] = ()
    days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source as the store knows it, with its last reading."""

    source_id: str
    armed_run_seq: int | None
    next_at: datetime | None
    failures: int
    last: RunSource | None


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch in which a source was not heard; `refilled` when a later reading's window reached back over it."""

    source_id: str
    since: datetime
    until: datetime
    reason: str  # of the last failure in it; 'no_run' when nothing ran
    ended: bool
    refilled: bool


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry with its end."""

    entry_id: str
    source_id: str
    url: str
    title: str
    published_at: datetime | None
    first_seen_at: datetime
    article_id: str
    disposition: str
    reason: str
    run_seq: int


@dataclass(frozen=True, slots=True)
class Decided:
    """A verdict with the night and run that gave it."""

    verdict: Verdict
    night: date
    run_seq: int


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A stored move with the run that found it."""

    move: Move
    run_seq: int


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A ledger row with its claim and what happened to it later, as of one view."""

    row: LedgerRow
    run_seq: int
    quote: str
    changes: tuple[tuple[str, str, str, int], ...]  # (what, by, reason, run_seq)
    retracted: bool


@dataclass(frozen=True, slots=True)
class Cited:
    """What an id stands for that a verdict or a move names, and who told it first."""

    cited_id: str
    what: Literal["article", "seed", "step", "move"]
    publisher: str
    title: str  # of the document; of a step the document that told it, of a move its headline
    url: str
    day: date | None  # when it was told; None: before every night
    quote: str = ""  # verbatim, of a step and a move
    topic: str = ""
    kind: str = ""
    support: str = ""  # of a step: official | press:N | seed; of a move: its disposition
    official: bool = False
    retracted: bool = False
    later: tuple[tuple[str, str, int], ...] = ()  # (what, reason, run_seq) that happened to a step


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that is known about one link, article or move, as of one run."""

    asked: str
    entries: tuple[EntryRow, ...]
    revisions: tuple[Article, ...]
    verdicts: tuple[Decided, ...]
    claims: tuple[Claim, ...]
    moves: tuple[MoveRow, ...]
    deliveries: tuple[Delivery, ...]
    cited: tuple[Cited, ...] = ()  # every id that the verdicts and moves name: what covers, what is changed, the step itself

    def about(self, cited_id: str) -> Cited | None:
        """What an id stands for; None when the view does not know it."""
        return next((each for each in self.cited if each.cited_id == cited_id), None)

    @property
    def is_empty(self) -> bool:
        """True when nothing of the kind was ever seen."""
        return not (self.entries or self.revisions or self.moves)


@dataclass(frozen=True, slots=True)
class Damage:
    """What was lost and accepted: counter -> (acknowledged, found), and the unreadable files that were moved aside."""

    lost: tuple[tuple[str, int, int], ...]
    moved: tuple[Path, ...]
