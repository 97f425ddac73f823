"""The known documents in an order that answers "which are alike?" at once: by bands, and by cosine over an inverted index of terms."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable

from topics.model import KnownDocument, Sketch
from topics.sketch import HAN_PAIR, IDEA, SAMPLE_BELOW, SMALL, tag_of

ACROSS = 0.5  # two texts in different scripts share ideas only, and ideas are common


class Shelf:
    """Known documents, in the order in which they were put up; documents of another sketch scheme stand there and are never alike."""

    def __init__(self, documents: Iterable[KnownDocument] = ()) -> None:
        self.documents: list[KnownDocument] = []
        self._places: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)  # term -> (index, weight)
        self._bands: defaultdict[int, list[int]] = defaultdict(list)
        self._scripts: list[tuple[bool, float]] = []  # is it Chinese, and the length of the vector of its ideas
        for document in documents:
            self.add(document)

    def __len__(self) -> int:
        return len(self.documents)

    def add(self, document: KnownDocument) -> int:
        """Put up one document and return its index."""
        index = len(self.documents)
        self.documents.append(document)
        for term, weight in document.sketch.terms:
            self._places[term].append((index, weight))
        for band in document.sketch.bands:
            self._bands[band].append(index)
        self._scripts.append(_script(document.sketch))
        return index

    def cosines(self, sketch: Sketch, *, across: float = ACROSS) -> dict[int, float]:
        """Cosine by index, of every document that shares a term; between two scripts it is across times the cosine of the ideas alone."""
        found: defaultdict[int, float] = defaultdict(float)
        ideas: defaultdict[int, float] = defaultdict(float)
        chinese, length = _script(sketch)
        for term, weight in sketch.terms:
            sums = ideas if tag_of(term) == IDEA else found
            for index, other in self._places.get(term, ()):
                sums[index] += weight * other
        values: dict[int, float] = {}
        for index in sorted(found.keys() | ideas.keys()):
            its_chinese, its_length = self._scripts[index]
            if self.documents[index].sketch.scheme != sketch.scheme:
                continue
            if its_chinese == chinese:
                values[index] = found.get(index, 0.0) + ideas.get(index, 0.0)
            elif across:
                values[index] = across * ideas.get(index, 0.0) / (length * its_length or 1.0)
        return values

    def band_mates(self, sketch: Sketch) -> list[int]:
        """Indices of the documents that share a band, ascending: every near-duplicate is among them but for one in millions."""
        mates = {index for band in sketch.bands for index in self._bands.get(band, ())}
        return sorted(i for i in mates if self.documents[i].sketch.scheme == sketch.scheme)


def overlap(left: Sketch, right: Sketch) -> tuple[float, float]:
    """Share of the left text's shingles that the right one holds, and the reverse; both estimated on the common part of the samples."""
    mine, theirs = set(left.shingles), set(right.shingles)
    if max(left.length, right.length) > SMALL:
        mine = {value for value in mine if value < SAMPLE_BELOW}
        theirs = {value for value in theirs if value < SAMPLE_BELOW}
    common = len(mine & theirs)
    return common / max(1, len(mine)), common / max(1, len(theirs))


def _script(sketch: Sketch) -> tuple[bool, float]:
    """Whether a text is Chinese, and the length of the vector of its ideas."""
    squares = [0.0, 0.0, 0.0, 0.0]
    for term, weight in sketch.terms:
        squares[tag_of(term)] += weight * weight
    return squares[HAN_PAIR] > squares[0], math.sqrt(squares[IDEA])
