"""The known documents in an order that answers "which are alike?" at once: by bands, and by cosine over an inverted index of terms."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from topics.model import KnownDocument, Sketch
from topics.places import Bools, Floats, Places, flat, holders
from topics.sketch import HAN_PAIR, IDEA, SAMPLE_BELOW, SMALL, tag_of

ACROSS = 0.5  # two texts in different scripts share ideas only, and ideas are common


@dataclass(frozen=True, slots=True)
class Alike:
    """Cosines by document index; met says which documents share a term and may be compared at all."""

    met: Bools
    cosines: Floats


class Shelf:
    """Known documents, in the order in which they were put up; documents of another sketch scheme stand there and are never alike."""

    def __init__(self, documents: Iterable[KnownDocument] = ()) -> None:
        self.documents: list[KnownDocument] = list(documents)
        sketches = [document.sketch for document in self.documents]
        terms = [sketch.terms for sketch in sketches]
        values, places = flat([[value for value, _ in each] for each in terms]), holders(terms)
        weights = np.fromiter((weight for each in terms for _, weight in each), np.float64, len(values))
        ideas = (values & np.uint64(3)) == IDEA
        self._words = Places(values[~ideas], weights[~ideas], places[~ideas])
        self._ideas = Places(values[ideas], weights[ideas], places[ideas])
        self._bands = Places.of([sketch.bands for sketch in sketches])
        squares = np.bincount(places * 4 + (values & np.uint64(3)).astype(np.int64), weights * weights, 4 * len(terms)).reshape(-1, 4)
        self._chinese = array("q", (squares[:, HAN_PAIR] > squares[:, 0]).tolist())
        self._lengths = array("d", np.sqrt(squares[:, IDEA]).tolist())  # of the vector of a text's ideas
        self._schemes: dict[str, int] = {}
        self._written = array("q", [self._scheme(sketch) for sketch in sketches])

    def __len__(self) -> int:
        return len(self.documents)

    def add(self, document: KnownDocument) -> int:
        """Put up one document and return its index."""
        index, sketch = len(self.documents), document.sketch
        self.documents.append(document)
        words, ideas = _parted(sketch)
        self._words.add(index, words)
        self._ideas.add(index, ideas)
        self._bands.add(index, ((band, 1.0) for band in sketch.bands))
        chinese, length = _script(sketch)
        self._chinese.append(chinese)
        self._lengths.append(length)
        self._written.append(self._scheme(sketch))
        return index

    def alike(self, sketch: Sketch, *, across: float = ACROSS) -> Alike:
        """Cosine with every document that shares a term; between two scripts it is across times the cosine of the ideas alone."""
        count = len(self.documents)
        if not count:
            return Alike(np.zeros(0, bool), np.zeros(0))
        own_words, own_ideas = _parted(sketch)
        words_at, words = self._words.found(own_words)
        ideas_at, ideas = self._ideas.found(own_ideas)
        # bincount adds term by term, so that a sum keeps its last bit whatever else stands on the shelf.
        shared = np.bincount(ideas_at, ideas, count)
        met = np.zeros(count, bool)
        met[words_at] = met[ideas_at] = True
        met &= np.frombuffer(self._written, np.int64) == self._schemes.get(sketch.scheme, -1)
        chinese, length = _script(sketch)
        same = np.frombuffer(self._chinese, np.int64) == chinese
        lengths = length * np.frombuffer(self._lengths)
        between = across * shared / np.where(lengths == 0.0, 1.0, lengths)
        return Alike(met if across else met & same, np.where(same, np.bincount(words_at, words, count) + shared, between))

    def cosines(self, sketch: Sketch, *, across: float = ACROSS) -> dict[int, float]:
        """The same by index, of the documents that share a term, ascending."""
        alike = self.alike(sketch, across=across)
        indices = np.flatnonzero(alike.met)
        return dict(zip(indices.tolist(), alike.cosines[indices].tolist(), strict=True))

    def band_mates(self, sketch: Sketch) -> list[int]:
        """Indices of the documents that share a band, ascending: every near-duplicate is among them but for one in millions."""
        mates = set(self._bands.found((band, 1.0) for band in sketch.bands)[0].tolist())
        return sorted(i for i in mates if self.documents[i].sketch.scheme == sketch.scheme)

    def _scheme(self, sketch: Sketch) -> int:
        return self._schemes.setdefault(sketch.scheme, len(self._schemes))


def overlap(left: Sketch, right: Sketch) -> tuple[float, float]:
    """Share of the left text's shingles that the right one holds, and the reverse; both estimated on the common part of the samples."""
    mine, theirs = set(left.shingles), set(right.shingles)
    if max(left.length, right.length) > SMALL:
        mine = {value for value in mine if value < SAMPLE_BELOW}
        theirs = {value for value in theirs if value < SAMPLE_BELOW}
    common = len(mine & theirs)
    return common / max(1, len(mine)), common / max(1, len(theirs))


def _parted(sketch: Sketch) -> tuple[list[tuple[int, float]], list[tuple[int, float]]]:
    """The terms that are words, and those that are ideas."""
    ideas = [term for term in sketch.terms if tag_of(term[0]) == IDEA]
    return [term for term in sketch.terms if tag_of(term[0]) != IDEA], ideas


def _script(sketch: Sketch) -> tuple[bool, float]:
    """Whether a text is Chinese, and the length of the vector of its ideas."""
    squares = [0.0, 0.0, 0.0, 0.0]
    for term, weight in sketch.terms:
        squares[tag_of(term)] += weight * weight
    return squares[HAN_PAIR] > squares[0], math.sqrt(squares[IDEA])


def in_chinese(sketch: Sketch) -> bool:
    """Whether a text is Chinese, by the weight of its terms."""
    return _script(sketch)[0]
