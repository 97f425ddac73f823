"""Stories: which articles of a night tell the same real-world happening as each other and as those of the last weeks."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from topics.model import KnownDocument, Reading, Sketch
from topics.shelf import Shelf
from topics.similar import as_known
from topics.sketch import DAY, FIGURE, tag_of

Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class StoryRules:
    """When two texts tell one happening; likeness is a cosine plus shares of names and numbers, fading with the days between."""

    join_from: float = 0.3
    names: float = 0.3
    numbers: float = 0.4
    fade_days: float = 4.0  # sigma of the Gaussian fade
    window_days: int = 21
    nearest: float = 0.5  # weight of the story's nearest member; the rest is the mean of its members


DEFAULT_STORY_RULES = StoryRules()


class Covered(Protocol):
    """What assign_stories needs of similar.Copy."""

    @property
    def covers_id(self) -> str: ...  # noqa: D102


def assign_stories(
    ordered: Sequence[Reading],
    known: Sequence[KnownDocument],
    rules: StoryRules = DEFAULT_STORY_RULES,
    copies: Mapping[Key, Covered] | None = None,
) -> dict[Key, str]:
    """The story of each reading (given in decision order); a story is named after its first member, so later nights never rename it.

    A copy joins the story of what it covers. The answer for one reading depends on earlier ones only.
    """
    shelf, stories = Shelf(known), dict[Key, str]()
    by_id = {document.doc_id: document.story_id or document.doc_id for document in known}
    for reading in ordered:
        key = (reading.article.article_id, reading.article.rev)
        copy = (copies or {}).get(key)
        story = by_id.get(reading.article.article_id) or (by_id.get(copy.covers_id) if copy else None)
        stories[key] = by_id[reading.article.article_id] = story or _nearest(reading, shelf, rules) or reading.article.article_id
        shelf.add(as_known(reading, stories[key]))
    return stories


def _nearest(reading: Reading, shelf: Shelf, rules: StoryRules) -> str:
    told = reading.article.told_at.date()
    members: defaultdict[str, list[float]] = defaultdict(list)
    for index, cosine in sorted(shelf.cosines(reading.sketch).items()):
        document = shelf.documents[index]
        if document.origin == "seed" or _days(document, told) <= rules.window_days:
            members[document.story_id or document.doc_id].append(likeness(reading.sketch, document, cosine, told, rules))
    best, chosen = rules.join_from, ""
    for story, values in members.items():
        value = rules.nearest * max(values) + (1 - rules.nearest) * sum(values) / len(values)
        if value > best:
            best, chosen = value, story
    return chosen


def likeness(sketch: Sketch, document: KnownDocument, cosine: float, told: date, rules: StoryRules) -> float:
    """How surely two texts tell one happening: cosine, names and numbers in common, fading with the days between (0 to about 1.6)."""
    other = document.sketch
    alike = cosine + rules.names * _share(set(sketch.names), set(other.names)) + rules.numbers * _share(_facts(sketch), _facts(other))
    days = 0 if document.origin == "seed" else _days(document, told)
    return alike * math.exp(-((days / rules.fade_days) ** 2) / 2)


def _days(document: KnownDocument, told: date) -> int:
    return abs((told - document.night).days) if document.night else 0


def _facts(sketch: Sketch) -> set[int]:
    return {number for number in sketch.numbers if tag_of(number) in (FIGURE, DAY)}


def _share(left: set[int], right: set[int]) -> float:
    # The 1 keeps two texts with one name each from being alike by that name.
    return len(left & right) / math.sqrt((len(left) + 1) * (len(right) + 1))
