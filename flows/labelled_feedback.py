"""What readers said, counted per topic and as labelled data: the move, the label, and the articles with their text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from storage.controls import WITHDRAWN, Feedback
from storage.model import MoveRow
from storage.reads import Reads
from topics.model import Evidence

EVERY_TOPIC = "all"


@dataclass(frozen=True, slots=True)
class Worth:
    """One topic's moves that were told, and what readers said of them; a move counts once, by the worst that was said."""

    topic: str
    told: int
    useful: int = 0
    not_new: int = 0
    wrong_topic: int = 0
    withdrawn: int = 0

    @property
    def rated(self) -> int:
        """Moves that anybody said something about."""
        return self.useful + self.not_new + self.wrong_topic + self.withdrawn

    @property
    def wrong_rate(self) -> float | None:
        """The share of rated moves that were no news on the topic; None while nothing is rated."""
        return (self.rated - self.useful) / self.rated if self.rated else None


WORST_FIRST = (WITHDRAWN, "wrong_topic", "not_new", "useful")


def count(reads: Reads, since: date | None, until: date | None) -> tuple[Worth, ...]:
    """Count the moves told in the nights since..until, by topic, and all together last."""
    said = labels(reads)
    told = _told(reads, since, until)
    topics = sorted({row.move.topic for row in told})
    return tuple(_worth(topic, [r for r in told if topic in (r.move.topic, EVERY_TOPIC)], said) for topic in (*topics, EVERY_TOPIC))


def labels(reads: Reads) -> dict[str, tuple[Feedback, ...]]:
    """Give each move's feedback, by move id."""
    found: dict[str, tuple[Feedback, ...]] = {}
    for one in reads.feedback():
        found[one.move_id] = (*found.get(one.move_id, ()), one)
    return found


def labelled(reads: Reads, since: date | None, until: date | None) -> Iterator[dict[str, Any]]:
    """Give one record per move and reader who said something, oldest night first."""
    said = labels(reads)
    for row in reads.moves(since=since, until=until):
        move = row.move
        for one in said.get(move.move_id, ()):
            yield {
                "label": one.label, "by": one.by, "said_at": one.at.isoformat(), "why": one.why, "alert_id": one.alert_id,
                "move": {
                    "id": move.move_id, "topic": move.topic, "kind": move.kind, "severity": move.severity, "night": move.night.isoformat(),
                    "headline": move.headline, "before": move.before, "after": move.value, "confidence": move.confidence,
                },
                "articles": [_article(reads, part) for part in move.evidence],
            }  # fmt: skip


def _article(reads: Reads, part: Evidence) -> dict[str, Any]:
    article = reads.article(part.article_id, part.rev)
    at = article.told_at.isoformat() if article else ""
    return {
        "id": part.article_id, "url": part.url, "publisher": part.publisher, "quote": part.quote, "published_at": at,
        "lang": article.lang if article else "", "title": article.title if article else "", "body": article.body if article else "",
    }  # fmt: skip


def _told(reads: Reads, since: date | None, until: date | None) -> tuple[MoveRow, ...]:
    return reads.moves(since=since, until=until, dispositions=("raised", "late", "watch"))


def _worth(topic: str, rows: list[MoveRow], said: dict[str, tuple[Feedback, ...]]) -> Worth:
    worst = [next((w for w in WORST_FIRST if any(f.label == w for f in said.get(r.move.move_id, ()))), "") for r in rows]
    useful, not_new, wrong_topic, withdrawn = (worst.count(w) for w in reversed(WORST_FIRST))
    return Worth(topic, len(rows), useful, not_new, wrong_topic, withdrawn)
