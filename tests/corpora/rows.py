"""One line of the table of verdicts, and how the corpora's files are read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

NOW = datetime(2026, 11, 25, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What our reader makes of one corpus: how many cases are right, how many must be (a share), and which are wrong."""

    right: int
    cases: int
    wrong: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """The share of right ones, 1 for a corpus without cases."""
        return self.right / self.cases if self.cases else 1.0


@dataclass(frozen=True, slots=True)
class Check:
    """One line: where the corpus lies, what is asked of it, the least share, and the judge of the folder of corpora."""

    path: str  # below the folder of corpora; a check whose path is absent is skipped
    what: str
    bar: float
    judge: Callable[[Path], Verdict]


def verdict(wrong: list[Any], cases: int) -> Verdict:
    """Judge by what is wrong."""
    return Verdict(cases - len(wrong), cases, tuple(map(str, wrong)))


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Read a file of JSON lines, one at a time."""
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())
