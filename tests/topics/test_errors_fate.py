"""What became of an article, and which rule decided: hand-written nights in which every rule decides once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from gate.memory import Memory
from gate.small_night import CATALOGUE, FIRST, Nights, article, claim, reading, told
from topics.decide import decide
from topics.errors.diagnosis import Archive, diagnose
from topics.errors.fate import Fate, fate
from topics.errors.gold import Gold, GoldArticle, GoldMove
from topics.errors.matching import pair_moves
from topics.errors.report import case
from topics.errors.scene import Scene, Seen, set_up
from topics.errors.wrong import Wrong, wrong_decisions
from topics.model import Kind, Known, Move, NightContext, Reading, Verdict
from topics.rules import DEFAULT_RULES
from topics.texts import READ

FINE = """Firm fined
The Commerce Department fined the freight firm Kestrel Ridge 38 million dollars on Monday over Nvidia chips. It paid."""
AGAIN = """A fine and its lessons
The Commerce Department fined the freight firm Kestrel Ridge 38 million dollars on Monday over Nvidia chips. Lawyers took note."""
PAYS = """Kestrel Ridge pays up
Kestrel Ridge must pay the 38 million dollars that the Commerce Department fined it over Nvidia chips. It agreed."""
BAN = "Texas bars Qwen\nTexas barred Alibaba's Qwen from state phones on Monday. Agencies have a month."
PLAN = "Plan\nThe Commerce Department proposed on Monday that makers of Nvidia servers report resales each quarter. It is a draft."
RULE = "Rule\nThe Commerce Department adopted the rule that makers of Nvidia servers report resales each quarter. It is final."
TOPIC = "chip-export-controls"


def scene_of(*readings: Reading, nights: Nights | None = None, day: int = 0) -> Scene:
    nights = nights or Nights(texts=READ)
    known = nights.memory.known(date.fromordinal(FIRST.toordinal() + day))
    result = nights.night(*readings, day=day)
    return set_up(Seen(result.context, readings, known, result), CATALOGUE, DEFAULT_RULES)


def fate_of(scene: Scene, name: str, topic: str = TOPIC) -> Fate:
    return fate(scene, None, name, topic)


def fine(name: str, score: float = 1.0, *, text: str = FINE, kind: Kind = "enforced", day: int = 0, **fields: object) -> Reading:
    return told(name, text, kind, topic=TOPIC, score=score, day=day, **fields)


def test_a_scene_is_the_night_again() -> None:
    nights = Nights(texts=READ)
    nights.night(fine("a"), told("b", BAN, "adopted", topic="chinese-ai-bans"))
    known = nights.memory.known(date.fromordinal(FIRST.toordinal() + 1))
    tonight = (fine("c", text=AGAIN, day=1), fine("d", 0.2, text=AGAIN, day=1))
    result = nights.night(*tonight, day=1)
    scene = set_up(Seen(result.context, tonight, known, result), CATALOGUE, DEFAULT_RULES)
    again = decide(scene.seen.context, scene.seen.readings, scene.seen.known, CATALOGUE, DEFAULT_RULES)
    assert again == result
    assert scene.settled.weighed.keys() == {c.claim_id for c in result.claims}


@pytest.mark.parametrize(
    ("score", "stage", "rule", "needed"),
    [
        (0.9, "told", "Rules.alert_threshold", DEFAULT_RULES.alert_threshold),
        (0.5, "watched", "Rules.alert_threshold", DEFAULT_RULES.alert_threshold),
        (0.2, "weak", "Rules.watch_threshold", DEFAULT_RULES.watch_threshold),
        (0.1, "below the floor", "Rules.claim_floor", DEFAULT_RULES.claim_floor),
    ],
)
def test_a_score_is_held_against_the_threshold_that_it_met(score: float, stage: str, rule: str, needed: float) -> None:
    found = fate_of(scene_of(fine("a", score)), "a")
    assert (found.stage, found.deciding.rule, found.deciding.value, found.deciding.needed) == (stage, rule, score, needed)
    assert found.deciding.margin == pytest.approx(score - needed)


def test_a_later_stage_that_comes_soon_is_held_against_its_margin() -> None:
    nights = Nights(texts=READ)
    nights.night(fine("a", text=PLAN, kind="proposed"))
    found = fate_of(scene_of(fine("b", 0.65, text=RULE, kind="adopted", day=1), nights=nights, day=1), "b")
    assert found.stage == "watched"
    assert found.deciding.needed == pytest.approx(DEFAULT_RULES.alert_threshold + DEFAULT_RULES.advance_margin)


def test_the_less_sure_of_two_topics_is_held_against_the_rule_for_a_second_one() -> None:
    both = article("a", FINE)
    claims = [claim(both, "enforced", TOPIC), claim(both, "enforced", "entity-listings", score=0.8, topic_score=0.5)]
    scene = scene_of(reading(both, *claims))
    first, second = fate_of(scene, "a"), fate_of(scene, "a", "entity-listings")
    assert (first.stage, first.deciding.rule) == ("told", "Rules.alert_threshold")
    assert (second.stage, second.deciding.rule, second.deciding.needed) == ("watched", "Rules.second_alert", DEFAULT_RULES.second_alert)


def test_two_weak_groups_of_one_story_are_held_together_as_they_were_weighed() -> None:
    tonight = (fine("a", 0.15), told("b", BAN, "adopted", topic=TOPIC, score=0.15))
    texts = replace(READ, stories=lambda readings, *_: {(r.article.article_id, r.article.rev): "one" for r in readings})
    result = decide(NightContext(FIRST, 1), tonight, Known(), CATALOGUE, DEFAULT_RULES, texts)
    scene = set_up(Seen(result.context, tonight, Known(), result), CATALOGUE, DEFAULT_RULES, texts)
    for name in "ab":
        found = fate_of(scene, name)
        assert found.stage == "weak"
        assert found.deciding.value == pytest.approx(1 - 0.85**2)
        assert "2 claims" in found.deciding.text


def test_a_step_told_again_names_the_threshold_of_sameness_with_its_margin() -> None:
    nights = Nights(texts=READ)
    nights.night(fine("a"))
    found = fate_of(scene_of(fine("b", text=PAYS, day=1), nights=nights, day=1), "b")
    assert (found.stage, found.deciding.rule, found.deciding.needed) == ("known", "Rules.same_step", DEFAULT_RULES.same_step)
    assert found.deciding.margin is not None
    assert found.deciding.margin > 0
    assert f"enforced, {FIRST}" in found.deciding.text


def test_a_copy_names_the_copy_rule() -> None:
    body = FINE + " " + " ".join(f"Sentence number {n} of the report tells of shipments in week {n} to a depot." for n in range(12))
    weak = reading(article("a", body), topics=(TOPIC,))
    found = fate_of(scene_of(weak, reading(article("b", body), topics=(TOPIC,))), "b")
    assert (found.stage, found.deciding.rule) == ("copy", "CopyRules.mostly")
    assert found.deciding.value == 1.0


def test_what_the_reader_left_out_is_named() -> None:
    routine = reading(article("a", FINE), topics=(TOPIC,), notes=("routine_notice",))
    expected = reading(of := article("b", BAN), claim(of, "adopted", TOPIC, modality="expected"))
    scene = scene_of(routine, expected)
    assert fate_of(scene, "a").deciding.text == "left unread: routine_notice"
    assert (fate_of(scene, "b").stage, fate_of(scene, "b").deciding.rule) == ("not new", "decide.counts")
    assert fate_of(scene, "b", "entity-listings").stage == "no claim"
    assert fate_of(scene, "zzz").stage == "not heard"


def test_a_stub_alone_names_the_rule_about_stubs() -> None:
    found = fate_of(scene_of(fine("a", text_kind="headline")), "a")
    assert (found.stage, found.deciding.rule) == ("watched", "Rules.thin_alone")


def archive(gold: Gold, nights: Sequence[tuple[Reading, ...]]) -> tuple[tuple[Wrong, ...], Archive]:
    """Decide nights of readings and hold them against labels."""
    memory, moves = Memory(), list[Move]()
    scenes, verdicts = dict[date, Scene](), list[tuple[date, Verdict]]()
    for number, tonight in enumerate(nights):
        night = date.fromordinal(FIRST.toordinal() + number)
        known = memory.known(night)
        result = decide(NightContext(night, number + 1), tonight, known, CATALOGUE, DEFAULT_RULES)
        memory = memory.take(result, tonight)
        scenes[night] = set_up(Seen(result.context, tonight, known, result), CATALOGUE, DEFAULT_RULES)
        verdicts += [(night, v) for v in result.verdicts]
        moves += result.moves
    found = wrong_decisions(pair_moves(moves, gold), verdicts, gold)
    return found, Archive(gold, {v.article_id: n for n, v in verdicts}, {"a": "own-1"}, scenes.__getitem__, lambda _: None)


def labels(*moves: GoldMove, **relations: str) -> Gold:
    return Gold(moves, {name: GoldArticle(relation) for name, relation in relations.items()})


def gold_fine(*articles: str, kind: Kind = "enforced", topic: str = TOPIC) -> GoldMove:
    quote = FINE.split("\n")[1].split(". ", maxsplit=1)[0]
    return GoldMove("fine", topic, kind, "alert", FIRST, articles, "A fine", "none", "38 million", {articles[0]: (quote,)})


def test_a_missed_move_is_decided_by_the_article_that_came_furthest() -> None:
    nights = [(fine("a", 0.1), fine("b", 0.2, text=BAN))]
    (wrong,), book = archive(labels(gold_fine("a", "b"), a="move", b="move"), nights)
    first, second = diagnose(wrong, book)
    assert (wrong.labels, first.rule, second.rule) == (("missed",), "Rules.watch_threshold", "Rules.claim_floor")
    assert first.text.startswith("b weak")
    assert second.text.startswith("own-1 below the floor")


def test_a_false_alert_is_too_sure_or_not_seen_to_be_known_by_what_its_labels_say() -> None:
    quiet = [(fine("a"),), (told("z", BAN, "enforced", topic=TOPIC, day=1),)]
    gold = labels(gold_fine("a"), a="move", z="hard_negative")
    (wrong,), book = archive(gold, quiet)
    assert [d.rule for d in diagnose(wrong, book)] == ["Rules.alert_threshold", "Rules.same_step"]
    late = replace(gold, articles={**gold.articles, "z": GoldArticle("late_report")})
    (wrong,), book = archive(late, quiet)
    assert [d.rule for d in diagnose(wrong, book)] == ["Rules.same_step", "Rules.alert_threshold"]


def test_a_repeat_is_held_against_the_move_that_told_it_first() -> None:
    gold = labels(gold_fine("a", "z"), a="move", z="late_report")
    (wrong,), book = archive(gold, [(fine("a"),), (told("z", BAN, "enforced", topic=TOPIC, day=1),)])
    found = diagnose(wrong, book)[0]
    assert (wrong.labels, found.rule) == (("repeat",), "Rules.same_step")
    assert f"raised on {FIRST}" in found.text
    assert found.margin is not None
    assert found.margin < 0


def test_a_late_move_says_what_stopped_it_on_its_night() -> None:
    gold = labels(gold_fine("a", "b"), a="move", b="late_report")
    (wrong,), book = archive(gold, [(fine("a", 0.2),), (fine("b", text=BAN, day=1),)])
    assert wrong.labels[0] == "late"
    assert diagnose(wrong, book)[0].text.startswith("own-1 weak")


def test_a_wrong_topic_kind_and_quote_are_told_as_such_without_models_too() -> None:
    (wrong, *_), book = archive(labels(gold_fine("a", topic="cloud-kyc"), a="move"), [(fine("a"),)])
    assert diagnose(wrong, book)
    (wrong,), book = archive(labels(gold_fine("a", kind="adopted"), a="move"), [(fine("a"),)])
    assert (wrong.labels, diagnose(wrong, book)[0].rule) == (("wrong kind",), "the reader")
    other = replace(gold_fine("a"), quotes={"a": ("Nothing of the kind stands there.",)})
    (wrong,), book = archive(labels(other, a="move"), [(fine("a"),)])
    assert wrong.labels == ("wrong quote",)
    assert diagnose(wrong, book)[0].text == "quoted another sentence"


def test_a_case_shows_text_claims_neighbours_and_verdict() -> None:
    gold = labels(gold_fine("a", "z"), a="move", z="late_report")
    (wrong,), book = archive(gold, [(fine("a"),), (told("z", BAN, "enforced", topic=TOPIC, day=1),)])
    found = case(wrong, book)
    (shown,) = found.articles
    assert (shown.title, shown.relation, shown.outcome) == ("Texas bars Qwen", "late_report", "move")
    assert shown.covers.startswith("move of tonight")
    assert [(c.kind, c.score, c.came_to, c.counts) for c in shown.claims] == [("enforced", 1.0, "move", True)]
    step = shown.near[0]
    assert step.quote.startswith("The Commerce Department fined")
    assert step.score == pytest.approx(sum(value for _, value in step.parts), abs=1e-3)
    assert found.raised is not None
    assert found.raised.headline == "Texas bars Qwen"
