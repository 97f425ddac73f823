"""Puts the senders of a routing together."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from alerts.apprise_urls import AppriseSender
from alerts.files import FileSender
from alerts.model import Alert, Channel, Delivery, Recipient
from alerts.routing import Routing
from alerts.send import Attempt, Sender, Sent, SmtpSettings
from alerts.slack import SlackSender
from alerts.slack_app import SlackAppSender
from alerts.smtp import SmtpSender
from alerts.webhook import WebhookSender


class Rehearsal:
    """Sender of an installation that is not live: whatever the channel, the message is written to out/REF below the data directory."""

    def __init__(self, data_dir: Path) -> None:
        self._files = FileSender(data_dir)

    def send(self, alert: Alert, recipient: Recipient, delivery: Delivery, attempt: Attempt) -> Sent:
        """Write the files; raises SendFailed."""
        folder = re.sub(r"[^\w-]+", "-", recipient.ref)
        return self._files.send(alert, Recipient(recipient.ref, "file", f"out/{folder}"), delivery, attempt)


def rehearsing(senders: Mapping[Channel, Sender], data_dir: Path) -> dict[Channel, Sender]:
    """Put a rehearsal in the place of every sender that reaches people."""
    return {channel: sender if channel == "file" else Rehearsal(data_dir) for channel, sender in senders.items()}


def build_senders(routing: Routing, data_dir: Path, *, sleep: Callable[[float], None] = time.sleep) -> dict[Channel, Sender]:
    """Give one sender per channel; files go below data_dir, pauses between messages use `sleep`."""
    return {
        "file": FileSender(data_dir),
        "smtp": SmtpSender(routing.smtp or SmtpSettings()),
        "slack": SlackSender(routing.slack, sleep=sleep),
        "slack_app": SlackAppSender(routing.slack, sleep=sleep),
        "webhook": WebhookSender(routing.webhook),
        "apprise": AppriseSender(),
    }
