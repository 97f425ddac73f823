"""Pairs raised moves with labelled ones by topic, night and shared article, and counts how well they agree.

The rules are those by which labelled streams are scored: a raised move is right when a labelled move that is still free has its topic and
shares an article with it; a second one for the same labelled move is a repeat.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from topics.errors.gold import Gold, GoldMove
from topics.model import Move, Severity

How = Literal["hit", "repeat", "wrong topic", "false"]
SHOWN = frozenset({"raised", "watch", "late"})  # dispositions that people see
COMMON_SHARE = 0.7  # of the shorter quote's words must stand in the other
LONGEST = 4  # times the words of the labelled sentence
_WORD = re.compile(r"[\u4e00-\u9fff]|[^\W_]+")


@dataclass(frozen=True, slots=True)
class Pairing:
    """A raised move and the labelled one that it tells, if any; how says how it counts."""

    move: Move
    gold: GoldMove | None
    how: How


@dataclass(frozen=True, slots=True)
class Score:
    """The counts of one severity."""

    raised: int
    right: int
    gold: int
    on_time: int  # found on its night, as an alert when it is one
    kind_right: int
    quoted: int  # right ones whose labels hold quotes
    quote_right: int


def evidence_of(move: Move) -> frozenset[str]:
    """The articles that a move was raised from."""
    return frozenset(part.article_id for part in move.evidence)


def shown(moves: Iterable[Move]) -> list[Move]:
    """The moves that people see, in the order in which they are paired."""
    return sorted((m for m in moves if m.disposition in SHOWN), key=lambda m: (m.night, m.topic, m.move_id))


def pair_moves(moves: Iterable[Move], gold: Gold) -> tuple[Pairing, ...]:
    """Pair every shown move, earliest night first; contested pairs and unmatched moves of warm-up nights are left out."""
    claimed: set[str] = set()
    pairs = [_pair(move, gold, claimed) for move in shown(moves)]
    return tuple(p for p in pairs if not (p.gold and p.gold.contested) and not (p.gold is None and p.move.night in gold.warmup))


def _pair(move: Move, gold: Gold, claimed: set[str]) -> Pairing:
    evidence = evidence_of(move)
    near = [g for g in gold.moves if evidence & set(g.articles)]
    same_topic = [g for g in near if g.topic == move.topic]
    free = [g for g in same_topic if g.gold_id not in claimed]
    if free:
        chosen = min(free, key=lambda g: (g.kind != move.kind, -len(evidence & set(g.articles))))
        claimed.add(chosen.gold_id)
        return Pairing(move, chosen, "hit")
    if same_topic:
        return Pairing(move, same_topic[0], "repeat")
    return Pairing(move, None, "wrong topic" if near else "false")


def quote_right(move: Move, gold: GoldMove) -> bool:
    """Whether a raised quote and a labelled sentence of the same article hold most of each other's words."""
    told = {part.article_id: words(part.quote) for part in move.evidence if part.quote}
    wanted = [(told[i], words(s)) for i, sentences in (gold.quotes or {}).items() if i in told for s in sentences]
    return any(have and want and _alike(have, want) for have, want in wanted)


def _alike(have: frozenset[str], want: frozenset[str]) -> bool:
    return len(have & want) >= COMMON_SHARE * min(len(have), len(want)) and len(have) <= LONGEST * len(want)


def words(text: str) -> frozenset[str]:
    """Lower-case words of letters and digits; Chinese text by the character."""
    return frozenset(_WORD.findall(text.lower()))


def wanted(gold: Gold, severity: Severity) -> list[GoldMove]:
    """The labelled moves of one severity that count."""
    return [g for g in gold.moves if g.severity == severity and not g.contested]


def found_by(pairs: Sequence[Pairing]) -> dict[str, Move]:
    """Labelled move id -> the raised move that tells it."""
    return {p.gold.gold_id: p.move for p in pairs if p.gold and p.how == "hit"}


def score(pairs: Sequence[Pairing], gold: Gold, severity: Severity = "alert") -> Score:
    """Count the moves of one severity."""
    rows = [p for p in pairs if p.move.severity == severity]
    hits = [(p.move, p.gold) for p in rows if p.gold and p.how == "hit"]
    found, due = found_by(pairs), wanted(gold, severity)
    on_time = [g for g in due if (m := found.get(g.gold_id)) and m.night == g.night and severity in {"watch", m.severity}]
    return Score(
        raised=len(rows),
        right=len(hits),
        gold=len(due),
        on_time=len(on_time),
        kind_right=sum(m.kind == g.kind for m, g in hits),
        quoted=sum(bool(g.quotes) for _, g in hits),
        quote_right=sum(quote_right(m, g) for m, g in hits),
    )
