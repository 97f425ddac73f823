"""The index over known steps leaves out no step that a claim could be, and asks in full for few of the others."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bench import texts
from extractors.model import Article, h
from gate.small_night import CATALOGUE, MAKER
from topics.claims import Quote
from topics.ledger import KnownStep, compare
from topics.likeness import out_of_reach, telling
from topics.model import LedgerRow
from topics.profiles import Naming, Profile, from_article
from topics.reach import Reach
from topics.rules import DEFAULT_RULES
from topics.sketch import sketch

NAMING = Naming(CATALOGUE)
FIRST = date(2026, 3, 2)
STEPS = 90


def profile(number: int, night: date, wording: str = "{}", story: str = "") -> Profile:
    """The profile of a claim that tells step number `number` on a night."""
    told = texts.step(number, night)
    sentence = wording.format(told.sentence)
    at = datetime(night.year, night.month, night.day, 9, tzinfo=UTC)
    article = Article(f"a{number}{wording[:9]}", 1, "https://a.example/1", "A", "en", told.firm, sentence, at, at)
    claim = MAKER.make(article, told.topic, told.kind, Quote(sentence, len(told.firm) + 2, sentence), "new", 0.9, 0.9, ("hand", "1"))
    return from_article(claim, article, sketch(told.firm, sentence, "en", MAKER.entities(sentence)), story, NAMING, official=False)


def known() -> list[KnownStep]:
    """Steps of half a year, some told twice, some by a seed only."""
    steps = []
    for number in range(STEPS):
        night = FIRST + timedelta(number)
        profiles = [profile(number, night, story=f"s{number % 40}")]
        if number % 5 == 0:
            profiles.append(profile(number, night + timedelta(2), "Officials said so again: {}", f"s{number % 40}"))
        claim = profiles[0].claim
        vague = number % 11 == 0
        told = telling(None if vague else night, None if vague else night + timedelta(2), profiles)
        row = LedgerRow(
            h(number), f"m{number}", claim.topic, claim.kind, "v", (), None, "seed" if vague else "press:1", claim.claim_id, night
        )
        steps.append(KnownStep(row, told, vague, official=False))
    return steps


@pytest.mark.parametrize("round_up", [0.0, 0.5])
def test_no_step_that_could_be_told_is_left_out(round_up: float) -> None:
    steps = known()
    reach = Reach([step.telling for step in steps], NAMING, DEFAULT_RULES)
    asked = related = 0
    for number in range(0, STEPS + 30, 3):
        night = FIRST + timedelta(min(number + 3 * (number % 4), STEPS))
        claim = profile(number, night, "On Monday it was repeated: {}" if number % 2 else "{}", f"s{number % 50}")
        near = set(reach.near(claim, round_up))
        asked += len(near)
        for place, step in enumerate(steps):
            result = compare(claim, step, NAMING, DEFAULT_RULES, round_up=round_up).result
            if result != "unrelated" or not out_of_reach(claim, step.telling, NAMING, DEFAULT_RULES, round_up=round_up):
                assert place in near, (number, place, result)
            related += result != "unrelated"
    assert related > 30
    assert asked < 0.5 * STEPS * len(range(0, STEPS + 30, 3))


def test_no_known_step_is_near_when_there_is_none() -> None:
    assert Reach([], NAMING, DEFAULT_RULES).near(profile(1, FIRST), 0.0) == []
