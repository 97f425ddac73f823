"""Surge: at least five independent publishers on one topic in one night against the usual none or one, and no formal step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median

from extractors.model import h
from topics.model import Evidence, LedgerRow, Move, Reading
from topics.settling import Desk, Settled
from topics.similar import Copy, Key


@dataclass(frozen=True, slots=True)
class Surged:
    """The surge moves of a night, and the articles that make them."""

    moves: tuple[Move, ...] = ()
    rows: tuple[LedgerRow, ...] = ()
    articles: dict[str, str] = field(default_factory=dict)  # article id -> move id


def surges(ordered: Sequence[Reading], found: dict[Key, Copy], settled: Settled, desk: Desk) -> Surged:
    """Find the topics that surge tonight."""
    if desk.context.mode in {"learn", "reread"}:
        return Surged()
    moved = {move.topic for move in settled.moves}
    moves, rows, articles = [], [], {}
    for topic in sorted({topic for reading in ordered for topic, _ in reading.topics} - moved - desk.known.unarmed_topics):
        loud = [r for r in ordered if _tells(r, topic, found, settled, desk)]
        tonight = sorted({r.article.family or r.article.publisher for r in loud})
        if len(tonight) < desk.rules.surge_publishers or _usual(topic, desk) > desk.rules.surge_usual:
            continue
        row, move = _surge(topic, loud, tonight, desk)
        if move.move_id not in desk.known.move_ids:
            moves.append(move)
            rows.append(row)
            articles.update({r.article.article_id: move.move_id for r in loud})
    return Surged(tuple(moves), tuple(rows), articles)


def _tells(reading: Reading, topic: str, found: dict[Key, Copy], settled: Settled, desk: Desk) -> bool:
    """An own text on the topic that is no retelling of a known step."""
    article = reading.article
    on_topic = dict(reading.topics).get(topic, 0.0) >= desk.rules.surge_topic_floor
    known = any(note.outcome == "known" and note.topic == topic for note in settled.notes.get(article.article_id, []))
    return on_topic and not known and (article.article_id, article.rev) not in found


def _usual(topic: str, desk: Desk) -> float:
    """The median of independent publishers a night over the window before tonight; nights without any count as 0."""
    rules, night = desk.rules, desk.context.night
    counts = {day: count for each, day, count in desk.known.coverage if each == topic}
    return median(counts.get(night - timedelta(back), 0) for back in range(1, rules.surge_window + 1))


def _surge(topic: str, loud: Sequence[Reading], publishers: Sequence[str], desk: Desk) -> tuple[LedgerRow, Move]:
    night = desk.context.night
    matter_id, value = h("surge", topic), f"{night.isoformat()} publishers"
    seen: set[str] = set()
    evidence = []
    for reading in loud:
        article = reading.article
        name = article.family or article.publisher
        evidence.append(Evidence(article.article_id, article.rev, "", article.title, article.publisher, article.url, name not in seen))
        seen.add(name)
    ledger_id = h(matter_id, topic, "surge", value)
    row = LedgerRow(ledger_id, matter_id, topic, "surge", value, (), None, f"press:{len(publishers)}", "", night)
    headline = f"{len(publishers)} publishers on one night: {loud[0].article.title}"[: desk.rules.headline_chars]
    move = Move(
        h(topic, matter_id, "surge", value), topic, matter_id, "surge", "watch", ledger_id, "", "", value, 0.5, headline, tuple(evidence),
        "backfilled" if desk.context.mode == "backfill" else "watch", night,
    )  # fmt: skip
    return row, move
