"""Puts the senders of a routing together."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from alerts.files import FileSender
from alerts.model import Channel
from alerts.routing import Routing
from alerts.send import Sender, SmtpSettings
from alerts.slack import SlackSender
from alerts.smtp import SmtpSender


def build_senders(routing: Routing, data_dir: Path, *, sleep: Callable[[float], None] = time.sleep) -> dict[Channel, Sender]:
    """Give one sender per channel; files go below data_dir, pauses between messages use `sleep`."""
    smtp = SmtpSender(routing.smtp or SmtpSettings())
    return {"file": FileSender(data_dir), "smtp": smtp, "slack": SlackSender(routing.slack, sleep=sleep)}
