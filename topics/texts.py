"""Copies and stories of a night's texts, in decision order: the two questions that decide asks of whole texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from extractors.model import Article
from topics.model import KnownDocument, Reading, Sketch
from topics.rules import Rules

Key = tuple[str, int]  # (article_id, rev)


class Copy(Protocol):
    """What similar.find_copy answers."""

    @property
    def covers_id(self) -> str: ...  # noqa: D102
    @property
    def how(self) -> str: ...  # noqa: D102
    @property
    def reasons(self) -> tuple[str, ...]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Texts:
    """The two functions, replaceable in tests."""

    find_copy: Callable[[Sketch, Sequence[KnownDocument], Rules], Copy | None]
    assign_stories: Callable[[Sequence[Reading], Sequence[KnownDocument], Rules], Mapping[Key, str]]


def own_stories(readings: Sequence[Reading], documents: Sequence[KnownDocument], rules: Rules) -> dict[Key, str]:
    """Each article is its own story; the stand-in for tests that are not about stories."""
    return {(r.article.article_id, r.article.rev): r.article.article_id for r in readings}


def no_copy(sketch: Sketch, documents: Sequence[KnownDocument], rules: Rules) -> Copy | None:
    """Nothing is a copy; the stand-in for tests that are not about copies."""
    return None


PLAIN = Texts(no_copy, own_stories)


def copies(readings: Sequence[Reading], known: Sequence[KnownDocument], texts: Texts, rules: Rules) -> dict[Key, Copy]:
    """The copies among readings (in decision order), each of a known document or of an earlier one of tonight.

    An official document has an identity of its own and is never a copy; another revision of the same article is none either.
    """
    found: dict[Key, Copy] = {}
    documents = list(known)
    for reading in readings:
        article = reading.article
        others = [d for d in documents if d.doc_id != article.article_id]
        copy = None if is_official(article, reading) else texts.find_copy(reading.sketch, others, rules)
        if copy is not None:
            found[article.article_id, article.rev] = copy
        documents.append(document(reading, ""))
    return found


def is_official(article: Article, reading: Reading) -> bool:
    """The issuer's own document, by source or as the reader routed it."""
    return article.is_official or reading.route == "official"


def document(reading: Reading, story_id: str) -> KnownDocument:
    """The reading as later ones will know it."""
    article = reading.article
    return KnownDocument(
        article.article_id, article.rev, "article", article.publisher, article.family, article.told_at.date(),
        tuple(topic for topic, _ in reading.topics), story_id, reading.sketch, article.title, is_official(article, reading),
    )  # fmt: skip
