"""The outbox with recipients who want less: held deliveries go out later, muted ones never, a night's rest in one digest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.addressing import delivery_of
from alerts.control import Action
from alerts.gate import Gate
from alerts.habits import Habits
from alerts.journal import Journal
from alerts.marks import DrainReport
from alerts.model import Alert, Delivery, Recipient
from alerts.outbox import drain
from alerts.send import Attempt, SendFailed, Sent

Make = Callable[..., Alert]
ANA = Recipient("ana", "smtp", "ana@reader.example")


class Kept:
    """A sender that keeps what it was given."""

    def __init__(self, *faults: SendFailed) -> None:
        self.sent: list[Alert] = []
        self.faults = list(faults)

    def send(self, alert: Alert, recipient: Recipient, delivery: Delivery, attempt: Attempt) -> Sent:
        if self.faults:
            raise self.faults.pop(0)
        self.sent.append(alert)
        return Sent(f"ref {len(self.sent)}")


class Round:
    """One recipient's outbox, drained again and again."""

    def __init__(self, box: Any, path: Path, recipient: Recipient, sender: Kept) -> None:
        self.box, self.path, self.recipient, self.sender = box, path, recipient, sender

    def drain(self, now: datetime, gate: Gate | None = None, **options: Any) -> DrainReport:
        journal = Journal(self.path)
        given = replace(gate or Gate(), told_at=journal.told_at)
        return drain(self.box.window, {"smtp": self.sender}, journal, [self.recipient], now, sleep=lambda _: None, gate=given, **options)

    def add(self, *alerts: Alert) -> None:
        for alert in alerts:
            delivery = delivery_of(alert, self.recipient)
            self.box.rows[delivery.delivery_id] = delivery


@pytest.fixture
def rounds(outbox: Callable[..., Any], tmp_path: Path) -> Callable[..., Round]:
    def make(recipient: Recipient, *alerts: Alert, faults: tuple[SendFailed, ...] = ()) -> Round:
        made = Round(outbox(), tmp_path / "sent.jsonl", recipient, Kept(*faults))
        made.add(*alerts)
        return made

    return make


def test_quiet_hours_hold_and_then_everything_goes_out_in_order(rounds: Callable[..., Round], alert: Make, now: datetime) -> None:
    r = rounds(replace(ANA, habits=Habits(quiet=(time(22), time(7)))), alert(1), alert(2))
    for hours in (0, 1, 4):
        report = r.drain(now + timedelta(hours=hours))
        assert (report.quiet, report.sent, report.ok) == (2, 0, True)
    assert r.box.statuses() == ["held", "held"]
    assert {row.next_at for row in r.box.rows.values()} == {now.replace(hour=7)}
    assert len(r.box.log) == 2  # a later round does not write the same again
    assert r.drain(now.replace(hour=7)) == DrainReport(sent=2)
    assert r.box.statuses() == ["sent", "sent"]


def test_what_may_have_arrived_stays_marked_through_quiet_hours(rounds: Callable[..., Round], alert: Make, now: datetime) -> None:
    r = rounds(replace(ANA, habits=Habits(quiet=(time(3), time(7)))), alert(1), faults=(SendFailed("no answer", unsure=True),))
    assert r.drain(now).late == 1
    assert r.drain(now.replace(hour=4)).quiet == 1
    assert r.drain(now.replace(hour=8)) == DrainReport(sent=1, repeats=1)


def test_a_muted_delivery_is_settled_and_says_why(rounds: Callable[..., Round], alert: Make, now: datetime) -> None:
    r = rounds(ANA, alert(1), alert(2))
    gate = Gate((Action("mute", "matter", "matter-1", now, now + timedelta(days=9)),))
    report = r.drain(now, gate)
    assert (report.sent, report.muted, report.ok) == (1, 1, True)
    assert sorted((row.status, row.provider_ref) for row in r.box.rows.values()) == [("muted", "its matter is muted"), ("sent", "ref 1")]
    assert r.drain(now + timedelta(days=30)) == DrainReport()


def test_a_snoozed_matter_comes_when_the_snooze_ends_or_is_lifted(rounds: Callable[..., Round], alert: Make, now: datetime) -> None:
    r = rounds(ANA, alert(1))
    gate = Gate((Action("snooze", "matter", "matter-1", now, now + timedelta(days=9)),))
    assert r.drain(now, gate).quiet == 1
    assert r.drain(now + timedelta(days=1)) == DrainReport(sent=1)  # lifted: the gate no longer holds it, although its time has not come


def test_a_maximum_per_night_counts_over_rounds_and_the_rest_is_one_digest(
    rounds: Callable[..., Round], alert: Make, now: datetime
) -> None:
    r = rounds(replace(ANA, habits=Habits(max_per_night=3)), *(alert(n) for n in range(1, 3)))
    assert r.drain(now).sent == 2
    r.add(*(alert(n) for n in range(3, 41)))
    assert r.drain(now + timedelta(minutes=30)).sent == 38
    titles = [a.title for a in r.sender.sent]
    assert len(titles) == 4
    assert titles[-1] == "2026-11-06: and 37 more"
    assert len(r.sender.sent[-1].lines) == 37
    r.add(alert(50, night="2026-11-07"))
    r.drain(now + timedelta(days=1))
    assert r.sender.sent[-1].title == "Adopted: rule 50"  # another night has its own maximum


def test_a_maximum_of_one_more_is_a_message_like_any_other(rounds: Callable[..., Round], alert: Make, now: datetime) -> None:
    r = rounds(replace(ANA, habits=Habits(max_per_night=1)), alert(1), alert(2))
    r.drain(now)
    assert all(a.title.startswith("Adopted: rule") for a in r.sender.sent)


def test_follow_ups_within_the_window_come_as_one(
    rounds: Callable[..., Round], alert: Make, line: Callable[..., Any], now: datetime
) -> None:
    r = rounds(replace(ANA, habits=Habits(group_minutes=120)), alert(1))
    r.drain(now)
    for n in (2, 3):
        later = line(move_id=f"m{n}", value=f"step {n}", matter_id="matter-1", urls=(f"https://gazette.example/{n}",))
        r.add(alert(n, purpose="update", matter_id="matter-1", title=f"Eased: step {n}", lines=(later,), move_ids=(f"m{n}",)))
        assert r.drain(now + timedelta(minutes=30 * n)).quiet == n - 1
    assert r.drain(now + timedelta(minutes=121)) == DrainReport(sent=2)
    last = r.sender.sent[-1]
    assert (len(r.sender.sent), last.purpose, last.matter_id, len(last.lines)) == (2, "update", "matter-1", 2)
    assert last.title.endswith("(+1 more)")


def test_links_are_put_on_as_it_is_sent_and_stored_nowhere(rounds: Callable[..., Round], alert: Make, now: datetime) -> None:
    r = rounds(ANA, alert(1))
    r.drain(now, dress=lambda a, recipient, at: replace(a, links=(("Explain", f"https://watch.example/{recipient.ref}"),)))
    assert r.sender.sent[0].links == (("Explain", "https://watch.example/ana"),)
    assert "watch.example" not in r.path.read_text() + "".join(row.payload for row in r.box.rows.values())
