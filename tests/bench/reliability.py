"""How far a move's confidence can be believed: predicted confidence against the share that was right, by bins."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.streams import Labelled
from gate import crossval
from gate.known_seeds import seeded
from topics.model import Catalogue, NightResult
from topics.rules import DEFAULT_RULES
from training.labelled import read_jsonl

BINS = 10
SHOWN = frozenset({"raised", "watch", "late"})

Told = tuple[float, bool]  # the confidence of a move, and whether it was right


@dataclass(frozen=True, slots=True)
class Bin:
    """The moves whose confidence lies in one tenth."""

    low: float
    count: int
    confidence: float  # mean
    right: float  # share


@dataclass(frozen=True, slots=True)
class Reliability:
    """Bins without moves left out; Brier score, and expected calibration error: the mean gap of the bins, weighed by their moves."""

    moves: int
    right: float
    brier: float
    gap: float
    bins: tuple[Bin, ...]


def told_moves(labelled: Iterable[Labelled], catalogue: Catalogue) -> list[Told]:
    """Every move that people would see, of all streams; surges have no calibrated confidence and stay out."""
    return [told for each in labelled for told in judged(each, decided(each, catalogue))]


def decided(each: Labelled, catalogue: Catalogue) -> list[NightResult]:
    """The stream decided night by night."""
    memory = seeded(each.name in SEEDED, DEFAULT_RULES)
    return crossval.replay(each.stream, each.readings, catalogue, DEFAULT_RULES, memory, each.judges)


SEEDED = (*crossval.SEEDED, "harbour", "snare")


def judged(each: Labelled, results: Sequence[NightResult]) -> list[Told]:
    """A move is right when a gold move of its topic shares an article with it and no surer move of the night took that one before."""
    gold = read_jsonl(each.folder / "moves.jsonl")
    warm = set(json.loads((each.folder / "stream.json").read_text(encoding="utf-8")).get("warmup_nights", []))
    taken, out = set[str](), list[Told]()
    for result in results:
        if result.context.night.isoformat() in warm:
            continue
        for move in sorted(result.moves, key=lambda m: (-m.confidence, m.move_id)):
            if move.disposition not in SHOWN or move.kind == "surge":
                continue
            told = {each.stream.ids.get(part.article_id, "") for part in move.evidence}
            fits = [g["id"] for g in gold if g["topic"] == move.topic and told & set(g["articles"]) and g["id"] not in taken]
            taken.update(fits[:1])
            out.append((move.confidence, bool(fits)))
    return out


def reliability(told: Sequence[Told], bins: int = BINS) -> Reliability:
    """Sum up; raises ValueError without moves."""
    if not told:
        raise ValueError("no move was told, so there is nothing to compare")
    places = [min(int(confidence * bins), bins - 1) for confidence, _ in told]
    made = []
    for place in sorted(set(places)):
        inside = [each for at, each in zip(places, told, strict=True) if at == place]
        made.append(Bin(place / bins, len(inside), mean(c for c, _ in inside), mean(float(right) for _, right in inside)))
    gap = sum(each.count * abs(each.confidence - each.right) for each in made) / len(told)
    return Reliability(len(told), mean(float(r) for _, r in told), mean((c - r) ** 2 for c, r in told), gap, tuple(made))


def mean(values: Iterable[float]) -> float:
    """The mean of some values."""
    listed = list(values)
    return sum(listed) / len(listed)
