"""drain() against real stand-ins: never lost, repeated only when an answer was lost, and then marked (cases 86, 87, 91, 92, 96-98)."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.addressing import delivery_of
from alerts.files import FileSender
from alerts.folding import items_of
from alerts.journal import Journal, JournalBusy, entry_of
from alerts.marks import DrainReport
from alerts.model import Alert, Channel, Delivery, Recipient
from alerts.outbox import drain
from alerts.schedule import failing_since, next_try
from alerts.send import Attempt, Sender, SendFailed, Sent, SlackSettings, SmtpSettings
from alerts.slack import SlackSender
from alerts.smtp import SmtpSender
from standins.mail_and_slack import MailServer, SlackServer, in_turn

Waiting = Callable[[Recipient, int], list[Delivery]]
ANA = Recipient("ana", "smtp", "ana@reader.example")
BO = Recipient("bo", "smtp", "bo@reader.example")
FILES = Recipient("files", "file", "out")


@dataclass
class Scripted:
    """A sender that fails by a script and asserts that no window is open while it sends."""

    box: Any
    faults: list[SendFailed | None] = field(default_factory=list)
    sent: list[tuple[Alert, Attempt]] = field(default_factory=list)

    def send(self, alert: Alert, recipient: Recipient, delivery: Delivery, attempt: Attempt) -> Sent:
        assert not self.box.open
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault
        self.sent.append((alert, attempt))
        return Sent(f"ref {len(self.sent)}")


@dataclass
class Desk:
    """An outbox, a journal and the senders, drained at a given time."""

    box: Any
    path: Path
    recipients: list[Recipient]
    senders: dict[Channel, Sender]
    now: datetime
    slept: list[float] = field(default_factory=list)

    def drain(self, hours: float = 0, **options: Any) -> DrainReport:
        self.now += timedelta(hours=hours)
        return drain(self.box.window, self.senders, Journal(self.path), self.recipients, self.now, sleep=self.slept.append, **options)

    def journal_lines(self) -> list[dict[str, Any]]:
        return [json.loads(x) for x in self.path.read_text().splitlines()] if self.path.exists() else []


@pytest.fixture
def desk(outbox: Callable[..., Any], tmp_path: Path, now: datetime) -> Callable[..., Desk]:
    def make(rows: Iterable[Delivery], recipients: list[Recipient], **senders: Sender) -> Desk:
        return Desk(outbox(*rows), tmp_path / "sent.jsonl", recipients, dict(senders), now)  # type: ignore[arg-type]

    return make


def scripted(desk: Desk, channel: Channel, *faults: SendFailed | None) -> Scripted:
    sender = Scripted(desk.box, list(faults))
    desk.senders[channel] = sender
    return sender


def room(server: SlackServer) -> tuple[Recipient, SlackSender]:
    return Recipient("room", "slack", server.url), SlackSender(SlackSettings(timeout_s=0.5, pace_s=0, allowed_private=server.allowed))


def mail(server: MailServer) -> SmtpSender:
    return SmtpSender(SmtpSettings("127.0.0.1", server.port, "plain", sender="watch@sender.example", timeout_s=5))


def test_intent_send_journal_sent_in_this_order(waiting: Waiting, desk: Callable[..., Desk]) -> None:
    d = desk(waiting(ANA, 2), [ANA])
    sender = scripted(d, "smtp")
    assert d.drain() == DrainReport(sent=2)
    assert [status for _, status in d.box.log] == ["sending", "sent", "sending", "sent"]
    assert sorted(a.title for a, _ in sender.sent) == ["Adopted: rule 1", "Adopted: rule 2"]
    assert [(e["recipient_ref"], e["provider_ref"]) for e in d.journal_lines()] == [("ana", "ref 1"), ("ana", "ref 2")]
    assert d.drain() == DrainReport()


def test_nobody_else_sends_meanwhile(waiting: Waiting, desk: Callable[..., Desk]) -> None:
    d = desk(waiting(ANA, 1), [ANA])

    class Twice(Scripted):
        def send(self, alert: Alert, recipient: Recipient, delivery: Delivery, attempt: Attempt) -> Sent:
            with pytest.raises(JournalBusy):
                d.drain()
            return super().send(alert, recipient, delivery, attempt)

    d.senders["smtp"] = Twice(d.box)
    assert d.drain() == DrainReport(sent=1)


def test_a_failure_waits_and_goes_out_later(waiting: Waiting, desk: Callable[..., Desk]) -> None:
    d = desk(waiting(ANA, 1), [ANA])
    sender = scripted(d, "smtp", SendFailed("smtp 451 at RCPT"), SendFailed("smtp 451 at RCPT"))
    report = d.drain()
    assert (report.late, report.ok, report.failures) == (1, False, (("ana", "smtp 451 at RCPT"),))
    row = next(iter(d.box.rows.values()))
    assert (row.status, row.tries, row.next_at) == ("pending", 1, d.now + timedelta(minutes=1))
    assert d.drain().late == 1  # not due yet: nothing is tried, and the run still says so
    assert len(sender.faults) == 1
    assert d.drain(0.1).late == 1
    assert d.drain(0.1) == DrainReport(sent=1)
    tried = sender.sent[0][1]
    assert (tried.number, tried.at, tried.possible_repeat) == (3, d.now, False)


@pytest.mark.parametrize(("tries", "minutes"), [(1, 1), (2, 2), (3, 4), (9, 256), (10, 360), (400, 360)])
def test_waits_double_up_to_six_hours(tries: int, minutes: int, now: datetime) -> None:
    assert next_try(tries, now) == now + timedelta(minutes=minutes)
    assert next_try(tries, now, 86_400) == now + timedelta(days=1)


@pytest.mark.parametrize("text", ["", "failing since nonsense", "failing since 2026-11-07T02:00:00", "as f00d", "<id@sender.example>"])
def test_an_unreadable_beginning_of_the_failure_is_now(text: str, now: datetime, waiting: Waiting) -> None:
    assert failing_since(replace(waiting(ANA, 1)[0], provider_ref=text), now) == now


def test_a_row_that_says_sending_is_settled_by_the_journal(
    waiting: Waiting, desk: Callable[..., Desk], alert: Callable[..., Alert]
) -> None:
    rows = [replace(r, status="sending", tries=1) for r in waiting(ANA, 2)]
    d = desk(rows, [ANA])
    Journal(d.path).append([entry_of(alert(1), rows[0], "<known@sender.example>", d.now, repeat=False)])
    sender = scripted(d, "smtp")
    assert d.drain() == DrainReport(sent=1, repeats=1, known=1)
    assert d.box.rows[rows[0].delivery_id].provider_ref == "<known@sender.example>"
    assert [attempt.possible_repeat for _, attempt in sender.sent] == [True]


def test_a_lost_answer_is_followed_by_a_marked_repeat_only(waiting: Waiting, desk: Callable[..., Desk]) -> None:
    with SlackServer(in_turn(["lost", "ok", "cut", "503", "ok"])) as server:
        recipient, sender = room(server)
        d = desk(waiting(recipient, 2), [recipient], slack=sender)
        first = d.drain()
        assert (first.sent, first.late) == (1, 1)
        d.drain(1)  # the unsure one is cut again
        d.drain(1)  # and now refused for certain: the first try may still have arrived
        assert d.drain(1) == DrainReport(sent=1, repeats=1)
        marks = ["possible repeat" in json.dumps(m) for m in server.accepted]
    assert marks == [False, False, True]
    assert [e["possible_repeat"] for e in d.journal_lines()] == [False, True]


def test_one_refused_recipient_of_three_touches_no_other(waiting: Waiting, desk: Callable[..., Desk]) -> None:
    cy = Recipient("cy", "smtp", "cy@reader.example")
    with MailServer(by_recipient={"bo@reader.example": "550"}) as server:
        d = desk([r for p in (ANA, BO, cy) for r in waiting(p, 1)], [ANA, BO, cy], smtp=mail(server))
        report = d.drain()
        assert (report.sent, report.lost, report.failures) == (2, 1, (("bo", "smtp 550 at RCPT"),))
        alerts = [m for m in server.mails if m["Subject"].startswith("Adopted")]
        assert sorted(m["To"] for m in alerts) == ["ana@reader.example", "cy@reader.example"]
        notices = [m["Subject"] for m in server.mails if "did not arrive" in m["Subject"]]
        assert notices == ["Health: 1 alert to bo did not arrive"]
        assert d.box.statuses() == ["sent", "dead", "sent"]
        assert d.drain() == DrainReport()


@pytest.mark.parametrize("fault", ["403", "404", "410"])
def test_a_dead_webhook_is_told_by_mail_at_once(fault: str, waiting: Waiting, desk: Callable[..., Desk]) -> None:
    with SlackServer(in_turn([fault] * 3)) as slack, MailServer() as server:
        recipient, sender = room(slack)
        d = desk(waiting(recipient, 3), [recipient, ANA, FILES], slack=sender, smtp=mail(server), file=FileSender(Path("/nonexistent")))
        report = d.drain()
        assert (report.lost, report.ok) == (3, False)
        assert d.box.statuses() == ["dead"] * 3
        assert [m["Subject"] for m in server.mails] == ["Health: 3 alerts to room did not arrive"]  # one notice, not three
        body = server.wire[0].decode()
        assert all(f"Adopted: rule {n}" in body for n in (1, 2, 3))
        assert "s3cr3t" not in body


def test_forty_eight_hours_of_failing_end_in_a_notice(waiting: Waiting, desk: Callable[..., Desk], tmp_path: Path) -> None:
    with SlackServer(lambda: "503") as slack:
        recipient, sender = room(slack)
        d = desk(waiting(recipient, 1), [recipient, FILES], slack=sender, file=FileSender(tmp_path))
        for hours in (0, 6, 6, 12, 23.9):
            assert d.drain(hours).late == 1
        report = d.drain(6)
    assert (report.late, report.lost) == (0, 1)
    assert "Adopted: rule 1" in next((tmp_path / "out").glob("*.txt")).read_text()


def test_with_every_channel_down_nothing_dies(waiting: Waiting, desk: Callable[..., Desk]) -> None:
    d = desk([*waiting(ANA, 2), *waiting(Recipient("room", "slack", "x"), 2)], [ANA, Recipient("room", "slack", "x")])
    down = [SendFailed("down")] * 40
    by_mail, by_slack = scripted(d, "smtp", *down), scripted(d, "slack", *down)
    for _ in range(10):
        assert d.drain(7).lost == 0
    by_mail.faults.clear()
    by_slack.faults.clear()
    assert d.drain(7) == DrainReport(sent=4)
    assert [a.title for a, _ in by_mail.sent] == [a.title for a, _ in by_slack.sent]


def test_a_single_channel_that_refuses_for_good_is_dead_and_loud(waiting: Waiting, desk: Callable[..., Desk]) -> None:
    d = desk(waiting(ANA, 1), [ANA])
    scripted(d, "smtp", SendFailed("smtp 550 at RCPT", permanent=True))
    report = d.drain()
    assert (report.lost, report.ok) == (1, False)


def test_alerts_go_out_in_the_order_of_nights(alert: Callable[..., Alert], desk: Callable[..., Desk]) -> None:
    nights = [alert(n, night=f"2026-11-{day:02}") for n, day in ((1, 9), (2, 7), (3, 8))]
    d = desk([delivery_of(a, ANA) for a in nights[:2]], [ANA])
    sender = scripted(d, "smtp", SendFailed("down"), SendFailed("down"))
    d.drain()
    fresh = delivery_of(nights[2], ANA)
    d.box.rows[fresh.delivery_id] = fresh  # due at once, but two older ones wait
    d.drain()
    assert [a.night for a, _ in sender.sent] == ["2026-11-07", "2026-11-08", "2026-11-09"]


def test_one_poisoned_message_holds_up_nothing(waiting: Waiting, desk: Callable[..., Desk]) -> None:
    d = desk(waiting(ANA, 4), [ANA])
    scripted(d, "smtp", None, SendFailed("smtp 451 at DATA"))
    report = d.drain()
    assert (report.sent, report.late) == (3, 1)


def test_a_channel_that_is_down_is_asked_twice_not_ten_times(waiting: Waiting, desk: Callable[..., Desk]) -> None:
    d = desk(waiting(ANA, 9), [ANA])
    sender = scripted(d, "smtp", *[SendFailed("down")] * 9)
    assert d.drain().late == 9
    assert len(sender.faults) == 7
    assert sorted(r.tries for r in d.box.rows.values()) == [0] * 7 + [1] * 2


def test_a_short_retry_after_is_waited_for(waiting: Waiting, desk: Callable[..., Desk]) -> None:
    with SlackServer(in_turn(["retry"])) as server:
        recipient, sender = room(server)
        d = desk(waiting(recipient, 1), [recipient], slack=sender)
        assert d.drain() == DrainReport(sent=1)
    assert d.slept == [7.0]


def test_a_long_retry_after_is_obeyed_by_the_next_drains(waiting: Waiting, desk: Callable[..., Desk]) -> None:
    d = desk(waiting(ANA, 3), [ANA])
    sender = scripted(d, "smtp", *[SendFailed("slack 429", retry_after=7200)] * 2)
    d.drain()
    assert d.drain(1.9).late == 3
    assert sender.sent == []
    assert d.drain(0.2) == DrainReport(sent=3)


def test_five_hundred_moves_are_one_message(waiting: Waiting, desk: Callable[..., Desk]) -> None:
    with SlackServer() as server:
        recipient, sender = room(server)
        d = desk(waiting(recipient, 500), [recipient], slack=sender)
        assert d.drain() == DrainReport(sent=500)
        assert len(server.accepted) == 1
        assert "500 alerts in one message" in json.dumps(server.accepted[0])
    assert len({e["delivery_id"] for e in d.journal_lines()}) == 500
    assert d.box.windows == 3  # read, intent, sent


def test_a_folded_message_that_may_have_arrived_repeats_nothing_else(waiting: Waiting, desk: Callable[..., Desk]) -> None:
    rows = waiting(ANA, 30)
    d = desk(rows[:20], [ANA])
    sender = scripted(d, "smtp", SendFailed("no answer", unsure=True))
    assert d.drain().late == 20
    d.box.rows |= {r.delivery_id: r for r in rows[20:]}
    assert d.drain(1) == DrainReport(sent=30, repeats=20)
    assert [(len(a.lines), attempt.possible_repeat) for a, attempt in sender.sent] == [(20, True), (10, False)]


def test_a_fold_keeps_the_kinds_of_its_alerts_apart(waiting: Waiting, alert: Callable[..., Alert]) -> None:
    alerts = [alert(1, purpose="retraction"), alert(2, purpose="update"), alert(3, notes=("a note",))]
    (item,) = items_of([(delivery_of(a, ANA), a) for a in alerts], fold_above=2)
    assert [(x.mark, x.value) for x in item.alert.lines] == [("", "step 3"), ("update", "step 2"), ("withdrawn", "step 1")]
    assert item.alert.notes == ("2026-11-06: a note",)


def test_what_the_recipient_knows_by_other_ids_is_not_sent_again(
    waiting: Waiting, desk: Callable[..., Desk], alert: Callable[..., Alert]
) -> None:
    told = alert(1)
    again = replace(told, alert_id="f00d", lines=(replace(told.lines[0], move_id="other id"),))
    d = desk([delivery_of(again, ANA), delivery_of(again, BO)], [ANA, BO])
    Journal(d.path).append([entry_of(told, delivery_of(told, ANA), "ref", d.now, repeat=False)])
    sender = scripted(d, "smtp")
    assert d.drain() == DrainReport(sent=1, known=1)  # bo was never told
    assert len(sender.sent) == 1


def test_a_recipient_that_left_the_configuration_is_held_and_comes_back(waiting: Waiting, desk: Callable[..., Desk]) -> None:
    d = desk(waiting(BO, 1), [ANA])
    scripted(d, "smtp")
    report = d.drain()
    assert (report.held, report.ok, d.box.statuses()) == (1, False, ["pending"])
    d.recipients.append(BO)
    assert d.drain() == DrainReport(sent=1)


def test_an_unreadable_payload_is_lost_loudly(waiting: Waiting, desk: Callable[..., Desk]) -> None:
    d = desk([replace(waiting(ANA, 1)[0], payload="{}")], [ANA])
    scripted(d, "smtp")
    report = d.drain()
    assert (report.lost, report.failures) == (1, (("ana", "delivery payload is not an alert: KeyError"),))


def test_a_journal_that_cannot_be_written_stops_the_drain_after_marking(
    waiting: Waiting, desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    d = desk(waiting(ANA, 1), [ANA])
    scripted(d, "smtp")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        d.drain()
    assert d.box.statuses() == ["sent"]


@dataclass
class Hook:
    """A webhook that stores or fails by a list of faults, and keeps (title, marked) of what it stored."""

    faults: list[str]
    stored: list[tuple[str, bool]] = field(default_factory=list)

    def send(self, alert: Alert, recipient: Recipient, delivery: Delivery, attempt: Attempt) -> Sent:
        fault = self.faults.pop(0) if self.faults else "ok"
        if fault in {"ok", "unsure, stored"}:
            self.stored.append((alert.title, attempt.possible_repeat))
        if fault != "ok":
            raise SendFailed(fault, unsure=fault.startswith("unsure"))
        return Sent("")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])  # the fixtures are factories
@given(faults=st.lists(st.sampled_from(["ok", "sure", "unsure, lost", "unsure, stored"]), max_size=12), count=st.integers(1, 5))
def test_nothing_is_lost_and_only_a_marked_message_repeats(
    faults: list[str], count: int, waiting: Waiting, outbox: Callable[..., Any], now: datetime, tmp_path_factory: pytest.TempPathFactory
) -> None:
    box, hook = outbox(*waiting(ANA, count)), Hook(list(faults))
    path = tmp_path_factory.mktemp("journal") / "sent.jsonl"
    for hour in range(40):
        drain(box.window, {"smtp": hook}, Journal(path), [ANA], now + timedelta(hours=hour))
    titles = [title for title, _ in hook.stored]
    unmarked = [title for title, marked in hook.stored if not marked]
    assert set(titles) == {f"Adopted: rule {n}" for n in range(1, count + 1)}
    assert len(unmarked) == len(set(unmarked))
    assert len(titles) - len(set(titles)) <= faults.count("unsure, stored")
    assert set(box.statuses()) == {"sent"}
