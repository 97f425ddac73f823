"""The model of kinds and the numbers of the whole-article model."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.features import act_features, whole_features
from topics.kinds import Kinds, format_kinds, parse_kinds
from topics.mentions import Gazetteer
from topics.model import ALERT_KINDS
from topics.pairs import WHOLE, WHOLE_KINDS, feature_names, kind_feature_names, whole_kinds, whole_numbers
from topics.passages import split_text
from topics.reader import shipped_weights
from topics.resources import text_of
from topics.scoring import Scorer
from topics.tokens import annotate
from training.combine import article_of, stream_candidates
from training.labelled import Stream, repository_catalogue, steps_told
from training.whole import article_rows

TWO = Kinds(("adopted", "eased"), ("a", "b"), np.zeros(2), np.ones(2), np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0.0, 0.1]))


def test_the_number_that_speaks_loudest_decides() -> None:
    assert TWO.likeliest((2.0, 1.0)) == "adopted"
    assert TWO.likeliest((1.0, 2.0)) == "eased"
    assert TWO.likeliest((0.0, 0.0)) == "eased", "the bias decides where nothing else does"
    assert TWO.likeliest((2.0, 1.0), easing=9.0) == "eased"
    assert TWO.likeliest((0.0, 0.0), easing=-9.0) == "adopted"


def test_one_number_beyond_all_that_was_seen_counts_no_more_than_the_clip() -> None:
    assert TWO.scores((1e9, 0.0)) == TWO.scores((4.0, 0.0))


def test_text_form_keeps_the_model() -> None:
    shipped = parse_kinds(text_of("weights", "kinds.tsv"))
    again = parse_kinds(format_kinds(shipped, "again"))
    assert again.kinds == shipped.kinds
    assert again.names == shipped.names == kind_feature_names(shipped_weights().acts.labels)
    numbers = tuple(shipped.mean + shipped.scale)
    assert again.scores(numbers) == pytest.approx(shipped.scores(numbers), abs=0.02)


def test_the_whole_article_model_knows_every_topic_in_the_order_of_the_others() -> None:
    weights = shipped_weights()
    assert weights.whole is not None
    assert weights.whole.labels[1:] == (*weights.topics.labels, *ALERT_KINDS)


@given(st.lists(st.floats(-9, 9, width=32), min_size=20, max_size=20), st.integers(0, 14), st.floats(-7, 7))
def test_gap_is_never_positive_and_a_users_topic_is_taken_from_the_passages(scores: list[float], topic: int, passages: float) -> None:
    told, own, gap = whole_numbers(np.array(scores, np.float32), topic, passages)
    assert told == scores[0]
    assert own == (scores[1 + topic] if topic < 12 else passages)
    assert gap <= 0
    assert (gap == 0) == (own >= max(scores[1:13]))
    assert whole_kinds(np.array(scores, np.float32)) == tuple(scores[13:])


def test_no_numbers_without_a_model() -> None:
    assert whole_numbers(None, 0, 0.0) == whole_kinds(None) == ()
    assert feature_names(shipped_weights().acts.labels)[-3:] == WHOLE
    assert kind_feature_names(shipped_weights().acts.labels)[-7:] == WHOLE_KINDS


def test_a_whole_article_has_the_title_s_features_apart_and_each_sentence_s() -> None:
    gazetteer = Gazetteer(repository_catalogue())
    text = split_text("BIS lists nine firms", "The rule was published on Friday. Shares fell.", "en")
    sentences = [annotate(s.text, date(2026, 3, 6), gazetteer) for s in text.sentences]
    found = whole_features(sentences)
    assert set(act_features(sentences[0], title=True)) <= set(found)
    assert set(act_features(sentences[-1])) <= set(found)
    assert any(f.startswith("@t:") for f in found)
    assert not any(f.startswith("@t:fell") for f in found)


def test_both_models_of_kinds_are_taught_the_same_step_of_an_article_that_tells_two() -> None:
    body = "The Commerce Department on Monday adopted a rule on exports of Nvidia chips to China and put off another. Firms have a month."
    row = {"id": "a", "url": "https://a.example/1", "publisher": "A", "lang": "en", "title": "Commerce adopts a chip rule", "body": body,
           "published_at": "2026-11-02T12:00:00Z"}  # fmt: skip
    gold = {"a": {"relation": "move", "topics": ["chip-export-controls"]}}
    steps = [("watch", "signalled"), ("alert", "adopted"), ("alert", "extended")]
    moves = [{"topic": "chip-export-controls", "severity": severity, "kind": kind, "articles": ["a"]} for severity, kind in steps]
    taught = Stream("two", ["2026-11-02"], set(), [row], gold, [{**moves[1], "kind": "eased", "contested": True}, *moves])
    assert steps_told(taught) == {("a", "chip-export-controls"): "adopted"}

    weights, gazetteer = shipped_weights(), Gazetteer(repository_catalogue())
    assert article_rows(taught, gazetteer, real=False)["a"].label == "adopted"
    scorer, of = Scorer(gazetteer, weights.topics, weights.acts), article_of(row)
    scored = {"a": scorer.score(of.title, of.body, of.lang, of.told_at.date())}
    told = {(scorer.topics.labels[c.pair.topic], c.kind, c.weight) for c in stream_candidates(taught, scored, scorer) if c.told}
    assert told == {("chip-export-controls", "adopted", 1.0)}
