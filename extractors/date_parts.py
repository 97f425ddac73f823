"""The parts of a date as read, and the instant they make."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(slots=True)
class Parts:
    """Year, month ... as written; zone is hours east of UTC, a zone's name, or None when the text names none."""

    year: int
    month: int | None = None
    day: int | None = None
    hour: int | None = None
    minute: int = 0
    second: int = 0
    micro: int = 0
    zone: float | str | None = None
    zoneless: float | None = None  # hours east of UTC that this kind of text means when it names none

    def instant(self, default_zone: float) -> datetime:
        """Return the instant in UTC, exact or the start of the day, month or year; raises ValueError when a part is out of range."""
        if not 1900 <= self.year <= 2200:
            raise ValueError("year")
        if self.hour is None:
            return datetime(self.year, self.month or 1, self.day or 1, tzinfo=UTC)
        day_on = self.hour == 24 and self.minute == self.second == 0
        local = datetime(self.year, self.month or 1, self.day or 1, 0 if day_on else self.hour, self.minute, self.second, self.micro)  # noqa: DTZ001
        local += timedelta(days=1 if day_on else 0)
        if isinstance(self.zone, str):
            return local.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)
        zone = self.zone if self.zone is not None else self.zoneless if self.zoneless is not None else default_zone
        if abs(zone) > 14:
            raise ValueError("zone")
        return local.replace(tzinfo=UTC) - timedelta(hours=zone)


def offset(sign: str, hours: str, minutes: str) -> float:
    """Return '+05', '30' as 5.5; raises ValueError beyond 14 h or 59 min."""
    if int(hours) > 14 or int(minutes or 0) > 59:
        raise ValueError("zone")
    value = int(hours) + int(minutes or 0) / 60
    return -value if sign in "-−" else value


def full_year(text: str) -> int:
    """Return a year of two or four digits as four: 70-99 are 19xx, 00-69 are 20xx."""
    year = int(text)
    return year if len(text) > 2 else year + (1900 if year >= 70 else 2000)


def twelve(hour: int, *, afternoon: bool) -> int:
    """Return the hour of a 12-hour clock as one of 24; 13 pm stays 13; raises ValueError for an hour such as 13 am."""
    if hour > 12:
        if not afternoon:
            raise ValueError("hour")
        return hour
    return hour % 12 + (12 if afternoon else 0)
