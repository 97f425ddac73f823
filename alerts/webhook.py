"""Posts alerts as signed JSON to any web address, after the Standard Webhooks specification (standardwebhooks.com).

Three headers: webhook-id (the same at every try, so that a receiver can drop a repeat), webhook-timestamp (seconds since 1970 of this try),
webhook-signature ("v1," and the base64 HMAC-SHA256 of "id.timestamp.body"). The receiver answers 2xx.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Callable

from alerts.model import Alert, Delivery, Recipient
from alerts.payload import to_json
from alerts.plain import clean_alert
from alerts.posting import Poster, Resolve, refuse
from alerts.render import mail_text, subject
from alerts.send import Attempt, Sent, WebhookSettings
from extractors.transport import look_up

PREFIX = "whsec_"


class WebhookSender:
    """Sender for generic webhooks: one signed POST, no redirect followed."""

    def __init__(
        self, settings: WebhookSettings | None = None, *, resolve: Resolve = look_up, wall: Callable[[], float] = time.time
    ) -> None:
        s = settings or WebhookSettings()
        self._poster = Poster("webhook", s.timeout_s, s.allowed_private, resolve=resolve)
        self._wall = wall  # receivers refuse an old timestamp, so a simulated night does not count here

    def send(self, alert: Alert, recipient: Recipient, delivery: Delivery, attempt: Attempt) -> Sent:
        """Post one message; returns its webhook-id; raises SendFailed."""
        message_id, stamp = f"{alert.alert_id}.{recipient.ref}", str(int(self._wall()))
        body = content(alert, message_id, attempt)
        answer = self._poster.post(
            recipient.address,
            body,
            {
                "Content-Type": "application/json",
                "webhook-id": message_id,
                "webhook-timestamp": stamp,
                "webhook-signature": signature(recipient.secret, message_id, stamp, body),
            },
        )
        if not 200 <= answer.status < 300:
            refuse("webhook", answer)
        return Sent(message_id)


def content(alert: Alert, message_id: str, attempt: Attempt) -> bytes:
    """Give the body: title and text for people, the alert itself for programs, every text in it visible and safe to show as plain text."""
    table = {
        "type": f"alert.{alert.purpose}",
        "id": message_id,
        "possible_repeat": attempt.possible_repeat,
        "follows": attempt.thread.alert_id if attempt.thread else "",
        "title": subject(alert, attempt),
        "text": mail_text(alert, attempt),
        "alert": json.loads(to_json(clean_alert(alert))),
    }
    return json.dumps(table, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")


def signature(secret: str, message_id: str, stamp: str, body: bytes) -> str:
    """Sign id, timestamp and body."""
    signed = f"{message_id}.{stamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key_of(secret), signed, hashlib.sha256).digest()).decode("ascii")


def key_of(secret: str) -> bytes:
    """Read the key: base64 after 'whsec_', else the text's own bytes; raises ValueError for base64 that is none, without repeating it."""
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("what follows whsec_ is no base64") from None
