"""Who is told now, later, less or not at all: silences with an end, inhibition, snoozes, acknowledgements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from alerts.control import Action, acknowledged, in_force
from alerts.gate import Gate, Held, Muted
from alerts.habits import Habits
from alerts.model import Alert, Line, Recipient

MakeAlert = Callable[..., Alert]
MakeLine = Callable[..., Line]
ANA = Recipient("ana", "smtp", "ana@reader.example")
BO = Recipient("bo", "smtp", "bo@reader.example")


def mute(now: datetime, scope: Any, target: str, **more: Any) -> Action:
    return Action("mute", scope, target, now - timedelta(days=1), now + timedelta(days=1), **more)


def test_a_muted_matter_mutes_its_follow_ups_for_whom_it_is_muted(alert: MakeAlert, now: datetime) -> None:
    gate = Gate((mute(now, "matter", "matter-1", recipient_ref="ana"),))
    for purpose in ("new", "update", "confirmation"):
        one = alert(1, purpose=purpose)
        assert gate.pass_on(one, ANA, now) == Muted("its matter is muted")
        assert gate.pass_on(one, BO, now) == one
    assert gate.pass_on(alert(2), ANA, now) == alert(2)


def test_a_withdrawal_passes_every_silence(alert: MakeAlert, now: datetime) -> None:
    silences = (mute(now, "matter", "matter-1"), mute(now, "topic", "cloud-kyc"), replace(mute(now, "matter", "matter-1"), what="snooze"))
    assert Gate(silences).pass_on(alert(1, purpose="retraction"), ANA, now) == alert(1, purpose="retraction")


def test_a_topic_is_muted_only_where_it_is_the_only_one(alert: MakeAlert, line: MakeLine, now: datetime) -> None:
    gate = Gate((mute(now, "topic", "cloud-kyc"),))
    assert isinstance(gate.pass_on(alert(1), ANA, now), Muted)
    both = alert(1, lines=(line(topics=("cloud-kyc", "entity-listings")),))
    assert gate.pass_on(both, ANA, now) == both
    assert isinstance(Gate((*gate.silences, mute(now, "topic", "entity-listings"))).pass_on(both, ANA, now), Muted)


def test_a_publisher_is_muted_only_when_nobody_else_reports(alert: MakeAlert, line: MakeLine, now: datetime) -> None:
    gate = Gate((mute(now, "publisher", "HARBOUR GAZETTE"),))
    assert not isinstance(gate.pass_on(alert(1), ANA, now), Muted)
    assert isinstance(gate.pass_on(alert(1, lines=(line(others=()),)), ANA, now), Muted)


def test_a_digest_loses_its_muted_lines_and_keeps_its_notes(alert: MakeAlert, line: MakeLine, now: datetime) -> None:
    kept, gone = line(move_id="a", matter_id="m1"), line(move_id="b", matter_id="m2")
    digest = alert(1, purpose="digest", matter_id="", lines=(kept, gone), move_ids=("a", "b"), notes=("61 of 63 sources heard",))
    gate = Gate((mute(now, "matter", "m2"),))
    assert gate.pass_on(digest, ANA, now) == replace(digest, lines=(kept,), move_ids=("a",))
    assert gate.pass_on(replace(digest, lines=(gone,)), ANA, now) == replace(digest, lines=(), move_ids=())
    assert isinstance(gate.pass_on(replace(digest, lines=(gone,), notes=()), ANA, now), Muted)


def test_a_snooze_holds_until_its_end_and_quiet_hours_hold_everything(alert: MakeAlert, now: datetime) -> None:
    snooze = replace(mute(now, "matter", "matter-1"), what="snooze")
    assert Gate((snooze,)).pass_on(alert(1), ANA, now) == Held(now + timedelta(days=1), "snoozed")
    quiet = replace(ANA, habits=Habits(quiet=(time(1), time(5))))
    for purpose in ("new", "retraction", "health", "digest"):
        assert Gate().pass_on(alert(1, purpose=purpose), quiet, now) == Held(now.replace(hour=5), "quiet hours")


def test_an_acknowledged_alert_is_not_sent_any_more_to_who_acknowledged_it(alert: MakeAlert, now: datetime) -> None:
    one = alert(1)
    gate = Gate(acknowledged=acknowledged([Action("ack", "alert", one.alert_id, now, recipient_ref="ana")]))
    assert gate.pass_on(one, ANA, now) == Muted("acknowledged")
    assert gate.pass_on(one, BO, now) == one
    assert isinstance(Gate(acknowledged=frozenset({(one.alert_id, "")})).pass_on(one, BO, now), Muted)


def test_follow_ups_wait_for_the_grouping_window_and_news_does_not(alert: MakeAlert, now: datetime) -> None:
    patient = replace(ANA, habits=Habits(group_minutes=60))
    gate = Gate(told_at=lambda ref, matter: now - timedelta(minutes=10) if (ref, matter) == ("ana", "matter-1") else None)
    assert gate.pass_on(alert(1, purpose="update"), patient, now) == Held(now + timedelta(minutes=50), "grouping window")
    assert gate.pass_on(alert(1), patient, now) == alert(1)
    assert gate.pass_on(alert(2, purpose="update"), patient, now) == alert(2, purpose="update")


@pytest.mark.parametrize("other", ["", "bo"])
def test_a_silence_ends_by_itself_or_is_lifted_by_whom_it_was_for(other: str, now: datetime) -> None:
    silence = mute(now, "matter", "m1", recipient_ref="ana")
    lift = Action("lift", "matter", "m1", now, recipient_ref="ana")
    assert in_force([silence], now) == (silence,)
    assert in_force([silence], now + timedelta(days=1)) == ()
    assert in_force([lift, silence], now) == ()
    assert in_force([replace(lift, recipient_ref=other), silence], now) == (silence,)
    again = replace(silence, at=now + timedelta(minutes=1))
    assert in_force([silence, lift, again], now) == (again,)
