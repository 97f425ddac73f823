"""What a known step covers, what it does not, and under which name each comparison goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone
from typing import Literal

import pytest

from extractors.model import Article
from gate.small_night import CATALOGUE, FIRST, Nights, article, claim, only, reading, told
from topics.decide import decision_order, lay_out
from topics.model import Claim, Kind, Known, KnownDocument, LedgerRow, NightContext
from topics.profiles import Naming
from topics.rules import DEFAULT_RULES
from topics.sketch import sketch
from topics.steps import known_steps
from topics.texts import READ

PROPOSED = """US proposes identity checks on tenants of data centers
The Commerce Department on Monday proposed that owners of data centers and lessors of AI chips identify their foreign tenants. \
Leases above 5 megawatts are covered and comments close on December 7."""
PROPOSED_TOO = """Landlords of AI halls must know their tenants under a US plan
Under a plan that the Commerce Department proposed on Monday, owners of data centers would have to identify foreign tenants. \
It covers leases above 5 megawatts."""
ADOPTED = """Commerce adopts the tenant identification rule for data centers
The Commerce Department on Friday adopted a final rule that makes owners of data centers identify foreign tenants from January 4, 2027. \
Lawyers had expected it."""
IN_FORCE = """Tenant checks for data centers take effect
The rule that makes owners of data centers identify foreign tenants took effect on Monday. \
The Commerce Department adopted it in November."""
POSTPONED = """Commerce postpones tenant checks for data centers
The Commerce Department postponed the tenant identification rule for data centers until March 1, 2027. Small owners had asked for time."""
POSTPONED_AGAIN = """Tenant checks for data centers put off once more
The Commerce Department postponed the tenant identification rule for data centers until June 1, 2027. Small owners had asked for time."""
TEXAS = """Texas bars Qwen from state phones
Texas barred Alibaba's Qwen from the phones and laptops of its state employees on Monday, the governor's office said. \
Agencies have a month."""
ITALY = """Italy blocks Qwen
Italy's privacy authority ordered the makers of Qwen to stop processing the data of Italians at once. An inquiry follows."""


def test_two_outlets_make_one_move_with_two_independent_witnesses() -> None:
    nights = Nights()
    nights.night(told("a", PROPOSED, "proposed"), told("b", PROPOSED_TOO, "proposed"))
    move = only(nights.result.moves)
    assert (move.kind, move.disposition, move.severity) == ("proposed", "raised", "alert")
    assert [(e.article_id, e.independent) for e in move.evidence] == [("a", True), ("b", True)]
    assert nights.verdict("a").covers_id == move.move_id == nights.verdict("b").covers_id


def test_who_told_first_is_asked_of_the_clock_and_not_of_its_spelling() -> None:
    early, late = (told(name, ADOPTED, "adopted") for name in "ab")
    at = late.article.told_at
    east = at.astimezone(timezone(timedelta(hours=8))) - timedelta(hours=1)  # an hour earlier, written with a later hour
    early = replace(early, article=replace(early.article, published_at=east))
    assert east.isoformat() > at.isoformat()
    assert sorted((late, early), key=decision_order) == [early, late]


def test_publishers_of_one_family_count_once() -> None:
    nights = Nights()
    third = told("c", PROPOSED_TOO + " New.", "proposed")
    nights.night(told("a", PROPOSED, "proposed", family="group"), told("b", PROPOSED_TOO, "proposed", family="group"), third)
    assert [e.independent for e in sorted(only(nights.result.moves).evidence, key=lambda e: e.article_id)] == [True, False, True]
    assert nights.result.ledger[0].support == "press:2"


def test_a_copy_adds_evidence_and_no_witness() -> None:
    nights = Nights(texts=READ)
    long = PROPOSED + " " + " ".join(f"Paragraph {n} says what lawyers of tenant {n} think of clause {n}." for n in range(30))
    nights.night(told("a", long, "proposed"), told("b", long, "proposed"))
    move = only(nights.result.moves)
    assert [(e.article_id, e.independent) for e in move.evidence] == [("a", True), ("b", False)]
    assert nights.verdict("b").outcome == "near_duplicate"
    assert nights.verdict("b").covers_id == "a"


def test_a_late_report_restates_the_known_step() -> None:
    nights = Nights()
    first = only(nights.night(told("a", PROPOSED, "proposed")).moves)
    assert not nights.night(told("b", PROPOSED_TOO, "proposed", day=2), day=2).moves
    verdict = nights.verdict("b")
    assert (verdict.outcome, verdict.covers_id) == ("restates_known", first.ledger_id)
    assert "same_step proposed 2026-11-02" in verdict.reasons[0]


def test_a_page_that_is_edited_later_leaves_the_step_where_its_first_text_told_it() -> None:
    nights = Nights()
    nights.night(told("a", PROPOSED, "proposed"))
    edited = replace(article("a", PROPOSED.replace("US proposes", "Updated: Lawyers on"), day=22), rev=2)
    nights.night(reading(edited, topics=["cloud-kyc"]), day=22)
    known = nights.memory.known(FIRST + timedelta(23))
    assert sorted(document.rev for document in known.documents) == [1, 2]
    (step,) = known_steps(known, Naming(CATALOGUE))
    assert (step.telling.first, step.telling.last) == (FIRST, FIRST)
    assert "lawyer" not in " ".join(step.telling.words)


def test_each_stage_is_a_step_of_one_matter() -> None:
    nights = Nights()
    proposed = only(nights.night(told("a", PROPOSED, "proposed")).moves)
    adopted = only(nights.night(told("b", ADOPTED, "adopted", day=18), day=18).moves)
    in_force = only(nights.night(told("c", IN_FORCE, "in_force", day=63), day=63).moves)
    assert adopted.before_id == proposed.ledger_id
    assert {m.matter_id for m in (proposed, adopted, in_force)} == {proposed.matter_id}
    assert "later_stage" in nights.verdict("c").reasons[0]


def test_a_second_postponement_is_a_second_move_and_the_same_one_told_twice_is_one() -> None:
    nights = Nights()
    first = only(nights.night(told("a", POSTPONED, "eased")).moves)
    assert not nights.night(told("b", POSTPONED.replace("Small owners", "Landlords"), "eased", day=1), day=1).moves
    second = only(nights.night(told("c", POSTPONED_AGAIN, "eased", day=20), day=20).moves)
    assert (second.matter_id, second.before_id) == (first.matter_id, first.ledger_id)
    assert second.move_id != first.move_id
    assert "changed_value" in nights.verdict("c").reasons[0]
    assert not nights.night(told("d", POSTPONED_AGAIN + " Really.", "eased", day=21), day=21).moves


def test_a_rule_is_not_in_force_before_its_day() -> None:
    nights = Nights()
    nights.night(told("a", ADOPTED, "adopted"))
    early = ADOPTED.replace("on Friday adopted a final rule that makes", "has put in force the final rule that makes")
    assert not nights.night(told("b", early, "in_force", day=1), day=1).moves
    assert "not_yet" in nights.verdict("b").reasons[0]


def test_an_earlier_stage_told_after_a_later_one_is_no_step() -> None:
    nights = Nights()
    nights.night(told("a", ADOPTED, "adopted"))
    text = ADOPTED.replace("on Friday adopted a final rule that makes", "had proposed a rule that would make").replace("adopts", "and")
    assert not nights.night(told("b", text, "proposed", day=3), day=3).moves
    assert "earlier_stage" in nights.verdict("b").reasons[0]


def test_one_step_told_with_another_verb_is_one_step() -> None:
    nights = Nights()
    nights.night(told("a", ADOPTED, "adopted"))
    assert not nights.night(told("b", ADOPTED.replace("Friday", "Monday"), "extended", day=1), day=1).moves
    assert "other_verb" in nights.verdict("b").reasons[0]


def test_bans_of_two_places_are_two_steps() -> None:
    nights = Nights()
    topic = "chinese-ai-bans"
    nights.night(told("a", TEXAS, "adopted", topic=topic), told("b", ITALY, "adopted", topic=topic))
    assert len(nights.result.moves) == 2


def test_one_happening_moves_two_topics_and_a_later_text_on_a_third_is_covered() -> None:
    nights = Nights()
    of = article("a", ADOPTED)
    nights.night(reading(of, claim(of, "adopted"), claim(of, "adopted", "chip-export-controls")))
    assert {m.topic for m in nights.result.moves} == {"cloud-kyc", "chip-export-controls"}
    assert not nights.night(told("b", ADOPTED + " Again.", "adopted", topic="entity-listings", day=2), day=2).moves
    assert "known_elsewhere" in nights.verdict("b").reasons[0]


@pytest.mark.parametrize(("second", "topic", "severity"), [(0.89, 0.6, "watch"), (0.95, 0.6, "alert"), (0.89, 0.95, "alert")])
def test_the_less_sure_of_two_topics_must_be_sure_in_itself_or_of_its_topic(second: float, topic: float, severity: str) -> None:
    nights, of = Nights(), article("a", ADOPTED)
    other = claim(of, "adopted", "chip-export-controls", score=second, topic_score=topic)
    nights.night(reading(of, claim(of, "adopted", score=0.97), other))
    assert {m.topic: m.severity for m in nights.result.moves} == {"cloud-kyc": "alert", "chip-export-controls": severity}


def test_a_second_topic_told_by_another_article_alerts_as_any_other() -> None:
    nights = Nights()
    nights.night(told("a", ADOPTED, "adopted", score=0.97), told("b", TEXAS, "adopted", topic="chinese-ai-bans", score=0.8))
    assert {m.severity for m in nights.result.moves} == {"alert"}


def official(name: str, text: str, number: str, day: int = 0) -> Article:
    return article(name, text, day=day, tier="official", official_ids=(f"fr_doc:{number}",), publisher="Federal Register")


FINAL = """Taking Additional Steps on Customer Identification; Final rule
In this final rule the Bureau of Industry and Security requires providers of infrastructure as a service to verify the identity of \
foreign customers. The rule is effective December 18, 2026."""


IMPOSED = "New Know Your Customer rules imposed on cloud providers require companies to verify the identity of foreign users."


def seed_known() -> Known:
    """What a seed says: KYC rules are imposed."""
    said = Claim(
        "c-seed", "seed", "seed-002", 1, "cloud-kyc", "adopted", "", "", ("alibaba",), (), (), "new", "past", IMPOSED, 0,
    )  # fmt: skip
    row = LedgerRow("l-seed", "m-seed", "cloud-kyc", "adopted", IMPOSED, ("alibaba",), None, "seed", "c-seed", FIRST - timedelta(100))
    drawn = sketch("Containment", f"{IMPOSED} Alibaba finds itself in a precarious position.", "en")
    seed = KnownDocument("seed-002", 1, "seed", "A seed", "", None, ("cloud-kyc",), "seed-002", drawn, "Containment")
    return Known(documents=(seed,), claims=(said,), ledger=(row,))


def test_a_seed_covers_the_press_that_says_the_same_and_never_an_official_step() -> None:
    known = seed_known()
    nights = Nights()
    vague = f"Cloud rules bite\n{IMPOSED} Alibaba has nothing to say."
    assert not nights.night(told("a", vague, "adopted"), documents=known.documents, claims=known.claims, ledger=known.ledger).moves
    assert nights.verdict("a").covers_id == "l-seed"
    of = official("d", FINAL, "2026-30001")
    move = only(nights.night(reading(of, claim(of, "adopted")), documents=known.documents, claims=known.claims, ledger=known.ledger).moves)
    assert (move.disposition, move.evidence[0].official) == ("raised", True)
    dated = f"Cloud rules bite\n{IMPOSED[:-1]}, as the Commerce Department ordered on Monday. Alibaba has nothing to say."
    assert (
        only(nights.night(told("b", dated, "adopted"), documents=known.documents, claims=known.claims, ledger=known.ledger).moves).before_id
        == "l-seed"
    )


def test_the_official_text_confirms_the_step_that_the_press_told_first() -> None:
    nights = Nights()
    press = """BIS makes cloud firms check customers
The Bureau of Industry and Security issued a final rule that requires providers of infrastructure as a service to verify the identity of \
foreign customers from December 18, 2026. Lawyers had expected it."""
    first = only(nights.night(told("a", press, "adopted")).moves)
    of = official("d", FINAL, "2026-30001", day=2)
    confirming = claim(of, "adopted")
    result = nights.night(reading(of, confirming), day=2)
    assert not result.moves
    assert result.confirmations == ((first.move_id, confirming.claim_id),)
    assert [(c.ledger_id, c.what, c.by) for c in result.changes] == [(first.ledger_id, "confirmed", confirming.claim_id)]


def test_each_official_document_is_an_act_of_its_own_and_its_number_covers_it() -> None:
    nights = Nights()
    one, two = official("d1", FINAL, "2026-30001"), official("d2", FINAL, "2026-30002")
    assert len(nights.night(reading(one, claim(one, "adopted")), reading(two, claim(two, "adopted"))).moves) == 2
    press = "Rule\nDocument No. 2026-30001, as the printed rule is called, binds cloud firms from December 18, 2026. Nobody cheers."
    assert not nights.night(told("p", press, "adopted", day=30), day=30).moves
    assert "same_number" in nights.verdict("p").reasons[0]
    later = official("d3", FINAL, "2026-30003", day=31)
    assert only(nights.night(reading(later, claim(later, "adopted")), day=31).moves).kind == "adopted"
    assert "other_number" in nights.verdict("d3").reasons[0]


def test_an_old_catalogue_step_does_not_hide_a_new_round() -> None:
    old = Claim(
        "c-cat", "catalogue", "us-iaas-cip", 1, "cloud-kyc", "adopted", "bis", "us-iaas-cip", ("bis",), (), ("2021-01-25",), "new", "past",
        "An order directed Commerce to write customer identification duties for cloud providers.", 0,
    )  # fmt: skip
    day = FIRST.replace(year=2021)
    row = LedgerRow("l-cat", "us-iaas-cip", "cloud-kyc", "adopted", "2021", ("bis",), day, "official", "c-cat", day)
    nights = Nights()
    text = "Plan\nThe Bureau of Industry and Security proposed a new cloud customer identification rule for resellers today. It is short."
    move = only(nights.night(told("a", text, "proposed"), claims=(old,), ledger=(row,)).moves)
    assert move.matter_id == "us-iaas-cip"


@pytest.mark.parametrize("modality", ["retold", "expected", "rumour", "opinion", "denied"])
def test_only_what_is_stated_as_new_moves(modality: str) -> None:
    nights = Nights()
    of = article("a", PROPOSED)
    nights.night(reading(of, replace(claim(of, "proposed"), modality=modality)))  # type: ignore[arg-type]
    assert not nights.result.moves
    assert nights.verdict("a").outcome == ("background" if modality in {"retold", "opinion"} else "no_move")


SEIZED = "Jury charges two over processors moved to China by way of Hanoi\nProsecutors put the worth of the servers at 11 million dollars."
HELD = """San Jose: couple arrested, accelerators went north
The complaint tells of 216 boxes marked as power supplies for servers, bound for China."""


@pytest.mark.parametrize(
    ("route", "kind", "score", "steps"),
    [("brief", "enforced", 0.8, 1), ("article", "enforced", 0.8, 2), ("brief", "proposed", 0.8, 2), ("brief", "enforced", 0.4, 2)],
)
def test_short_items_of_one_night_and_kind_need_few_words_in_common(
    route: Literal["brief", "article"], kind: Kind, score: float, steps: int
) -> None:
    first = replace(told("wire", SEIZED, "enforced", topic="chip-export-controls", score=0.8), route=route)
    other = replace(told("trade", HELD, kind, topic="chip-export-controls", score=score), route=route)
    laid = lay_out(NightContext(FIRST, 1), [first, other], Known(), CATALOGUE, DEFAULT_RULES, READ, None)
    assert len(laid.groups) == steps
