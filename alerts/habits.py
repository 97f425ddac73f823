"""When a recipient may be disturbed, and how often: quiet hours on their own clock, a maximum per night, a grouping window. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Habits:
    """What one recipient wants; the defaults hold nothing back."""

    zone: str = "UTC"  # an IANA name, as in Asia/Shanghai
    quiet: tuple[time, time] | None = None  # from, until, on the recipient's clock; may span midnight
    max_per_night: int = 0  # messages about one night; what is more comes in one digest; 0 = no maximum
    group_minutes: int = 0  # after a message about a matter, its follow-ups wait this long and come as one
    weekly: str = ""  # the weekday after whose night the week's summary comes; '' = none

    def quiet_until(self, now: datetime) -> datetime | None:
        """Give the instant (UTC) at which the quiet hours that `now` falls into end; None outside of them."""
        if self.quiet is None:
            return None
        begins, ends = self.quiet
        local = now.astimezone(ZoneInfo(self.zone))
        at = local.time()
        spans_midnight = begins > ends
        inside = (at >= begins or at < ends) if spans_midnight else begins <= at < ends
        if not inside:
            return None
        day = local.date() + timedelta(days=1 if spans_midnight and at >= begins else 0)
        # In the hour that a clock change repeats, the end may lie before now: then nothing is held.
        until = datetime.combine(day, ends, ZoneInfo(self.zone)).astimezone(UTC)
        return until if until > now else None

    def grouped_until(self, told_at: datetime | None, now: datetime) -> datetime | None:
        """Give the end of the grouping window that the last message about a matter opened; None when it is over."""
        if told_at is None or not self.group_minutes:
            return None
        until = told_at + timedelta(minutes=self.group_minutes)
        return until if until > now else None


DEFAULT_HABITS = Habits()
