"""Which kind of step a candidate tells: one softmax over the numbers that the combiner weighs too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from topics.model import Kind

Doubles = NDArray[np.float64]
CLIP = 4.0  # standard deviations


@dataclass(frozen=True, slots=True)
class Kinds:
    """A multinomial logistic model over standardised numbers; weights is (names, kinds), bias (kinds,)."""

    kinds: tuple[Kind, ...]
    names: tuple[str, ...]
    mean: Doubles
    scale: Doubles
    weights: Doubles
    bias: Doubles

    def scores(self, features: Sequence[float], easing: float = 0.0) -> dict[Kind, float]:
        """Log-odds of each kind up to a common term, for Pair.kind_features; easing: what else speaks for a step that eases."""
        values = np.clip((np.array(features, np.float64) - self.mean) / self.scale, -CLIP, CLIP)
        own = zip(self.kinds, values @ self.weights + self.bias, strict=True)
        return {kind: float(score) + (easing if kind == "eased" else 0.0) for kind, score in own}

    def likeliest(self, features: Sequence[float], easing: float = 0.0) -> Kind:
        """The kind with the highest score; of equals the first by name."""
        scores = self.scores(features, easing)
        return min(scores, key=lambda kind: (-round(scores[kind], 9), kind))


def parse_kinds(text: str) -> Kinds:
    """Read what format_kinds wrote; raises ValueError."""
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    table = {row[0]: row[1:] for row in rows}
    kinds = tuple(cast("Kind", kind) for kind in table.pop("kinds"))
    bias = np.array([float(x) for x in table.pop("bias")])
    numbers = np.array([[float(x) for x in row] for row in table.values()])
    return Kinds(kinds, tuple(table), numbers[:, 0].copy(), numbers[:, 1].copy(), numbers[:, 2:].copy(), bias)


def format_kinds(model: Kinds, comment: str) -> str:
    """One row a number: its mean, its scale, one weight a kind."""
    lines = [f"# {comment}", "\t".join(["kinds", *model.kinds]), "\t".join(["bias", *(f"{b:.4f}" for b in model.bias)])]
    for i, name in enumerate(model.names):
        lines.append("\t".join([name, f"{model.mean[i]:.4f}", f"{model.scale[i]:.4f}", *(f"{w:.4f}" for w in model.weights[i])]))
    return "\n".join(lines) + "\n"
