"""Posts to Slack's incoming webhooks.

A webhook answers 200 with the body `ok`. It gives no id, threads nothing and shows nothing: a follow-up is a message of its own that names
the first one, and a lost answer can only be followed by a marked repeat (FAULTS.md, alerts: what can be promised). slack_app.py can more.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from alerts.blocks import message
from alerts.model import Alert, Delivery, Recipient
from alerts.posting import Answer, Pace, Poster, Resolve, refuse
from alerts.send import Attempt, Sent, SlackSettings, follow_up_note
from extractors.transport import look_up

JSON = {"Content-Type": "application/json; charset=utf-8"}


class SlackSender:
    """Sender for webhooks: one POST, at most one message a second to each webhook."""

    def __init__(
        self,
        settings: SlackSettings | None = None,
        *,
        resolve: Resolve = look_up,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        s = settings or SlackSettings()
        self._poster = Poster("slack", s.timeout_s, s.allowed_private, resolve=resolve, clock=clock)
        self._pace = Pace(s.pace_s, sleep, clock)

    def send(self, alert: Alert, recipient: Recipient, delivery: Delivery, attempt: Attempt) -> Sent:
        """Post one message; raises SendFailed."""
        content = message(alert, attempt, footnote=follow_up_note(attempt))
        body = json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")
        self._pace.wait(recipient.address)
        judge(self._poster.post(recipient.address, body, JSON))
        return Sent("")


def judge(answer: Answer) -> None:
    """Accept 200 with the body `ok`; raise SendFailed for everything else, named by status and Slack's one word."""
    word = answer.body.strip().decode("ascii", "replace")
    if answer.status != 200 or word != "ok":
        refuse("slack", answer, word)
