"""What a sentence names, by rules: words in one vocabulary for both scripts, days and spans of days, official numbers, plain names."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from topics.daywords import MONTHS, WEEKDAYS, day_words
from topics.figures import read_figures
from topics.numbers import notices_in
from topics.tokens import gloss
from topics.words import HAN, STOP, WORD, bigrams, fold, stem

_COUNTS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6,
}  # fmt: skip
_UNIT_DAYS = {"day": 1, "week": 7, "fortnight": 14, "month": 30, "天": 1, "周": 7, "月": 30, "个月": 30}
# re.A: without it the letters of other scripts that fold to i, k and s match too, and are no key of the tables below.
_AGO = re.compile(
    rf"\b({'|'.join(k for k in _COUNTS if k.isascii())}|\d{{1,4}}) (day|week|fortnight|month)s? (?:ago|earlier|after|since)\b", re.I | re.A
)
_AGO_ZH = re.compile(r"([一两二三四五六]|\d{1,4})(天|周|个月)(?:以)?前")
_BARE_MONTH = re.compile(rf"(?<!\d )\b({'|'.join(m.capitalize() for m in MONTHS)})\b(?! \d\d?\b)(?: of)?,? ?((?:19|20)\d\d)?")
_ZH_MONTH = re.compile(r"(?:((?:19|20)\d\d)年|(今年|去年|明年))?(1[0-2]|[1-9])月(?!\d)(?!份?\d)")
_LOOSE = {
    "last week": (-13, -1), "this week": (-6, 0), "last month": (-61, -14), "this month": (-30, 0), "earlier this month": (-30, -1),
    "late last month": (-45, -5), "last fortnight": (-20, -1), "上周": (-13, -1), "本周": (-6, 0), "上月": (-61, -14),
    "上个月": (-61, -14), "本月": (-30, 0),
}  # fmt: skip
_LOOSE_PATTERN = re.compile("|".join(sorted(_LOOSE, key=len, reverse=True)), re.I | re.A)
_WEEKDAY_ZH = re.compile(r"(上|本|下)?(?:周|星期)([一二三四五六日])")
_NAME = re.compile(r"(?<![\w'])[A-Z][\w&.'-]*[A-Za-z\d](?:(?: (?:of|and|for|on))? [A-Z\d][\w&.'-]*[A-Za-z\d])*")
_TITLE_ZH = re.compile(r"《([^》]{2,40})》")
_SENTENCE = re.compile(r"(?<=[.!?。！？；;:：])[\"”’)*]*\s+|[。！？；\n]+")
_CALENDAR = frozenset(WEEKDAYS) | frozenset(MONTHS) | frozenset(m[:3] for m in MONTHS)
_SECTION = re.compile(r"\b(?:[Pp]arts?|[Ss]ections?|§+|Nos?\.|Supplement|CFR|Division|Title) ?\d[\d.]*(?: to [Pp]art \d+)?|第\d+[条号]")
OFFICIAL = (
    ("bill", re.compile(r"\b(?P<a>H\.? ?R\.?|S\.|H\.? ?J\.? ?Res\.?|S\.? ?J\.? ?Res\.?) ?(?P<b>\d{1,5})\b")),
    ("rin", re.compile(r"\bRIN:? ?(?P<a>\d{4})-(?P<b>[A-Z]{2}\d{2})\b")),
    ("fr_doc", re.compile(r"\b(?:FR Doc\.?|[Dd]ocument(?: [Nn]umber| [Nn]o\.)?:?|Doc\. No\.) ?(?P<a>20\d\d)-(?P<b>\d{5})\b")),
    ("fr_cite", re.compile(r"\b(?P<a>\d{2,3}) (?:F\.R\.|FR) (?P<b>\d{3,6})\b")),
    ("eo", re.compile(r"\b(?P<a>Executive Order|E\.?O\.?) ?(?P<b>1[34]\d{3})\b")),
    ("case", re.compile(r"\b(?P<a>\d:\d\d)-(?P<b>(?:cv|cr)-\d{3,6})\b")),
)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The days that a phrase may mean: one day for 'on Friday', a month for 'in December', a fortnight for 'last week'."""

    start: date
    end: date

    @property
    def exact(self) -> bool:
        """True when the phrase names one day."""
        return self.start == self.end

    def holds(self, day: date, slack: int = 0) -> bool:
        """True when the day lies in the span, give or take slack days."""
        return self.start - timedelta(slack) <= day <= self.end + timedelta(slack)


@lru_cache(maxsize=32768)
def words(text: str) -> frozenset[str]:
    """Stems of a text without function words and figures; Chinese terms count as their English words and as character pairs."""
    folded = fold(text)
    found: set[str] = set()
    for source in (folded, gloss(folded)) if HAN.search(folded) else (folded,):
        for token in WORD.findall(source.lower()):
            if HAN.match(token):
                found.update(bigrams(token))
            elif token not in STOP and not token[0].isdigit():
                found.add(stem(token.removesuffix("'s")))
    return frozenset(found)


def figures(text: str) -> frozenset[str]:
    """The figures of a text in normal form, without those that say little alone (one digit)."""
    return frozenset(value for value in read_figures(_SECTION.sub(" ", fold(text))).values if len(value) > 1)


@lru_cache(maxsize=32768)
def spans(text: str, day: date) -> tuple[Span, ...]:
    """The days and stretches of days that a text names, as seen from its publication day, sorted."""
    folded = fold(text)
    found = {Span(word.day, word.day) for word in day_words(folded, day) if word.day}
    found.update(each for m in _BARE_MONTH.finditer(folded) for each in _months(m[1], m[2], day))
    relative = {"今年": 0, "去年": -1, "明年": 1}
    found.update(each for m in _ZH_MONTH.finditer(folded) for each in _months(m[3], m[1], day, relative.get(m[2] or "")))
    found |= {_ago(m[1], m[2], day) for pattern in (_AGO, _AGO_ZH) for m in pattern.finditer(folded)}
    for match in _LOOSE_PATTERN.finditer(folded):
        first, last = _LOOSE[match.group(0).lower()]
        found.add(Span(day + timedelta(first), day + timedelta(last)))
    for match in _WEEKDAY_ZH.finditer(folded):
        exact = day + timedelta("一二三四五六日".index(match[2]) - day.weekday() + {"上": -7, "下": 7}.get(match[1] or "", 0))
        found.add(Span(exact, exact))
    return tuple(sorted(found))


def _months(name: str, year: str | None, day: date, shift: int | None = None) -> list[Span]:
    """The month meant; without a year both the last and the next month of that name, because either may be."""
    month = int(name) if name.isdigit() else MONTHS.index(name.lower()) + 1
    this = [int(year)] if year else [day.year + shift] if shift is not None else []
    years = this or [day.year - (date(day.year, month, 1) > day), day.year + (date(day.year, month, 1) <= day)]
    return [Span(date(y, month, 1), date(y, month, calendar.monthrange(y, month)[1])) for y in years]


def _ago(count: str, unit: str, day: date) -> Span:
    number = _COUNTS.get(count.lower()) or int(count)
    length = _UNIT_DAYS[unit.lower()]
    middle = day - timedelta(min(number * length, 3650))
    return Span(middle - timedelta(length // 2), middle + timedelta(length // 2))


def official_numbers(text: str) -> tuple[tuple[str, str], ...]:
    """(scheme, value) of every official number: bills, RINs, Federal Register documents and cites, orders, cases, Chinese notices."""
    found = []
    for scheme, pattern in OFFICIAL:
        for match in pattern.finditer(fold(text)):
            lead = re.sub(r"[^a-z\d:]", "", match["a"].lower())
            found.append((scheme, match["b"] if scheme == "eo" else f"{lead}-{match['b'].lower()}"))
    found += [("cn_notice", value) for value in notices_in(text)]
    return tuple(dict.fromkeys(found))


def names(text: str) -> tuple[str, ...]:
    """Plain names in lower case: capitalised runs that do not merely open a sentence, and Chinese titles in book marks."""
    found: list[str] = []
    for sentence in _SENTENCE.split(fold(text)):
        for match in _NAME.finditer(sentence):
            opens = not sentence[: match.start()].strip(" \"'(*-#>")
            name = _name(match.group(0), opens)
            if name:
                found.append(name)
        found.extend(match.group(1) for match in _TITLE_ZH.finditer(sentence))
    return tuple(dict.fromkeys(found))


def _name(run: str, opens: bool) -> str:
    """The run in lower case; '' for calendar and function words, and for a single plain word that opens a sentence."""
    parts = [part.removesuffix("'s").strip(".") for part in run.split()]
    while parts and (parts[-1].lower() in _CALENDAR | {"on"} or parts[-1].isdigit()):
        parts.pop()
    while parts and parts[0].lower() in _CALENDAR | STOP:
        parts.pop(0)
        opens = False
    name = " ".join(parts).lower()
    plain = len(parts) == 1 and not re.search(r"[A-Z\d]", run[1:])
    return "" if len(name) < 3 or (opens and plain) else name
