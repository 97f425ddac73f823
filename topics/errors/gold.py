"""A stream's labels as values: what moved, on which night, told by which articles in which words. Ids are article ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from topics.model import Kind, Severity


@dataclass(frozen=True, slots=True)
class GoldMove:
    """One labelled move; quotes hold, per article, the sentences that state it."""

    gold_id: str
    topic: str
    kind: Kind
    severity: Severity
    night: date  # on which it must first be raised
    articles: tuple[str, ...]
    headline: str = ""
    before: str = ""
    after: str = ""
    quotes: Mapping[str, tuple[str, ...]] | None = None
    contested: bool = False  # counts neither as missed nor, when raised, as right or wrong


@dataclass(frozen=True, slots=True)
class GoldArticle:
    """What the labels say of one article."""

    relation: str  # move | late_report | syndicated | rewrite | followup | background | hard_negative | off_topic
    topics: tuple[str, ...] = ()
    duplicate_of: str = ""  # article or seed id
    note: str = ""


@dataclass(frozen=True, slots=True)
class Gold:
    """All labels of a stream; on the warm-up nights an unmatched move is not counted."""

    moves: tuple[GoldMove, ...]
    articles: Mapping[str, GoldArticle]
    warmup: frozenset[date] = frozenset()
