"""An inverted index of hashed values over documents: put up at once, added to one by one, asked by many values together."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Weighed = Iterable[tuple[int, float]]  # (value, weight)
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Hashes = NDArray[np.uint64]
Indices = NDArray[np.int64]


class Places:
    """Where values stand: for each value the documents that hold it, in their order, with a weight.

    The documents of the start lie in sorted arrays (a tenth of the time of a dictionary), later ones in a dictionary beside them.
    """

    def __init__(self, values: Hashes, weights: Floats, holders: Indices) -> None:
        order = np.argsort(values, kind="stable")
        self._values, starts = np.unique(values[order], return_index=True)
        self._ends = np.append(starts, len(values)).astype(np.int64)
        self._holders, self._weights = holders[order], weights[order]
        self._later: dict[int, array[float]] = {}  # holder, weight, holder, weight ...

    @classmethod
    def of(cls, held: Sequence[Sequence[int]]) -> Places:
        """The places of unweighed values, given document by document."""
        return cls(flat(held), np.ones(sum(map(len, held))), holders(held))

    def add(self, holder: int, weighed: Weighed) -> None:
        """Note what one more document holds; documents come in ascending order."""
        later = self._later
        for value, weight in weighed:
            place = later.get(value)
            if place is None:
                later[value] = array("d", (holder, weight))
            else:
                place.append(holder)
                place.append(weight)

    def found(self, weighed: Weighed) -> tuple[Indices, Floats]:
        """Holder and product of weights for every document and value that it holds; the values of one document in the given order."""
        asked = list(weighed)
        parts = [self._first(asked), *self._added(asked)]
        return np.concatenate([at for at, _ in parts]), np.concatenate([products for _, products in parts])

    def counts(self, values: Iterable[int], length: int) -> Indices:
        """How many of the values each of the first `length` documents holds."""
        return np.bincount(self.found((value, 1.0) for value in values)[0], minlength=length)

    def _first(self, asked: Sequence[tuple[int, float]]) -> tuple[Indices, Floats]:
        if not len(self._values) or not asked:
            return np.zeros(0, np.int64), np.zeros(0)
        values = np.fromiter((value for value, _ in asked), np.uint64, len(asked))
        at = np.minimum(np.searchsorted(self._values, values), len(self._values) - 1)
        held = self._values[at] == values
        starts, ends = self._ends[at[held]], self._ends[at[held] + 1]
        lengths = ends - starts
        # The ranges starts..ends one behind the other.
        places = np.repeat(ends - np.cumsum(lengths), lengths) + np.arange(lengths.sum())
        weights = np.fromiter((weight for _, weight in asked), np.float64, len(asked))[held]
        return self._holders[places], np.repeat(weights, lengths) * self._weights[places]

    def _added(self, asked: Sequence[tuple[int, float]]) -> list[tuple[Indices, Floats]]:
        met = [(place, weight) for value, weight in asked if (place := self._later.get(value))]
        if not met:
            return []
        pairs = np.concatenate([np.frombuffer(place) for place, _ in met]).reshape(-1, 2)
        weights = np.repeat([weight for _, weight in met], [len(place) // 2 for place, _ in met])
        return [(pairs[:, 0].astype(np.int64), weights * pairs[:, 1])]


def flat(held: Sequence[Sequence[int]]) -> Hashes:
    """All values one behind the other."""
    return np.fromiter((value for values in held for value in values), np.uint64, sum(map(len, held)))


def holders(held: Sequence[Sequence[object]]) -> Indices:
    """For each of the values of `flat` the index of its document."""
    return np.repeat(np.arange(len(held)), [len(values) for values in held]).astype(np.int64)
