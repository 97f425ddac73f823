"""Puts the senders of a routing together."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from alerts.apprise_urls import AppriseSender
from alerts.files import FileSender
from alerts.model import Channel
from alerts.routing import Routing
from alerts.send import Sender, SmtpSettings
from alerts.slack import SlackSender
from alerts.slack_app import SlackAppSender
from alerts.smtp import SmtpSender
from alerts.webhook import WebhookSender


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
