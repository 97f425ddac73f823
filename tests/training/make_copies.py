"""Fit the rewrite score of topics.similar and print it: python tests/training/make_copies.py (scikit-learn, about a minute).

One row is an article of a self-written stream with its nearest text of an earlier night; positive when the labels say that it repeats
something known (rewrite, late report). First each stream is left out in turn and the pooled result printed, then all are fitted together.
"""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from gate.similarity import SEEDED, dossiers, readings
from topics.mentions import Gazetteer
from topics.shelf import Shelf
from topics.similar import DEFAULT_COPY_RULES, _earlier, _near_duplicate, as_known, is_correction, rewrite_parts
from training.labelled import SELF_WRITTEN, repository_catalogue, stream

STRENGTH = 0.1
REPEATS = ("rewrite", "late_report")


def rows(name: str, gazetteer: Gazetteer) -> list[tuple[str, dict[str, Any], list[dict[str, float]]]]:
    """(stream, gold, features of the nearest candidates) of every article that is no near-duplicate."""
    source = stream(name)
    shelf = Shelf(dossiers() if name in SEEDED else [])
    out = []
    for night in readings(source, gazetteer):
        for each in night:
            cosines = shelf.cosines(each.sketch, across=0.0)
            told = each.article.told_at.date()
            nearest = sorted(
                (i for i in cosines if cosines[i] >= DEFAULT_COPY_RULES.least_cosine and _earlier(shelf.documents[i], each.article, told)),
                key=lambda i: (-cosines[i], i),
            )
            if nearest and not is_correction(each.article) and not _near_duplicate(each, shelf, DEFAULT_COPY_RULES):
                parts = [rewrite_parts(each, shelf.documents[i], cosines[i]) for i in nearest[: DEFAULT_COPY_RULES.candidates]]
                out.append((name, source.gold[each.article.article_id], parts))
            shelf.add(as_known(each))
    return out


def fit(data: list[Any], names: list[str]) -> tuple[dict[str, float], float]:
    """Weights and bias in log-odds per unit of each feature."""
    table = np.array([[parts[0][name] for name in names] for _, _, parts in data])
    wanted = [gold["relation"] in REPEATS for _, gold, _ in data]
    centre, spread = table.mean(0), table.std(0) + 1e-9
    model = LogisticRegression(C=STRENGTH, max_iter=5000).fit((table - centre) / spread, wanted)
    weights = model.coef_[0] / spread
    return dict(zip(names, weights, strict=True)), float(model.intercept_[0] - (weights * centre).sum())


def main() -> None:
    """Print what leaving each stream out gives at several thresholds, then the weights fitted on all."""
    gazetteer = Gazetteer(repository_catalogue())
    data = [row for name in SELF_WRITTEN for row in rows(name, gazetteer)]
    names = [name for name in data[0][2][0] if name not in sys.argv[1:]]
    scored: list[tuple[float, dict[str, Any], str]] = []
    for left_out in SELF_WRITTEN:
        weights, bias = fit([row for row in data if row[0] != left_out], names)
        for name, gold, parts in data:
            if name == left_out:
                scored.append((max(bias + sum(weights[n] * p[n] for n in names) for p in parts), gold, name))
    for threshold in np.arange(0.0, 2.6, 0.2):
        taken = [(gold, name) for score, gold, name in scored if score >= threshold]
        kinds = Counter(gold["relation"] for gold, _ in taken)
        per = Counter(name for gold, name in taken if gold["relation"] == "rewrite")
        print(f"from {threshold:.1f}: {dict(kinds)} rewrites by stream {dict(per)}")
    for score, gold, _ in sorted(scored, key=lambda row: -row[0]):
        if gold["relation"] not in REPEATS and score > 0.6:
            print(f"   {score:.2f} {gold['id']} {gold['relation']} {gold['note']}")
    weights, bias = fit(data, names)
    print(f"bias {bias:.2f}", {name: round(value, 2) for name, value in weights.items()})


if __name__ == "__main__":
    main()
