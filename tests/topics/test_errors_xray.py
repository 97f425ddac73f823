"""The look into the shipped models: what it shows adds up to what they answer."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from gate.small_night import article
from topics.errors.xray import Look, XRay
from topics.linear import sigmoid
from topics.pairs import INHERITED
from topics.reader import BuiltinReader, shipped_weights
from topics.scoring import STEP
from training.labelled import repository_catalogue

TEXT = """Commerce adds chip makers to its blacklist
The Commerce Department on Monday added six Chinese chip makers to the Entity List, citing their work for the military.

The firms will need a licence for American tools. Shares in Shanghai fell. Analysts had expected the step for weeks.

Nvidia said that it sells nothing to them.

商务部周一将六家中国芯片企业列入实体清单。"""
TOPIC = "entity-listings"


@cache
def xray() -> XRay:
    return XRay(shipped_weights(), repository_catalogue())


@cache
def look() -> Look:
    return xray().look(article("a", TEXT))


def test_the_topic_features_of_a_passage_add_up_to_its_probability() -> None:
    weights = shipped_weights().topics
    for passage in range(len(look().scored.passages)):
        for topic in (TOPIC, "cloud-kyc"):
            added = sum(value for _, value in xray().topic_parts(look(), passage, topic))
            total = added + float(weights.bias[weights.labels.index(topic)])
            assert float(sigmoid(np.float32(total))) == pytest.approx(look().about(passage, topic), abs=1e-3)  # type: ignore[arg-type]


def test_the_act_features_of_a_passage_add_up_to_the_models_score() -> None:
    weights = shipped_weights().acts
    last = len(look().scored.passages) - 1
    ids = [look().scored.act_ids[i] for i in look().scored.text.passages[last].sentences]
    for label in (STEP, "adopted"):
        place = weights.labels.index(label)
        added = sum(value for _, value in xray().act_parts(look(), last, label)) + float(weights.bias[place])
        assert added == pytest.approx(float(weights.scores(ids)[place]), abs=1e-3)


def test_the_linear_half_and_the_forest_make_the_combiners_answer() -> None:
    found = look().candidate(TOPIC)
    assert found is not None
    model = xray().combiner(look().route)
    linear = sum(value for _, value in xray().combiner_parts(look(), found))
    share = model.slope * (0.5 if model.forest else 1.0)
    forest = share * model.forest.score(found.pair.features) if model.forest else 0.0
    assert linear + forest + model.bias == pytest.approx(found.log_odds, abs=1e-6)
    used = {model.names[node.feature] for node in model.nodes if node.feature >= 0}
    assert {name.rsplit("=", 1)[0] for name, _ in xray().forest_parts(look(), found)} <= used


def test_the_candidate_is_what_the_reader_made_its_claim_from() -> None:
    of = article("a", TEXT)
    claim = BuiltinReader().read(of, repository_catalogue()).claims[0]
    found = look().candidate(claim.topic)
    assert found is not None
    assert found.pair.passage == claim.position
    assert look().passage_of(claim.quote) == claim.position


def test_the_passage_that_the_reader_chose_is_the_best_by_what_is_shown() -> None:
    found = look()
    for candidate in found.candidates:
        best = max(range(len(found.scored.passages)), key=lambda n: found.joint(n, candidate.topic))
        assert best == candidate.pair.passage, candidate.topic
        # A passage that names nothing of the topic still has a part of what the article is about.
        least = min(range(len(found.scored.passages)), key=lambda n: found.about(n, candidate.topic))
        scored = found.scored.passages[least]
        inherited = np.log(max(found.about(least, candidate.topic), INHERITED * found.best_about(candidate.topic)) + 0.01)
        assert found.joint(least, candidate.topic) == pytest.approx((scored.step + scored.step_with_title) / 2 + inherited, abs=1e-5)


def test_labels_are_shares_best_first_and_an_unknown_topic_is_no_candidate() -> None:
    shown = look().labels(0)
    values = [value for _, value in shown]
    assert values == sorted(values, reverse=True)
    assert STEP not in dict(shown)
    assert look().candidate("no-such-topic") is None
    assert look().about(0, "no-such-topic") == 0.0
