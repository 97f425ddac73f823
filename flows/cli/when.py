"""Days and instants as a person types them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from flows.cli.faults import refuse


def day(text: str, option: str) -> date:
    """Read YYYY-MM-DD; anything else ends the command with the usage code."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        refuse(f"{option} {text!r}: want a day as YYYY-MM-DD")


def instant(text: str, option: str = "--as-of") -> datetime:
    """Read an ISO instant, or a day, which means its last second (a night covers its whole day); no zone means UTC."""
    try:
        if len(text) == len("YYYY-MM-DD"):
            return datetime.combine(date.fromisoformat(text), time(23, 59, 59), UTC)
        at = datetime.fromisoformat(text)
    except ValueError:
        refuse(f"{option} {text!r}: want YYYY-MM-DD or an ISO instant such as 2026-11-06T23:00:00Z")
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
