"""Says when a failed delivery is tried again, and since when it has been failing. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from alerts.model import Delivery

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
GIVE_UP = timedelta(hours=48)
UNSENT = re.compile(r"(?:failing since (\S+))? ?(?:as ([0-9a-f]+))?")


def next_try(tries: int, now: datetime, retry_after: float | None = None) -> datetime:
    """Give the instant of the next try after `tries` failures: 1, 2, 4 ... minutes up to 6 hours, later when the channel asks for it."""
    wait = min(FIRST_WAIT * (1 << min(max(tries, 1) - 1, 20)), LONGEST_WAIT)
    return now + max(wait, timedelta(seconds=retry_after or 0))


def unsent_ref(message_id: str, since: datetime | None = None) -> str:
    """Write what the provider_ref of an unsent delivery keeps, so that no column is needed for it.

    since: the instant of its first failure. message_id: the alert id of the message in which it went out last.
    """
    return " ".join(filter(None, (f"failing since {since.isoformat()}" if since else "", f"as {message_id}" if message_id else "")))


def failing_since(delivery: Delivery, now: datetime) -> datetime:
    """Give the instant of the delivery's first failure, `now` when it has none yet."""
    return first_failure(delivery) or now


def first_failure(delivery: Delivery) -> datetime | None:
    """Give the instant of the delivery's first failure, None when it has none yet or when it cannot be read."""
    match = UNSENT.fullmatch(delivery.provider_ref)
    try:
        since = datetime.fromisoformat(match[1]) if match and match[1] else None
    except ValueError:
        return None
    return since if since and since.tzinfo else None


def went_as(delivery: Delivery) -> str:
    """Give the alert id of the message in which the delivery may have arrived, '' when it is not known."""
    match = UNSENT.fullmatch(delivery.provider_ref)
    return (match[2] or "") if match else ""


def is_due(delivery: Delivery, now: datetime) -> bool:
    """Tell whether the delivery's wait is over."""
    return delivery.next_at is None or delivery.next_at <= now
