"""The trained block model: which of a page's text blocks are its article, and how far to trust the answer.

Two passes of boosted trees: the first judges each block by itself and its place in the page, the second also by what the first thought
of its surroundings. Trained by tests/training/train_blocks.py; figures from tests/gate/extraction.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extractors.block_context import context
from extractors.block_features import features
from extractors.block_texts import Columns, PageFacts
from extractors.block_trees import Forest, read_forest
from extractors.blocks import Block

CUT = 0.5
FILES = FIRST, SECOND, TRUST = "blocks-first.txt", "blocks-second.txt", "blocks-trust.tsv"


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through points: what a raw measure in 0..1 was worth on pages with a known body."""

    points: tuple[tuple[float, float], ...]  # (raw, mean F1 of the page), raw ascending

    def at(self, raw: float) -> float:
        """Return the value at `raw`, the ends' values outside."""
        return float(np.interp(raw, [x for x, _ in self.points], [y for _, y in self.points]))


@dataclass(frozen=True, slots=True)
class BlockModel:
    """The two passes and what their certainty is worth."""

    first: Forest
    second: Forest
    own: Curve  # by the certainty of our own body
    other: Curve  # by the agreement of trafilatura's body with ours, where that one is taken


@dataclass(frozen=True, slots=True)
class Judged:
    """A body and the mean probability of its blocks, weighted by their words; 0.0 without any."""

    text: str
    certainty: float


def judge(blocks: Sequence[Block], facts: PageFacts, model: BlockModel) -> Judged:
    """Return the blocks that are the article, as paragraphs separated by a blank line."""
    return judge_columns(blocks, features(blocks, facts), model) if blocks else Judged("", 0.0)


def judge_columns(blocks: Sequence[Block], columns: Columns, model: BlockModel) -> Judged:
    """Do the same for blocks whose features are known."""
    chance = second_pass(blocks, columns, model.first.probabilities(columns), model.second)
    kept = chance > CUT
    if not kept.any():
        return Judged("", 0.0)
    words = columns["words"][kept] + 0.1
    text = "\n\n".join(block.text for block, keep in zip(blocks, kept, strict=True) if keep)
    return Judged(text, float((chance[kept] * words).sum() / words.sum()))


def second_pass(blocks: Sequence[Block], columns: Columns, first: NDArray[Any], forest: Forest) -> NDArray[np.float64]:
    """Return the final probabilities from those of the first pass."""
    return forest.probabilities(columns | context(blocks, columns, first))


@cache
def shipped() -> BlockModel:
    """Return the model of extractors/weights."""
    return read_model(files("extractors").joinpath("weights"))


def read_model(folder: Traversable) -> BlockModel:
    """Read a model's three files; raises ValueError naming the file and the line of a tree that is none."""
    texts = {name: folder.joinpath(name).read_text(encoding="utf-8") for name in FILES}
    own, other = _curves(texts[TRUST])
    return BlockModel(read_forest(texts[FIRST].splitlines(), FIRST), read_forest(texts[SECOND].splitlines(), SECOND), own, other)


def _curves(text: str) -> tuple[Curve, Curve]:
    """Read 'own|other TAB raw TAB value' lines."""
    points: dict[str, list[tuple[float, float]]] = {"own": [], "other": []}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, raw, value = line.split("\t")
            points[name].append((float(raw), float(value)))
    return Curve(tuple(points["own"])), Curve(tuple(points["other"]))
