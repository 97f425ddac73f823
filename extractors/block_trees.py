"""Boosted trees as text and as numpy arrays: what the block model is made of, and how it is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Nested = float | tuple[str, float, Any, Any]  # a leaf's value, or (feature, threshold, where not above it, where above it)


@dataclass(frozen=True, slots=True)
class Forest:
    """A sum of trees: node n leads to `children[2n]` or, with its feature above the threshold, `children[2n + 1]`; a leaf to itself."""

    names: tuple[str, ...]  # the features in the order of their first use
    feature: NDArray[np.int32]
    threshold: NDArray[np.float32]
    children: NDArray[np.int32]
    value: NDArray[np.float32]
    roots: NDArray[np.int32]
    depth: int
    base: float  # log-odds before the first tree

    def probabilities(self, columns: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
        """Return the probability of each row; `columns` holds every feature of `names`."""
        rows = np.stack([columns[name] for name in self.names], axis=1).astype(np.float32)
        count, width = rows.shape
        flat, start = rows.ravel(), (np.arange(count, dtype=np.int32) * width)[:, None]
        node = np.broadcast_to(self.roots, (count, len(self.roots)))
        for _ in range(self.depth):
            above = flat.take(start + self.feature.take(node)) > self.threshold.take(node)
            node = self.children.take(2 * node + above)
        odds = self.base + self.value.take(node).sum(axis=1, dtype=np.float64)
        return np.asarray(1.0 / (1.0 + np.exp(-odds)))


def read_forest(lines: Iterable[str], where: str) -> Forest:
    """Read 'base NUMBER' and one tree a line; raises ValueError naming `where` and the line.

    A tree is written from its root: 'feature:threshold' before what follows when the feature is not above the threshold, then what
    follows when it is; '=value' ends a branch.
    """
    making, base = _Making(), 0.0
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        try:
            if words[0] == "base":
                base = float(words[1])
            else:
                making.tree(iter(words))
        except (ValueError, IndexError, StopIteration, RuntimeError) as error:
            raise ValueError(f"{where}, line {number}: not a tree: {line[:60]!r}") from error
    return making.forest(base)


class _Making:
    """Collects the nodes of all trees."""

    def __init__(self) -> None:
        self.names: dict[str, int] = {}
        self.nodes: list[list[Any]] = []  # feature, threshold, left, right, value
        self.roots: list[int] = []
        self.depth = 0

    def tree(self, words: Iterator[str]) -> None:
        """Add one tree; raises ValueError when words are left over."""
        self.roots.append(self._node(words, 0))
        if rest := next(words, ""):
            raise ValueError(rest)

    def _node(self, words: Iterator[str], depth: int) -> int:
        place, word = len(self.nodes), next(words)
        node: list[Any] = [0, 0.0, place, place, 0.0]
        self.nodes.append(node)
        if word.startswith("="):
            node[4] = float(word[1:])
            self.depth = max(self.depth, depth)
            return place
        name, _, threshold = word.rpartition(":")
        if not name or depth > 64:
            raise ValueError(word)
        node[0], node[1] = self.names.setdefault(name, len(self.names)), float(threshold)
        node[2] = self._node(words, depth + 1)
        node[3] = self._node(words, depth + 1)
        return place

    def forest(self, base: float) -> Forest:
        """Return what was collected as arrays; raises ValueError when that is nothing."""
        if not self.roots:
            raise ValueError("no tree")
        feature, threshold, left, right, value = zip(*self.nodes, strict=True)
        children = np.array([left, right], dtype=np.int32).T.ravel()
        return Forest(
            tuple(self.names), np.array(feature, np.int32), np.array(threshold, np.float32), children, np.array(value, np.float32),
            np.array(self.roots, np.int32), self.depth, base,
        )  # fmt: skip


def write_tree(tree: Nested) -> str:
    """Write one tree as `read_forest` reads it."""
    if isinstance(tree, float):
        return f"={tree:.4g}"
    name, threshold, low, high = tree
    return f"{name}:{threshold:.7g} {write_tree(low)} {write_tree(high)}"


def write_forest(trees: Sequence[Nested], base: float) -> list[str]:
    """Return the lines of a forest."""
    return [f"base {base:.6g}", *map(write_tree, trees)]
