"""Copies: is this article an earlier one again, word for word (near-duplicate) or reworded with nothing new (rewrite)?

Similarity never decides alone. A later step of a matter is written in nearly the words of the one before, so a changed figure, day, name or
stage word in a sentence that both texts share breaks a near-duplicate, and a rewrite must bring no figure, name or quotation of its own.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from extractors.model import Article
from topics.changes import changed_facts
from topics.model import KnownDocument, Reading
from topics.shelf import Shelf, overlap
from topics.sketch import DAY, FIGURE, YEAR, tag_of, term_hash
from topics.terms import terms_of
from topics.words import fold, tokens

Key = tuple[str, int]  # (article_id, rev)
_QUOTATION = re.compile(r'"([^"\n]{12,400})"|[“「]([^”」\n]{6,200})[”」]')
_CORRECTION = re.compile(
    r"\A\W*(?:correction|corrected|clarification|更正)|^\W*correction:|\b(?:an?|the) (?:earlier|previous) version (?:of|misstated)",
    re.IGNORECASE | re.M,
)


# Log-odds for each unit of a feature of rewrite_parts; fitted by tests/training/make_copies.py on the five self-written streams.
REWRITE_WEIGHTS = (
    ("cosine", 0.47), ("source_covered", 1.43), ("names_known", 1.12), ("names_shared", 0.45), ("numbers_known", 2.8),
    ("new_numbers", -0.72), ("new_counts", -0.48), ("new_quotations", -1.37), ("longer", -0.7), ("days", -0.63),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CopyRules:
    """Thresholds of near-duplicates (shares of shingles) and of rewrites (log-odds)."""

    contained: float = 0.55  # shingles of the smaller text in the larger one
    mostly: float = 0.3  # at least so much of the article itself must be known, however long the copy's additions are
    candidates: int = 3  # nearest earlier texts that are tried as the source of a rewrite
    least_terms: int = 12  # a headline alone is never called a rewrite
    least_cosine: float = 0.08
    most_new: int = 2  # figures and days that the source lacks; with more an article tells something of its own, however alike
    rewrite_from: float = 0.85
    bias: float = 1.14
    weights: tuple[tuple[str, float], ...] = REWRITE_WEIGHTS


DEFAULT_COPY_RULES = CopyRules()


@dataclass(frozen=True, slots=True)
class Copy:
    """What an article repeats: the id of a known document, how, how surely (0-1 for near-duplicates, log-odds for rewrites), and why."""

    covers_id: str
    how: Literal["near_duplicate", "rewrite"]
    score: float
    reasons: tuple[str, ...]


def find_copies(ordered: Sequence[Reading], known: Sequence[KnownDocument], rules: CopyRules = DEFAULT_COPY_RULES) -> dict[Key, Copy]:
    """The copies among a night's readings (in decision order), each of a known document or of an earlier reading of the night."""
    shelf, found = Shelf(known), dict[Key, Copy]()
    for reading in ordered:
        copy = find_copy(reading, shelf, rules)
        if copy:
            found[reading.article.article_id, reading.article.rev] = copy
        shelf.add(as_known(reading))
    return found


def find_copy(reading: Reading, known: Shelf | Sequence[KnownDocument], rules: CopyRules = DEFAULT_COPY_RULES) -> Copy | None:
    """What the article repeats, if anything; official texts and other revisions of one article never repeat.

    Among equals the document that was put up first wins, so the first teller is the one that is covered.
    """
    if is_official(reading):
        return None
    shelf = known if isinstance(known, Shelf) else Shelf(known)
    return _near_duplicate(reading, shelf, rules) or _rewrite(reading, shelf, rules)


def is_official(reading: Reading) -> bool:
    """The issuer's own document, by source or as the reader routed it."""
    return reading.article.is_official or reading.route == "official"


def as_known(reading: Reading, story_id: str = "") -> KnownDocument:
    """The reading as later ones will know it."""
    article = reading.article
    return KnownDocument(
        article.article_id, article.rev, "article", article.publisher, article.family, article.told_at.date(),
        tuple(topic for topic, _ in reading.topics), story_id, reading.sketch, article.title, is_official(reading),
    )  # fmt: skip


def _near_duplicate(reading: Reading, shelf: Shelf, rules: CopyRules) -> Copy | None:
    best: Copy | None = None
    for index in shelf.band_mates(reading.sketch):
        document = shelf.documents[index]
        if document.doc_id == reading.article.article_id:
            continue
        mine, theirs = overlap(reading.sketch, document.sketch)
        if max(mine, theirs) < rules.contained or mine < rules.mostly or (best and mine <= best.score):
            continue
        changed = changed_facts(reading.article, reading.sketch, document)
        if not changed:
            reasons = (f"{mine:.0%} of its word runs stand there", f"{theirs:.0%} of that text stand here")
            best = Copy(document.doc_id, "near_duplicate", round(mine, 4), reasons)
    return best


def _rewrite(reading: Reading, shelf: Shelf, rules: CopyRules) -> Copy | None:
    article = reading.article
    if len(reading.sketch.terms) < rules.least_terms or is_correction(article):
        return None
    cosines = shelf.cosines(reading.sketch, across=0.0)
    told = article.told_at.date()
    earlier = [i for i in cosines if cosines[i] >= rules.least_cosine and _earlier(shelf.documents[i], article, told)]
    best: Copy | None = None
    for index in sorted(earlier, key=lambda i: (-cosines[i], i))[: rules.candidates]:
        document = shelf.documents[index]
        parts = rewrite_parts(reading, document, cosines[index])
        score = rules.bias + sum(weight * parts[name] for name, weight in rules.weights)
        own = math.expm1(parts["new_numbers"]) > rules.most_new + 0.5
        if score >= rules.rewrite_from and not own and (best is None or score > best.score):
            reasons = tuple(f"{name} {parts[name]:.2f}" for name, _ in rules.weights)
            best = Copy(document.doc_id, "rewrite", round(score, 4), reasons)
    return best


def is_correction(article: Article) -> bool:
    """True when the article says that it corrects another: it repeats nearly all of that one, and the rest is what counts."""
    return bool(_CORRECTION.search(fold(article.title)) or _CORRECTION.search(fold(article.body)))


def _earlier(document: KnownDocument, article: Article, told: date) -> bool:
    """A rewrite repeats an earlier night's text: on one night two tellings are independent until their words say otherwise."""
    return document.doc_id != article.article_id and (document.night is None or document.night < told)


def rewrite_parts(reading: Reading, document: KnownDocument, cosine: float) -> dict[str, float]:
    """The named features of one pair, each about 0 to 3; cosine is that of their term vectors."""
    article, mine, theirs = reading.article, reading.sketch, document.sketch
    known = dict(theirs.terms)
    my_names, their_names = set(mine.names), set(theirs.names)
    their_numbers = {number & ~3 for number in theirs.numbers}
    new = [tag_of(number) for number in mine.numbers if number & ~3 not in their_numbers]
    shared = len(mine.numbers) - len(new)
    covered = sum(weight**2 for term, weight in theirs.terms if term in {t for t, _ in mine.terms})
    days = (article.told_at.date() - document.night).days if document.night and document.origin == "article" else 0
    return {
        "cosine": math.log(cosine + 0.02),
        "source_covered": math.log(covered + 0.02),  # squared weight of the source's terms that the article takes up
        "names_known": len(my_names & their_names) / (len(my_names) + 1),
        "names_shared": math.log1p(len(my_names & their_names)),
        "numbers_known": (shared + 0.5) / (len(mine.numbers) + 1),
        "new_numbers": math.log1p(sum(tag in (FIGURE, DAY, YEAR) for tag in new)),
        "new_counts": math.log1p(sum(tag not in (FIGURE, DAY, YEAR) for tag in new)),
        "new_quotations": math.log1p(_new_quotations(article, known)),
        "longer": math.log((mine.length + 1) / (theirs.length + 1)),
        "days": math.log1p(min(30, days)),
    }


def _new_quotations(article: Article, known: dict[int, float]) -> int:
    """Quotations whose words the other text does not hold for the most part."""
    count = 0
    for match in _QUOTATION.finditer(fold(article.body)):
        terms = {term_hash(term) for term in terms_of(tokens(match[1] or match[2]))}
        count += bool(terms) and sum(term in known for term in terms) < 0.8 * len(terms)
    return count
