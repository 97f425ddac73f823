"""What a copy changed: figures, days, names or stage words in sentences that the known text holds for the most part.

Only the article's own text is needed: a sentence is aligned with the known text when enough of its word runs are among the known shingles.
"""

from __future__ import annotations

from datetime import timedelta

from extractors.model import Article
from topics.figures import days_in_figures
from topics.model import KnownDocument, Sketch
from topics.sketch import DAY, SAMPLE_BELOW, SMALL, YEAR, name_hashes, number_hashes, shingle_hashes, tag_of, tagged, term_hash
from topics.terms import terms_of
from topics.words import CAPITALISED, STAGE_OF, fold, is_chinese, sentences, tokens

ALIGNED = 0.4  # share of a sentence's word runs that the known text must hold; a replaced figure alone breaks up to three of them
LEAST_RUNS = 5
SHORT_ALIGNED, LEAST_TERMS = 0.75, 2  # the same for the terms of a sentence with fewer runs
STRANGE = 2  # new plain names from which a copy is none; credits of a third outlet bring one


def changed_facts(article: Article, mine: Sketch, document: KnownDocument) -> tuple[str, ...]:
    """The facts of aligned sentences that the known text does not hold: 'figure', 'day', 'name ...', 'stage ...'; () for a copy.

    The day of telling and the outlets' own names say who copied and when, so they are let pass, and one more plain name with them.
    """
    known = document.sketch
    shingles, full = set(known.shingles), known.length <= SMALL
    terms, names = {term for term, _ in known.terms}, set(known.names)
    numbers = _new_numbers(article, mine, known)
    outlets = set(tokens(fold(f"{article.publisher} {document.publisher}")))
    found: list[str] = []
    strange: set[str] = set()
    for sentence in sentences(_text(article)):
        if _aligned(sentence, shingles, full, terms):
            found += ["day" if tag_of(n) == DAY else "figure" for n in sorted(number_hashes(sentence) & numbers)]
            found += _stages(sentence, terms)
            strange |= _names(sentence, names, terms) - outlets
    if len(strange) >= STRANGE:
        found += [f"name {word}" for word in sorted(strange)]
    return tuple(found)


def new_facts(article: Article, mine: Sketch, document: KnownDocument) -> tuple[str, ...]:
    """Figures, counts, days and stage words anywhere in the article that the known text does not hold."""
    terms = {term for term, _ in document.sketch.terms}
    new = _new_numbers(article, mine, document.sketch) & number_hashes(_text(article))
    found = ["day" if tag_of(n) == DAY else "figure" for n in sorted(new)]
    return (*found, *_stages(_text(article), terms))


def _text(article: Article) -> str:
    return days_in_figures(f"{fold(article.title)}\n{fold(article.body)}")


def _new_numbers(article: Article, mine: Sketch, known: Sketch) -> set[int]:
    """Figures, counts and days that the known text lacks, less the day of telling and its neighbours."""
    theirs = {number & ~3 for number in known.numbers}
    around = {tagged(f"d:{article.told_at + timedelta(shift):%m-%d}", DAY) for shift in (-1, 0, 1)}
    return {n for n in mine.numbers if n & ~3 not in theirs and tag_of(n) != YEAR} - around


def _aligned(sentence: str, shingles: set[int], full: bool, terms: set[int]) -> bool:
    """Whether the known text holds much of the sentence but not all; the half sample says little about a short one, so its terms decide."""
    words = tokens(sentence)
    runs = [value for value in shingle_hashes(words, is_chinese(sentence)).tolist() if full or value < SAMPLE_BELOW]
    if len(runs) >= LEAST_RUNS:
        return ALIGNED * len(runs) <= sum(value in shingles for value in runs) < len(runs)
    own = {term_hash(term) for term in terms_of(words)}
    return len(own) >= LEAST_TERMS and len(own & terms) >= SHORT_ALIGNED * len(own)


def _names(sentence: str, names: set[int], terms: set[int]) -> set[str]:
    """Capitalised words that the known text holds neither as a name nor, at the start of a sentence or in a headline, as a term."""
    new = set[str]()
    for match in CAPITALISED.finditer(sentence):
        word = match[0].lower()
        own = {term_hash(term) for term in terms_of([word])}
        if match.start() and own and not own & terms and not name_hashes(f"x {match[0]}") & names:
            new.add(word)
    return new


def _stages(sentence: str, terms: set[int]) -> list[str]:
    staged = [word for word in tokens(sentence) if word in STAGE_OF]
    return [f"stage {word}" for word in staged if not {term_hash(term) for term in terms_of([word])} & terms]
