"""Fit the one logistic model that scores topics training never saw (topics/user_topics.py): each shipped topic stands in for a user's.

    PYTHONPATH=.:tests python -m training.fit_user_topics [--cache DIR]

Rows are the leads, each scored by topic models that have not seen it, and real items of fr-dev and press-dev, from the half of their nights
that the model has not seen. For every topic its column is left out of the model, and its data are those of tests/data/thirteenth. Prints
the weights over all topics, and for each topic the average precision of a fit without it on first passages of the self-written streams.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gate.thirteenth import left_out, with_data
from topics.features import entity_features, topic_features
from topics.linear import Linear
from topics.passages import split_text
from topics.tokens import annotate
from topics.user_topics import WEIGHTS, UserTopic, heard, said
from training.folds import Trainer, lead_half
from training.labelled import REAL, ROOT, SELF_WRITTEN, Lead, Stream, repository_catalogue

Doubles = NDArray[np.float64]
REAL_ITEMS = 3_000  # of each real stream, drawn with a fixed seed, beside those on a topic
BY_HAND = ("counter",)


@dataclass(frozen=True)
class Item:
    """One text with its topics, and the fold whose models have not seen it."""

    part: str  # leads | written | real
    fold: str
    title: str
    body: str
    lang: str
    day: date
    topics: frozenset[str]


def items(trainer: Trainer) -> Iterator[Item]:
    """Leads, first passages of the streams' articles, real items."""
    for lead in trainer.leads:
        yield _lead(lead)
    for name in SELF_WRITTEN:
        yield from _articles(trainer.streams[name], "written", "real-0", set())
    for name in REAL:
        stream = trainer.streams[name]
        order = list(range(len(stream.articles)))
        random.Random(3).shuffle(order)
        yield from _articles(stream, "real", "", set(order[REAL_ITEMS:]))


def _lead(lead: Lead) -> Item:
    return Item("leads", f"leads-{lead_half(lead)}", lead.title, lead.body, lead.lang, lead.day, frozenset(lead.topics))


def _articles(stream: Stream, part: str, fold: str, left: set[int]) -> Iterator[Item]:
    for n, row in enumerate(stream.articles):
        on, night = frozenset(stream.gold[row["id"]]["topics"]), row["published_at"][:10]
        if n not in left or on:
            half = fold or f"real-{stream.nights.index(night) % 2 if night in stream.nights else 0}"
            yield Item(part, half, row["title"], row["body"], row["lang"], date.fromisoformat(night), on)


def parts_of(item: Item, topics: dict[str, tuple[UserTopic, Linear]], trainer: Trainer) -> dict[str, list[float]]:
    """The parts of each topic for the item's first passage; a lead is one passage."""
    text = split_text(item.title, item.body, item.lang)
    first = range(1, len(text.sentences)) if item.part == "leads" else text.passages[0].sentences
    shown = [*([0] if item.title else []), *first]
    sentences = [annotate(text.sentences[i].text, item.day, trainer.gazetteer) for i in shown]
    spoken = [said(text.sentences[i].text, s) for i, s in zip(shown, sentences, strict=True)]
    features = [*(topic_features(s, title=i == 0) for i, s in zip(shown, sentences, strict=True)), entity_features(sentences)]
    out = {}
    for name, (topic, model) in topics.items():
        ids = [model.ids(f) for f in features]
        out[name] = list(topic.parts(heard(spoken, ids, model.scores(ids), model)).values())
    return out


def fit(rows: Doubles, targets: Doubles, penalty: float = 1.0, steps: int = 30) -> Doubles:
    """Logistic regression by Newton's method, always the same."""
    weights = np.zeros(rows.shape[1])
    for _ in range(steps):
        p = 1.0 / (1.0 + np.exp(-np.clip(rows @ weights, -30, 30)))
        bend = (rows * (p * (1 - p))[:, None]).T @ rows + penalty * np.eye(len(weights))
        weights = weights - np.linalg.solve(bend, rows.T @ (p - targets) + penalty * weights)
    return weights


def average_precision(scores: Doubles, right: Doubles) -> float:
    ranked = right[np.argsort(-scores, kind="stable")]
    return float((np.cumsum(ranked) / np.arange(1, len(ranked) + 1))[ranked > 0].mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=ROOT / "var" / "training")
    trainer = Trainer(repository_catalogue(), parser.parse_args().cache)
    found = list(items(trainer))
    labels = [t.topic_id for t in repository_catalogue().topics]
    per_fold = {fold: _topics(trainer, trainer.fold(fold).topics, labels) for fold in sorted({item.fold for item in found})}
    table = [parts_of(item, per_fold[item.fold], trainer) for item in found]
    kept = [n for n, name in enumerate(WEIGHTS) if name not in BY_HAND]
    rows = {t: np.array([row[t] for row in table], np.float64)[:, kept] for t in labels}
    right = {t: np.array([t in item.topics for item in found], np.float64) for t in labels}
    learnt, seen = (np.array([item.part in parts for item in found]) for parts in (("leads", "real"), ("written",)))
    for topic in labels:
        others = [t for t in labels if t != topic]
        weights = fit(np.vstack([rows[t][learnt] for t in others]), np.concatenate([right[t][learnt] for t in others]))
        print(f"{topic:24} AP {average_precision(rows[topic][seen] @ weights, right[topic][seen]):.3f}  {np.round(weights, 2)}")
    weights = fit(np.vstack([rows[t][learnt] for t in labels]), np.concatenate([right[t][learnt] for t in labels]))
    print({name: round(float(w), 2) for name, w in zip((n for n in WEIGHTS if n not in BY_HAND), weights, strict=True)})


def _topics(trainer: Trainer, model: Linear, labels: list[str]) -> dict[str, tuple[UserTopic, Linear]]:
    out = {}
    for topic in labels:
        smaller, catalogue = left_out(model, topic), with_data(topic)
        own = next(t for t in catalogue.topics if t.topic_id == topic)
        rivals = [t for t in catalogue.topics if t.topic_id != topic]
        out[topic] = UserTopic(own, rivals, smaller, trainer.gazetteer), smaller
    return out


if __name__ == "__main__":
    main()
