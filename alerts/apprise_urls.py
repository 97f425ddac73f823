"""Sends by Apprise to what has no channel of its own here: Teams, Telegram, ntfy, Matrix and about a hundred others, one URL each.

Apprise answers yes or no; its log alone says why, and is heard for that: a status with which the service refused counts as it does for a
webhook, so that the next try is no repeat; whatever else went wrong may have arrived, and the next try is marked. It dials by itself: only
the address that the user wrote is asked, redirects are off, and its loggers and those of its HTTP library write nothing, as they name URLs.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

from alerts.model import Alert, Delivery, Recipient
from alerts.plain import shorten
from alerts.posting import Answer, refuse
from alerts.render import mail_text, subject
from alerts.send import Attempt, SendFailed, Sent, follow_up_note

OWN_LOGGER = "apprise"
LOGGERS = (OWN_LOGGER, "requests", "urllib3", "urllib3.connectionpool")
STATUS = re.compile(r"\berror ?= ?(\d{3})\b")
CUT = "\n[cut here: the channel takes no more]"
# What services read as a call to everybody or to one person, whatever the format: a space of no width goes after the sign.
CALLS = re.compile(r"@(?=everyone|here|channel|all\b|room)|<(?=[@!#])", re.IGNORECASE)


class AppriseSender:
    """Sender for Apprise; a recipient's address is one Apprise URL."""

    def send(self, alert: Alert, recipient: Recipient, delivery: Delivery, attempt: Attempt) -> Sent:
        """Send one plain text, cut to what the service takes; raises SendFailed."""
        import apprise  # noqa: PLC0415 -- loads a hundred services: only who uses it waits for that

        with listened() as heard:
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
        if arrived:
            return Sent("")
        status = heard.refused
        # One URL may name several rooms or people: what one of them refused another one may have.
        if status and len(service) == 1:
            refuse("apprise", Answer(status, "", b""))
        raise SendFailed(f"apprise: {service_name(recipient.address)} did not take it", unsure=True)


class Heard(logging.Handler):
    """Keeps of a library's warnings the status that each names, and nothing else."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._statuses: list[int] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Take a warning in."""
        found = STATUS.search(record.getMessage())
        self._statuses.append(int(found[1]) if found else 0)

    @property
    def refused(self) -> int:
        """The status of a service's refusal; 0 when anything else was warned of, or nothing."""
        return self._statuses[0] if len(self._statuses) == 1 else 0


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
def listened() -> Iterator[Heard]:
    """Keep loggers that name URLs quiet meanwhile, whatever is set, and hear what Apprise warns of."""
    heard, own = Heard(), logging.getLogger(OWN_LOGGER)
    loggers = [logging.getLogger(name) for name in LOGGERS]
    before = [(each.disabled, each.propagate, each.level, each.handlers) for each in loggers]
    for logger in loggers:
        logger.disabled = logger is not own
    own.propagate, own.handlers = False, [heard]
    own.setLevel(logging.WARNING)
    try:
        yield heard
    finally:
        for logger, (disabled, propagate, level, handlers) in zip(loggers, before, strict=True):
            logger.disabled, logger.propagate, logger.handlers = disabled, propagate, handlers
            logger.setLevel(level)
