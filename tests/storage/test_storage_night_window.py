"""W2: a decided night is stored whole, and what it may not store is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from storage.as_of import View
from storage.errors import BadRecord, StoreError
from storage.model import RunOutcome
from storage.store import Store
from storage.window import Window
from topics.model import LedgerChange, MatterKey

Make = Any
TABLES = ("verdict", "claim", "matter", "matter_key", "ledger", "ledger_change", "move", "alert", "delivery", "sketch", "band")


def counts(window: Window) -> dict[str, int]:
    return {name: window._open().execute(f"SELECT count(*) FROM {name}").fetchall()[0][0] for name in TABLES}


@pytest.mark.parametrize(("told", "known_as"), [(1, 1), (2, 2), (3, 2)])
def test_a_document_was_told_on_its_own_day_and_never_after_the_night_that_decided_it(
    store: Store, make: Make, told: int, known_as: int
) -> None:
    with store.window() as window:
        make.full_night(window, [1], make.night(2), told=make.night(told))
        for view in (View.by_run(1), View.by_night(make.night(3))):
            assert [d.night for d in window.slice(view, make.probes()).documents] == [make.night(known_as)]


def test_a_night_is_stored_whole_and_read_back(store: Store, make: Make) -> None:
    with store.window() as window:
        run = make.full_night(window, [1, 2], make.night(1))
        assert counts(window) == dict.fromkeys(TABLES, 2) | {"ledger_change": 0, "band": 4}
        assert window.undecided("night", make.night(1)) == ()
        known = window.slice(View.by_run(run.run_seq), make.probes())
        articles = [replace(make.article(n), rev=1) for n in (1, 2)]
        expected = make.result(articles, run.run_seq, make.night(1))
        assert known.claims == tuple(sorted(expected.claims, key=lambda c: c.claim_id))
        assert known.ledger == tuple(sorted(expected.ledger, key=lambda row: row.ledger_id))
        assert known.matters == expected.matters
        assert known.keys == expected.keys
        assert known.move_ids == {move.move_id for move in expected.moves}
        assert {d.doc_id: d.sketch for d in known.documents} == {
            a.article_id: make.sketch(n) for n, a in zip((1, 2), articles, strict=True)
        }
        assert {(d.family, d.night, d.topics, d.story_id == d.doc_id) for d in known.documents} == {
            ("alpha group", make.night(1), ("chips",), True)
        }
        window.publish_snapshot()
    with store.read() as reads:
        assert [row.move for row in reads.moves()] == sorted(expected.moves, key=lambda move: move.move_id)
        (ended,) = reads.runs()
        assert (ended.outcome, ended.counts, ended.finished_at) == ("done", (("read", 2),), make.now)


def test_a_night_is_recorded_once(store: Store, make: Make) -> None:
    with store.window() as window:
        run = make.full_night(window, [1], make.night(1))
        with pytest.raises(StoreError, match="run 1 ended as done"):
            window.record_night(run.run_seq, make.result([], 1, make.night(1)), (), (), (), "done", {}, make.now)


def test_a_move_that_exists_is_confirmed_not_doubled(store: Store, make: Make) -> None:
    with store.window() as window:
        make.full_night(window, [1], make.night(1))
        run = make.begin(window, make.night(2))
        other = make.article(1, text="The rule number 1 takes effect.\n\nTold by another.", source="beta", article_id="p_other")
        window.record_source(run.run_seq, make.reading([other], source="beta"), None, make.now)
        found = window.undecided("night", make.night(2))
        result = make.result(found, run.run_seq, make.night(2))
        window.record_night(run.run_seq, result, make.readings(found), (), (), "done", {}, make.now)
        assert counts(window)["move"] == 1
        assert counts(window)["ledger"] == 1
        known = window.slice(View.by_run(2), make.probes())
        (row,) = known.ledger
        assert row.night == make.night(1)
        assert known.changes == (LedgerChange(row.ledger_id, "confirmed", result.claims[0].claim_id, "told again as raised"),)


def test_an_official_confirmation_of_a_move_is_a_change_of_its_ledger_row(store: Store, make: Make) -> None:
    with store.window() as window:
        make.full_night(window, [1], make.night(1))
        (move_id,) = window.slice(View.by_run(1), make.probes()).move_ids
        run = make.begin(window, make.night(2))
        result = replace(make.result([], run.run_seq, make.night(2)), confirmations=((move_id, "claim-x"), ("ledger-y", "claim-x")))
        window.record_night(run.run_seq, result, (), (), (), "done", {}, make.now)
        rows = window._open().execute('SELECT ledger_id, "by", reason FROM ledger_change ORDER BY 1').fetchall()
        (row,) = window.slice(View.by_run(2), make.probes()).ledger
    assert set(rows) == {(row.ledger_id, "claim-x", "official text"), ("ledger-y", "claim-x", "official text")}


def test_what_a_text_does_not_say_is_not_stored(store: Store, make: Make) -> None:
    with store.window() as window:
        run = make.begin(window, make.night(1))
        window.record_source(run.run_seq, make.reading([make.article(1)]), None, make.now)
        found = window.undecided("night", make.night(1))
        good = make.result(found, run.run_seq, make.night(1))
        alert = make.alert(good.moves[0])
        bad_claim = replace(good, claims=(replace(good.claims[0], quote="The rule number 1 is dropped."),))
        bad_evidence = replace(good, moves=(replace(good.moves[0], evidence=(replace(good.moves[0].evidence[0], quote="No."),)),))
        unknown = replace(good, claims=(replace(good.claims[0], rev=7),))
        invented = replace(alert, lines=(replace(alert.lines[0], quote="Never said"),))
        twice = replace(good, verdicts=good.verdicts * 2)
        for result, alerts, message in (
            (bad_claim, (alert,), "claim .* quotes what"),
            (bad_evidence, (alert,), "the evidence of move"),
            (unknown, (alert,), "rev 7, which is not stored"),
            (good, (invented,), "what none of its articles says"),
            (twice, (alert,), "two verdicts"),
        ):
            with pytest.raises(BadRecord, match=message):
                window.record_night(run.run_seq, result, make.readings(found), alerts, (make.delivery(alert),), "done", {}, make.now)
            assert counts(window) == dict.fromkeys(TABLES, 0)
        cut = replace(alert, lines=(replace(alert.lines[0], quote="The rule\nnumber 1 takes …"),))
        window.record_night(run.run_seq, good, make.readings(found), (cut,), (make.delivery(alert),), "done", {}, make.now)
        assert counts(window)["alert"] == 1


def test_composing_the_same_alert_again_leaves_its_delivery_alone(store: Store, make: Make) -> None:
    with store.window() as window:
        make.full_night(window, [1], make.night(1))
        (delivery,) = window.pending_deliveries(make.now)
        window.set_delivery(delivery.delivery_id, "sent", 1, None, "ref", make.now)
        run = make.begin(window, make.night(2))
        move = make.result([replace(make.article(1), rev=1)], 1, make.night(1)).moves[0]
        alert = make.alert(move)
        window.record_night(run.run_seq, make.result([], 2, make.night(2)), (), (alert,), (make.delivery(alert),), "done", {}, make.now)
        assert window.pending_deliveries(make.now) == ()
        assert counts(window)["alert"] == 1


def test_a_first_night_arms_its_topics_and_fully_read_sources(store: Store, make: Make) -> None:
    with store.window() as window:
        run = make.begin(window, make.night(1), "learn")
        window.record_baseline((), make.catalogue("chips", "cloud"), run.run_seq, "d1")
        waiting = make.disposed(make.article(9, source="beta"), "queued")
        window.record_source(run.run_seq, make.reading([make.article(1)]), None, make.now)
        window.record_source(run.run_seq, make.reading([], source="beta", disposed=(waiting,)), None, make.now)
        window.record_source(run.run_seq, make.reading([], source="gamma", outcome="failed", reason="dns"), None, make.now)
        probes = make.probes(topics=("chips", "cloud", "new"), sources=("alpha", "beta", "gamma"))
        before = window.slice(View.by_run(run.base_run_seq), probes)
        assert before.unarmed_sources == {"alpha", "beta", "gamma"}
        assert before.unarmed_topics == {"chips", "cloud", "new"}
        found = window.undecided("learn", make.night(1))
        result = make.result(found, run.run_seq, make.night(1), mode="learn")
        window.record_night(run.run_seq, result, make.readings(found), (), (), "partial", {}, make.now)
        after = window.slice(View.by_run(run.run_seq), probes)
        assert after.unarmed_sources == {"beta", "gamma"}
        assert after.unarmed_topics == {"new"}
        assert window.slice(View.by_run(run.base_run_seq), probes) == before


def test_a_blind_night_arms_nothing(store: Store, make: Make) -> None:
    with store.window() as window:
        run = make.begin(window, make.night(1), "learn")
        window.record_baseline((), make.catalogue(), run.run_seq, "d1")
        window.record_night(run.run_seq, make.result([], 1, make.night(1)), (), (), (), "blind", {}, make.now)
        assert window.slice(View.by_run(1), make.probes()).unarmed_topics == {"chips"}


def test_a_source_with_undecided_text_stays_unarmed(store: Store, make: Make) -> None:
    with store.window() as window:
        run = make.begin(window, make.night(1))
        window.record_source(run.run_seq, make.reading([make.article(1), make.article(2)]), None, make.now)
        found = window.undecided("night", make.night(1))[:1]
        window.record_night(run.run_seq, make.result(found, 1, make.night(1)), make.readings(found), (), (), "done", {}, make.now)
        assert window.slice(View.by_run(1), make.probes()).unarmed_sources == {"alpha"}


def test_a_backfill_of_two_days_is_one_run(store: Store, make: Make) -> None:
    with store.window() as window:
        run = make.begin(window, make.night(-3), "backfill")
        for number, day in ((1, -3), (2, -2)):
            when = make.now.replace(day=4 + day)
            window.record_source(
                run.run_seq, make.reading([make.article(number, published=when, source=f"s{number}")], source=f"s{number}"), None, make.now
            )
        assert window.undecided("night", make.night(1)) == ()
        ends: tuple[tuple[int, RunOutcome | None], ...] = ((-3, None), (-2, "done"))
        for day, outcome in ends:
            found = window.undecided("backfill", make.night(day))
            assert len(found) == 1
            result = make.result(found, run.run_seq, make.night(day), mode="backfill")
            window.record_night(run.run_seq, result, make.readings(found), (), (), outcome, {}, make.now)
        assert window.undecided("backfill", make.night(-3)) == ()
        assert len(window.slice(View.by_night(make.night(-2)), make.probes()).ledger) == 1
        assert len(window.slice(View.by_night(make.night(-1)), make.probes()).ledger) == 2


def test_a_backfill_dates_a_known_step_earlier_without_touching_the_night_that_told_it(store: Store, make: Make) -> None:
    with store.window() as window:
        make.full_night(window, [1], make.night(5))
        before = window.slice(View.by_run(1), make.probes())
        run = make.begin(window, make.night(2), "backfill")
        early = make.article(1, source="beta", article_id="p_early", published=make.now.replace(day=6))
        window.record_source(run.run_seq, make.reading([early], source="beta"), None, make.now)
        found = window.undecided("backfill", make.night(2))
        result = make.result(found, run.run_seq, make.night(2), mode="backfill")
        result = replace(result, keys=(MatterKey("name", "m_1", "m_1"),))
        window.record_night(run.run_seq, result, make.readings(found), (), (), "done", {}, make.now)
        assert window.slice(View.by_run(1), make.probes()) == before
        assert [row.night for row in window.slice(View.by_run(2), make.probes()).ledger] == [make.night(5)]
        by_night = window.slice(View.by_night(make.night(3)), make.probes())
        assert [row.night for row in by_night.ledger] == [make.night(2)]
        assert [key.matter_id for key in by_night.keys] == ["m_1"]
        assert counts(window)["move"] == 1


def test_reread_lists_what_a_night_decided(store: Store, make: Make) -> None:
    with store.window() as window:
        make.full_night(window, [1], make.night(1))
        make.full_night(window, [2], make.night(2))
        assert [a.title for a in window.undecided("reread", make.night(1))] == ["Title 1"]


def test_decision_order_is_official_first_then_told_then_id(store: Store, make: Make) -> None:
    late, early = make.now.replace(hour=3), make.now.replace(hour=1)
    articles = [
        make.article(1, published=late),
        make.article(2, published=early),
        make.article(3, published=late, tier="official", official_ids=("fr:3",)),
        make.article(4, published=None),
    ]
    with store.window() as window:
        run = make.begin(window, make.night(1))
        window.record_source(run.run_seq, make.reading(articles), None, make.now)
        assert [a.title for a in window.undecided("night", make.night(1))] == ["Title 3", "Title 2", "Title 4", "Title 1"]


def test_a_delivery_goes_its_way(store: Store, make: Make) -> None:
    with store.window() as window:
        make.full_night(window, [1, 2], make.night(1))
        one, two = window.pending_deliveries(make.now)
        later = make.now.replace(hour=9)
        window.set_delivery(one.delivery_id, "sending", 1, None, "", make.now)
        window.set_delivery(two.delivery_id, "pending", 1, later, "", make.now)
        assert [(d.delivery_id, d.status, d.tries) for d in window.pending_deliveries(make.now)] == [(one.delivery_id, "sending", 1)]
        assert len(window.pending_deliveries(later)) == 2
        window.set_delivery(one.delivery_id, "sent", 1, None, "provider-7", make.now)
        with pytest.raises(StoreError, match="was sent and stays sent"):
            window.set_delivery(one.delivery_id, "pending", 2, None, "", make.now)
        with pytest.raises(StoreError, match="no delivery nix"):
            window.set_delivery("nix", "sent", 1, None, "", make.now)
        window.publish_snapshot()
    with store.read() as reads:
        (sent,) = reads.deliveries(status="sent")
        assert (sent.provider_ref, sent.updated_at) == ("provider-7", make.now)


def test_an_empty_run_can_be_ended(store: Store, make: Make) -> None:
    with store.window() as window:
        run = make.begin(window, make.night(1))
        window.end_run(run.run_seq, "failed", {"sources": 0}, make.now)
        window.end_run(run.run_seq, "done", {}, make.now)
        assert window._open().execute("SELECT outcome FROM run").fetchall() == [("failed",)]
