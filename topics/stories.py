"""Stories: which articles of a night tell the same real-world happening as each other and as those of the last weeks."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np

from topics.model import KnownDocument, Reading, Sketch
from topics.nearness import disagree, facts_of, fade, nearness
from topics.places import Places
from topics.rules import TOPIC_FLOOR
from topics.shelf import Alike, Shelf
from topics.similar import as_known
from topics.sketch import DAY, FIGURE

Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class StoryRules:
    """When two texts tell one happening; likeness is a cosine plus shares of names and numbers, fading with the days between.

    Chosen on the five self-written streams and the ECB+ documents together: B-cubed there changes by less than .01 for join_from +-.01,
    nearest +-.1, or any other of these by a third.
    """

    join_from: float = 0.27
    names: float = 0.2
    numbers: float = 0.3
    other_figures: float = 0.13  # taken off when both texts give figures, and none in common
    other_days: float = 0.1  # the same of calendar days
    fade_days: float = 4.0  # sigma of the Gaussian fade
    other_topics: float = 0.05  # and when both are on topics, and on none in common
    window_days: int = 21
    nearest: float = 0.7  # weight of the story's nearest member; the rest is the mean of its members


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
    pile, stories = Pile(known), dict[Key, str]()
    by_id = {document.doc_id: document.story_id or document.doc_id for document in known}
    for reading in ordered:
        key = reading.key
        copy = (copies or {}).get(key)
        story = by_id.get(reading.article.article_id) or (by_id.get(copy.covers_id) if copy else None)
        stories[key] = by_id[reading.article.article_id] = story or _nearest(reading, pile, rules) or reading.article.article_id
        pile.add(as_known(reading, stories[key]))
    return stories


class Pile:
    """The known documents by story, with the names and facts by which two of them may be one happening."""

    def __init__(self, documents: Iterable[KnownDocument]) -> None:
        self.shelf, self.members = Shelf(documents), defaultdict[str, list[int]](list)
        names = [sorted(set(document.sketch.names)) for document in self.shelf.documents]
        facts = [sorted(facts_of(document.sketch)) for document in self.shelf.documents]
        self._names, self._facts = Places.of(names), Places.of(facts)
        self._sizes, self._days = array("d"), array("q")  # two sizes a document: names and facts; the day, 0 without one
        for index, document in enumerate(self.shelf.documents):
            self._note(document, index, len(names[index]), len(facts[index]))

    def add(self, document: KnownDocument) -> None:
        """Lay one document on the pile."""
        index, names, facts = self.shelf.add(document), sorted(set(document.sketch.names)), sorted(facts_of(document.sketch))
        self._names.add(index, ((name, 1.0) for name in names))
        self._facts.add(index, ((fact, 1.0) for fact in facts))
        self._note(document, index, len(names), len(facts))

    def _note(self, document: KnownDocument, index: int, names: int, facts: int) -> None:
        self.members[document.story_id or document.doc_id].append(index)
        self._sizes.extend((names + 1, facts + 1))
        self._days.append(document.night.toordinal() if document.night and document.origin != "seed" else 0)

    def within_reach(self, sketch: Sketch, alike: Alike, told: date, rules: StoryRules) -> list[str]:
        """The stories with a member whose likeness reaches join_from, or misses it by the last bits; no other one can be chosen.

        The same sum as in `likeness`, for all documents at once, but for what speaks against. A story is never more alike than its most
        alike member.
        """
        count = len(self.shelf)
        if not count:
            return []
        names, facts = set(sketch.names), facts_of(sketch)
        sizes = np.frombuffer(self._sizes).reshape(-1, 2)
        shared = self._names.counts(names, count) / np.sqrt((len(names) + 1) * sizes[:, 0])
        agreed = self._facts.counts(facts, count) / np.sqrt((len(facts) + 1) * sizes[:, 1])
        days = np.frombuffer(self._days, np.int64)
        apart = np.where(days == 0, 0.0, (told.toordinal() - days) / rules.fade_days)
        likely = (alike.cosines + rules.names * shared + rules.numbers * agreed) * np.exp(-(apart**2) / 2)
        found = np.flatnonzero(alike.met & (likely > rules.join_from - 1e-9))
        documents = [self.shelf.documents[index] for index in found.tolist()]
        return list(dict.fromkeys(document.story_id or document.doc_id for document in documents))


def _nearest(reading: Reading, pile: Pile, rules: StoryRules) -> str:
    told = reading.article.told_at.date()
    alike = pile.shelf.alike(reading.sketch)
    topics = frozenset(reading.above(TOPIC_FLOOR))
    near = pile.within_reach(reading.sketch, alike, told, rules)
    stories = [_values(reading.sketch, topics, story, pile, alike, told, rules) for story in near]
    best, chosen = rules.join_from, ""
    for _, story, values in sorted(story for story in stories if story[2]):  # of equals the one that was told first
        value = rules.nearest * max(values) + (1 - rules.nearest) * sum(values) / len(values)
        if value > best:
            best, chosen = value, story
    return chosen


def _values(
    sketch: Sketch, topics: Set[str], story: str, pile: Pile, alike: Alike, told: date, rules: StoryRules
) -> tuple[int, str, list[float]]:
    """The first member of a story that may be compared, and the likeness of each that may."""
    documents = pile.shelf.documents
    members = [index for index in pile.members[story] if alike.met[index] and _in_window(documents[index], told, rules)]
    likely = [likeness(sketch, documents[index], float(alike.cosines[index]), told, rules) for index in members]
    values = [value - rules.other_topics * _apart(topics, documents[index]) for value, index in zip(likely, members, strict=True)]
    return members[0] if members else 0, story, values


def _apart(topics: Set[str], document: KnownDocument) -> bool:
    return bool(topics and document.topics) and topics.isdisjoint(document.topics)


def _in_window(document: KnownDocument, told: date, rules: StoryRules) -> bool:
    return document.origin == "seed" or _days(document, told) <= rules.window_days


def likeness(sketch: Sketch, document: KnownDocument, cosine: float, told: date, rules: StoryRules) -> float:
    """How surely two texts tell one happening: cosine, names and numbers in common, fading with the days between (up to about 1.5)."""
    other = document.sketch
    alike = nearness(sketch, other, cosine, rules.names, rules.numbers)
    alike -= rules.other_figures * disagree(sketch, other, FIGURE, 2) + rules.other_days * disagree(sketch, other, DAY, 1)
    return alike * fade(0 if document.origin == "seed" else _days(document, told), rules.fade_days)


def _days(document: KnownDocument, told: date) -> int:
    return abs((told - document.night).days) if document.night else 0
