"""Chinese, Japanese and Korean dates."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from extractors.date_parts import Parts, twelve
from extractors.date_words import AFTERNOON, MORNING

CHINA, KOREA, JAPAN = 8.0, 9.0, 9.0
_DIGITS = str.maketrans("〇零一二三四五六七八九○", "001234567890")
_HALF = "上午|下午|凌晨|早上|晚上|中午|오전|오후|午前|午後"
_MINUTE = r"(?:(?P<minute>\d{1,2})\s*(?:[:分분]\s*)?(?:(?P<second>\d{1,2})\s*[秒초]?)?)?"
_CLOCK = rf"(?:\s*(?P<half>{_HALF})?\s*(?P<hour>\d{{1,2}})\s*(?:[:時时点시])\s*{_MINUTE})?"
_ZONE = r"\s*(?P<zone>\(?(?:北京时间|CST|KST|JST|\+0?8:?00|UTC\+8|GMT\+8)\)?)?"
_WEEK = r"\s*(?:[(（]?(?:星期|周|週|礼拜)?[一二三四五六日天月火水木金土월화수목금토]?(?:요일|曜日)?[)）]?)?"
_DAY = re.compile(
    rf"(?:(?:发布时间|发布日期|发表于|更新时间|时间|日期)[::]?\s*)?(?:(?P<year>\d{{4}})\s*(?P<mark>[年년])\s*)?"
    rf"(?P<month>\d{{1,2}})\s*[月월]\s*(?P<day>\d{{1,2}})\s*[日号號일]{_WEEK}{_CLOCK}{_ZONE}"
)
_MONTH = re.compile(r"(?P<year>\d{4})\s*[年년]\s*(?P<month>\d{1,2})\s*[月월]")
_NUMERIC = re.compile(
    rf"(?:(?:发布时间|发布日期|发表于|更新时间|时间|日期)[::]?\s*)(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}}){_CLOCK}{_ZONE}"
)
_KOREAN = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})\s+(?P<half>오전|오후)\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?"
)
_HANZI = re.compile(r"[〇零一二三四五六七八九○]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日")
_RELATIVE = re.compile(rf"(?P<word>今天|今日|昨天|昨日|前天){_CLOCK}")
_AGO = re.compile(r"(?P<n>\d{1,3})\s*(?P<unit>分钟|小时|天)前")
_BACK = {"今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2}
_UNIT = {"分钟": "minutes", "小时": "hours", "天": "days"}


def read_cjk(text: str, reference: datetime | None) -> Parts | None:
    """Return the parts, or None when the text is no such form; without a year it takes the latest such day before `reference`."""
    if text.isascii():
        return None
    body = _arabic(text) if _HANZI.fullmatch(text) else text
    found = _DAY.fullmatch(body) or _KOREAN.fullmatch(body) or _NUMERIC.fullmatch(body)
    if found:
        return _dated(found, reference)
    if month := _MONTH.fullmatch(body):
        return Parts(int(month["year"]), int(month["month"]))
    return _relative(body, reference) if reference is not None else None


def _dated(found: re.Match[str], reference: datetime | None) -> Parts | None:
    got = found.groupdict()
    month, day = int(got["month"]), int(got["day"])
    if got["year"]:
        year = int(got["year"])
    elif reference is None:
        return None
    else:
        year = _latest_year(month, day, reference)
    parts = Parts(year, month, day)
    korean = "년" in found[0] or "오" in found[0]
    parts.zoneless = KOREA if korean or re.search("[時午][前後]|曜", found[0]) else CHINA
    _set_clock(parts, got)
    zone = got.get("zone")
    if zone and parts.hour is not None:
        parts.zone = KOREA if "KST" in zone or "JST" in zone else CHINA
    return parts


def _set_clock(parts: Parts, got: dict[str, str | None]) -> None:
    if not got.get("hour"):
        return
    hour, half = int(got["hour"] or 0), got.get("half")
    parts.hour = twelve(hour, afternoon=True) if half in AFTERNOON else twelve(hour, afternoon=False) if half in MORNING else hour
    parts.minute, parts.second = int(got.get("minute") or 0), int(got.get("second") or 0)


def _latest_year(month: int, day: int, reference: datetime) -> int:
    """Take the year that puts the day nearest before the reference, two days' grace for time zones."""
    year = reference.year + 1
    for _ in range(6):
        year -= 1
        if (month, day) == (2, 29) and (year % 4 or (year % 100 == 0 and year % 400)):
            continue
        if datetime(year, month, day, tzinfo=reference.tzinfo) <= reference + timedelta(days=2):
            return year
    raise ValueError("day")


def _relative(text: str, reference: datetime) -> Parts | None:
    here = reference.astimezone(timezone(timedelta(hours=CHINA)))
    if found := _RELATIVE.fullmatch(text):
        day = here - timedelta(days=_BACK[found["word"]])
        parts = Parts(day.year, day.month, day.day, zoneless=CHINA)
        _set_clock(parts, found.groupdict())
        return parts
    if ago := _AGO.fullmatch(text):
        at = here - timedelta(**{_UNIT[ago["unit"]]: int(ago["n"])})
        if ago["unit"] == "天":
            return Parts(at.year, at.month, at.day)
        return Parts(at.year, at.month, at.day, at.hour, at.minute, zone=CHINA)
    return None


def _arabic(text: str) -> str:
    year, rest = text.split("年")
    month, day = rest.rstrip("日").split("月")
    return f"{year.translate(_DIGITS)}年{_number(month)}月{_number(day)}日"


def _number(text: str) -> int:
    """Read 二十一, 十, 三十 as 21, 10, 30."""
    if "十" not in text:
        return int(text.translate(_DIGITS))
    tens, _, ones = text.partition("十")
    return int(tens.translate(_DIGITS) or 1) * 10 + int(ones.translate(_DIGITS) or 0)
