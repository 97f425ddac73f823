"""ISO 8601 and its near relatives: week-free calendar and ordinal dates, with or without separators, time and zone."""

from __future__ import annotations

import re
from datetime import date, timedelta

from extractors.date_parts import Parts, full_year, offset
from extractors.date_words import MONTHS, fold

_TIME = (
    r"(?:\s?[Tt_]\s?|\s+(?:-\s)?)(?P<hour>\d{1,2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,](?P<frac>\d{1,9}))?)?"
    r"\s*(?P<zone>[Zz]|UTC|GMT|(?:UTC|GMT)?(?P<sign>[+\-−])(?P<zh>\d{1,2}):?(?P<zm>\d{2})?)?"
)
_FORMS = tuple(
    re.compile(day + f"(?:{_TIME})?")
    for day in (
        r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
        r"(?P<year>\d{4})/(?P<month>\d{1,2})/(?P<day>\d{1,2})",
        r"(?P<year>\d{4})\.(?P<month>\d{1,2})\.(?P<day>\d{1,2})\.?",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
        r"(?P<year>\d{4})-?(?P<ordinal>\d{3})",
    )
)
_SHORT = tuple(
    re.compile(form)
    for form in (
        r"(?P<year>\d{4})-(?P<month>\d{2})",
        r"(?P<year>(?:19|20)\d{2})",
        r"-(?P<year>\d{2})-?(?P<month>\d{2})",
        r"(?P<year>\d{2})-(?P<month>\d{2})-(?P<day>\d{2})",
        r"(?P<year>\d{2})(?P<month>\d{2})(?P<day>\d{2})",
        r"(?P<year>[09]\d)-?(?P<ordinal>\d{3})",  # a form of the nineties: later years are no such date
    )
)
_FULL_ORDINAL = re.compile(rf"(?P<year>\d{{4}})-0(?P<month>\d{{2}})-?(?P<day>\d{{2}})(?:{_TIME})?")
_MONTH_WORD = re.compile(r"(?<=\d{4}-)[^\W\d_]+(?=-\d)")
_WEEKDAY = re.compile(r"[A-Za-z]{3,9},?\s+(?=\d{4}[-/])")


def read_iso(text: str) -> Parts | None:
    """Return the parts, or None when the text is no such form; raises ValueError when it is one that cannot be a date."""
    body = _MONTH_WORD.sub(lambda found: str(MONTHS.get(fold(found[0]), found[0])), _WEEKDAY.sub("", text, count=1))
    for form in (*_FORMS, *_SHORT, _FULL_ORDINAL):
        found = form.fullmatch(body)
        if found:
            return _parts(found.groupdict())
    return None


def _parts(got: dict[str, str | None]) -> Parts:
    parts = Parts(full_year(got["year"] or ""))
    if ordinal := got.get("ordinal"):
        day = date(parts.year, 1, 1) + timedelta(days=int(ordinal) - 1)
        if day.year != parts.year:
            raise ValueError("day of year")
        parts.month, parts.day = day.month, day.day
    else:
        parts.month = int(got["month"]) if got.get("month") else None  # type: ignore[arg-type]
        parts.day = int(got["day"]) if got.get("day") else None  # type: ignore[arg-type]
    if got.get("hour"):
        parts.hour, parts.minute, parts.second = int(got["hour"] or 0), int(got["minute"] or 0), int(got.get("second") or 0)
        parts.micro = int(((got.get("frac") or "0") + "000000")[:6])
        if got.get("zone"):
            parts.zone = offset(got["sign"] or "+", got["zh"] or "0", got["zm"] or "0") if got.get("sign") else 0.0
    return parts
