"""Linear models over counted features, read from a text file: TF-IDF with sublinear counts, one weight column per label."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ids = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Linear:
    """A one-vs-rest linear model: P(label) = sigmoid(score). weights is (features, labels), idf is (features,)."""

    labels: tuple[str, ...]
    vocabulary: dict[str, int]
    idf: Floats
    weights: Floats
    bias: Floats

    def ids(self, features: Iterable[str]) -> Ids:
        """Positions of the known features, repeats kept."""
        known = self.vocabulary
        return np.fromiter((i for f in features if (i := known.get(f)) is not None), dtype=np.int32)

    def scores(self, ids: Sequence[Ids]) -> Floats:
        """Scores (labels,) of a text given as the ids of its parts."""
        joined = np.concatenate(ids) if ids else np.zeros(0, np.int32)
        if not len(joined):
            return self.bias
        unique, counts = np.unique(joined, return_counts=True)
        values = (1.0 + np.log(counts)) * self.idf[unique]
        values /= math.sqrt(float(values @ values)) or 1.0
        return np.asarray(values.astype(np.float32) @ self.weights[unique] + self.bias, dtype=np.float32)


def parse_linear(text: str) -> Linear:
    """Read the text form: comments, a labels row, a bias row, then feature, idf, label:weight by tabs; raises ValueError with the line."""
    labels: tuple[str, ...] = ()
    bias: list[float] = []
    names: list[str] = []
    idf: list[float] = []
    rows, columns, values = [], [], []
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        head, *rest = line.split("\t")
        try:
            if not labels:
                labels = tuple(rest)
            elif not bias:
                bias = [float(x) for x in rest]
            else:
                for item in rest[1].split():
                    column, value = item.split(":")
                    rows.append(len(names))
                    columns.append(int(column))
                    values.append(float(value))
                names.append(head)
                idf.append(float(rest[0]))
        except (ValueError, IndexError) as error:
            raise ValueError(f"weights, line {number}: {error}") from None
    weights = np.zeros((len(names), len(labels)), np.float32)
    weights[rows, columns] = values
    return Linear(labels, {n: i for i, n in enumerate(names)}, np.array(idf, np.float32), weights, np.array(bias, np.float32))


def format_linear(model: Linear, comment: str, least: float = 0.05) -> str:
    """Write the text form: features sorted, weights to two decimals and none below `least`, so that the file stays small and diffable."""
    lines = [f"# {comment}", "\t".join(["labels", *model.labels]), "\t".join(["bias", *(f"{b:.3f}" for b in model.bias)])]
    for name, i in sorted(model.vocabulary.items()):
        kept = " ".join(f"{j}:{w:.2f}" for j, w in enumerate(model.weights[i]) if abs(w) >= least)
        lines.append(f"{name}\t{model.idf[i]:.2f}\t{kept}")
    return "\n".join(lines) + "\n"


def sigmoid(x: Floats) -> Floats:
    """The logistic function, safe for large scores."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(x, -30, 30))), dtype=np.float32)


def log_odds(p: float, floor: float = 1e-3) -> float:
    """Log-odds of a probability, kept finite by the floor."""
    return math.log((p + floor) / (1 - p + floor))
