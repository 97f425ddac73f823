"""Fits the block model's forests with scikit-learn and turns them into the form that extractors.block_trees evaluates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

from extractors.block_context import context
from extractors.block_texts import Columns
from extractors.block_trees import Forest, Nested, read_forest, write_forest
from training.block_rows import Page, fold_of

INNER = 3  # folds that give the second pass probabilities of pages the first has not seen
DULL = 5  # of the short blocks that are nearly all link and no body, every fifth is used, with five times the weight


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of one forest."""

    trees: int
    leaves: int
    depth: int
    rate: float


FIRST = Shape(150, 24, 7, 0.1)
SECOND = Shape(110, 16, 6, 0.08)


def fit(pages: Sequence[Page]) -> tuple[list[str], list[str]]:
    """Fit both passes and return the lines of their files; the second learns from probabilities that come from other publishers' pages."""
    chances: dict[int, NDArray[np.float64]] = {}
    for fold in range(INNER):
        held = [page for page in pages if fold_of("inner " + page.gold["domain"], INNER) == fold]
        if held:
            forest, _ = forest_of([p for p in pages if fold_of("inner " + p.gold["domain"], INNER) != fold], [], FIRST)
            chances |= {id(page): forest.probabilities(page.columns) for page in held}
    _, first_lines = forest_of(pages, [], FIRST)
    surroundings = [context(page.blocks, page.columns, chances[id(page)]) for page in pages]
    _, second_lines = forest_of(pages, surroundings, SECOND)
    return first_lines, second_lines


def forest_of(pages: Sequence[Page], more: Sequence[Columns], shape: Shape) -> tuple[Forest, list[str]]:
    """Fit one forest on the pages' columns and, where given, `more` columns of each; return it as it reads from its file."""
    names = [*pages[0].columns, *(more[0] if more else ())]
    parts: list[NDArray[np.float32]] = []
    labels, weights = [], []
    for n, page in enumerate(pages):
        columns = page.columns | more[n] if more else page.columns
        kept, weight = _thinned(page)
        if weight.any():
            parts.append(np.stack([columns[name][kept] for name in names], axis=1).astype(np.float32))
            labels.append(page.labels[kept])
            weights.append(weight)
    weight = np.concatenate(weights)
    learner = HistGradientBoostingClassifier(
        learning_rate=shape.rate, max_iter=shape.trees, max_leaf_nodes=shape.leaves, max_depth=shape.depth, min_samples_leaf=80,
        l2_regularization=10.0, max_features=0.4, max_bins=63, early_stopping=False, random_state=1,
    )  # fmt: skip
    learner.fit(np.vstack(parts), np.concatenate(labels), sample_weight=weight / weight.mean())
    lines = write_forest(*_dump(learner, names))
    return read_forest(lines, "the forest just fitted"), lines


def _thinned(page: Page) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the rows that are used and their weights."""
    dull = (page.labels == 0) & (page.columns["linked"] > 0.7) & (page.columns["length"] < 120)
    kept = np.flatnonzero(~dull | (np.arange(len(dull)) % DULL == 0))
    return kept, (page.weights * np.where(dull, DULL, 1))[kept]


def _dump(learner: Any, names: Sequence[str]) -> tuple[list[Nested], float]:
    """Read the trees out of scikit-learn's own arrays: it has no public way to write them."""

    def nested(nodes: Any, at: int) -> Nested:
        node = nodes[at]
        if node["is_leaf"]:
            return float(node["value"])
        low, high = nested(nodes, int(node["left"])), nested(nodes, int(node["right"]))
        return names[int(node["feature_idx"])], float(node["num_threshold"]), low, high

    trees = [nested(predictor.nodes, 0) for (predictor,) in learner._predictors]
    return trees, float(np.ravel(learner._baseline_prediction)[0])
