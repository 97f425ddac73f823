"""A small gradient-boosted forest as plain arrays, read from a text file of one line a node."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAF = -1


@dataclass(frozen=True, slots=True)
class Node:
    """One node of one tree: a split on a feature (<= threshold goes left), or a leaf with its value."""

    tree: int
    feature: int  # LEAF for a leaf
    threshold: float
    left: int  # node numbers within the tree
    right: int
    value: float


@dataclass(frozen=True, slots=True)
class Forest:
    """All nodes of all trees; roots are each tree's first node. score = base + sum of one leaf a tree."""

    base: float
    roots: NDArray[np.int32]
    feature: NDArray[np.int32]
    threshold: NDArray[np.float64]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[np.float64]

    def score(self, features: Sequence[float]) -> float:
        """Log-odds of one row; all trees step down together."""
        row = np.asarray(features, np.float64)
        at = self.roots.copy()
        while (inner := self.feature[at] != LEAF).any():
            below = row[np.where(inner, self.feature[at], 0)] <= self.threshold[at]
            at = np.where(inner, np.where(below, self.left[at], self.right[at]), at)
        return self.base + float(self.value[at].sum())


def forest_of(base: float, nodes: Sequence[Node]) -> Forest:
    """Lay nodes, given tree by tree in order, into arrays; raises ValueError for an empty forest."""
    if not nodes:
        raise ValueError("a forest needs at least one node")
    starts = [i for i, n in enumerate(nodes) if i == 0 or n.tree != nodes[i - 1].tree]
    first = {nodes[i].tree: i for i in starts}
    offsets = [first[n.tree] for n in nodes]
    return Forest(
        base,
        np.array(starts, np.int32),
        np.array([n.feature for n in nodes], np.int32),
        np.array([n.threshold for n in nodes], np.float64),
        np.array([n.left + o for n, o in zip(nodes, offsets, strict=True)], np.int32),
        np.array([n.right + o for n, o in zip(nodes, offsets, strict=True)], np.int32),
        np.array([n.value for n in nodes], np.float64),
    )


def format_nodes(nodes: Sequence[Node], names: Sequence[str]) -> list[str]:
    """'tree <tab> feature name <tab> threshold <tab> left <tab> right', or 'tree <tab> leaf <tab> value'."""
    return [
        f"{n.tree}\tleaf\t{n.value:.5f}" if n.feature == LEAF else f"{n.tree}\t{names[n.feature]}\t{n.threshold:.5f}\t{n.left}\t{n.right}"
        for n in nodes
    ]


def parse_nodes(lines: Sequence[str], names: Sequence[str]) -> list[Node]:
    """Read what format_nodes wrote; raises ValueError naming the line."""
    position = {name: i for i, name in enumerate(names)}
    nodes = []
    for line in lines:
        tree, what, *rest = line.split("\t")
        try:
            if what == "leaf":
                nodes.append(Node(int(tree), LEAF, 0.0, 0, 0, float(rest[0])))
            else:
                nodes.append(Node(int(tree), position[what], float(rest[0]), int(rest[1]), int(rest[2]), 0.0))
        except (KeyError, ValueError, IndexError) as error:
            raise ValueError(f"forest node {line!r}: {error}") from None
    return nodes
