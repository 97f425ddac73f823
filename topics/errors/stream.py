"""Holds a decided stream against its labels, wherever its nights are remembered: in a database or in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from topics.errors.diagnosis import Archive
from topics.errors.gold import Gold
from topics.errors.matching import pair_moves, score
from topics.errors.report import case, select
from topics.errors.scene import Scene, Seen, set_up
from topics.errors.views import Report
from topics.errors.wrong import count, wrong_decisions
from topics.errors.xray import XRay
from topics.model import Catalogue, NightResult
from topics.rules import Rules

OPEN_NIGHTS = 4  # nights kept set up at once; wrong decisions come night by night


@dataclass(frozen=True, slots=True)
class DecidedStream:
    """What a replay left; seen gives a night again as it was decided, xray the models that read it (None: none of the built-in kind)."""

    name: str
    names: Mapping[str, str]  # article id -> the stream's own id
    results: tuple[NightResult, ...]
    seen: Callable[[date], Seen]
    catalogue: Catalogue
    rules: Rules
    xray: Callable[[date], XRay | None]


def archive_of(stream: DecidedStream, gold: Gold) -> Archive:
    """Open a decided stream to questions: its nights are set up again when they are asked for."""

    @lru_cache(maxsize=OPEN_NIGHTS)
    def scene(day: date) -> Scene:
        return set_up(stream.seen(day), stream.catalogue, stream.rules)

    nights = {v.article_id: r.context.night for r in stream.results for v in r.verdicts}
    return Archive(gold, nights, stream.names, scene, stream.xray)


def report(stream: DecidedStream, gold: Gold, *, everything: bool = False, step: Callable[[int, int], None] = lambda *_: None) -> Report:
    """Explain the wrong decisions; everything adds watched moves and copies, step is told how many of all are done."""
    pairs = pair_moves((m for r in stream.results for m in r.moves), gold)
    verdicts = [(r.context.night, v) for r in stream.results for v in r.verdicts]
    found = select(wrong_decisions(pairs, verdicts, gold), everything=everything)
    archive, cases = archive_of(stream, gold), []
    for number, wrong in enumerate(found, 1):
        cases.append(case(wrong, archive))
        step(number, len(found))
    return Report(stream.name, len(stream.results), len(archive.nights), score(pairs, gold), count(found), tuple(cases))
