"""Rewrites: an earlier text told again in other words, with nothing new, in either language.

A retelling shares names, figures and ideas with one text that is known, brings none of its own, and is told like one: nobody is named as
having said anything, nothing is quoted. An outlet that mostly retold before will do so again. Each part is a named number; a logistic model
weighs them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from topics.manner import Manner, manner_of, stage_terms
from topics.model import KnownDocument, Reading, Sketch
from topics.nearness import fade, nearness
from topics.shelf import Shelf
from topics.sketch import DAY, FIGURE, HAN_PAIR, IDEA, YEAR, tag_of, term_hash
from topics.terms import idf, terms_of
from topics.words import fold, tokens

FADE_DAYS = 4.0
MONTH = 30  # days; older is not told apart
MOST_RETOLD = 2.0  # log-odds beyond which an outlet's past says no more
RARE = 20.0  # about one rare word, so that a title of two common words is not taken up whole


@dataclass(frozen=True, slots=True)
class RewriteRules:
    """Which known texts are tried, and from where one is called the source (log-odds; of a short item 0 to 1)."""

    rewrite_from: float = 0.7
    same_night_from: float = 1.6  # on one night tellings are independent until more speaks against it
    least_words: int = 55  # a shorter text is asked in briefs.py, if at all
    least_characters: int = 160  # the same of a Chinese text
    least_cosine: float = 0.06
    least_nearness: float = 0.12
    nearest_by_terms: int = 24  # of earlier nights, and half as many of the same night
    candidates: int = 3
    candidates_tonight: int = 2
    most_new: int = 2  # figures, days and years that the source lacks; with more an article tells something of its own, however alike
    most_formal: float = 0.25  # issuer's words a sentence; with more it is an official text, whoever passes it on
    most_stages: int = 1  # stages of a measure in title and lead that the source does not know


DEFAULT_REWRITE_RULES = RewriteRules()


@dataclass(frozen=True, slots=True)
class Source:
    """The text that an article retells, how surely (log-odds; of a short item 0 to 1), and the parts that say so."""

    document: KnownDocument
    score: float
    parts: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known text that an article may retell; same_night: it was told on that night too."""

    document: KnownDocument
    cosine: float
    nearness: float
    same_night: bool


Tried = Iterator[tuple[KnownDocument, dict[str, float]]]


class Outlets:
    """How often each outlet retold before, of what it told on a topic (Known.outlets); and which numbers each known story holds."""

    def __init__(self, documents: Iterable[KnownDocument], pasts: Iterable[tuple[str, int, int]] = ()) -> None:
        self._told = {publisher: (own, again) for publisher, own, again in pasts}
        self._numbers: dict[str, frozenset[int]] = {}
        self._stories: dict[str, list[KnownDocument]] = {}
        for document in documents:
            self._stories.setdefault(document.story_id or document.doc_id, []).append(document)

    def retold(self, publisher: str) -> float:
        """Log-odds that the outlet retells, from its past alone."""
        return self.odds(*self._told.get(publisher, (0, 0)))

    @staticmethod
    def odds(own: int, again: int) -> float:
        """Log-odds after so many texts of its own and so many told again."""
        return max(-MOST_RETOLD, min(MOST_RETOLD, math.log((again + 0.5) / (own + 0.5))))

    def numbers(self, document: KnownDocument) -> frozenset[int]:
        """All numbers (without their tags) of the story that a known text belongs to; its own when it is of tonight."""
        story = document.story_id or document.doc_id
        if story not in self._numbers:
            told = self._stories.get(story, [document])
            self._numbers[story] = frozenset(number & ~3 for each in told for number in each.sketch.numbers)
        return self._numbers[story]


@dataclass(frozen=True, slots=True)
class RewriteModel:
    """How texts of one kind are asked whether they tell a known one again: parts of each pair, their score, each part's worth in it."""

    name: str
    parts: Callable[[Reading, Shelf, Outlets, RewriteRules], Tried]
    score: Callable[[Mapping[str, float]], float]
    worth: Callable[[Mapping[str, float]], list[tuple[str, float]]]

    def source(self, reading: Reading, shelf: Shelf, outlets: Outlets, rules: RewriteRules) -> Source | None:
        """The known text that the reading tells again, if any; the surest one, and of equals the nearest."""
        return surest(((document, parts, self.score(parts)) for document, parts in self.parts(reading, shelf, outlets, rules)), rules)


def surest(tried: Iterable[tuple[KnownDocument, dict[str, float], float]], rules: RewriteRules) -> Source | None:
    """Of known texts with parts and score the surest one that may be a source, and of equals the first."""
    best: Source | None = None
    for document, parts, score in tried:
        if (
            score >= (rules.same_night_from if parts["same_night"] else rules.rewrite_from)
            and not tells_more(parts, rules)
            and (best is None or score > best.score)
        ):
            best = Source(document, round(score, 4), tuple((name, round(value, 4)) for name, value in parts.items()))
    return best


def long_enough(sketch: Sketch, words: int, characters: int) -> bool:
    """Whether a text has so many words, or characters if it is Chinese; counted in distinct runs of them."""
    pairs = sum(tag_of(term) == HAN_PAIR for term, _ in sketch.terms)
    return sketch.length >= (characters if 2 * pairs > len(sketch.terms) else words)


def score_of(parts: Mapping[str, float]) -> float:
    """Log-odds that a text with these parts is a rewrite."""
    weights = rewrite_weights()
    return weights["bias"] + sum(weights[name] * value for name, value in parts.items() if name in weights)


def _worth(parts: Mapping[str, float]) -> list[tuple[str, float]]:
    weights = rewrite_weights()
    return [*((name, weights[name] * value) for name, value in parts.items() if name in weights), ("(bias)", weights["bias"])]


@cache
def rewrite_weights() -> dict[str, float]:
    """Log-odds for each unit of a part, and the bias (weights/rewrites.tsv, made by tests/training/make_copies.py)."""
    lines = files("topics").joinpath("weights/rewrites.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {name: float(value) for name, value in rows}


def tells_more(parts: Mapping[str, float], rules: RewriteRules) -> bool:
    """Whether an article brings more numbers or stages than any retelling."""
    return math.expm1(parts["new_numbers"]) > rules.most_new + 0.5 or parts["new_stages"] > rules.most_stages


def rewrite_parts(reading: Reading, shelf: Shelf, outlets: Outlets, rules: RewriteRules = DEFAULT_REWRITE_RULES) -> Tried:
    """The likeliest sources of a text that is long enough with the parts of each pair, each about 0 to 3; of equals the first put up."""
    if not long_enough(reading.sketch, rules.least_words, rules.least_characters):
        return
    found = candidates(reading, shelf, rules)
    if max((candidate.nearness for candidate in found), default=0.0) < rules.least_nearness:
        return
    manner = manner_of(reading.article.title, reading.article.body)
    if manner.formal > rules.most_formal:
        return
    told = telling_parts(manner, outlets.retold(reading.article.publisher))
    for candidate in found:
        pair = pair_parts(reading, candidate, manner, outlets)
        yield candidate.document, {**pair, "contained": _contained(pair, manner), **told}


def candidates(reading: Reading, shelf: Shelf, rules: RewriteRules) -> list[Candidate]:
    """The nearest texts of earlier nights, then those of the same night that stand on the shelf already."""
    alike, told = shelf.alike(reading.sketch), reading.article.told_at.date()
    near = np.flatnonzero(alike.met & (alike.cosines >= rules.least_cosine))
    earlier, tonight = list[Candidate](), list[Candidate]()
    for index in near[np.argsort(-alike.cosines[near], kind="stable")].tolist():
        document, cosine = shelf.documents[index], float(alike.cosines[index])
        same = document.night is not None and document.night >= told
        pile, most = (tonight, rules.nearest_by_terms // 2) if same else (earlier, rules.nearest_by_terms)
        if len(pile) < most and document.doc_id != reading.article.article_id:
            pile.append(Candidate(document, cosine, nearness(reading.sketch, document.sketch, cosine), same))
        if len(earlier) >= rules.nearest_by_terms and len(tonight) >= rules.nearest_by_terms // 2:
            break
    return [*_nearest(earlier, rules.candidates), *_nearest(tonight, rules.candidates_tonight)]


def _nearest(found: list[Candidate], most: int) -> list[Candidate]:
    return sorted(found, key=lambda candidate: -candidate.nearness)[:most]


def pair_parts(reading: Reading, candidate: Candidate, manner: Manner, outlets: Outlets) -> dict[str, float]:
    """What an article and one known text have in common, and what the article alone has."""
    mine, document = reading.sketch, candidate.document
    theirs = document.sketch
    known, own = {term for term, _ in theirs.terms}, {term for term, _ in mine.terms}
    both = set(mine.names) & set(theirs.names)
    days = (reading.article.told_at.date() - document.night).days if document.night and document.origin == "article" else 0
    return {
        "near": candidate.nearness,
        "near_now": candidate.nearness * fade(abs(days), FADE_DAYS),
        "ideas": math.log1p(sum(tag_of(term) == IDEA for term in known & own)),
        "title_taken": _taken(document.title, own),  # of the source's title, by rarity
        "names_known": len(both) / (len(mine.names) + 1),
        "names_taken": len(both) / (len(theirs.names) + 2),
        **_numbers(mine, theirs, outlets.numbers(document)),
        "new_quotations": math.log1p(sum(_is_new(quotation, known) for quotation in manner.quotations)),
        "new_stages": float(sum(not stage_terms()[stage] & known for stage in manner.stages)),
        "days": math.log1p(min(MONTH, max(0, days))),
        "same_night": float(candidate.same_night),
    }


def _contained(pair: Mapping[str, float], manner: Manner) -> float:
    """How much of an article without any figure, quotation or stage of its own is known; each sentence that names its source says less."""
    own = pair["new_numbers"] or pair["new_quotations"] or pair["new_stages"]
    return 0.0 if own else pair["near"] * pair["names_known"] * max(0.0, 1 - 2 * manner.attributed)


def _numbers(mine: Sketch, theirs: Sketch, of_story: frozenset[int]) -> dict[str, float]:
    of_source = {number & ~3 for number in theirs.numbers}
    new = [tag_of(number) for number in mine.numbers if number & ~3 not in of_source]
    return {
        "numbers_known": (len(mine.numbers) - len(new) + 0.5) / (len(mine.numbers) + 1),
        "new_numbers": math.log1p(sum(tag in (FIGURE, DAY, YEAR) for tag in new)),
        "new_to_story": math.log1p(sum(number & ~3 not in of_story for number in mine.numbers)),
    }


def _taken(title: str, own: set[int]) -> float:
    weighed = {term_hash(term): idf(term) ** 2 for term in terms_of(tokens(fold(title)))}
    return sum(weight for term, weight in weighed.items() if term in own) / (sum(weighed.values()) + RARE)


def _is_new(quotation: frozenset[int], known: set[int]) -> bool:
    """Whether most words of a quotation are not in the other text."""
    return bool(quotation) and len(quotation & known) < 0.8 * len(quotation)


def telling_parts(manner: Manner, retold: float) -> dict[str, float]:
    """How an article is told, and what its outlet's past says (log-odds)."""
    return {
        "attributed": manner.attributed,
        "quoted": manner.quoted,
        "relayed": manner.relayed,
        "asked": manner.asked,
        "figures": manner.figures,
        "title_case": manner.title_case,
        "outlet_retells": retold,
    }


ARTICLES = RewriteModel("rewrite (log-odds)", rewrite_parts, score_of, _worth)
