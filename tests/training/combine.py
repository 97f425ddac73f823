"""Fit the combiner of a route on scored candidates, and calibrate its bias."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, cast

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from extractors.model import Article
from flows.streams import FEDERAL_REGISTER
from topics.combiner import CLIP, Combiner
from topics.kinds import CLIP as KINDS_CLIP
from topics.kinds import Kinds
from topics.model import Kind
from topics.pairs import Pair, candidates, feature_names, kind_feature_names
from topics.reader import PAIR_FLOOR
from topics.scoring import ScoredText, Scorer
from topics.trees import LEAF, Node, forest_of
from training.labelled import Lead, Stream, steps_told

TELLING = ("move", "late_report", "syndicated", "rewrite")


@dataclass
class Candidate:
    """A pair with its label: 1 the article tells an alert step on the topic, 0 it does not; weight 0 = left out."""

    article: str
    night: str
    pair: Pair
    told: bool
    weight: float
    about: bool = False  # the article is on the topic
    kind: str = ""  # of the alert step that it tells


def article_of(row: dict[str, Any]) -> Article:
    """A stream's row as an Article with the stream's own id; official where the replay says so."""
    at = datetime.fromisoformat(row["published_at"].replace("Z", "+00:00")).astimezone(UTC)
    number = FEDERAL_REGISTER.match(row["url"])
    official = (f"fr:{number.group(1)}",) if number else ()
    return Article(
        row["id"], 1, row["url"], row["publisher"], row["lang"], row["title"], row["body"], at, at,
        official_ids=official, tier="official" if official else "general",
    )  # fmt: skip


def lead_article(lead: Lead) -> Article:
    at = datetime(lead.day.year, lead.day.month, lead.day.day, 12, tzinfo=UTC)
    return Article(lead.lead_id, 1, "", "", lead.lang, lead.title, lead.body, at, at)


def stream_candidates(stream: Stream, scored: dict[str, ScoredText], scorer: Scorer) -> list[Candidate]:
    """Every candidate of a stream; contested moves, follow-ups and background that retell a step are left out."""
    told = {key: kind for key, kind in steps_told(stream).items() if stream.gold[key[0]]["relation"] in TELLING}
    unclear = {(article, move["topic"]) for move in stream.moves for article in move["articles"]} - told.keys()
    out = []
    for row in stream.articles:
        if row["id"] not in scored:
            continue
        for pair in candidates(article_of(row), scored[row["id"]], scorer.columns, PAIR_FLOOR):
            key = (row["id"], scorer.topics.labels[pair.topic])
            out.append(
                Candidate(
                    row["id"],
                    row["published_at"][:10],
                    pair,
                    key in told,
                    0.0 if key in unclear else 1.0,
                    key[1] in stream.gold[row["id"]]["topics"],
                    told.get(key, ""),
                )
            )
    return out


def lead_candidates(leads: Sequence[Lead], scorer: Scorer) -> list[Candidate]:
    """Candidates of leads; score them with a model that has not seen them."""
    out = []
    for lead in leads:
        scored = scorer.score(lead.title, lead.body, lead.lang, lead.day)
        for pair in candidates(lead_article(lead), scored, scorer.columns, PAIR_FLOOR):
            about = scorer.topics.labels[pair.topic] in lead.topics
            out.append(Candidate(lead.lead_id, "", pair, lead.move and lead.label != "signalled" and about, 1.0, about))
    return out


def fit_combiner(parts: Sequence[Sequence[Candidate]], labels: Sequence[str], strength: float = 0.002, trees: int = 100) -> Combiner:
    """Fit both views on all parts; calibrate on scores of each half of the parts by a fit on the other (Platt).

    strength is the C of the logistic view.
    """
    kept = [[c for c in part if c.weight > 0] for part in parts]
    halves = [[c for part in kept[half::2] for c in part] for half in (0, 1)]
    names = feature_names(labels)
    unseen = [(np.array(_raws(_fit(halves[1 - half], names, strength, trees), halves[half])), halves[half]) for half in (0, 1)]
    raw = np.concatenate([r for r, _ in unseen])
    told = np.array([c.told for _, part in unseen for c in part], float)
    weight = np.array([c.weight for _, part in unseen for c in part])
    platt = LogisticRegression(C=100.0, random_state=0).fit(raw[:, None], told, sample_weight=weight)
    model = _fit([*halves[0], *halves[1]], names, strength, trees)
    return replace(model, slope=float(platt.coef_[0][0]), bias=float(platt.intercept_[0]))


def fit_topic_judge(parts: Sequence[Sequence[Candidate]], labels: Sequence[str], strength: float = 0.01) -> Combiner:
    """Fit "the article is on the topic" over the same numbers, of all routes together; a logistic model is calibrated as it is."""
    rows = [replace(c, told=c.about, weight=1.0) for part in parts for c in part]
    return _fit(rows, feature_names(labels), strength, trees=0, balance=None)


def fit_kinds(rows: Sequence[Candidate], labels: Sequence[str], strength: float = 0.01) -> Kinds:
    """Fit which kind the candidates that tell an alert step tell; strength is the C of the softmax."""
    told = [c for c in rows if c.told and c.kind]
    x = np.array([c.pair.kind_features for c in told], np.float64)
    mean, scale, z = standardised(x, KINDS_CLIP)
    model = LogisticRegression(C=strength, solver="newton-cg", max_iter=500).fit(z, [c.kind for c in told])
    kinds = tuple(cast("Kind", str(kind)) for kind in model.classes_)
    return Kinds(kinds, kind_feature_names(labels), mean, scale, model.coef_.T.copy(), model.intercept_.copy())


def _raws(model: Combiner, part: Sequence[Candidate]) -> list[float]:
    return [model.raw(c.pair.features) for c in part]


def _fit(rows: Sequence[Candidate], names: tuple[str, ...], strength: float, trees: int, balance: str | None = "balanced") -> Combiner:
    x = np.array([r.pair.features for r in rows], np.float64)
    y = np.array([r.told for r in rows], float)
    return fit_numbers(x, y, np.array([r.weight for r in rows]), names, strength, trees, balance)


def fit_numbers(
    x: np.ndarray, y: np.ndarray, w: np.ndarray, names: tuple[str, ...], strength: float, trees: int, balance: str | None = "balanced"
) -> Combiner:
    """Fit both views on rows of numbers (rows, names), targets 0 or 1 and weights; not calibrated yet. trees = 0: the linear view alone."""
    mean, scale, z = standardised(x, CLIP)
    linear = LogisticRegression(C=strength, solver="newton-cholesky", class_weight=balance).fit(z, y, sample_weight=w)
    nodes, base = _forest(x, y, w, trees) if trees else ((), 0.0)
    bias = 0.0 if balance else float(linear.intercept_[0])
    return Combiner(names, mean, scale, linear.coef_[0].copy(), nodes, forest_of(base, nodes) if nodes else None, 1.0, bias)


def standardised(x: np.ndarray, clip: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean and scale of each column of (rows, names), and the rows in standard deviations within -clip to clip."""
    mean, scale = x.mean(axis=0), x.std(axis=0)
    scale[scale < 1e-3] = 1.0  # a feature that never varies says nothing; its weight stays near 0
    return mean, scale, np.clip((x - mean) / scale, -clip, clip)


def _forest(x: np.ndarray, y: np.ndarray, w: np.ndarray, trees: int) -> tuple[tuple[Node, ...], float]:
    """Two small boosted forests of different column samples, halved and put together."""
    nodes: list[Node] = []
    base = 0.0
    for seed in (0, 1):
        model = HistGradientBoostingClassifier(
            max_iter=trees, max_leaf_nodes=7, learning_rate=0.06, min_samples_leaf=12, l2_regularization=5.0, max_features=0.4,
            early_stopping=False, random_state=seed,
        ).fit(x, y, sample_weight=w)  # fmt: skip
        base += float(model._baseline_prediction[0][0]) / 2
        for number, (tree,) in enumerate(model._predictors):
            for node in tree.nodes:
                leaf = bool(node["is_leaf"])
                nodes.append(
                    Node(
                        seed * trees + number,
                        LEAF if leaf else int(node["feature_idx"]),
                        0.0 if leaf else float(node["num_threshold"]),
                        0 if leaf else int(node["left"]),
                        0 if leaf else int(node["right"]),
                        float(node["value"]) / 2 if leaf else 0.0,
                    )
                )
    return tuple(nodes), base
