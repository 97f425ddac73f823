"""A topic that training never saw, scored from its own data: what it recognises, what it leaves alone, and that nobody else notices."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import numpy as np
import pytest

from extractors.model import Article, h
from topics.linear import Linear, sigmoid
from topics.mentions import Gazetteer
from topics.model import Catalogue, Topic
from topics.pairs import candidates
from topics.reader import BuiltinReader, shipped_weights
from topics.rules import DEFAULT_RULES
from topics.scoring import ScoredText, Scorer
from topics.topic_check import TopicCheck, check_topics
from topics.user_topics import UserTopic, example
from training.labelled import repository_catalogue

AT = datetime(2026, 10, 7, 15, tzinfo=UTC)
QUANTUM = Topic(
    "quantum-controls", "Quantum technology controls", "量子技术管制",
    "Export controls, funding bans and listings that concern quantum computers, qubits and their cooling",
    terms_en=("quantum computers", "qubits", "dilution refrigerator"), terms_zh=("量子计算", "稀释制冷机"),
    examples=(
        "Britain will require a licence to export quantum computers with more than 34 qubits.",
        "Commerce put export controls on dilution refrigerators and cryogenic chips for quantum computing.",
        "Spain and France now control exports of quantum processors.",
        "Canada's rule on quantum computers and advanced chips takes effect.",
        "The laboratory lost its federal grant over a partnership on qubits with an institute in Hefei.",
        "中国对稀释制冷机等量子计算设备实施出口管制。",
    ),
    counter_examples=("The start-up says that its quantum computer beat a classical machine at a puzzle.",),
)  # fmt: skip
STEP = "The Dutch government on Wednesday put quantum computers and the refrigerators that cool their qubits under export control."
TAIL = "Makers have sixty days to ask for a permit. The trade minister said that the list would be reviewed every year."
BREAD = "The bakery on Mill Street opened a second oven this week, and its rye bread sells out before noon on most days."


@cache
def watched(*topics: Topic) -> Catalogue:
    whole = repository_catalogue()
    return replace(whole, topics=(*whole.topics, *topics), digest=h(whole.digest, repr(topics)))


@cache
def tools() -> tuple[Linear, Gazetteer]:
    return shipped_weights().topics, Gazetteer(repository_catalogue())


def log_odds(topic: Topic, text: str) -> float:
    shipped, gazetteer = tools()
    return UserTopic(topic, repository_catalogue().topics, shipped, gazetteer).score(example(text, shipped, gazetteer))


def probability(topic: Topic, text: str) -> float:
    return float(sigmoid(np.array([log_odds(topic, text)], np.float32))[0])


def article(title: str, body: str) -> Article:
    return Article("p_1", 1, "https://outlet.example/1", "Outlet", "en", title, body, AT, AT)


@cache
def scored(*topics: Topic) -> ScoredText:
    weights, catalogue = shipped_weights(), watched(*topics)
    scorer = Scorer(Gazetteer(catalogue), weights.topics, weights.acts, catalogue.topics)
    body = f"{STEP}\n\n{TAIL}\n\nThe US asked for a licence on AI chips too."
    return scorer.score("Dutch widen controls to quantum machines", body, "en", AT.date())


def test_it_knows_its_own_kind_in_both_languages_and_leaves_the_rest() -> None:
    assert probability(QUANTUM, STEP) > 0.6
    assert probability(QUANTUM, "日本宣布将量子计算机列入出口管制清单。") > 0.45
    assert probability(QUANTUM, BREAD) < 0.02
    assert probability(QUANTUM, "The Commerce Department fined a maker of etching tools for sales to a Chinese chip plant.") < 0.2


@pytest.mark.parametrize("field", ["terms_en", "examples", "about"])
def test_each_part_of_the_data_adds_to_it(field: str) -> None:
    empty: object = "" if field == "about" else ()
    assert log_odds(replace(QUANTUM, **{field: empty}), STEP) < log_odds(QUANTUM, STEP) - 0.5  # type: ignore[arg-type]


def test_an_entity_adds_to_it() -> None:
    named = "Rules on cold machines were discussed by Nvidia."
    assert probability(replace(QUANTUM, entities=("nvidia",)), named) > 2 * probability(QUANTUM, named)


def test_terms_are_found_by_word_whatever_their_ending() -> None:
    only_terms = replace(
        QUANTUM, about="", name_en="Q", name_zh="", examples=("Nothing of it here.",), counter_examples=(), terms_zh=("量子计算",)
    )
    without = replace(only_terms, terms_en=(), terms_zh=())
    for text in ("One qubit was sold.", "A Quantum-Computer was sold.", "一台量子计算机被出售。"):
        assert probability(only_terms, text) > 2 * probability(without, text)
    assert probability(only_terms, "Subqubits are not a word.") < 2 * probability(without, "Subqubits are not a word.")


def test_a_counter_example_speaks_against_its_like() -> None:
    puzzle = "A Chinese start-up says its quantum computer beat a classical machine at a puzzle."
    assert probability(QUANTUM, puzzle) < 0.5 * probability(replace(QUANTUM, counter_examples=()), puzzle)


def test_a_topic_without_examples_lives_by_its_terms() -> None:
    bare = replace(QUANTUM, examples=(), counter_examples=())
    assert probability(bare, STEP) > 0.45 > probability(bare, BREAD)


def test_the_shipped_topics_do_not_notice() -> None:
    alone, beside = scored(), scored(QUANTUM)
    one = article("x", STEP)
    columns = Scorer(tools()[1], shipped_weights().topics, shipped_weights().acts, (QUANTUM,)).columns
    before = candidates(one, alone, columns, 0.03)
    after = [p for p in candidates(one, beside, columns, 0.03) if p.topic < len(shipped_weights().topics.labels)]
    assert before
    assert before == after
    assert (len(alone.own), len(beside.own)) == (0, 1)


def test_two_of_them_stand_beside_each_other() -> None:
    other = replace(QUANTUM, topic_id="cold-machines", name_en="Cold machines", examples=("Norway bans cryostats.",), counter_examples=())
    beside = scored(QUANTUM, other)
    assert len(beside.own) == 2
    assert beside.passages[0].topics.shape == (len(shipped_weights().topics.labels) + 2,)
    assert all(np.isfinite(p.topics).all() for p in beside.passages)


def test_its_step_is_claimed_with_the_sentence_that_states_it() -> None:
    found = BuiltinReader().read(article("Dutch put quantum computers under export control", f"{STEP}\n\n{TAIL}"), watched(QUANTUM))
    claim = next(c for c in found.claims if c.topic == QUANTUM.topic_id)
    assert claim.quote == STEP
    assert claim.score > 0.4
    assert QUANTUM.topic_id in dict(found.topics)
    told = BuiltinReader().read(
        article("How quantum controls work", f"Export controls on quantum computers are old. {TAIL}"), watched(QUANTUM)
    )
    assert not [c for c in told.claims if c.topic == QUANTUM.topic_id and c.score > 0.3]
    bread = BuiltinReader().read(article("A second oven", f"{BREAD}\n\n{BREAD}"), watched(QUANTUM))
    assert not [c for c in bread.claims if c.topic == QUANTUM.topic_id]


def checked(topic: Topic) -> TopicCheck:
    return next(c for c in check_topics(watched(topic), shipped_weights().topics) if c.topic_id == topic.topic_id)


def test_a_check_says_what_would_be_recognised() -> None:
    good = checked(QUANTUM)
    assert not good.trained
    assert good.recognised >= 5
    stray = "The orchestra plays Brahms on Friday."
    bad = checked(replace(QUANTUM, examples=(*QUANTUM.examples, stray), terms_en=(*QUANTUM.terms_en, "Entity List", "lithography")))
    assert bad.missed[-1] == stray
    assert dict(bad.claimed)["Entity List"][0] == "entity-listings"
    assert "lithography" in dict(bad.claimed)
    assert "qubits" not in dict(bad.claimed)


def test_a_check_gives_advice() -> None:
    assert checked(replace(QUANTUM, terms_en=(), terms_zh=())).advice.startswith("name some terms")
    assert checked(replace(QUANTUM, examples=QUANTUM.examples[:1])).advice == "write some ten examples; there is 1"
    assert [c.advice for c in check_topics(repository_catalogue(), shipped_weights().topics)] == [""] * 12


@pytest.mark.parametrize(("above", "recognised", "mistaken"), [(0.01, len(QUANTUM.examples), 1), (-0.01, 0, 0)])
def test_a_check_asks_for_what_a_night_asks_for(monkeypatch: pytest.MonkeyPatch, above: float, recognised: int, mistaken: int) -> None:
    p = DEFAULT_RULES.topic_floor + above
    monkeypatch.setattr(UserTopic, "score", lambda *_: math.log(p / (1 - p)))
    (found,) = [check for check in check_topics(watched(QUANTUM), shipped_weights().topics) if not check.trained]
    assert (found.recognised, len(found.mistaken)) == (recognised, mistaken)
    assert shipped_weights().topic_floor < DEFAULT_RULES.topic_floor
