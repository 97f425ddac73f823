"""Slack as an app: one thread per matter, a head that moves with it, a look-up in place of a repeat (cases 86-88, 100; I4, I5)."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.addressing import delivery_of
from alerts.journal import Journal
from alerts.marks import DrainReport
from alerts.model import Alert, Delivery, Recipient
from alerts.outbox import drain
from alerts.send import Attempt, SendFailed, SlackSettings, SmtpSettings, Thread
from alerts.slack_app import HEAD_BLOCK, SlackAppSender, mark_of, with_block
from alerts.smtp import SmtpSender
from standins.mail_and_slack import MailServer, in_turn
from standins.slack_api import ROOM, TOKEN, SlackApi

DESK = Recipient("room", "slack_app", ROOM)
Made = Callable[..., Alert]


def sender(api: SlackApi, **changes: Any) -> SlackAppSender:
    given = SlackSettings(timeout_s=10, pace_s=0, allowed_private=api.allowed, token=TOKEN, api_url=api.url)
    return SlackAppSender(replace(given, **changes))


@dataclass
class Desk:
    """A drained outbox whose one recipient is the stand-in's channel."""

    box: Any
    journal: Path
    api: SlackApi
    now: datetime
    slept: list[float] = field(default_factory=list)

    def add(self, *alerts: Alert) -> None:
        self.box.rows |= {d.delivery_id: d for d in (delivery_of(a, DESK) for a in alerts)}

    def drain(self, hours: float = 0) -> DrainReport:
        self.now += timedelta(hours=hours)
        senders: Any = {"slack_app": sender(self.api)}
        return drain(self.box.window, senders, Journal(self.journal), [DESK], self.now, sleep=self.slept.append)


@pytest.fixture
def desk(outbox: Callable[..., Any], tmp_path: Path, now: datetime) -> Callable[[SlackApi], Desk]:
    return lambda api: Desk(outbox(), tmp_path / "sent.jsonl", api, now)


def moved(alert: Made, number: int, purpose: str = "update", **changes: Any) -> Alert:
    """A later step of matter 1."""
    given = alert(number, matter_id="matter-1", purpose=purpose, title=f"Step {number}", **changes)
    return replace(given, lines=tuple(replace(line, matter_id="matter-1") for line in given.lines))


def headings(messages: list[dict[str, Any]]) -> list[str]:
    return [m["blocks"][0]["text"]["text"] for m in messages]


def test_a_matter_is_one_thread_and_its_head_says_what_is_the_case_now(alert: Made, desk: Callable[[SlackApi], Desk]) -> None:
    with SlackApi() as api:
        d = desk(api)
        d.add(alert(1), alert(2))
        assert d.drain() == DrainReport(sent=2)
        d.add(moved(alert, 3))
        assert d.drain(24) == DrainReport(sent=1)
        d.add(moved(alert, 4, "confirmation"), moved(alert, 5, "retraction"))
        assert d.drain(24) == DrainReport(sent=2)
        head = next(m for m in api.heads() if "rule 1" in m["text"])
        assert len(api.heads()) == 2
        assert headings(api.replies(head["ts"])) == ["Update: Step 3", "Confirmed: Step 4", "Withdrawn: Step 5"]
        marked = [b for b in head["blocks"] if b.get("block_id") == HEAD_BLOCK]
        assert [b["elements"][0]["text"] for b in marked] == ["Now: Withdrawn: Step 5 (2026-11-06)"]
        assert head["blocks"][1] == marked[0]
        assert head["metadata"]["event_payload"] == {"alert_id": alert(1).alert_id}  # an edit keeps what a look-up needs
        entries = [json.loads(x) for x in d.journal.read_text().splitlines()]
    assert entries[0]["provider_ref"] == f"{mark_of(ROOM)}:{api.heads()[0]['ts']}"
    assert {r.provider_ref for r in d.box.rows.values()} == {e["provider_ref"] for e in entries}


def test_the_thread_lasts_when_the_matters_id_was_lost(alert: Made, desk: Callable[[SlackApi], Desk]) -> None:
    def keyed(made: Alert) -> Alert:
        return replace(made, lines=tuple(replace(line, keys=("rin:0000-XX00",)) for line in made.lines))

    with SlackApi() as api:
        d = desk(api)
        d.add(keyed(alert(1)))
        d.drain()
        d.add(keyed(alert(2, purpose="update")))  # another matter id, the same number of the rule
        d.drain(24)
        assert len(api.heads()) == 1


def test_a_follow_up_waits_for_a_first_message_whose_answer_was_lost(alert: Made, desk: Callable[[SlackApi], Desk]) -> None:
    with SlackApi(in_turn(["lost"])) as api:
        d = desk(api)
        d.add(alert(1), moved(alert, 3))
        assert d.drain().late == 2
        assert d.drain(1) == DrainReport(sent=2)
        (head,) = api.heads()
        assert headings(api.replies(head["ts"])) == ["Update: Step 3"]


def test_a_digest_of_many_is_no_matters_head(alert: Made, desk: Callable[[SlackApi], Desk]) -> None:
    with SlackApi() as api:
        d = desk(api)
        d.add(*(alert(n) for n in range(1, 13)))
        assert d.drain() == DrainReport(sent=12)
        d.add(moved(alert, 20))
        d.drain(24)
        assert [len(api.replies(m["ts"])) for m in api.heads()] == [0, 0]


def test_a_lost_answer_is_looked_up_not_repeated(alert: Made, desk: Callable[[SlackApi], Desk]) -> None:
    with SlackApi(in_turn(["lost", "stored:fatal_error"])) as api:
        d = desk(api)
        d.add(alert(1), alert(2))
        assert d.drain().late == 2
        assert d.drain(1) == DrainReport(sent=2)  # none of them a repeat
        assert sorted(headings(api.messages)) == ["Adopted: rule 1", "Adopted: rule 2"]
        assert [m for _, m in api.calls].count("chat.postMessage") == 2
    assert not [x for x in d.journal.read_text().splitlines() if json.loads(x)["possible_repeat"]]


def test_what_did_not_arrive_is_sent_again_without_a_mark(alert: Made, desk: Callable[[SlackApi], Desk]) -> None:
    with SlackApi(in_turn(["cut", "cut"])) as api:
        d = desk(api)
        d.add(alert(1), alert(2))
        assert d.drain().late == 2
        assert d.drain(1) == DrainReport(sent=2)
        assert "possible repeat" not in json.dumps(api.messages)
        assert len(api.messages) == 2


def test_a_lost_answer_in_a_thread_is_found_there_and_the_head_still_moves(alert: Made, desk: Callable[[SlackApi], Desk]) -> None:
    with SlackApi(in_turn(["ok", "lost"])) as api:
        d = desk(api)
        d.add(alert(1))
        d.drain()
        d.add(moved(alert, 3))
        assert d.drain(24).late == 1
        assert d.drain(1) == DrainReport(sent=1)
        (head,) = api.heads()
        assert headings(api.replies(head["ts"])) == ["Update: Step 3"]
        assert head["blocks"][1]["block_id"] == HEAD_BLOCK


def test_a_folded_message_is_looked_up_as_it_went(alert: Made, desk: Callable[[SlackApi], Desk]) -> None:
    with SlackApi(in_turn(["lost", "lost"])) as api:
        d = desk(api)
        d.add(*(alert(n) for n in range(1, 13)))
        assert d.drain().late == 12
        d.add(*(alert(n) for n in range(13, 40)))  # a second flood: it is lost too, and must not hide the first
        assert d.drain(1).late == 27
        d.add(alert(50))
        assert d.drain(1) == DrainReport(sent=28)
        assert [len(json.loads(json.dumps(m["blocks"]))) > 1 for m in api.messages] == [True] * 3
        assert [m["text"].split(":")[1] for m in api.messages] == [" 12 alerts in one message", " 27 alerts in one message", " rule 50"]


def test_a_look_up_reads_every_page(alert: Made, desk: Callable[[SlackApi], Desk]) -> None:
    with SlackApi(in_turn(["lost"])) as api:
        api.page = 2
        d = desk(api)
        d.add(alert(1))
        d.drain()
        for number in range(2, 9):
            sender(api).send(alert(number), DESK, delivery_of(alert(number), DESK), Attempt(1, d.now))
        assert d.drain(1) == DrainReport(sent=1)
        assert len(api.messages) == 8


def test_what_a_person_wants_again_is_sent_again_with_a_mark(alert: Made, now: datetime) -> None:
    with SlackApi() as api:
        for attempt in (Attempt(1, now), Attempt(2, now, possible_repeat=True)):
            sender(api).send(alert(1), DESK, delivery_of(alert(1), DESK), attempt)
        assert ["possible repeat" in json.dumps(m) for m in api.messages] == [False, True]


@pytest.mark.parametrize("fault", ["500", "lost", "internal_error", "ratelimited", "retry"])
def test_while_the_look_up_fails_nothing_is_sent(fault: str, alert: Made, desk: Callable[[SlackApi], Desk]) -> None:
    with SlackApi(in_turn(["lost"]), in_turn([fault] * 2)) as api:
        d = desk(api)
        d.add(alert(1))
        d.drain()
        assert d.drain(1).late == 1
        assert d.box.statuses() == ["sending"]
        while d.drain(3) != DrainReport(sent=1):
            assert d.box.statuses() == ["sending"]
        assert len(api.messages) == 1


def test_without_the_right_to_look_up_a_repeat_is_marked(alert: Made, desk: Callable[[SlackApi], Desk]) -> None:
    with SlackApi(in_turn(["lost"]), lambda: "missing_scope") as api:
        d = desk(api)
        d.add(alert(1))
        d.drain()
        assert d.drain(1) == DrainReport(sent=1, repeats=1)
        assert ["possible repeat" in json.dumps(m) for m in api.messages] == [False, True]


@pytest.mark.parametrize(
    ("fault", "reason", "permanent", "unsure"),
    [
        ("channel_not_found", "slack app: channel_not_found", True, False),
        ("token_revoked", "slack app: token_revoked", True, False),
        ("invalid_blocks", "slack app: invalid_blocks", True, False),
        ("team_added_to_org", "slack app: team_added_to_org", False, False),
        ("fatal_error", "slack app: fatal_error", False, True),
        ("internal_error", "slack app: internal_error", False, True),
        ("an error with words", "slack app: ok:false", False, False),
        ("500", "slack app 500", False, True),
        ("503", "slack app 503", False, False),
        ("302", "slack app 302", False, False),
        ("lost", "slack app: no answer (RemoteProtocolError)", False, True),
        ("cut", "slack app: no answer (RemoteProtocolError)", False, True),
        ("hang", "slack app: no answer (ReadTimeout)", False, True),
        ("stall", "slack app: no answer (ReadTimeout)", False, True),
    ],
)
def test_each_fault_has_its_name(fault: str, reason: str, permanent: bool, unsure: bool, alert: Made, now: datetime) -> None:
    with SlackApi(in_turn([fault])) as api:
        app = sender(api, timeout_s=0.5 if fault in {"hang", "stall"} else 10)
        with pytest.raises(SendFailed) as caught:
            app.send(alert(1), DESK, delivery_of(alert(1), DESK), Attempt(1, now))
        failure = caught.value
        assert (failure.reason, failure.permanent, failure.unsure) == (reason, permanent, unsure)
        assert [method for method, _ in api.calls] == ["POST"]  # a redirect is never followed, least of all by a GET


def test_429_is_obeyed(alert: Made, desk: Callable[[SlackApi], Desk]) -> None:
    with SlackApi(in_turn(["retry"])) as api:
        d = desk(api)
        d.add(alert(1))
        assert d.drain() == DrainReport(sent=1)
    assert d.slept == [7.0]


def test_a_channel_that_is_gone_is_told_by_mail(alert: Made, outbox: Callable[..., Any], tmp_path: Path, now: datetime) -> None:
    ana = Recipient("ana", "smtp", "ana@reader.example")
    with SlackApi(lambda: "is_archived") as api, MailServer() as mail:
        senders: Any = {
            "slack_app": sender(api),
            "smtp": SmtpSender(SmtpSettings("127.0.0.1", mail.port, "plain", sender="watch@sender.example")),
        }
        box = outbox(delivery_of(alert(1), DESK))
        report = drain(box.window, senders, Journal(tmp_path / "sent.jsonl"), [DESK, ana], now)
        assert (report.lost, box.statuses()) == (1, ["dead"])
        assert [m["Subject"] for m in mail.mails] == ["Health: 1 alert to room did not arrive"]


def test_a_head_that_cannot_be_brought_up_to_date_is_said_and_loses_nothing(alert: Made, desk: Callable[[SlackApi], Desk]) -> None:
    with SlackApi(in_turn(["ok", "ok", "cant_update_message"])) as api:
        d = desk(api)
        d.add(alert(1))
        d.drain()
        d.add(moved(alert, 3))
        said = (("room", "slack app: cant_update_message while the thread's head was brought up to date"),)
        assert d.drain(24) == DrainReport(sent=1, failures=said)
        assert d.drain(24) == DrainReport()
        assert len(api.messages) == 2


def test_a_thread_that_is_gone_is_no_loss(alert: Made, desk: Callable[[SlackApi], Desk]) -> None:
    with SlackApi() as api:
        d = desk(api)
        d.add(alert(1))
        d.drain()
        api.messages.clear()
        d.add(moved(alert, 3))
        assert d.drain(24) == DrainReport(sent=1, failures=(("room", "slack app: the thread's first message is gone"),))
        assert headings(api.heads()) == ["Update: Step 3"]


def test_a_thread_of_another_channel_is_not_joined(alert: Made, now: datetime) -> None:
    with SlackApi() as api:
        elsewhere = Attempt(1, now, thread=Thread(f"{mark_of('C0OTHER')}:1700000000.000100", "f00d", "2026-11-01"))
        sender(api).send(alert(1), DESK, delivery_of(alert(1), DESK), elsewhere)
        assert len(api.heads()) == 1


def test_at_most_one_message_a_second_to_a_channel_updates_included(alert: Made, now: datetime) -> None:
    slept: list[float] = []
    with SlackApi() as api:
        settings = SlackSettings(allowed_private=api.allowed, token=TOKEN, api_url=api.url)
        paced = SlackAppSender(settings, sleep=slept.append, clock=lambda: 100.0 + sum(slept))
        first = paced.send(alert(1), DESK, delivery_of(alert(1), DESK), Attempt(1, now))
        thread = Thread(first.provider_ref, alert(1).alert_id, "2026-11-06")
        paced.send(moved(alert, 2), DESK, delivery_of(alert(2), DESK), Attempt(1, now, thread=thread))
        writes = [m for _, m in api.calls if m.startswith("chat.")]
    assert writes == ["chat.postMessage", "chat.postMessage", "chat.update"]
    assert slept == [1.0, 1.0]


def test_a_full_head_makes_room_for_its_line() -> None:
    blocks = [{"type": "section", "block_id": str(n)} for n in range(50)]
    now = {"type": "context", "block_id": HEAD_BLOCK}
    once = with_block(blocks, now)
    assert (len(once), once[1], once[-1]["block_id"]) == (50, now, "49")
    assert with_block(once, now) == once


def test_the_token_is_in_no_log_error_or_repr(alert: Made, now: datetime, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with SlackApi(in_turn(["ok", "invalid_auth", "lost"])) as api:
        app = sender(api)
        said = []
        for number in range(3):
            try:
                app.send(alert(number), DESK, delivery_of(alert(number), DESK), Attempt(1, now))
            except SendFailed as failure:
                said.append(repr(failure) + str(failure) + repr(failure.__cause__))
        settings = SlackSettings(token=TOKEN)
    assert len(said) == 2
    assert "s3cr3t" not in caplog.text + "".join(said) + repr(app) + repr(settings)


def test_the_wrong_token_is_refused(alert: Made, now: datetime) -> None:
    with SlackApi() as api, pytest.raises(SendFailed, match="invalid_auth"):
        sender(api, token="xoxb-other").send(alert(1), DESK, Delivery("d", "a", "slack_app", "room", ""), Attempt(1, now))
