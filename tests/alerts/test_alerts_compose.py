"""compose(): what becomes an alert, an update, a confirmation, a retraction, a digest line, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import permutations

import pytest

from alerts.compose import compose, health, retraction
from alerts.model import Alert, Route
from extractors.model import Article, h
from topics.model import (
    Catalogue,
    Claim,
    Evidence,
    Known,
    KnownDocument,
    LedgerChange,
    LedgerRow,
    Matter,
    MatterKey,
    Mode,
    Move,
    MoveDisposition,
    NightResult,
)
from topics.sketch import sketch

ALL = (Route(frozenset({"*"}), frozenset({"alert", "watch", "digest", "health"}), ("files",)),)
Moves = Callable[..., Move]
Nights = Callable[..., NightResult]


def test_one_alert_per_matter_with_its_topics_as_labels(move: Moves, night: Nights, catalogue: Catalogue) -> None:
    same_step = move(topic="chip-export-controls", move_id=h("other topic"))
    later_step = move(kind="in_force", value="2026-11-06", move_id=h("in force"))
    composed = compose(night(move(), same_step, later_step), catalogue, ALL, ())
    assert len(composed) == 1
    alert = composed[0]
    assert alert.purpose == "new"
    assert alert.topics == ("chip-export-controls", "cloud-kyc")
    assert [line.kind for line in alert.lines] == ["adopted", "in_force"]  # the two topics of one step share a line
    assert set(alert.move_ids) == {move().move_id, h("other topic"), h("in force")}
    assert alert.alert_id == h("new", *sorted(alert.move_ids))
    assert alert.title == "BIS finalises Customer identification rule (+1 more)"


def test_a_line_says_what_was_known_who_reports_it_and_how_sure(move: Moves, night: Nights, catalogue: Catalogue) -> None:
    line = compose(night(move()), catalogue, ALL, ())[0].lines[0]
    assert line.known_before == "2024-01-29 proposed: a draft for comment"  # the catalogue's last step before the night
    assert (line.publisher, line.others) == ("Harbour Gazette", ("Tidewater Post",))
    assert not line.official
    assert line.keys == ("rin:0000-XX00",)
    assert line.urls == ("https://harbour-gazette.example/a", "https://tidewater-post.example/a")


def test_the_step_that_a_move_changes_wins_over_the_catalogue(move: Moves, night: Nights, catalogue: Catalogue) -> None:
    line = compose(night(move(before="in force from 1 May")), catalogue, ALL, ())[0].lines[0]
    assert line.known_before == "in force from 1 May"


def test_the_official_text_is_quoted_first(move: Moves, night: Nights, catalogue: Catalogue, told_by: Callable[..., Evidence]) -> None:
    official = told_by("Register", "The rule is adopted.", official=True)
    dependent = told_by("Copy Wire", independent=False)
    result = night(move(evidence=(told_by("Harbour Gazette"), dependent, official)))
    line = compose(result, catalogue, ALL, ())[0].lines[0]
    assert (line.quote, line.publisher, line.official) == ("The rule is adopted.", "Register", True)
    assert line.others == ("Harbour Gazette",)


def test_a_long_quote_is_a_verbatim_beginning(move: Moves, night: Nights, catalogue: Catalogue, told_by: Callable[..., Evidence]) -> None:
    body = "The bureau adopts a long rule. " * 30
    line = compose(night(move(evidence=(told_by("Harbour Gazette", body),))), catalogue, ALL, ())[0].lines[0]
    assert body.startswith(line.quote)
    assert line.quote_cut
    assert 200 < len(line.quote) <= 300


def test_a_matter_told_before_gets_an_update(move: Moves, night: Nights, catalogue: Catalogue) -> None:
    assert compose(night(move()), catalogue, ALL, {"us-rule"})[0].purpose == "update"
    assert compose(night(move()), catalogue, ALL, {"another"})[0].purpose == "new"


def test_a_minted_matter_is_titled_by_the_headline(
    move: Moves, night: Nights, catalogue: Catalogue, minted: tuple[Matter, MatterKey]
) -> None:
    matter, key = minted
    alert = compose(night(move(matter_id="m1"), matters=(matter,), keys=(key,)), catalogue, ALL, ())[0]
    assert alert.title == "Adopted: The bureau adopts its rule"
    assert (alert.lines[0].measure, alert.lines[0].keys) == ("Port licence order", ("docket:D-1",))


def test_a_case_or_a_company_is_titled_by_the_headline(move: Moves, night: Nights, catalogue: Catalogue) -> None:
    given = move(kind="enforced", value="fined", headline="Reseller fined for shipments")
    assert compose(night(given), catalogue, ALL, ())[0].title == "Enforced: Reseller fined for shipments"


def test_the_day_of_application_stands_in_the_title(move: Moves, night: Nights, catalogue: Catalogue) -> None:
    result = night(move())
    row = replace(result.ledger[0], applies_on=date(2027, 1, 2))
    assert compose(replace(result, ledger=(row,)), catalogue, ALL, ())[0].title.endswith("; names 2 Jan 2027")


def test_watch_moves_go_into_one_digest_with_the_notes(move: Moves, night: Nights, catalogue: Catalogue) -> None:
    one = move(kind="signalled", severity="watch", value="a", move_id=h("a"))
    two = move(kind="surge", severity="watch", value="b", move_id=h("b"), disposition="watch", matter_id="m2")
    composed = compose(night(one, two), catalogue, ALL, (), ["61 of 63 sources heard"])
    assert [a.purpose for a in composed] == ["digest"]
    assert composed[0].title == "2026-11-06: 2 to watch"
    assert composed[0].notes == ("61 of 63 sources heard",)
    assert composed[0].alert_id == h("digest", "2026-11-06", *sorted([h("a"), h("b")]))


def test_a_quiet_night_is_one_line(night: Nights, catalogue: Catalogue) -> None:
    composed = compose(night(), catalogue, ALL, (), ["61 of 63 sources heard, 2 silent since 4 November"])
    assert [(a.purpose, a.title, a.lines) for a in composed] == [("digest", "2026-11-06: nothing moved", ())]
    assert composed[0].alert_id == h("digest", "2026-11-06")
    assert compose(night(), catalogue, ALL, ()) == ()


def test_a_night_with_an_alert_needs_no_quiet_line(move: Moves, night: Nights, catalogue: Catalogue) -> None:
    assert [a.purpose for a in compose(night(move()), catalogue, ALL, (), ["63 of 63 sources heard"])] == ["new"]


def test_no_digest_where_no_route_wants_one(night: Nights, catalogue: Catalogue) -> None:
    routes = (Route(frozenset({"*"}), frozenset({"alert"}), ("files",)),)
    assert compose(night(), catalogue, routes, (), ["63 of 63 sources heard"]) == ()


def test_the_first_night_reports_and_alerts_nothing(move: Moves, night: Nights, catalogue: Catalogue) -> None:
    composed = compose(night(move(disposition="learnt"), mode="learn"), catalogue, ALL, (), ["read 1,480 articles, 212 known steps"])
    assert [(a.purpose, a.title) for a in composed] == [("digest", "2026-11-06: watching from now")]


def test_a_fresh_official_text_of_the_first_night_is_watched(move: Moves, night: Nights, catalogue: Catalogue) -> None:
    composed = compose(night(move(disposition="watch"), mode="learn"), catalogue, ALL, (), ["read 12 articles"])
    assert [line.severity for line in composed[0].lines] == ["watch"]


@pytest.mark.parametrize("mode", ["backfill", "reread"])
def test_the_past_alerts_nothing(mode: Mode, move: Moves, night: Nights, catalogue: Catalogue) -> None:
    assert compose(night(move(), mode=mode), catalogue, ALL, (), ["a note"]) == ()


@pytest.mark.parametrize(("disposition", "told"), [("raised", 1), ("late", 1), ("learnt", 0), ("backfilled", 0)])
def test_only_raised_and_late_moves_alert(
    disposition: MoveDisposition, told: int, move: Moves, night: Nights, catalogue: Catalogue
) -> None:
    composed = compose(night(move(disposition=disposition)), catalogue, ALL, ())
    assert len(composed) == told
    assert [x.mark for a in composed for x in a.lines] == (["late"] if disposition == "late" else [""] * told)


def official_claim(row: LedgerRow) -> tuple[Claim, Article, Known]:
    claim = Claim("c9", "article", "p_9", 1, row.topic, row.kind, "", "", (), (), (), "new", "past", "The final rule is published.", 0)
    at = datetime(2026, 11, 6, tzinfo=UTC)
    article = Article("p_9", 1, "https://register.example/9", "Register", "en", "Rule", "The final rule is published.", at, at)
    return claim, article, Known(ledger=(row,))


def test_an_official_text_confirms_what_was_told(move: Moves, night: Nights, catalogue: Catalogue) -> None:
    row = replace(night(move()).ledger[0], night=date(2026, 11, 2))
    claim, article, known = official_claim(row)
    result = night(claims=(claim,), confirmations=((row.ledger_id, claim.claim_id),))
    told = {move().move_id, "us-rule"}
    composed = compose(result, catalogue, ALL, told, known=known, articles=[article])
    assert [(a.purpose, a.matter_id, a.move_ids) for a in composed] == [("confirmation", "us-rule", (move().move_id,))]
    line = composed[0].lines[0]
    assert (line.quote, line.url, line.official) == ("The final rule is published.", "https://register.example/9", True)
    assert compose(result, catalogue, ALL, (), known=known, articles=[article]) == ()  # nobody was told of it


def test_of_two_revisions_of_one_night_a_line_shows_the_one_that_told_it(move: Moves, night: Nights, catalogue: Catalogue) -> None:
    row = replace(night(move()).ledger[0], night=date(2026, 11, 2))
    claim, article, known = official_claim(row)
    result = night(claims=(claim,), confirmations=((row.ledger_id, claim.claim_id),))
    later = replace(article, rev=2, url="https://register.example/9-corrected", published_at=datetime(2026, 11, 7, tzinfo=UTC))
    for texts in ([article, later], [later, article]):
        line = compose(result, catalogue, ALL, {move().move_id}, known=known, articles=texts)[0].lines[0]
        assert (line.url, line.told_at) == (article.url, "2026-11-06T00:00:00+00:00")

    change = LedgerChange(row.ledger_id, "retracted", "p_9:2", "the publisher corrected it")
    taken = compose(night(changes=(change,)), catalogue, ALL, {move().move_id}, known=known, articles=[later, article])[0]
    assert (taken.lines[0].url, taken.notes) == (later.url, ("Register published a correction: the publisher corrected it",))


def test_what_was_known_before_is_dated_by_the_revision_that_told_it(move: Moves, night: Nights, catalogue: Catalogue) -> None:
    row = replace(night(move()).ledger[0], ledger_id="l0", claim_id="c9")
    claim = replace(official_claim(row)[0], rev=2)
    first = KnownDocument("p_9", 1, "article", "Register", "", date(2026, 11, 1), (), "s", sketch("t", "b", "en"))
    known = Known(documents=(first, replace(first, rev=2, night=date(2026, 11, 4))), claims=(claim,), ledger=(row,))
    line = compose(night(move(kind="eased", before="adopted", before_id="l0")), catalogue, ALL, (), known=known)[0].lines[0]
    assert (line.known_by, line.known_on) == ("Register", "2026-11-04")


def test_a_step_taken_back_is_withdrawn_once_it_was_told(move: Moves, night: Nights, catalogue: Catalogue) -> None:
    row = night(move()).ledger[0]
    claim, article, known = official_claim(row)
    result = night(claims=(claim,), changes=(LedgerChange(row.ledger_id, "retracted", "c9", "the publisher corrected it"),))
    composed = compose(result, catalogue, ALL, {move().move_id}, known=known, articles=[article])
    assert [(a.purpose, a.notes, a.lines[0].mark) for a in composed] == [("retraction", ("the publisher corrected it",), "withdrawn")]
    assert compose(result, catalogue, ALL, (), known=known) == ()


def test_a_person_can_take_an_alert_back(alert: Callable[..., Alert]) -> None:
    back = retraction(alert(), "the reader took a draft for the rule", "2026-11-08")
    assert (back.purpose, back.matter_id, back.move_ids) == ("retraction", "matter-1", alert().move_ids)
    assert back.notes == ("the reader took a draft for the rule",)
    assert back.alert_id == h("retraction", *alert().move_ids)


def test_health_is_one_per_night_and_key() -> None:
    assert health("2026-11-06", "blind", ["no source heard"]).alert_id == h("health", "2026-11-06")
    assert health("2026-11-06", "blind", [], "x").alert_id != health("2026-11-06", "blind", [], "y").alert_id


def test_the_order_of_moves_changes_nothing(move: Moves, night: Nights, catalogue: Catalogue) -> None:
    moves = (move(), move(kind="eased", value="x"), move(matter_id="m2"), move(topic="model-weights", move_id=h("t")))
    first = compose(night(*moves), catalogue, ALL, ())
    for shuffled in permutations(moves):
        assert compose(night(*shuffled), catalogue, ALL, ()) == first
