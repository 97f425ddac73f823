"""What people said back is stored once, their last word counts, and an alert that was taken back is a row, never a delete."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from alerts.addressing import delivery_of
from alerts.compose import retraction
from alerts.control import Action, Label, in_force
from alerts.model import Recipient
from storage.as_of import View
from storage.errors import StoreError
from storage.store import Store

Make = Any


def test_actions_are_taken_in_once_and_read_back(store: Store, make: Make) -> None:
    mute = Action("mute", "matter", "m_1", make.now, make.now + timedelta(days=30), "ana", "ana", why="enough")
    ack = Action("ack", "alert", "a_1", make.now, by="operator")
    for _ in range(2):
        with store.window() as window:
            window.take_in([mute, ack])
    with store.window() as window:
        assert sorted(window.actions(), key=lambda a: a.what) == [ack, mute]
        assert in_force(window.actions(), make.now) == (mute,)
        window.publish_snapshot()
    with store.read() as reads:
        assert len(reads.actions()) == 2


def test_the_last_word_of_each_reader_on_each_move_counts(store: Store, make: Make) -> None:
    with store.window() as window:
        make.full_night(window, [1], make.night(1))
        alert_id = window._open().execute("SELECT alert_id FROM alert").fetchall()[0][0]
        words: list[tuple[str, Label]] = [("ana", "useful"), ("bo", "useful"), ("ana", "not_new")]
        said = [
            Action("feedback", "alert", alert_id, make.now + timedelta(minutes=n), by=by, label=label)
            for n, (by, label) in enumerate(words)
        ]
        window.take_in(said)
        window.take_in([*said, Action("feedback", "alert", "a-lost-one", make.now, by="ana", label="useful")])
        window.take_in([Action("feedback", "line", "a-digest:move-7", make.now, by="ana", label="not_new")])
        window.publish_snapshot()
    with store.read() as reads:
        (alert,) = reads.alerts()
        found = [(f.alert_id == alert.alert_id, f.move_id, f.by, f.label) for f in reads.feedback()]
    assert sorted(found) == [
        (False, "", "ana", "useful"),  # of an alert that this file no longer holds: kept all the same
        (False, "move-7", "ana", "not_new"),  # one line of a digest that was folded and is stored nowhere
        (True, alert.move_ids[0], "ana", "not_new"),
        (True, alert.move_ids[0], "bo", "useful"),
    ]


def test_an_alert_taken_back_is_known_as_such_to_the_next_run_only(store: Store, make: Make) -> None:
    ana, bo = Recipient("ana", "smtp", "a@reader.example"), Recipient("bo", "smtp", "b@reader.example")
    with store.window() as window:
        run = make.full_night(window, [1], make.night(1))
        told, _ = window.find_alert(window._open().execute("SELECT alert_id FROM alert").fetchall()[0][0])
        for recipient in (ana, bo):
            window.put_again(delivery_of(told, recipient))
        window.set_delivery(delivery_of(told, ana).delivery_id, "sent", 1, None, "ref", make.now)
        before = window.slice(View.by_run(run.base_run_seq), make.probes())
        back = retraction(told, "the page was a draft", "2026-11-06")
        for _ in range(2):
            window.take_back(told, back, [delivery_of(back, ana)], "operator", "the page was a draft", make.now)
        after = window.slice(View.by_run(run.run_seq), make.probes())
        statuses = {d.recipient_ref: d.status for d in window.find_alert(told.alert_id)[1]}
        again = {d.recipient_ref: d.status for d in window.find_alert(back.alert_id)[1]}
        assert window.slice(View.by_run(run.base_run_seq), make.probes()) == before
        window.publish_snapshot()
    assert statuses == {"ana": "sent", "bo": "muted", "desk": "muted"}  # who was not told yet is not told any more
    assert again == {"ana": "pending"}
    assert [(c.what, c.by) for c in after.changes] == [("retracted", "person:operator")]
    with store.read() as reads:
        assert [e.retracted for e in reads.ledger() if e.row.night] == [True]
        assert [f.label for f in reads.feedback()] == ["withdrawn"]


def test_an_alert_is_found_by_the_beginning_of_its_id(store: Store, make: Make) -> None:
    with store.window() as window:
        make.full_night(window, [1, 2], make.night(1))
        window.publish_snapshot()
    with store.read() as reads:
        first = reads.alerts()[0]
        assert reads.find_alert(first.alert_id[:12])[0] == first
        for wrong, why in (("", "begins several"), ("zzz", "there is none")):
            with pytest.raises(StoreError, match=why):
                reads.find_alert(wrong)
