"""Sends by Apprise to what has no channel of its own here: Teams, Telegram, ntfy, Matrix and about a hundred others, one URL each.

Apprise answers yes or no and never why, so a failure may have arrived all the same: the next try is marked. It dials by itself: only the
address that the user wrote is asked, redirects are off, and its loggers and those of its HTTP library are silent, as they name URLs.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

from alerts.model import Alert, Delivery, Recipient
from alerts.plain import shorten
from alerts.render import mail_text, subject
from alerts.send import Attempt, SendFailed, Sent, follow_up_note

LOGGERS = ("apprise", "requests", "urllib3", "urllib3.connectionpool")
CUT = "\n[cut here: the channel takes no more]"
# What services read as a call to everybody or to one person, whatever the format: a space of no width goes after the sign.
CALLS = re.compile(r"@(?=everyone|here|channel|all\b|room)|<(?=[@!#])", re.IGNORECASE)


class AppriseSender:
    """Sender for Apprise; a recipient's address is one Apprise URL."""

    def send(self, alert: Alert, recipient: Recipient, delivery: Delivery, attempt: Attempt) -> Sent:
        """Send one plain text, cut to what the service takes; raises SendFailed."""
        import apprise  # noqa: PLC0415 -- loads a hundred services: only who uses it waits for that

        with silenced():
            asset = apprise.AppriseAsset(app_id="topicwatch", app_desc="topicwatch", app_url="", image_url_mask="", image_url_logo="")
            service = apprise.Apprise.instantiate(recipient.address, asset=asset)
            if service is None:
                raise SendFailed("apprise: the URL is not one that Apprise knows", permanent=True)
            service.redirects = False
            title = CALLS.sub("\\g<0>\u200b", subject(alert, attempt))
            note = follow_up_note(attempt)
            body = CALLS.sub("\\g<0>\u200b", mail_text(alert, attempt) + (f"\n{note}\n" if note else ""))
            room = service.body_maxlen - len(title) - len(CUT) - 2
            try:
                desk = apprise.Apprise(asset=asset)
                desk.add(service)
                arrived = desk.notify(body=cut(body, max(room, 100)), title=title, body_format=apprise.NotifyFormat.TEXT)
            except Exception as error:  # a service's own code: its message could hold the URL
                raise SendFailed(f"apprise: {type(error).__name__}", unsure=True) from None
        if not arrived:
            raise SendFailed(f"apprise: {service_name(recipient.address)} did not take it", unsure=True)
        return Sent("")


def cut(text: str, limit: int) -> str:
    """Cut at a line's end, so that no link is half, and say so."""
    if len(text) <= limit:
        return text
    kept = text[: text.rfind("\n", 0, limit)] if "\n" in text[:limit] else shorten(text, limit)
    return kept + CUT


def service_name(url: str) -> str:
    """Name the service by its schema, which holds no secret."""
    schema = url.partition("://")[0].lower()
    return schema if schema.isalnum() and len(schema) <= 20 else "the service"


@contextmanager
def silenced() -> Iterator[None]:
    """Keep loggers that name URLs quiet meanwhile, whatever level is set."""
    loggers = [logging.getLogger(name) for name in LOGGERS]
    before = [logger.disabled for logger in loggers]
    for logger in loggers:
        logger.disabled = True
    try:
        yield
    finally:
        for logger, was in zip(loggers, before, strict=True):
            logger.disabled = was
