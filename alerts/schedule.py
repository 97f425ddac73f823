"""Says when a failed delivery is tried again, and since when it has been failing. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from alerts.model import Delivery

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
GIVE_UP = timedelta(hours=48)
SINCE = "failing since "


def next_try(tries: int, now: datetime, retry_after: float | None = None) -> datetime:
    """Give the instant of the next try after `tries` failures: 1, 2, 4 ... minutes up to 6 hours, later when the channel asks for it."""
    wait = min(FIRST_WAIT * (1 << min(max(tries, 1) - 1, 20)), LONGEST_WAIT)
    return now + max(wait, timedelta(seconds=retry_after or 0))


def failing_since(delivery: Delivery, now: datetime) -> datetime:
    """Give the instant of the delivery's first failure, `now` when it has none yet.

    While a delivery is unsent its provider_ref keeps that instant, so that no column is needed for it.
    """
    if not delivery.provider_ref.startswith(SINCE):
        return now
    try:
        since = datetime.fromisoformat(delivery.provider_ref.removeprefix(SINCE))
    except ValueError:
        return now
    return since if since.tzinfo else now


def is_due(delivery: Delivery, now: datetime) -> bool:
    """Tell whether the delivery's wait is over."""
    return delivery.next_at is None or delivery.next_at <= now
