"""A wrong decision as people read it: plain texts and figures, ready for any page; nothing here is computed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from topics.errors.fate import Deciding
from topics.errors.matching import Score
from topics.errors.xray import Part


@dataclass(frozen=True, slots=True)
class PassageView:
    """One passage with the probabilities that the reader gave it."""

    index: int
    text: str
    best: bool  # the one that the topic's claim was made from
    topic: float
    rival: Part  # the strongest other topic
    step: float  # probability that it states a step
    labels: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class ClaimView:
    """One claim that the reader saw."""

    topic: str
    kind: str
    modality: str
    score: float
    topic_score: float
    passage: int
    counts: bool  # above the floor
    quote: str
    came_to: str  # 'move', 'known', ''


@dataclass(frozen=True, slots=True)
class NearView:
    """One known step or document beside the article, with the comparison's result and figures."""

    what: str
    result: str
    score: float
    quote: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class ModelView:
    """One model's answer, and the features that made it, strongest first."""

    name: str
    log_odds: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class ArticleView:
    """One article of a wrong decision."""

    name: str  # the stream's id
    night: date
    title: str
    publisher: str
    lang: str
    url: str
    route: str
    relation: str
    note: str
    lead: str
    stage: str
    deciding: Deciding
    outcome: str
    covers: str
    reasons: tuple[str, ...]
    gold_quotes: tuple[str, ...]
    passages: tuple[PassageView, ...]
    claims: tuple[ClaimView, ...]
    near: tuple[NearView, ...]
    models: tuple[ModelView, ...]


@dataclass(frozen=True, slots=True)
class MoveView:
    """What was raised, or what should have been."""

    name: str
    night: date
    topic: str
    kind: str
    severity: str
    headline: str
    before: str
    after: str
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One wrong decision with all that explains it; the first of `deciding` decided."""

    labels: tuple[str, ...]
    night: date
    topic: str
    gold: MoveView | None
    raised: MoveView | None
    deciding: tuple[Deciding, ...]
    articles: tuple[ArticleView, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All wrong decisions of a replay, with the counts that they are the rest of."""

    stream: str
    nights: int
    articles: int
    score: Score
    counts: tuple[tuple[str, int], ...]  # label -> how often
    cases: tuple[Case, ...]

    @property
    def rules(self) -> tuple[tuple[str, int], ...]:
        """(rule that decided first, how often), most first: where tuning would pay."""
        found = Counter(case.deciding[0].rule for case in self.cases if case.deciding)
        return tuple(sorted(found.items(), key=lambda item: (-item[1], item[0])))
