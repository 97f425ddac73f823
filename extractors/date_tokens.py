"""Dates written in words and numbers in any common order: every token is classified, and an unknown one refuses the whole."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from extractors.date_parts import Parts, full_year, offset, twelve
from extractors.date_words import AFTERNOON, FILLERS, MONTHS, MORNING, OFFSETS, WEEKDAYS, ZONES, fold

_TOKEN = re.compile(
    r"(?P<clock>\d{1,2}[:.h]\d{1,2}(?::\d{1,2}(?:\.\d{1,9})?)?(?![\d:./-]))"
    r"|(?P<numeric>\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\.?(?![\d/-]))"
    r"|(?P<dashed>\d{1,2}-[^\W\d_]{3,9}\.?-\d{2,4})"
    r"|(?P<zone>(?:UTC|GMT)?[+\-−]\d{1,2}(?::?\d{2})?(?![\d:/]))"
    r"|(?P<region>[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_]+)?)"
    r"|(?P<half>[ap]\.?\s?m\.?(?![a-z]))"
    r"|(?P<number>\d{1,4}(?:st|nd|rd|th|er|ème|º)?(?![\d:/]))"
    r"|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)?\.?)"
    r"|(?P<skip>(?:[\s,;|·•–—\[\]/@]|-(?!\d)|:(?=\s))+|\.(?=\s|$))",
    re.IGNORECASE,
)


_COMMENT = re.compile(r"\(([^()]*)\)")  # RFC 2822 comments: '(Coordinated Universal Time)'
_AMERICAN = re.compile(r"\b(?:E[SD]?T|C[SD]T|M[SD]T|P[SD]?T)\b")
_DAY_FIRST = re.compile(r"(?:de|fr|es|it|pt|nl|pl|ru|el|hu|cs|sv|da|fi|no|tr|id|vi|en-(?:gb|au|nz|in|ie|hk|sg))\b", re.IGNORECASE)


@dataclass(slots=True)
class _Found:
    """What the tokens said so far."""

    american: bool = False
    months: list[int] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    weekday: int | None = None
    clock: str = ""
    half: str = ""
    zone: float | str | None = None
    day: tuple[int, int, int] | None = None
    maybe_month: list[int] = field(default_factory=list)


def read_tokens(text: str, lang: str) -> Parts | None:
    """Return the parts, or None when a token is not understood, or the day has more than one reading."""
    found, place = _Found(american=bool(_AMERICAN.search(text)) or lang.lower() == "en-us"), 0
    text = _COMMENT.sub(_outside_comment, text)
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None or not _take(found, match.lastgroup, match[0], lang):
            return None
        place = match.end()
    return _assemble(found)


def _outside_comment(comment: re.Match[str]) -> str:
    """Drop a comment, unless it is a zone's name."""
    return f" {comment[1]} " if fold(comment[1]) in OFFSETS else " "


def _take(found: _Found, kind: str, text: str, lang: str) -> bool:
    if kind == "skip":
        return True
    if kind == "clock":
        return _once(found, "clock", text.replace("h", ":").replace("H", ":"))
    if kind == "half" and (found.clock or found.numbers):
        return _once(found, "half", text[0].lower())
    if kind == "number":
        found.numbers.append(re.sub(r"\D", "", text))
        return len(found.numbers) <= 2
    if kind == "numeric":
        return _numeric(found, text.rstrip("."), lang)
    if kind == "dashed":
        day, month, year = text.replace(".", "").split("-")
        found.numbers += [day, year if len(year) == 4 else str(full_year(year))]
        return _word(found, month, lang)
    if kind == "zone":
        return _zone(found, text)
    if kind == "region":
        found.zone = text
        return True
    return _word(found, text, lang)


def _once(found: _Found, name: str, value: str) -> bool:
    if getattr(found, name):
        return False
    setattr(found, name, value)
    return True


def _zone(found: _Found, text: str) -> bool:
    if not found.clock:
        return False  # '-2020' after a month is a year, and a zone before the time is no zone
    sign, digits = re.sub("UTC|GMT", "", text, flags=re.IGNORECASE)[0], re.sub(r"\D", "", text)
    hours, minutes = (digits, "0") if len(digits) <= 2 else (digits[:-2], digits[-2:])
    found.zone = offset(sign, hours, minutes)
    return True


def _word(found: _Found, text: str, lang: str) -> bool:
    word = fold(text).rstrip(".")
    if word == "am" and not found.clock and not found.numbers:
        return True  # German 'am 1. Juli'
    if word in AFTERNOON or word in MORNING:
        return _once(found, "half", "p" if word in AFTERNOON else "a")
    if found.clock and text.isupper() and word in ZONES:
        found.zone = ZONES[word]
    elif found.clock and word in OFFSETS and text[0].isupper():
        found.zone = 8.0 if word == "cst" and lang.startswith("zh") else OFFSETS[word] if found.zone is None else found.zone
    elif word in MONTHS and word in WEEKDAYS:
        found.maybe_month.append(MONTHS[word])  # French 'mar.' is mardi or mars: the other words decide
    elif word in MONTHS:
        found.months.append(MONTHS[word])
    elif word in WEEKDAYS:
        found.weekday = WEEKDAYS[word]
    elif word in {"gmt", "utc", "z"} and found.zone is None:
        found.zone = 0.0
    else:
        return word in FILLERS
    return True


def _numeric(found: _Found, text: str, lang: str) -> bool:
    """Read 30.10.23, 03/30/2020, 26/06/2020: dots and dashes put the day first, slashes the month only where nothing else fits."""
    first, second, third = re.split(r"[./-]", text)
    if found.day or len(second) > 2:
        return False
    if len(first) == 4:
        found.day = int(first), int(second), int(third)
        return True
    if len(first) > 2 or len(third) not in {2, 4}:
        return False
    year = full_year(third)
    if "." in text:
        found.day = year, int(second), int(first)
        return True
    readings = [(month, day) for month, day in ((int(first), int(second)), (int(second), int(first))) if _is_day(year, month, day)]
    if found.weekday and len(set(readings)) > 1:
        readings = [(m, d) for m, d in readings if date(year, m, d).isoweekday() == found.weekday]
    if len(set(readings)) > 1 and (found.american or _DAY_FIRST.match(lang)):
        readings = readings[:1] if found.american else readings[1:]
    if len(set(readings)) != 1:
        return False
    found.day = year, *readings[0]
    return True


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _assemble(found: _Found) -> Parts | None:
    parts = _day(found)
    if parts is None:
        return None
    if found.clock:
        if parts.day is None:
            return None
        _set_clock(parts, found)
    elif found.half:
        return None
    return parts


def _day(found: _Found) -> Parts | None:
    months = found.months or found.maybe_month
    if found.day:
        return None if found.months or found.numbers else Parts(*found.day)
    if len(months) != 1 or not found.numbers:
        return None
    years = [n for n in found.numbers if len(n) == 4]
    if len(found.numbers) == 1:
        return Parts(int(years[0]), months[0]) if years else None
    if len(years) == 1:
        (day,) = (n for n in found.numbers if len(n) < 3)
        return Parts(int(years[0]), months[0], int(day))
    if years:
        return None
    return Parts(full_year(found.numbers[1]), months[0], int(found.numbers[0])) if len(found.numbers[1]) == 2 else None


def _set_clock(parts: Parts, found: _Found) -> None:
    pieces = re.split(r"[:.]", found.clock)
    if len(pieces[1]) != 2 and len(pieces) == 2:
        raise ValueError("minute")
    hour = int(pieces[0])
    parts.hour = twelve(hour, afternoon=found.half == "p") if found.half else hour
    parts.minute, parts.second = int(pieces[1]), int(pieces[2]) if len(pieces) > 2 else 0
    parts.zone = found.zone
