"""Dates as a text names them, read as they stand to the publication day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Distance = Literal["today", "recent", "past", "longago", "future", "thismonth", "month", "year"]

MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH = r"(?P<{0}>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?:[a-z]{{1,7}})?\.?"
_PATTERN = re.compile(
    r"\b(?P<iy>20\d\d)-(?P<im>\d{1,2})-(?P<id>\d{1,2})\b"
    rf"|\b(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH.format('m1')}(?:,? (?P<y1>20\d\d))?\b"
    rf"|\b{_MONTH.format('m2')} (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s?(?:percent|per cent|%))(?:,? (?P<y2>20\d\d))?"
    rf"|\b{_MONTH.format('m3')}(?: of)?,? (?P<y3>20\d\d)\b"
    r"|\b(?P<m4>January|February|April|June|July|August|September|October|November|December|(?<=in )March|(?<=in )May)\b"
    r"|\b(?P<rel>[Ll]ast |[Nn]ext |[Tt]his )?(?P<wd>Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\b"
    r"|\b(?P<word>[Tt]oday|[Tt]onight|[Yy]esterday|[Tt]omorrow|[Tt]his (?:morning|afternoon|evening)|(?:hours|minutes) ago)\b"
    r"|\b(?P<ago>[Ll]ast (?:week|month|year|spring|summer|autumn|fall|winter)|(?:[Aa]|\w+) (?:years?|months?|weeks?) (?:ago|earlier))\b"
    r"|\b(?P<y5>20[0-3]\d)\b"
    r"|(?:(?P<zy>20\d\d)年)?(?P<zm>\d{1,2})月(?P<zd>\d{1,2})日"
    r"|(?P<zy2>20\d\d)年(?:(?P<zm2>\d{1,2})月)?"
    r"|(?<![月\d])(?P<zd3>\d{1,2})日(?!内|起算|元|均|本)"
    r"|(?P<zword>今日|今天|昨日|昨天|即日|当日|日前|近日|明日|上周|上月|去年|此前|一年前)"
)
_ZH_WORDS: dict[str, tuple[Distance, int | None]] = {
    "今日": ("today", 0), "今天": ("today", 0), "即日": ("today", 0), "当日": ("today", 0), "昨日": ("today", -1), "昨天": ("today", -1),
    "日前": ("recent", None), "近日": ("recent", None), "明日": ("future", 1), "上周": ("past", None), "上月": ("past", None),
    "去年": ("longago", None), "此前": ("past", None), "一年前": ("longago", None),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DayWord:
    """A date in a text: where it stands, the day when one is named, and its distance to the publication day."""

    start: int
    end: int
    day: date | None
    distance: Distance


def day_words(text: str, published: date) -> list[DayWord]:
    """Find the dates of a sentence; a day without a year is the nearest one to the publication day."""
    found = []
    for match in _PATTERN.finditer(text):
        reading = _read(match, published)
        if reading is not None:
            found.append(DayWord(match.start(), match.end(), *reading))
    return found


def distance(day: date, published: date) -> Distance:
    """Name the distance of a day to the publication day; yesterday counts as today, because news is told the day after."""
    days = (day - published).days
    if days > 0:
        return "future"
    if days >= -1:
        return "today"
    if days >= -4:
        return "recent"
    return "past" if days >= -45 else "longago"


def _read(match: re.Match[str], published: date) -> tuple[date | None, Distance] | None:
    part = match.groupdict()
    if part["zword"]:
        near, offset = _ZH_WORDS[part["zword"]]
        return (None if offset is None else published + timedelta(offset)), near
    if part["word"]:
        return _relative_word(part["word"].lower(), published)
    if part["ago"]:
        return None, "longago" if "year" in part["ago"] else "past"
    if part["wd"]:
        return _weekday(part["wd"], (part["rel"] or "").strip().lower(), published)
    if part["y5"] or (part["zy2"] and not part["zm2"]):
        return None, _year(int(part["y5"] or part["zy2"]), published)
    if part["m4"]:
        return None, "thismonth" if MONTHS.index(part["m4"].lower()) + 1 == published.month else "month"
    if part["m3"] or part["zm2"]:
        return _month_of_year(part, published)
    return _day(part, published)


def _day(part: dict[str, str | None], published: date) -> tuple[date | None, Distance] | None:
    year = part["iy"] or part["y1"] or part["y2"] or part["zy"]
    day = int(part["id"] or part["d1"] or part["d2"] or part["zd"] or part["zd3"] or 0)
    name = part["m1"] or part["m2"]
    month = _month(name) if name else int(part["im"] or part["zm"] or published.month)
    years = [int(year)] if year else [published.year - 1, published.year, published.year + 1]
    days = [d for y in years if (d := _date(y, month, day)) is not None]
    if not days:
        return None
    nearest = min(days, key=lambda d: abs((d - published).days))
    return nearest, distance(nearest, published)


def _month_of_year(part: dict[str, str | None], published: date) -> tuple[date | None, Distance]:
    year = int(part["y3"] or part["zy2"] or 0)
    month = _month(part["m3"]) if part["m3"] else int(part["zm2"] or 1)
    if (year, month) == (published.year, published.month):
        return None, "thismonth"
    day = _date(year, month, 15)
    return None, distance(day, published) if day else _year(year, published)


def _relative_word(word: str, published: date) -> tuple[date, Distance]:
    if word == "tomorrow":
        return published + timedelta(1), "future"
    return (published - timedelta(1) if word == "yesterday" else published), "today"


def _weekday(stem: str, relative: str, published: date) -> tuple[date | None, Distance]:
    index = next(i for i, name in enumerate(WEEKDAYS) if name.startswith(stem.lower()))
    back = (published.weekday() - index) % 7
    if relative == "next":
        return published + timedelta(7 - back), "future"
    if relative == "last":
        return published - timedelta(back or 7), "past"
    return published - timedelta(back), "today" if back <= 1 else "recent"


def _month(name: str | None) -> int:
    prefix = (name or "")[:3].lower()
    return next(i for i, full in enumerate(MONTHS, 1) if full.startswith(prefix))


def _year(year: int, published: date) -> Distance:
    if year == published.year:
        return "year"
    return "longago" if year < published.year else "future"


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
