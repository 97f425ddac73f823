"""A flood is one message: after two days without any channel, and in a night of 500 moves (cases 97, 98)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.addressing import delivery_of
from alerts.channels import build_senders
from alerts.journal import Journal
from alerts.marks import DrainReport
from alerts.model import Alert, Recipient
from alerts.outbox import drain
from alerts.routing import Routing
from alerts.send import SlackSettings, SmtpSettings, WebhookSettings
from standins.any_hook import AnyHook
from standins.mail_and_slack import MailServer, SlackServer
from standins.slack_api import ROOM, TOKEN, SlackApi

Made = Callable[..., Alert]
pytestmark = pytest.mark.slow


@dataclass
class Fault:
    """What every server does now."""

    name: str = "ok"

    def __call__(self) -> str:
        return self.name


@dataclass
class Everybody:
    """One recipient on every channel, each with its stand-in."""

    mail: MailServer
    slack: SlackServer
    api: SlackApi
    hook: AnyHook
    folder: Path
    box: Any
    now: datetime
    slept: list[float] = field(default_factory=list)

    def people(self) -> tuple[Recipient, ...]:
        return (
            Recipient("ana", "smtp", "ana@reader.example"),
            Recipient("room", "slack", self.slack.url),
            Recipient("desk", "slack_app", ROOM),
            Recipient("hook", "webhook", self.hook.url, secret="a key"),
            Recipient("files", "file", "out"),
        )

    def add(self, *alerts: Alert) -> None:
        self.box.rows |= {d.delivery_id: d for a in alerts for d in (delivery_of(a, person) for person in self.people())}

    def drain(self, hours: float = 0) -> DrainReport:
        self.now += timedelta(hours=hours)
        near = self.slack.allowed | self.api.allowed | self.hook.allowed
        routing = Routing(
            self.people(),
            smtp=SmtpSettings("127.0.0.1", self.mail.port, "plain", sender="watch@sender.example"),
            slack=SlackSettings(allowed_private=near, token=TOKEN, api_url=self.api.url),
            webhook=WebhookSettings(allowed_private=near),
        )
        senders = build_senders(routing, self.folder, sleep=self.slept.append)
        return drain(self.box.window, senders, Journal(self.folder / "sent.jsonl"), routing.recipients, self.now, sleep=self.slept.append)

    def counts(self) -> list[int]:
        files = len(list((self.folder / "out").glob("*.txt")))
        return [len(self.mail.mails), len(self.slack.accepted), len(self.api.messages), len(self.hook.accepted), files]


def test_five_hundred_moves_are_one_digest_for_each_recipient(
    alert: Made, outbox: Callable[..., Any], tmp_path: Path, now: datetime
) -> None:
    with MailServer() as mail, SlackServer() as slack, SlackApi() as api, AnyHook() as hook:
        all_of_them = Everybody(mail, slack, api, hook, tmp_path, outbox(), now)
        all_of_them.add(*(alert(n) for n in range(1, 501)))
        assert all_of_them.drain() == DrainReport(sent=2500)
        assert all_of_them.counts() == [1] * 5
        assert all("500 alerts in one message" in m["text"] for m in (*slack.accepted, *api.messages))
        assert len(json.loads(hook.accepted[0][1])["alert"]["lines"]) == 500
        assert all_of_them.drain(1) == DrainReport()
        assert all_of_them.slept == []


def test_a_slack_channel_gets_at_most_one_message_a_second(alert: Made, outbox: Callable[..., Any], tmp_path: Path, now: datetime) -> None:
    with MailServer() as mail, SlackServer() as slack, SlackApi() as api, AnyHook() as hook:
        all_of_them = Everybody(mail, slack, api, hook, tmp_path, outbox(), now)
        all_of_them.add(*(alert(n) for n in range(1, 11)))  # the most that is not folded
        all_of_them.drain()
        assert all_of_them.counts() == [10] * 5
        # Nine pauses on each of the two channels; the stand-in clock of this test does not move while it "sleeps".
        assert len(all_of_them.slept) >= 2 * 9
        assert max(all_of_them.slept) <= 1.0


@pytest.mark.parametrize("fault", ["503", "cut"])
def test_after_two_days_without_a_channel_all_of_it_comes_as_one_message_in_order(
    fault: str, alert: Made, outbox: Callable[..., Any], tmp_path: Path, now: datetime
) -> None:
    down = Fault("503")
    by_mail = Fault("421")
    with MailServer(by_mail) as mail, SlackServer(down) as slack, SlackApi(down, down) as api, AnyHook(down) as hook:
        everybody = Everybody(mail, slack, api, hook, tmp_path, outbox(), now)
        people = everybody.people()
        everybody.people = lambda: people[:4]  # type: ignore[method-assign]  # no files: there is no other channel to tell
        down.name, by_mail.name = fault, "cut" if fault == "cut" else "421"
        for day in range(3):
            everybody.add(*(alert(10 * day + n, night=f"2026-11-{6 + day:02}") for n in range(1, 9)))
            for _ in range(4):
                assert everybody.drain(6).lost == 0
        assert everybody.counts()[:4] == [0] * 4
        down.name = by_mail.name = "ok"
        report = everybody.drain(7)
        assert (report.sent, report.late, report.lost) == (4 * 24, 0, 0)
        # What may have arrived keeps its own message; everything else is one digest.
        assert everybody.counts()[:4] == ([1] * 4 if fault == "503" else [3] * 4)
        digest = json.loads(hook.accepted[-1][1])["alert"]
        nights = [line["night"] for line in digest["lines"]]
        assert nights == sorted(nights)
        assert "possible repeat" not in json.dumps(api.messages)
