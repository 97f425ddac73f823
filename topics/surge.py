"""Surge: at least five independent publishers on one topic within a day, against the usual none or one, and no formal step.

What surges is a happening: a story that at least three of them tell, with whatever else is on its topic that day. Families count once;
copies, rewrites, official texts, sources in their learning phase and what only retells a step that was alerted do not count at all. The
coverage window is 24 hours: a night that makes up for missed ones is no louder for it. The usual is what the nights before told, of those
on which anything was heard, as this view knows them.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from extractors.model import h
from topics.desk import Desk
from topics.model import Evidence, LedgerRow, Move, Reading
from topics.rules import Rules
from topics.settling import Settled
from topics.similar import Copy, Key, is_official

DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Surged:
    """The surge moves of a night, and the articles that make them."""

    moves: tuple[Move, ...] = ()
    rows: tuple[LedgerRow, ...] = ()
    articles: dict[str, str] = field(default_factory=dict)  # article id -> move id


@dataclass(frozen=True, slots=True)
class Usual:
    """Independent publishers a night on one topic, over the nights before tonight."""

    low: int  # one night in four stays at or below it
    high: int  # three nights in four do
    nights: int

    @property
    def words(self) -> str:
        """As the move tells it: '0-1 a night over the last 21 nights'."""
        span = f"{self.low}-{self.high}" if self.high > self.low else f"{self.high}"
        return f"{span} a night over the last {self.nights} nights"


def surges(ordered: Sequence[Reading], found: Mapping[Key, Copy], stories: Mapping[Key, str], settled: Settled, desk: Desk) -> Surged:
    """Find the topics that surge tonight; none while too few nights were heard to say what is usual."""
    if desk.context.mode in {"learn", "reread"}:
        return Surged()
    heard = [r for r in ordered if _counts(r, found, desk)]
    watched = {step.row.ledger_id for step in desk.steps if step.watched_only}
    moves, rows, articles = [], [], {}
    for topic, story in sorted(main_stories(heard, stories, desk).items()):
        usual = usual_coverage(topic, desk)
        if usual is None or usual.high > desk.rules.surge_usual or _explained(topic, story, heard, stories, settled, desk):
            continue
        loud = within_a_day([r for r in heard if _tells(r, topic, stories[r.key] == story, settled, watched, desk.rules)])
        if len(publishers(loud)) < desk.rules.surge_publishers:
            continue
        row, move = _surge(topic, loud, usual, desk)
        if move.move_id not in desk.known.move_ids:
            moves.append(move)
            rows.append(row)
            articles.update({r.article.article_id: move.move_id for r in loud})
    return Surged(tuple(moves), tuple(rows), articles)


def main_stories(heard: Sequence[Reading], stories: Mapping[Key, str], desk: Desk) -> Mapping[str, str]:
    """Topic -> the story on it that most publishers tell tonight; a story has the one topic that most of its texts speak for."""
    members: dict[str, list[Reading]] = defaultdict(list)
    for reading in heard:
        members[stories[reading.key]].append(reading)
    chosen: dict[str, tuple[int, str]] = {}
    for story, texts in members.items():
        topic, size = _topic_of(texts, desk.rules.topic_floor), len(publishers(texts))
        if topic and size >= desk.rules.surge_story and topic not in desk.known.unarmed_topics:
            chosen[topic] = max(chosen.get(topic, (0, "")), (size, story))
    return {topic: story for topic, (_, story) in chosen.items()}


def _topic_of(texts: Sequence[Reading], floor: float) -> str:
    """The topic with the largest sum of probabilities, when at least half of the texts are on it; else ''."""
    total: dict[str, float] = defaultdict(float)
    for reading in texts:
        for topic, score in reading.topics:
            total[topic] += score if score >= floor else 0.0
    best = max(sorted(total), key=total.__getitem__, default="")
    return best if 2 * sum(best in r.above(floor) for r in texts) >= len(texts) else ""


def usual_coverage(topic: str, desk: Desk) -> Usual | None:
    """What the topic's nights were like before tonight; None while fewer than surge_history nights were heard."""
    rules, night = desk.rules, desk.context.night
    nights = sorted(n for n in desk.known.nights if n < night)[-rules.surge_window :]
    if len(nights) < rules.surge_history:
        return None
    counts = {day: count for each, day, count in desk.known.coverage if each == topic}
    ordered = sorted(counts.get(day, 0) for day in nights)
    last = len(ordered) - 1
    return Usual(ordered[last // 4], ordered[math.ceil(last * 3 / 4)], len(nights))


def within_a_day(readings: Sequence[Reading]) -> list[Reading]:
    """Those of the 24 hours in which most publishers spoke, the latest such hours among equals; in the order given."""
    starts = sorted({r.article.told_at for r in readings}, reverse=True)
    days = [[r for r in readings if start <= r.article.told_at < start + DAY] for start in starts]
    return max(days, key=lambda day: len(publishers(day)), default=[])


def publishers(readings: Sequence[Reading]) -> frozenset[str]:
    """Independent publishers: a family counts once."""
    return frozenset(_publisher(r) for r in readings)


def _publisher(reading: Reading) -> str:
    return reading.article.family or reading.article.publisher


def _counts(reading: Reading, found: Mapping[Key, Copy], desk: Desk) -> bool:
    """An own text of the press, told lately, from a source that is listened to."""
    article = reading.article
    late = (desk.context.night - article.told_at.date()).days > desk.rules.late_days
    return not (late or is_official(reading) or article.source_id in desk.known.unarmed_sources or reading.key in found)


def _tells(reading: Reading, topic: str, in_story: bool, settled: Settled, watched: Collection[str], rules: Rules) -> bool:
    """Of the story, or on its topic and no evidence of an alert; no retelling of a step that was alerted."""
    article_id = reading.article.article_id
    notes = settled.notes.get(article_id, [])
    known = any(n.outcome == "known" and n.topic == topic and n.covers_id not in watched for n in notes)
    if known or in_story:
        return not known
    elsewhere = any(e.article_id == article_id for m in settled.moves if m.severity == "alert" for e in m.evidence)
    return not elsewhere and dict(reading.topics).get(topic, 0.0) >= rules.surge_topic_floor


def _explained(topic: str, story: str, heard: Sequence[Reading], stories: Mapping[Key, str], settled: Settled, desk: Desk) -> bool:
    """A step explains the coverage: alerted tonight on the topic or in the story, or lately in the story; or the topic surged lately."""
    night, rest = desk.context.night, timedelta(desk.rules.surge_rest)
    alerted = [m for m in settled.moves if m.severity == "alert"]
    leading = {(m.evidence[0].article_id, m.evidence[0].rev) for m in alerted}
    if any(m.topic == topic for m in alerted) or any(stories.get(key) == story for key in leading):
        return True
    since = max(r.article.told_at.date() for r in heard if stories[r.key] == story) - rest
    lately = [s for s in desk.steps if not s.watched_only and s.telling.last and since <= s.telling.last]
    if any(profile.story_id == story for step in lately for profile in step.telling.profiles):
        return True
    return any(row.kind == "surge" and row.topic == topic and night - rest <= row.night < night for row in desk.known.ledger)


def _surge(topic: str, loud: Sequence[Reading], usual: Usual, desk: Desk) -> tuple[LedgerRow, Move]:
    night, rules = desk.context.night, desk.rules
    matter_id, value = h("surge", topic), f"{night.isoformat()} publishers"
    seen: set[str] = set()
    evidence = []
    for reading in loud:
        article, name = reading.article, _publisher(reading)
        evidence.append(Evidence(article.article_id, article.rev, "", article.title, article.publisher, article.url, name not in seen))
        seen.add(name)
    ledger_id = h(matter_id, topic, "surge", value)
    row = LedgerRow(ledger_id, matter_id, topic, "surge", value, (), None, f"press:{len(seen)}", "", night)
    told = f"{len(seen)} independent publishers tonight; usual: {usual.words}"
    move = Move(
        h(topic, matter_id, "surge", value), topic, matter_id, "surge", "watch", ledger_id, "", f"usually {usual.words}", value, 0.5,
        f"{told}: {loud[0].article.title}"[: rules.headline_chars], tuple(evidence),
        "backfilled" if desk.context.mode == "backfill" else "watch", night,
    )  # fmt: skip
    return row, move
