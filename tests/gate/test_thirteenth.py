"""A topic left out and added back by data alone, on the repository's own stream: before, after, and what it costs the others."""

from __future__ import annotations

import pytest

from gate.thirteenth import HARBOUR, blinded, counted, left_out, raised, with_data, without
from topics.judge import shipped_judge
from topics.reader import shipped_weights
from training.labelled import repository_catalogue

TOPIC = "cloud-kyc"
pytestmark = pytest.mark.slow


def test_a_thirteenth_topic_is_told_once_its_data_are_there() -> None:
    """Of the three alert moves on cloud-kyc none is told without the topic, and at least two with it (the trained reader tells three)."""
    weights = shipped_weights()
    blind = blinded(weights, TOPIC)
    before, after = (raised(HARBOUR, blind, shipped_judge(), catalogue) for catalogue in (without(TOPIC), with_data(TOPIC)))
    assert not [m for m in before if m["topic"] == TOPIC]
    own = counted(HARBOUR, after, lambda topic: topic == TOPIC)
    print("added back:", own)
    assert own.gold == 3
    assert own.on_time >= 2
    assert own.raised - own.right <= 1
    whole = [m for m in raised(HARBOUR, weights, shipped_judge(), repository_catalogue()) if m["topic"] != TOPIC]
    rest = [counted(HARBOUR, alerts, lambda topic: topic != TOPIC) for alerts in (before, after)]
    trained = counted(HARBOUR, whole, lambda topic: topic != TOPIC)
    print("others before and after:", *rest, "trained:", trained)
    assert rest[0].right >= trained.right - 1, "what is left out must not cost the others"
    assert rest[1].right >= rest[0].right - 1
    assert rest[1].raised <= rest[0].raised + 1


def test_left_out_means_left_out() -> None:
    model = shipped_weights().topics
    smaller = left_out(model, TOPIC)
    assert TOPIC not in smaller.labels
    assert smaller.weights.shape == (len(smaller.vocabulary), len(model.labels) - 1)
    assert len(smaller.vocabulary) < len(model.vocabulary), "features that weigh for the topic alone are gone"
    name = next(iter(smaller.vocabulary))
    kept = [n for n, label in enumerate(model.labels) if label != TOPIC]
    assert smaller.weights[smaller.vocabulary[name]].tolist() == model.weights[model.vocabulary[name]][kept].tolist()
