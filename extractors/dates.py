"""Reads the dates that feeds and pages write, and refuses rather than guesses: a wrong day is worse than none.

Accepted: ISO 8601, RFC 822 and 2822, asctime, the word orders of English, German, French and their neighbours, numeric days where they
have one reading, Chinese, Japanese and Korean forms. Every token of the text must be understood; one that is not refuses the whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from extractors import limits
from extractors.date_cjk import read_cjk
from extractors.date_iso import read_iso
from extractors.date_parts import Parts
from extractors.date_tokens import read_tokens
from extractors.model import Precision

EARLIEST = datetime(limits.OLDEST_YEAR, 1, 1, tzinfo=UTC)
AHEAD = timedelta(hours=limits.FUTURE_HOURS)
MAX_LENGTH = 120
_ZONE_NOTE = re.compile(r"\[[A-Z][\w/+\-]+\]$")  # Java writes '+08:00[Asia/Shanghai]'

Grain = Literal["instant", "day", "month", "year", "none"]


@dataclass(frozen=True, slots=True)
class DateReading:
    """What a text says: the instant in UTC, or the first instant of the day, month or year; None and 'none' when refused."""

    at: datetime | None
    precision: Grain

    @property
    def day_or_better(self) -> datetime | None:
        """The instant when at least the day is known, else None."""
        return self.at if self.precision in {"instant", "day"} else None


REFUSED = DateReading(None, "none")


def read_date(text: str, *, lang: str = "", reference: datetime | None = None) -> DateReading:
    """Read one date text; dates before 1995 are refused.

    A time without a zone is read as UTC, in Chinese (its forms, or lang='zh') as UTC+8, in Korean forms as UTC+9. 03/04/2026
    is March 4 with `lang`='en-US' or a US zone, 3 April in languages that put the day first, and refused elsewhere. A form without
    a year ('3月2日') and a relative one ('今天') need `reference`.
    """
    cleaned = _ZONE_NOTE.sub("", " ".join(unicodedata.normalize("NFKC", text[: 4 * MAX_LENGTH].replace("\\n", " ")).split()))
    if not cleaned or len(cleaned) > MAX_LENGTH:
        return REFUSED
    try:
        parts = read_iso(cleaned) or read_cjk(cleaned, reference) or read_tokens(cleaned, lang)
        return REFUSED if parts is None else _reading(parts, lang)
    except (ValueError, OverflowError):
        return REFUSED


def in_range(at: datetime | None, now: datetime) -> datetime | None:
    """Return the instant when it lies in 1995 .. now + 48 h, else None (FAULTS.md, 60 and 62)."""
    return at if at is not None and EARLIEST <= at <= now + AHEAD else None


def _reading(parts: Parts, lang: str) -> DateReading:
    at = parts.instant(8.0 if lang.startswith("zh") else 0.0)
    if at < EARLIEST:
        return REFUSED
    grain: Grain = "year" if parts.month is None else "month" if parts.day is None else "day" if parts.hour is None else "instant"
    return DateReading(at, grain)


# Who is believed first among equals. What a page says in structure comes before a feed, which stamps updates and re-sent items as new.
_ORDER = ("api", "json-ld", "meta", "feed", "time", "url", "text")


def pick_date(witnesses: Sequence[tuple[str, str]], now: datetime, *, lang: str = "") -> tuple[datetime | None, Precision, str]:
    """Choose the publication date among (witness, text) pairs; returns the instant, its precision and the witness, or (None, 'none', '').

    The date with the most kinds of witness within a day of it wins; of equal ones the earliest, because a re-sent or updated article is
    older than it says. An API is believed alone. Of the winner's supporters the one with a clock time gives the instant.
    """
    read = [
        (name, reading) for name, text in witnesses if (reading := read_date(text, lang=lang)).day_or_better and in_range(reading.at, now)
    ]
    if not read:
        return None, "none", ""
    told = [pair for pair in read if pair[0] == "api"] or read
    winner = min(told, key=lambda pair: (-_support(pair[1], told), pair[1].at, _rank(pair[0])))
    group = [pair for pair in told if _agree(pair[1], winner[1])]
    name, best = min(group, key=lambda pair: (pair[1].precision != "instant", _rank(pair[0])))
    return best.at, "day" if best.precision == "day" else "instant", name


def _rank(name: str) -> int:
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)


def _support(reading: DateReading, told: Sequence[tuple[str, DateReading]]) -> int:
    return len({name for name, other in told if _agree(reading, other)})


def _agree(one: DateReading, other: DateReading) -> bool:
    """Tell whether two readings can be one publication: a day holds for every zone on earth."""
    if one.at is None or other.at is None:
        return False
    if one.precision == "instant" and other.precision == "instant":
        return abs(one.at - other.at) <= timedelta(hours=24)
    if one.precision == other.precision:
        return abs(one.at - other.at) <= timedelta(days=1)
    day, instant = (one.at, other.at) if one.precision == "day" else (other.at, one.at)
    return timedelta(hours=-14) <= instant - day <= timedelta(hours=38)
