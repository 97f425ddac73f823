"""Names every decision of a replay that its labels call wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from topics.errors.gold import Gold, GoldMove
from topics.errors.matching import Pairing, evidence_of, found_by, quote_right
from topics.model import Move, Verdict

Label = Literal[
    "missed", "only watched", "late", "early", "false alert", "false watch", "repeat", "wrong topic", "wrong kind", "wrong quote",
    "lost as duplicate", "wrong copy", "copy not caught",
]  # fmt: skip
COPIES = frozenset({"near_duplicate", "rewrite"})
REPEATS = frozenset({"syndicated", "rewrite"})  # relations of articles that tell nothing of their own
MAY_BE_COPIES = REPEATS | {"late_report"}
UNWANTED = frozenset({"false alert", "false watch", "repeat", "wrong topic"})  # raised, and no labelled move is told by it
SIDE = frozenset({"wrong copy", "copy not caught"})  # of interest to those who tune copies: no move is wrong by them


@dataclass(frozen=True, slots=True)
class Wrong:
    """One wrong decision: what is wrong with it, what the labels want, what was raised, and the articles to look at."""

    labels: tuple[Label, ...]
    night: date
    topic: str
    gold: GoldMove | None
    move: Move | None
    articles: tuple[str, ...]  # the most telling first
    other: Move | None = None  # of a repeat: the move that told it before

    @property
    def is_side(self) -> bool:
        """True when only watched moves or copies are concerned."""
        if set(self.labels) & (UNWANTED | SIDE):
            return set(self.labels) <= SIDE or (self.move is not None and self.move.severity == "watch")
        watched = self.gold is not None and self.gold.severity == "watch" and (self.move is None or self.move.severity == "watch")
        return watched and "lost as duplicate" not in self.labels


def wrong_decisions(pairs: Sequence[Pairing], verdicts: Iterable[tuple[date, Verdict]], gold: Gold) -> tuple[Wrong, ...]:
    """Every wrong decision in the order of its night, topic and label; verdicts come with their nights."""
    told = list(verdicts)
    nights = {verdict.article_id: night for night, verdict in told}
    found = [*_missed(pairs, nights, gold), *_raised(pairs, gold), *_copies(told, gold)]
    return tuple(sorted(found, key=lambda w: (w.night, w.topic, w.labels, w.gold.gold_id if w.gold else "", w.articles)))


def count(found: Iterable[Wrong]) -> tuple[tuple[str, int], ...]:
    """(label, how often), most first."""
    return tuple(sorted(Counter(label for w in found for label in w.labels).items(), key=lambda item: (-item[1], item[0])))


def _missed(pairs: Sequence[Pairing], nights: dict[str, date], gold: Gold) -> list[Wrong]:
    found = found_by(pairs)
    missing = [g for g in gold.moves if g.gold_id not in found and not g.contested]
    return [Wrong(("missed",), g.night, g.topic, g, None, _by_weight(g, nights)) for g in missing]


def _by_weight(move: GoldMove, nights: dict[str, date]) -> tuple[str, ...]:
    """The articles of a labelled move that came in: those of its night with quotes first."""
    quotes = move.quotes or {}
    heard = [i for i in move.articles if i in nights]
    return tuple(sorted(heard, key=lambda i: (nights[i] != move.night, i not in quotes, nights[i], move.articles.index(i))))


def _raised(pairs: Sequence[Pairing], gold: Gold) -> list[Wrong]:
    found, first = [], found_by(pairs)
    for pair in pairs:
        labels = _labels(pair)
        if labels:
            move = pair.move
            before = first.get(pair.gold.gold_id) if pair.gold and pair.how == "repeat" else None
            night = min(move.night, pair.gold.night) if pair.gold and pair.how == "hit" else move.night
            wanted = pair.gold or _near(move, gold)
            found.append(Wrong(labels, night, move.topic, wanted, move, _articles(pair, labels), before))
    return found


def _articles(pair: Pairing, labels: tuple[Label, ...]) -> tuple[str, ...]:
    """The evidence, the leading article first; of a late move the articles that should have raised it come before."""
    evidence = tuple(part.article_id for part in pair.move.evidence)
    if "late" in labels and pair.gold:
        return tuple(dict.fromkeys((*pair.gold.articles, *evidence)))
    return evidence


def _near(move: Move, gold: Gold) -> GoldMove | None:
    """The labelled move of another topic that a raised one of a wrong topic was made from."""
    evidence = evidence_of(move)
    return next((g for g in gold.moves if evidence & set(g.articles)), None)


def _labels(pair: Pairing) -> tuple[Label, ...]:
    move, gold = pair.move, pair.gold
    if pair.how == "repeat":
        return ("repeat",)
    if gold is None:
        false: Label = "false alert" if move.severity == "alert" else "false watch"
        return ("wrong topic",) if pair.how == "wrong topic" else (false,)
    checks: tuple[tuple[Label, bool], ...] = (
        ("only watched", gold.severity == "alert" and move.severity == "watch"),
        ("late", move.night > gold.night),
        ("early", move.night < gold.night),
        ("wrong kind", move.kind != gold.kind),
        ("wrong quote", bool(gold.quotes) and not quote_right(move, gold)),
    )
    return tuple(label for label, holds in checks if holds)


def _copies(verdicts: Iterable[tuple[date, Verdict]], gold: Gold) -> list[Wrong]:
    found = []
    for night, verdict in verdicts:
        label = _copy_label(verdict, gold)
        if label:
            telling = next((g for g in gold.moves if verdict.article_id in g.articles), None)
            topic = telling.topic if telling else next(iter(verdict.topics), "")
            found.append(Wrong((label,), night, topic, telling, None, (verdict.article_id,)))
    return found


def _copy_label(verdict: Verdict, gold: Gold) -> Label | None:
    labelled = gold.articles.get(verdict.article_id)
    if labelled is None:
        return None
    marked = verdict.outcome in COPIES and bool(verdict.covers_id)
    if marked and labelled.relation not in MAY_BE_COPIES:
        return "lost as duplicate" if labelled.relation == "move" else "wrong copy"
    return "copy not caught" if labelled.relation in REPEATS and not marked else None
