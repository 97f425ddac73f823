"""Alert or digest, late or learnt: what becomes of a new step by how sure it is, where and when it was told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gate.small_night import Nights, article, claim, only, reading, told
from topics.model import Kind, Reading
from topics.rules import DEFAULT_RULES

CHARGE = """Freight firm charged over Nvidia chips
Prosecutors charged the freight firm Kestrel Ridge on Monday with shipping 38 million dollars of Nvidia chips to China through Malaysia. \
The firm denies it."""
AGAIN = """Two managers held in chip case
The freight firm Kestrel Ridge and two managers stand charged since Monday with shipping 38 million dollars of Nvidia chips to China. \
A court meets in May."""
TOPIC = "chip-export-controls"


def charge(name: str = "a", score: float = 1.0, text: str = CHARGE, day: int = 0, kind: Kind = "enforced", **fields: object) -> Reading:
    return told(name, text, kind, topic=TOPIC, score=score, day=day, **fields)


@pytest.mark.parametrize(("score", "outcome"), [(0.9, "raised"), (0.4, "watch"), (0.2, None)])
def test_the_score_decides_between_alert_digest_and_nothing(score: float, outcome: str | None) -> None:
    nights = Nights()
    moves = nights.night(charge(score=score)).moves
    assert [m.disposition for m in moves] == ([outcome] if outcome else [])
    if outcome is None:
        assert nights.verdict("a").outcome == "no_move"
        assert "score 0.20 below 0.30" in nights.verdict("a").reasons[0]


def test_independent_publishers_add_up_and_copies_do_not() -> None:
    assert only(Nights().night(charge("a", 0.45), charge("b", 0.45, AGAIN)).moves).disposition == "raised"
    family = Nights().night(charge("a", 0.45, publisher="Same"), charge("b", 0.45, AGAIN, publisher="Same"))
    assert only(family.moves).disposition == "watch"


WEIGHTS_RULE = """Weights may not leave
The Commerce Department adopted a rule on Monday that keeps the weights of the largest closed models from export. It is final."""
LISTED = """Six more on the list
The Bureau of Industry and Security added six Chinese makers of test machines to the Entity List on Monday. They were surprised."""


@pytest.mark.parametrize("surest", range(3))
def test_a_nights_alerts_stand_before_its_watched_moves_the_surest_first(surest: int) -> None:
    scores = [(0.4, 0.7, 0.9)[(place + surest) % 3] for place in range(3)]
    tellings = [
        ("a", CHARGE, "enforced", TOPIC),
        ("b", WEIGHTS_RULE, "adopted", "model-weights"),
        ("c", LISTED, "adopted", "entity-listings"),
    ]
    readings = [told(name, text, kind, topic=topic, score=score) for (name, text, kind, topic), score in zip(tellings, scores, strict=True)]  # type: ignore[arg-type]
    moves = Nights().night(*readings).moves
    assert [(move.severity, move.confidence) for move in moves] == [("alert", 0.9), ("alert", 0.7), ("watch", 0.4)]


@pytest.mark.parametrize(("combination", "expected"), [("noisy_or", 0.64), ("mean_best_3", 0.4), ("best", 0.4)])
def test_each_way_of_combining(combination: str, expected: float) -> None:
    rules = replace(DEFAULT_RULES, combination=combination)  # type: ignore[arg-type]
    move = only(Nights(rules=rules).night(charge("a", 0.4), charge("b", 0.4, AGAIN)).moves)
    assert move.confidence == pytest.approx(expected)


def test_a_topic_may_ask_for_more() -> None:
    rules = replace(DEFAULT_RULES, topic_margin=((TOPIC, 0.3),))
    assert only(Nights(rules=rules).night(charge(score=0.7)).moves).disposition == "watch"
    assert only(Nights().night(charge(score=0.7)).moves).disposition == "raised"


def test_a_later_stage_may_ask_for_more() -> None:
    rules = replace(DEFAULT_RULES, advance_margin=0.3)
    first = "Plan\nThe Commerce Department proposed on Monday that makers of Nvidia servers report resales each quarter. It is a draft."
    second = "Rule\nThe Commerce Department adopted the rule that makers of Nvidia servers report resales each quarter. It is final."
    for day, expected in ((1, "watch"), (9, "raised")):
        nights = Nights(rules=rules)
        nights.night(charge("a", text=first, kind="proposed"))
        nights.night(charge("b", 0.6, second, day, "adopted"), day=day)
        assert only(nights.result.moves).disposition == expected


BARRED = "Texas bars Qwen\nTexas barred Qwen from the phones of state employees. Agencies have a month."


@pytest.mark.parametrize(("score", "official", "expected"), [(0.65, False, "watch"), (0.75, False, "raised"), (0.65, True, "raised")])
def test_a_second_step_of_a_topic_on_one_night_must_be_surer(score: float, official: bool, expected: str) -> None:
    other = told("b", BARRED, "adopted", topic=TOPIC, score=score)
    moves = Nights().night(charge("a", 0.9), replace(other, route="official") if official else other).moves
    assert {m.evidence[0].article_id: m.disposition for m in moves} == {"a": "raised", "b": expected}


def test_beside_an_official_step_of_its_topic_the_press_must_be_sure_even_when_it_is_surer() -> None:
    rule = replace(told("b", BARRED, "adopted", topic=TOPIC, score=0.61), route="official")
    for score, expected in ((0.65, "watch"), (0.75, "raised")):
        moves = Nights().night(charge("a", score), replace(rule, article=replace(rule.article, tier="official"))).moves
        assert {m.evidence[0].article_id: m.disposition for m in moves} == {"a": expected, "b": "raised"}


def test_a_page_that_is_changed_days_later_tells_a_later_stage_of_tonight() -> None:
    """It keeps the day of its first telling, and would else be a later stage of the same day for ever (FAULTS 54)."""
    for rev, expected in ((1, "watch"), (2, "raised")):
        nights = Nights(rules=replace(DEFAULT_RULES, advance_margin=0.3))
        nights.night(charge("a", text=PLAN, kind="proposed"))
        changed = charge("a" if rev > 1 else "b", 0.6, RULE.split("\n\n", maxsplit=1)[0], 0, "adopted")
        article = replace(changed.article, rev=rev)
        nights.night(replace(changed, article=article, claims=tuple(replace(c, rev=rev) for c in changed.claims)), day=9)
        assert only(nights.result.moves).disposition == expected


PLAN = "Plan\nThe Commerce Department proposed on Monday that makers of Nvidia servers report resales each quarter. It is a draft."
RULE = """Rule
The Commerce Department adopted the rule that makers of Nvidia servers report resales each quarter. It is final.

Alibaba was fined nine million dollars over a warehouse in Texas. It paid."""
FINED = "Alibaba was fined nine million dollars over a warehouse in Texas"


@pytest.mark.parametrize(("other", "day", "expected"), [(0.5, 1, "watch"), (0.7, 1, "raised"), (0.5, 9, "raised")])
def test_joined_with_another_group_a_later_stage_still_needs_its_margin(other: float, day: int, expected: str) -> None:
    nights = Nights()
    nights.night(charge("a", text=PLAN, kind="proposed"))
    of = article("b", RULE, day=day)
    nights.night(reading(of, claim(of, "adopted", TOPIC, score=0.65), claim(of, "enforced", TOPIC, FINED, other)), day=day)
    assert len({c.ledger_id for c in nights.result.claims}) == 1
    assert only(nights.result.moves).disposition == expected


def test_a_watched_step_is_raised_under_the_same_id_once_enough_tell_it() -> None:
    nights = Nights()
    watched = only(nights.night(charge(score=0.4)).moves)
    raised = only(nights.night(charge("b", 0.9, AGAIN, day=1), day=1).moves)
    assert (watched.disposition, raised.disposition, raised.severity) == ("watch", "raised", "alert")
    assert raised.move_id == watched.move_id
    assert not nights.night(charge("c", 0.9, AGAIN + " It rained.", day=2), day=2).moves


def test_an_old_watched_step_stays_watched() -> None:
    nights = Nights()
    nights.night(charge(score=0.4))
    assert not nights.night(charge("b", 0.9, AGAIN, day=6), day=6).moves


def test_signalled_is_for_the_digest_however_sure() -> None:
    move = only(Nights().night(charge(kind="signalled")).moves)
    assert (move.severity, move.disposition) == ("watch", "watch")


def test_a_stub_supports_and_never_alerts_alone() -> None:
    nights = Nights()
    move = only(nights.night(charge(text_kind="headline")).moves)
    assert (move.disposition, nights.verdict("a").outcome) == ("watch", "too_thin")
    with_text = Nights()
    with_text.night(charge("a", text_kind="headline"), charge("b", 0.9, AGAIN))
    assert only(with_text.result.moves).disposition == "raised"


def test_a_short_item_that_is_whole_alerts() -> None:
    short = replace(charge(text_kind="full"), route="brief")
    assert only(Nights().night(short).moves).disposition == "raised"


@pytest.mark.parametrize(("days", "expected"), [(2, "raised"), (5, "late"), (15, "learnt")])
def test_first_seen_days_after_it_was_told(days: int, expected: str) -> None:
    seen = charge()
    seen = replace(seen, article=replace(seen.article, first_seen_at=seen.article.told_at + timedelta(days)))
    assert only(Nights().night(seen, day=days).moves).disposition == expected


def test_one_fresh_text_makes_an_old_one_timely() -> None:
    old = charge()
    old = replace(old, article=replace(old.article, first_seen_at=old.article.told_at + timedelta(9)))
    assert only(Nights().night(old, charge("b", 1.0, AGAIN)).moves).disposition == "raised"


def test_learning_raises_nothing_but_a_new_official_text_is_watched() -> None:
    assert only(Nights().night(charge(), mode="learn").moves).disposition == "learnt"
    of = article("d", CHARGE, tier="official", official_ids=("fr_doc:2026-30001",))
    assert only(Nights().night(reading(of, claim(of, "enforced", TOPIC)), mode="learn").moves).disposition == "watch"
    old = replace(of, first_seen_at=of.told_at + timedelta(3))
    assert only(Nights().night(reading(old, claim(old, "enforced", TOPIC)), mode="learn").moves).disposition == "learnt"


def test_an_unarmed_source_or_topic_learns() -> None:
    assert only(Nights().night(charge(), unarmed_sources=frozenset({"s-a"})).moves).disposition == "learnt"
    both = Nights().night(charge(), charge("b", text=AGAIN), unarmed_sources=frozenset({"s-a"}))
    assert only(both.moves).disposition == "raised"
    assert only(Nights().night(charge(), unarmed_topics=frozenset({TOPIC})).moves).disposition == "learnt"


def test_what_was_learnt_is_known() -> None:
    nights = Nights()
    nights.night(charge(), mode="learn")
    assert not nights.night(charge("b", text=AGAIN, day=1), day=1).moves


def test_a_backfill_fills_and_confirms_and_a_reread_raises_nothing() -> None:
    nights = Nights()
    assert only(nights.night(charge(), mode="backfill").moves).disposition == "backfilled"
    result = nights.night(charge("b", text=AGAIN, day=1), day=1, mode="backfill")
    assert not result.moves
    assert [c.what for c in result.changes] == ["confirmed"]
    assert only(Nights().night(charge(), mode="reread").moves).disposition == "learnt"


def test_a_corrected_article_takes_its_step_back() -> None:
    nights = Nights()
    row = only(nights.night(charge()).moves).ledger_id
    of = replace(article("a", "Correction\nNobody was charged. An earlier version was wrong.", day=1), rev=2)
    result = nights.night(reading(of, topics=(TOPIC,)), day=1)
    assert [(c.ledger_id, c.what) for c in result.changes] == [(row, "retracted")]
    assert only(nights.night(charge("b", day=2), day=2).moves).kind == "enforced", "a retracted step covers nothing"


def test_a_revision_that_still_says_so_takes_nothing_back() -> None:
    nights = Nights()
    nights.night(charge())
    assert not nights.night(replace(charge(text=AGAIN, day=1), article=replace(article("a", AGAIN, day=1), rev=2)), day=1).changes


def test_verdicts_without_a_claim() -> None:
    nights = Nights()
    nights.night(
        charge(), reading(article("off", "Bees\nBees hum."), topics=()), reading(article("on", "Chips\nChips hum."), topics=(TOPIC,))
    )
    assert {v.article_id: v.outcome for v in nights.result.verdicts} == {"a": "move", "off": "off_topic", "on": "no_move"}
    assert all(v.reasons for v in nights.result.verdicts)
