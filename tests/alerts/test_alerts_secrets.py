"""Webhooks, passwords and addresses stand in no log, error, journal, outbox row or traceback (case 100)."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from alerts.channels import build_senders
from alerts.journal import Journal
from alerts.model import Delivery, Recipient
from alerts.outbox import drain
from alerts.routing import Routing
from alerts.send import Attempt, SendFailed, SlackSettings, SmtpSettings, WebhookSettings
from standins.any_hook import AnyHook
from standins.mail_and_slack import MailServer, SlackServer
from standins.slack_api import ROOM, TOKEN, SlackApi

SECRETS = ("s3cr3t", "hunter2", "ana@reader.example", ROOM)


@pytest.mark.parametrize("fault", ["ok", "404", "500", "lost", "302"])
def test_a_drain_shows_no_secret(
    fault: str, waiting: Callable[[Recipient, int], list[Delivery]], outbox: Callable[..., Any], now: datetime, tmp_path: Path,
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    by_mail = MailServer(lambda: {"ok": "ok", "lost": "lost"}.get(fault, "550"))
    with SlackServer(lambda: fault) as slack, by_mail as mail, SlackApi(lambda: fault) as api, AnyHook(lambda: fault) as hook:
        recipients = (
            Recipient("ana", "smtp", "ana@reader.example"),
            Recipient("room", "slack", slack.url),
            Recipient("desk", "slack_app", ROOM),
            Recipient("hook", "webhook", hook.url, secret="s3cr3t key"),
        )
        near = slack.allowed | api.allowed | hook.allowed
        routing = Routing(
            recipients,
            smtp=SmtpSettings("127.0.0.1", mail.port, "plain", password="hunter2", sender="watch@sender.example", timeout_s=5),
            slack=SlackSettings(timeout_s=1, pace_s=0, allowed_private=near, token=TOKEN, api_url=api.url),
            webhook=WebhookSettings(1, near),
        )
        senders = build_senders(routing, tmp_path)
        box = outbox(*(d for person in recipients for d in waiting(person, 1)))
        report = drain(box.window, senders, Journal(tmp_path / "sent.jsonl"), recipients, now, sleep=lambda _: None)
        crash = ""
        try:
            senders["slack"].send(None, recipients[1], None, Attempt(1, now))  # type: ignore[arg-type]
        except (SendFailed, AttributeError):
            crash = traceback.format_exc()
    kept = "".join(p.read_text() for p in tmp_path.rglob("*") if p.is_file())
    logged = "".join(r.getMessage() + str(r.exc_info) for r in caplog.records if r.name != "mail.log")  # that one is the stand-in's own
    said = logged + "".join(capfd.readouterr()) + repr(report) + repr(box.rows) + repr(routing) + repr(senders) + crash + kept
    assert not [secret for secret in SECRETS if secret in said]
    assert report.sent == (4 if fault == "ok" else 0)
