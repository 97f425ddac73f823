"""Word vectors and phrases by which texts of a topic are compared: unit vectors over terms, cosines, and phrases looked for by stem."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from topics.terms import idf
from topics.words import HAN, fold, stem, tokens

Words = Mapping[str, float]


def unit(terms: Iterable[str]) -> Words:
    """Unit vector of terms: sublinear counts times idf (terms.py)."""
    return _unit({term: (1.0 + math.log(count)) * idf(term) for term, count in Counter(terms).items()})


def mean(vectors: Sequence[Words]) -> Words:
    """The unit vector in the middle of several."""
    total: dict[str, float] = {}
    for vector in vectors:
        for term, value in vector.items():
            total[term] = total.get(term, 0.0) + value
    return _unit(total)


def cosine(left: Words, right: Words) -> float:
    """Of two unit vectors."""
    small, large = (left, right) if len(left) <= len(right) else (right, left)
    return sum(value * large[term] for term, value in small.items() if term in large)


def phrase(term: str) -> str:
    """How a term is looked for: ' stem stem ' in stems_of, a Chinese one as it stands in lower case."""
    return term.lower() if HAN.search(term) else stems_of(tokens(fold(term)))


def stems_of(words: Sequence[str]) -> str:
    """The stems of tokens in a row, with a space before and after each."""
    return f" {' '.join(stem(word) for word in words)} "


def _unit(weighed: Mapping[str, float]) -> Words:
    length = math.sqrt(math.fsum(value * value for value in weighed.values())) or 1.0
    return {term: value / length for term, value in weighed.items()}
