"""One score over named numbers: a logistic model and a small forest, averaged and calibrated.

It says "this article tells a step on this topic" (reader) and "this group is a new move" (judge).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from topics.trees import Forest, Node, forest_of, format_nodes, parse_nodes

Doubles = NDArray[np.float64]
CLIP = 6.0  # standard deviations; a text unlike all that was seen must not decide by one feature


@dataclass(frozen=True, slots=True)
class Combiner:
    """Two views of the same numbers: standardised linear weights, and a forest; slope and bias make log-odds of their mean."""

    names: tuple[str, ...]
    mean: Doubles
    scale: Doubles
    weights: Doubles
    nodes: tuple[Node, ...]
    forest: Forest | None
    slope: float
    bias: float

    def raw(self, features: Sequence[float]) -> float:
        """The mean of the two views, before calibration."""
        values = (np.array(features, np.float64) - self.mean) / self.scale
        linear = float(np.clip(values, -CLIP, CLIP) @ self.weights)
        return linear if self.forest is None else (linear + self.forest.score(tuple(features))) / 2

    def score(self, features: Sequence[float]) -> float:
        """Log-odds of what was asked, for the numbers that `names` names."""
        return self.slope * self.raw(features) + self.bias


def check_names(file: str, names: Sequence[str], wanted: Sequence[str]) -> None:
    """Raise ValueError when a weights file was fitted to other numbers than this program computes."""
    if tuple(names) != tuple(wanted):
        raise ValueError(f"weights/{file} was made for other features: run make train")


def parse_combiner(text: str) -> Combiner:
    """Read what format_combiner wrote; raises ValueError."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    cut = lines.index("forest") if "forest" in lines else len(lines)
    table = {row[0]: [float(x) for x in row[1:]] for row in (line.split("\t") for line in lines[:cut])}
    slope, bias = table.pop("calibration")
    base = table.pop("base", [0.0])[0]
    columns = np.array(list(table.values()), np.float64).T.copy()  # contiguous rows: the same sums after pickling
    names = tuple(table)
    nodes = tuple(parse_nodes(lines[cut + 1 :], names))
    forest = forest_of(base, nodes) if nodes else None
    return Combiner(names, columns[0], columns[1], columns[2], nodes, forest, slope, bias)


def format_combiner(model: Combiner, comment: str) -> str:
    """One row a feature (mean, scale, weight), then one a node; features that never vary have weight 0 and scale 1."""
    base = [f"base\t{model.forest.base:.5f}"] if model.forest else []
    rows = [f"{n}\t{m:.5f}\t{s:.5f}\t{w:.5f}" for n, m, s, w in zip(model.names, model.mean, model.scale, model.weights, strict=True)]
    forest = ["forest", *format_nodes(model.nodes, model.names)] if model.nodes else []
    return "\n".join([f"# {comment}", f"calibration\t{model.slope:.5f}\t{model.bias:.5f}", *base, *rows, *forest]) + "\n"
