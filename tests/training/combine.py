"""Fit the combiner of a route on scored candidates, and calibrate its bias."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from extractors.model import Article, TextKind
from flows.streams import FEDERAL_REGISTER
from topics.pairs import Combiner, Pair, candidates, feature_names
from topics.reader import PAIR_FLOOR
from topics.scoring import ScoredText, Scorer
from training.labelled import Lead, Stream

TELLING = ("move", "late_report", "syndicated", "rewrite")


@dataclass
class Candidate:
    """A pair with its label: 1 the article tells an alert step on the topic, 0 it does not; weight 0 = left out."""

    article: str
    night: str
    pair: Pair
    told: bool
    weight: float


def article_of(row: dict[str, Any]) -> Article:
    """A stream's row as an Article with the stream's own id; official where the replay says so."""
    at = datetime.fromisoformat(row["published_at"].replace("Z", "+00:00")).astimezone(UTC)
    number = FEDERAL_REGISTER.match(row["url"])
    kind: TextKind = "full" if row["body"] else "headline"
    official = (f"fr:{number.group(1)}",) if number else ()
    return Article(
        row["id"], 1, row["url"], row["publisher"], row["lang"], row["title"], row["body"], at, at, text_kind=kind,
        official_ids=official, tier="official" if official else "general",
    )  # fmt: skip


def lead_article(lead: Lead) -> Article:
    at = datetime(lead.day.year, lead.day.month, lead.day.day, 12, tzinfo=UTC)
    return Article(lead.lead_id, 1, "", "", lead.lang, lead.title, lead.body, at, at)


def stream_candidates(stream: Stream, scored: dict[str, ScoredText], scorer: Scorer) -> list[Candidate]:
    """Every candidate of a stream; contested moves, follow-ups and background that retell a step are left out."""
    told: set[tuple[str, str]] = set()
    unclear: set[tuple[str, str]] = set()
    for move in stream.moves:
        for article in move["articles"]:
            clear = move["severity"] == "alert" and not move.get("contested") and stream.gold[article]["relation"] in TELLING
            (told if clear else unclear).add((article, move["topic"]))
    out = []
    for row in stream.articles:
        if row["id"] not in scored:
            continue
        for pair in candidates(article_of(row), scored[row["id"]], scorer.acts.labels, PAIR_FLOOR):
            key = (row["id"], scorer.topics.labels[pair.topic])
            out.append(
                Candidate(row["id"], row["published_at"][:10], pair, key in told, 0.0 if key in unclear and key not in told else 1.0)
            )
    return out


def lead_candidates(leads: Sequence[Lead], scorer: Scorer) -> list[Candidate]:
    """Candidates of leads; score them with a model that has not seen them."""
    out = []
    for lead in leads:
        scored = scorer.score(lead.title, lead.body, lead.lang, lead.day)
        for pair in candidates(lead_article(lead), scored, scorer.acts.labels, PAIR_FLOOR):
            told = lead.move and lead.label != "signalled" and scorer.topics.labels[pair.topic] in lead.topics
            out.append(Candidate(lead.lead_id, "", pair, told, 1.0))
    return out


def fit_combiner(rows: Sequence[Candidate], labels: Sequence[str], strength: float = 0.01) -> Combiner:
    """A logistic regression on standardised features; strength is liblinear's C. Balanced while fitting, then the bias is set so that
    the mean probability over the rows is the share of positives."""
    rows = [r for r in rows if r.weight > 0]
    x = np.array([r.pair.features for r in rows], np.float64)
    y = np.array([r.told for r in rows], float)
    w = np.array([r.weight for r in rows])
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-6
    z = np.clip((x - mean) / scale, -6, 6)
    model = LogisticRegression(C=strength, max_iter=2000, class_weight="balanced", random_state=0).fit(z, y, sample_weight=w)
    raw = z @ model.coef_[0]
    slope, bias = _calibrated(raw, y, w)
    f32 = np.float32
    return Combiner(feature_names(labels), mean.astype(f32), scale.astype(f32), (model.coef_[0] * slope).astype(f32), float(bias))


def _calibrated(raw: np.ndarray, y: np.ndarray, w: np.ndarray) -> tuple[float, float]:
    """Platt's slope and intercept for the raw score."""
    platt = LogisticRegression(C=100.0, random_state=0).fit(raw[:, None], y, sample_weight=w)
    return float(platt.coef_[0][0]), float(platt.intercept_[0])
