"""Copies and stories of a night's texts: the two questions that decide asks of whole texts, replaceable in tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from topics.model import Known, KnownDocument, Reading
from topics.similar import Copy, Key, find_copies
from topics.stories import assign_stories

Copies = Callable[[Sequence[Reading], Known], Mapping[Key, Copy]]
Stories = Callable[[Sequence[Reading], Sequence[KnownDocument], Mapping[Key, Copy]], Mapping[Key, str]]


@dataclass(frozen=True, slots=True)
class Texts:
    """Which readings (in decision order) copy a known or an earlier text, and which story each belongs to."""

    copies: Copies
    stories: Stories


def no_copies(readings: Sequence[Reading], known: Known) -> dict[Key, Copy]:
    """Nothing is a copy; for tests that are not about copies."""
    return {}


def own_stories(readings: Sequence[Reading], documents: Sequence[KnownDocument], copies: Mapping[Key, Copy]) -> dict[Key, str]:
    """Each article is its own story; for tests that are not about stories."""
    return {r.key: r.article.article_id for r in readings}


PLAIN = Texts(no_copies, own_stories)


def stories_of(readings: Sequence[Reading], documents: Sequence[KnownDocument], copies: Mapping[Key, Copy]) -> dict[Key, str]:
    """Stories by likeness; a copy joins the story of what it covers."""
    return assign_stories(readings, documents, copies=copies)


READ = Texts(find_copies, stories_of)
