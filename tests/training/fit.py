"""Fit the linear models of the reader and prune them to a file of a few MB."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from topics.linear import Linear
from topics.model import ALERT_KINDS
from topics.scoring import STEP
from training.rows import Row


def fit_topics(rows: Sequence[Row], topics: Sequence[str], keep: int, strength: float = 10.0, names: Sequence[str] = ()) -> Linear:
    """One logistic regression a topic; names are the features to fit on, if they have been chosen before."""
    targets = np.array([[t in row.topics for t in topics] for row in rows], float)
    return _fit(rows, tuple(topics), Goal(targets, _weights(rows, len(topics)), strength), keep, names=names)


def fit_acts(rows: Sequence[Row], keep: int, strength: float = 8.0, names: Sequence[str] = ()) -> Linear:
    """ "States an alert step" and one label a kind or modality, each against the rest; names as for fit_topics."""
    labels = (STEP, *sorted({row.label for row in rows}))
    targets = np.array([[row.step if label == STEP else row.label == label for label in labels] for row in rows], float)
    return _fit(rows, labels, Goal(targets, _weights(rows, len(labels)), strength), keep, names=names)


def fit_whole(rows: Sequence[Row], topics: Sequence[str], keep: int, strength: float = 30.0) -> Linear:
    """Over whole articles "tells an alert step", one logistic regression a topic, and of those that tell a step one a kind."""
    labels = (STEP, *topics, *ALERT_KINDS)
    targets = np.array([[row.step, *(t in row.topics for t in topics), *(row.label == k for k in ALERT_KINDS)] for row in rows], float)
    weights = _weights(rows, len(labels))
    weights[:, -len(ALERT_KINDS) :] *= np.array([[row.label in ALERT_KINDS] for row in rows], float)
    return _fit(rows, labels, Goal(targets, weights, strength), keep, least_seen=4, choosing=1 + len(topics))


@dataclass(frozen=True)
class Goal:
    """What to fit: (rows, labels) targets and weights, liblinear's C; a label is fitted on the rows that weigh something for it."""

    targets: np.ndarray
    weights: np.ndarray
    strength: float

    def of(self, columns: Sequence[int]) -> Goal:
        """The same for some of the labels."""
        return Goal(self.targets[:, columns], self.weights[:, columns], self.strength)


def _weights(rows: Sequence[Row], labels: int) -> np.ndarray:
    return np.repeat(np.array([[row.weight] for row in rows], float), labels, axis=1)


def _fit(
    rows: Sequence[Row], labels: tuple[str, ...], goal: Goal, keep: int, least_seen: int = 2, names: Sequence[str] = (), choosing: int = 0
) -> Linear:
    """Fit on all features seen so often, keep the ones that carry most weight for a topic or a kind, fit again on those.

    choosing: how many labels from the first are asked which features to keep, 0 for all; names: the features, if they are chosen already.
    """
    counted = [_counts(row.features) for row in rows]
    seen: dict[str, int] = {}
    for counts in counted:
        for name in counts:
            seen[name] = seen.get(name, 0) + 1
    names = sorted(n for n in names if n in seen) or sorted(n for n, times in seen.items() if times >= least_seen)
    if len(names) > keep:
        # Which features to keep is decided by the weights of a first fit; chi-square was tried instead and cost .02 topic F1.
        first = [i for i, label in enumerate(labels[: choosing or None]) if not label.startswith("m_")]
        idf, weights, _ = _solve(counted, seen, names, goal.of(first))
        carry = np.abs(weights).max(axis=1) * np.sqrt(np.array([seen[n] for n in names])) * idf
        names = sorted(names[i] for i in np.argsort(-carry, kind="stable")[:keep])
    idf, coefficients, bias = _solve(counted, seen, names, goal)
    vocabulary = {n: i for i, n in enumerate(names)}
    return Linear(labels, vocabulary, idf.astype(np.float32), coefficients.astype(np.float32), bias.astype(np.float32))


def _solve(counted: list[dict[str, int]], seen: dict[str, int], names: list[str], goal: Goal) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    idf = np.log((1 + len(counted)) / (1 + np.array([seen[n] for n in names]))) + 1
    matrix = _matrix(counted, {n: i for i, n in enumerate(names)}, idf)
    columns, biases = [], []
    for target, weights in zip(goal.targets.T, goal.weights.T, strict=True):
        kept = np.flatnonzero(weights)
        model = LogisticRegression(C=goal.strength, solver="liblinear", max_iter=300, random_state=0)
        model.fit(matrix[kept], target[kept], sample_weight=weights[kept])
        columns.append(model.coef_[0])
        biases.append(model.intercept_[0])
    return idf, np.stack(columns, axis=1), np.array(biases)


def _matrix(counted: list[dict[str, int]], vocabulary: dict[str, int], idf: np.ndarray) -> sparse.csr_matrix:
    indices: list[int] = []
    data: list[float] = []
    starts = [0]
    for counts in counted:
        ids = [(vocabulary[n], c) for n, c in counts.items() if n in vocabulary]
        values = np.array([(1 + np.log(c)) * idf[i] for i, c in ids])
        norm = np.linalg.norm(values) or 1.0
        indices += [i for i, _ in ids]
        data += list(values / norm)
        starts.append(len(indices))
    return sparse.csr_matrix((data, indices, starts), shape=(len(counted), len(vocabulary)), dtype=np.float64)


def _counts(features: Sequence[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in features:
        counts[name] = counts.get(name, 0) + 1
    return counts
