"""The judge of groups: what it is asked, what its word does, and that the shipped one weighs as a person would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from gate.pool import FINE, FINE_TOO, RULE, pool
from gate.small_night import CATALOGUE, FIRST, Nights, article, claim, only, reading, told
from topics.combiner import format_combiner, parse_combiner
from topics.cues import cue_names, cues, issuer_fit, issuer_names
from topics.decide import lay_out
from topics.judge import NUMBERS, Judge, shipped_judge
from topics.mentions import Gazetteer
from topics.model import Known, NightContext, Reading
from topics.moves import strength
from topics.pairs import feature_names
from topics.reader import shipped_weights
from topics.resources import text_of
from topics.rules import DEFAULT_RULES
from topics.settling import judgeable, judged, numbers_of
from topics.texts import PLAIN

CHIPS = "chip-export-controls"


class Says(Judge):
    """A judge that always gives the same probability, and remembers what it was asked."""

    def __init__(self, probability: float) -> None:
        self.says, self.asked = probability, list[tuple[float, ...]]()

    def probability(self, numbers: Sequence[float]) -> float:
        self.asked.append(tuple(numbers))
        return self.says


def numbers(*readings: Reading, known: Known | None = None) -> dict[str, float]:
    """What the judge is asked about the one group of a night."""
    context = NightContext(FIRST, 1)
    laid = lay_out(context, readings, known or Known(), CATALOGUE, DEFAULT_RULES, PLAIN, None)
    (group,) = judgeable(laid.groups, laid.desk)
    return dict(zip(NUMBERS, numbers_of(group, laid.desk), strict=True))


def test_every_number_has_one_name() -> None:
    for names in (NUMBERS, feature_names(shipped_weights().acts.labels)):
        assert len(set(names)) == len(names)
    assert parse_combiner(text_of("weights", "judge.tsv")).names == NUMBERS


def test_weights_as_text_give_the_same_judge() -> None:
    whole = parse_combiner(text_of("weights", "judge.tsv"))
    again = parse_combiner(format_combiner(whole, "again"))
    asked = tuple(numbers(told("a", FINE, "enforced", topic=CHIPS, score=0.7)).values())
    assert Judge(again).probability(asked) == pytest.approx(Judge(whole).probability(asked), abs=1e-3)


def test_a_judge_of_other_numbers_is_refused_and_another_one_has_another_digest() -> None:
    whole = parse_combiner(text_of("weights", "judge.tsv"))
    with pytest.raises(ValueError, match=r"weights/judge\.tsv was made for other features: run make train"):
        Judge(replace(whole, names=whole.names[1:]))
    assert Judge(whole).digest == shipped_judge().digest != Judge(replace(whole, bias=whole.bias + 1)).digest


def test_more_publishers_and_surer_claims_make_it_likelier() -> None:
    alone = numbers(told("a", FINE, "enforced", topic=CHIPS, score=0.6))
    beside = numbers(told("a", FINE, "enforced", topic=CHIPS, score=0.6), told("b", FINE_TOO, "enforced", topic=CHIPS, score=0.6))
    surer = numbers(told("a", FINE, "enforced", topic=CHIPS, score=0.95))
    judge = shipped_judge()
    weighed = [judge.probability(tuple(asked.values())) for asked in (alone, beside, surer)]
    assert weighed[0] < weighed[1]
    assert weighed[0] < weighed[2]
    assert (alone["publishers"], beside["publishers"]) == pytest.approx((0.693147, 1.098612))


def test_its_word_decides_a_group_of_full_articles() -> None:
    for says, severity in ((DEFAULT_RULES.judged_alert, "alert"), (DEFAULT_RULES.judged_watch, "watch")):
        move = only(Nights(judge=Says(says)).night(told("a", FINE, "enforced", topic=CHIPS)).moves)
        assert move.severity == severity
        assert move.confidence == pytest.approx(says)
    assert not Nights(judge=Says(0.0)).night(told("a", FINE, "enforced", topic=CHIPS)).moves


def test_of_two_groups_of_a_topic_on_one_night_the_less_sure_one_needs_more_from_the_judge() -> None:
    rule = replace(told("g", RULE, "adopted", topic=CHIPS), route="official")
    rule = replace(rule, article=replace(rule.article, tier="official"))
    for says, severity in ((DEFAULT_RULES.again_judged - 0.01, "watch"), (DEFAULT_RULES.again_judged, "alert")):
        moves = Nights(judge=Says(says)).night(told("a", FINE, "enforced", topic=CHIPS), rule).moves
        assert {m.evidence[0].article_id: m.severity for m in moves} == {"a": severity, "g": "alert"}


def test_official_texts_and_short_items_are_not_its_business() -> None:
    judge = Says(0.0)
    of = article("g", RULE, tier="official", official_ids=("fr_doc:2026-30001",), publisher="Federal Register")
    official = reading(of, claim(of, "adopted", "entity-listings"))
    brief = replace(told("b", FINE, "enforced", topic=CHIPS), route="brief")
    assert len(Nights(judge=judge).night(official, brief).moves) == 2
    assert not judge.asked
    laid = lay_out(NightContext(FIRST, 1), [official, brief], Known(), CATALOGUE, DEFAULT_RULES, PLAIN, judge)
    assert [judged(group) for group in laid.groups] == [False, False]


def test_a_known_step_gives_way_only_to_a_sure_judge() -> None:
    for says, told_again in ((DEFAULT_RULES.judged_over, True), (DEFAULT_RULES.judged_over - 0.01, False)):
        nights = Nights(judge=Says(1.0))
        nights.night(told("a", FINE, "enforced", topic=CHIPS))
        nights.judge = Says(says)
        later = FINE.replace("38 million", "41 million")
        assert bool(nights.night(told("b", later, "enforced", topic=CHIPS, day=1), day=1).moves) is told_again


def test_short_items_have_a_threshold_of_their_own() -> None:
    rules = replace(DEFAULT_RULES, brief_alert=DEFAULT_RULES.alert_threshold + 0.1)
    full = told("a", FINE, "enforced", topic=CHIPS, score=DEFAULT_RULES.alert_threshold + 0.05)
    assert only(Nights(rules=rules).night(full).moves).severity == "alert"
    assert only(Nights(rules=rules).night(replace(full, route="brief")).moves).severity == "watch"


def test_a_strength_names_what_it_was_held_against() -> None:
    stub = told("a", FINE, "enforced", topic=CHIPS, text_kind="headline")
    for given, rule in (
        (told("a", FINE, "enforced", topic=CHIPS, score=0.4), "alert_threshold"),
        (told("a", FINE, "enforced", topic=CHIPS, score=0.2), "watch_threshold"),
        (replace(told("a", FINE, "enforced", topic=CHIPS), route="brief"), "brief_alert"),
        (replace(told("a", FINE, "enforced", topic=CHIPS, score=0.4), route="brief"), "brief_watch"),
        (stub, "thin_alone"),
    ):
        (group,) = lay_out(NightContext(FIRST, 1), [given], Known(), CATALOGUE, DEFAULT_RULES, PLAIN, None).groups
        power = strength(group, DEFAULT_RULES)
        needed = DEFAULT_RULES.alert_threshold if given is stub else getattr(DEFAULT_RULES, rule)
        assert (power.rule, power.needed) == (f"Rules.{rule}", needed)
        by_judge, soon = strength(group, DEFAULT_RULES, judged=0.0), strength(group, DEFAULT_RULES, stage_soon=True, judged=0.99)
        assert (by_judge.rule, by_judge.needed) == ("Rules.judged_watch", DEFAULT_RULES.judged_watch)
        assert soon.needed == pytest.approx(DEFAULT_RULES.judged_alert + DEFAULT_RULES.advance_margin)


def test_the_order_of_readings_changes_nothing() -> None:
    first, second = Nights(judge=shipped_judge()), Nights(judge=shipped_judge())
    assert first.night(*pool()) == second.night(*reversed(pool()))


def test_cues_say_where_a_text_denies_calls_or_explains() -> None:
    found = dict(zip(cue_names(), cues("Officials deny a ban", "Senators urge one.", "网传消息不实", "It was a hoax, a hoax"), strict=True))
    assert (found["denial:title"], found["denial:lead"], found["denial:best"], found["denial:all"]) == (1.0, 0.0, 1.0, 2.0)
    assert (found["call:title"], found["call:lead"]) == (0.0, 1.0)


def test_who_acts_fits_the_topic_or_speaks_against_it() -> None:
    gazetteer = Gazetteer(CATALOGUE)
    places = [gazetteer.find(text) for text in ("Commerce Department fines a firm", "Beijing objects", "rain")]
    found = dict(zip(issuer_names(), issuer_fit(places, frozenset({"us"})), strict=True))
    assert found["issuer_authority:title"] == 1.0
    assert found["issuer_side:lead"] == -1.0
    assert found["issuer_side:best"] == 0.0
    assert set(issuer_fit(places, frozenset())) == {0.0}
