"""Of a very long ledger a claim brings back the steps that share its rarest words and names."""

from __future__ import annotations

from topics.model import ToldWords
from topics.recall import OldStep, recall


def step(number: int, quote: str, *targets: str, topic: str = "chips", kind: str = "adopted") -> OldStep:
    return OldStep(f"l{number:03}", topic, kind, quote, targets)


def asked(*words: str, topic: str = "chips") -> ToldWords:
    return ToldWords(topic, "adopted", frozenset(words))


CROWD = [step(number, f"The agency adopted a rule on chips for firm {'abcdefghij'[number % 10] * 4}.") for number in range(40)]


def test_rare_words_and_names_bring_back_the_step_among_many_alike() -> None:
    wanted = step(99, "The agency adopted a rule on chips for Velmoria.", "velmoria")
    assert recall([asked("agency", "adopte", "rule", "chips", "velmor")], [*CROWD, wanted], 1) == {"l099"}
    assert recall([asked("rule", "n:velmoria")], [*CROWD, wanted], 1) == {"l099"}


def test_beginnings_of_words_and_pairs_of_characters_meet() -> None:
    steps = [*CROWD, step(70, "商务部将维尔莫列入清单"), step(71, "Velmoria's licences lapsed")]
    assert recall([asked("维尔")], steps, 3) == {"l070"}
    assert recall([asked("licenc")], steps, 3) == {"l071"}


def test_another_topic_is_asked_only_about_the_same_kind() -> None:
    steps = [*CROWD, step(80, "Velmoria", topic="cloud"), step(81, "Velmoria", topic="cloud", kind="eased")]
    assert recall([asked("velmor")], steps, 9) == {"l080"}


def test_each_claim_has_its_own_share_and_equals_go_by_id() -> None:
    assert recall([asked("aaaa"), asked("bbbb")], CROWD, 2) == {"l000", "l010", "l001", "l011"}
    assert recall([asked("aaaa")], list(reversed(CROWD)), 2) == {"l000", "l010"}


def test_nothing_asked_or_nothing_shared_brings_nothing() -> None:
    assert recall([], CROWD) == frozenset()
    assert recall([asked()], CROWD) == frozenset()
    assert recall([asked("zzzz")], CROWD) == frozenset()
    assert recall([asked("aaaa")], []) == frozenset()
