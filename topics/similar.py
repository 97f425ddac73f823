"""Copies: is this article an earlier one again, word for word (near-duplicate) or reworded with nothing new (rewrite)?

Similarity never decides alone. A later step of a matter is written in nearly the words of the one before, so a changed figure, day, name or
stage word in a sentence that both texts share breaks a near-duplicate, and a rewrite (rewrites.py) must bring next to nothing of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from extractors.model import Article
from topics.briefs import DEFAULT_BRIEF_RULES, SHORT_ITEMS
from topics.changes import changed_facts, new_facts
from topics.model import Known, KnownDocument, Reading
from topics.rewrites import ARTICLES, DEFAULT_REWRITE_RULES, Outlets, RewriteModel, RewriteRules, long_enough
from topics.rules import TOPIC_FLOOR
from topics.shelf import Shelf, overlap
from topics.sketch import term_hash
from topics.terms import idf, terms_of
from topics.words import fold, tokens

Key = tuple[str, int]  # (article_id, rev)
_CORRECTION = re.compile(
    r"\A\W*(?:correction|corrected|clarification|更正)|^\W*correction:|\b(?:an?|the) (?:earlier|previous) version (?:of|misstated)",
    re.IGNORECASE | re.M,
)


@dataclass(frozen=True, slots=True)
class CopyRules:
    """Thresholds of near-duplicates (shares of shingles) and of close retellings (cosines)."""

    mostly: float = 0.6  # at least so much of the article itself must be known; items cut from one template share less
    title: float = 0.2  # share of its title's words, by rarity, that the known text must hold: columns share a long footer
    surely: float = 0.8  # with less, a new figure, day or stage word in the copy's additions tells something of its own too
    corrected: float = 0.9  # what says that it corrects another repeats nearly all of that one, and the rest is what counts
    close: float = 0.55  # cosine of a text that only swaps words; independent texts on one happening stay below .5
    close_tried: int = 8  # the nearest ones; a template has hundreds
    close_words: int = 30
    close_characters: int = 160
    close_names: int = 3  # names that the known text lacks
    official_names: int = 9  # the same beside an official text of the last official_days: reporters add who reads it and who sent it
    official_days: int = 3
    rewrites: RewriteRules = DEFAULT_REWRITE_RULES
    briefs: RewriteRules = DEFAULT_BRIEF_RULES  # the same of short items


DEFAULT_COPY_RULES = CopyRules()


@dataclass(frozen=True, slots=True)
class Copy:
    """What an article repeats: the id of a known document, how, how surely (0 to 1 but for log-odds of rewrites.py), and why."""

    covers_id: str
    how: Literal["near_duplicate", "rewrite"]
    score: float
    reasons: tuple[str, ...]


def find_copies(ordered: Sequence[Reading], known: Known, rules: CopyRules = DEFAULT_COPY_RULES) -> dict[Key, Copy]:
    """The copies among a night's readings (in decision order), each of a known document or of an earlier reading of the night."""
    shelf, outlets, found = Shelf(known.documents), Outlets(known.documents, known.outlets), dict[Key, Copy]()
    for reading in ordered:
        copy = find_copy(reading, shelf, rules, outlets)
        if copy:
            found[reading.key] = copy
        shelf.add(as_known(reading))
    return found


def find_copy(
    reading: Reading, known: Shelf | Sequence[KnownDocument], rules: CopyRules = DEFAULT_COPY_RULES, outlets: Outlets | None = None
) -> Copy | None:
    """What the article repeats, if anything; official texts and other revisions of one article never repeat.

    Among equals the document that was put up first wins, so the first teller is the one that is covered.
    """
    if is_official(reading):
        return None
    shelf = known if isinstance(known, Shelf) else Shelf(known)
    copy, broken = near_duplicate(reading, shelf, rules, getattr(rules, least_known(reading.article)))
    if copy or broken or is_correction(reading.article):
        return copy
    copy, broken = _close(reading, shelf, rules)
    if copy or broken:
        return copy
    return _rewrite(reading, shelf, outlets or Outlets(shelf.documents), rules)


def is_official(reading: Reading) -> bool:
    """The issuer's own document, by source or as the reader routed it."""
    return reading.article.is_official or reading.route == "official"


def as_known(reading: Reading, story_id: str = "") -> KnownDocument:
    """The reading as later ones will know it."""
    article = reading.article
    return KnownDocument(
        article.article_id, article.rev, "article", article.publisher, article.family, article.told_at.date(),
        reading.above(TOPIC_FLOOR), story_id, reading.sketch, article.title, is_official(reading),
    )  # fmt: skip


def near_duplicate(
    reading: Reading, shelf: Shelf, rules: CopyRules = DEFAULT_COPY_RULES, mostly: float = DEFAULT_COPY_RULES.mostly
) -> tuple[Copy | None, bool]:
    """The text that the article copies, if any; and whether it has the words of one but other facts, which no copy or rewrite has."""
    best, broken = None, False
    for document, mine, theirs in _overlapping(reading, shelf, rules, mostly):
        if best and mine <= best.score:
            continue
        if _changed(reading, document, mine, rules):
            broken = True
        else:
            reasons = (f"{mine:.0%} of its word runs stand there", f"{theirs:.0%} of that text stand here")
            best = Copy(document.doc_id, "near_duplicate", round(mine, 4), reasons)
    return best, broken


def _overlapping(reading: Reading, shelf: Shelf, rules: CopyRules, mostly: float) -> Iterator[tuple[KnownDocument, float, float]]:
    for index in shelf.band_mates(reading.sketch):
        document = shelf.documents[index]
        mine, theirs = overlap(reading.sketch, document.sketch)
        if mine >= mostly and document.doc_id != reading.article.article_id and title_known(reading.article.title, document) >= rules.title:
            yield document, mine, theirs


def title_known(title: str, document: KnownDocument) -> float:
    """Share of a title's words, by rarity, that a known text holds; 1 for a title without words."""
    known = {term for term, _ in document.sketch.terms}
    weighed = {term_hash(term): idf(term) ** 2 for term in terms_of(tokens(fold(title)))}
    return sum(weight for term, weight in weighed.items() if term in known) / sum(weighed.values()) if weighed else 1.0


def _changed(reading: Reading, document: KnownDocument, mine: float, rules: CopyRules) -> bool:
    changed = changed_facts(reading.article, reading.sketch, document)
    return bool(changed or (mine < rules.surely and new_facts(reading.article, reading.sketch, document)))


def least_known(article: Article) -> Literal["mostly", "corrected"]:
    """The rule that says how much of an article a known text must hold."""
    return "corrected" if is_correction(article) else "mostly"


def is_correction(article: Article) -> bool:
    """True when the article says that it corrects another."""
    return bool(_CORRECTION.search(fold(article.title)) or _CORRECTION.search(fold(article.body)))


def _close(reading: Reading, shelf: Shelf, rules: CopyRules) -> tuple[Copy | None, bool]:
    """The nearest text that the article repeats with some words swapped; and whether it is as near to one but brings facts or names."""
    broken = False
    if not long_enough(reading.sketch, rules.close_words, rules.close_characters):
        return None, broken
    alike = shelf.alike(reading.sketch, across=0.0)
    near = np.flatnonzero(alike.met & (alike.cosines >= rules.close))
    for index in near[np.argsort(-alike.cosines[near], kind="stable")][: rules.close_tried].tolist():
        document, cosine = shelf.documents[index], float(alike.cosines[index])
        if document.doc_id == reading.article.article_id or (reading.route == "brief" and not document.official):
            continue
        new = len(set(reading.sketch.names) - set(document.sketch.names))
        own = new > _names_let_pass(reading, document, rules) or title_known(reading.article.title, document) < rules.title
        if own or new_facts(reading.article, reading.sketch, document):
            broken = True
        else:
            reasons = (f"cosine {cosine:.2f}", f"{new} new names, no new figure or stage")
            return Copy(document.doc_id, "rewrite", round(cosine, 4), reasons), False
    return None, broken


def _names_let_pass(reading: Reading, document: KnownDocument, rules: CopyRules) -> int:
    told = reading.article.told_at.date()
    fresh = document.official and document.night is not None and (told - document.night).days <= rules.official_days
    return rules.official_names if fresh else rules.close_names


def rewrite_model(reading: Reading, rules: CopyRules = DEFAULT_COPY_RULES) -> tuple[RewriteModel, RewriteRules]:
    """The model that a reading is asked by whether it is a rewrite, with its rules: short items have their own."""
    return (SHORT_ITEMS, rules.briefs) if reading.route == "brief" else (ARTICLES, rules.rewrites)


def _rewrite(reading: Reading, shelf: Shelf, outlets: Outlets, rules: CopyRules) -> Copy | None:
    model, own = rewrite_model(reading, rules)
    source = model.source(reading, shelf, outlets, own)
    if source is None:
        return None
    return Copy(source.document.doc_id, "rewrite", source.score, tuple(f"{name} {value:g}" for name, value in source.parts))
