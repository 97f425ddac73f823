"""Tells what a day ahead is the day of: comments are taken until it, something applies from it, or it is only named. Pure."""

from __future__ import annotations

import re
from datetime import date

MONTHS = "January February March April May June July August September October November December".split()
DAY = rf"(?P<month>{'|'.join(m[:3] for m in MONTHS)})[a-z]*\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:, (?P<year>\d{{4}}))?"
TURNED = rf"(?P<day>\d{{1,2}}) (?P<month>{'|'.join(m[:3] for m in MONTHS)})[a-z]*(?:,? (?P<year>\d{{4}}))?"
ASKED = r"\bcomments?\b(?: period)?[^.;]{0,120}?\b(?:by|before|until|through|than|due|ends?|closes?)\b[^.;]{0,20}?"
LONGEST = 200  # days; a day without a year that lies further ahead is one of the past
ENGLISH = tuple(re.compile(ASKED + day, re.IGNORECASE) for day in (DAY, TURNED))
CHINESE = re.compile(
    r"(?:意见|征求|反馈)[^。；]{0,40}?(?:截止|至|前)[^。；\d]{0,10}(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})日"
)


FROM = re.compile(
    r"\b(?:from|effective|takes? effect|in force|beginning|starting|as of|appl(?:y|ies)|compliance)\b|起|生效|施行|实施", re.IGNORECASE
)
UNTIL = re.compile(r"\b(?:until|through|by|before|no later than|deadline|expires?)\b|[日月底]前|截止|为止|止", re.IGNORECASE)


def applies_from(sentence: str) -> bool:
    """Tell whether a sentence that names a day ahead says that something applies from it, and not until it."""
    return bool(FROM.search(sentence)) and not UNTIL.search(sentence)


def comments_until(text: str, night: date) -> date | None:
    """Give the first day ahead of the night until which the text takes comments; a day without a year is the next one of its name."""
    ahead = [day for pattern in (*ENGLISH, CHINESE) for found in pattern.finditer(text) if (day := _day(found, night)) and day > night]
    return min(ahead, default=None)


def _day(found: re.Match[str], night: date) -> date | None:
    month = found["month"]
    number = int(month) if month.isdecimal() else [m[:3] for m in MONTHS].index(month[:3].capitalize()) + 1
    try:
        day = date(int(found["year"] or night.year), number, int(found["day"]))
        if not found["year"] and day <= night:
            day = day.replace(year=day.year + 1)
        return day if found["year"] or (day - night).days <= LONGEST else None
    except ValueError:
        return None  # the 31st of a month that has none
