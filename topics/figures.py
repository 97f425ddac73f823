"""Figures and calendar days of a text in one normal form, English and Chinese: 38m = 38 million = 3800万, a quarter = 25 %."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MONTHS = {m: i for i, m in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}
_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|"
    r"dec(?:ember)?)\.?"
)
_ENDING, _OF_YEAR = r"(?:st|nd|rd|th)?", r"(?:,? (\d{4})\b)?"
_DAY_EN = re.compile(rf"\b{_MONTH} (\d{{1,2}}){_ENDING}\b(?!\d){_OF_YEAR}|\b(\d{{1,2}}){_ENDING}(?: of)? {_MONTH}(?![a-z]){_OF_YEAR}")
_DAY_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_DAY_ZH = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日")
_DECADE = re.compile(r"\b(?:19|20)?\d0s\b")
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b(?! (?:accelerators|chips|companies|firms|people|megawatts))|(?:19|20)\d{2}(?=年)")
_CLOCK = re.compile(r"\b\d{1,2}[:.]\d{2} ?(?:a\.?m\.?|p\.?m\.?|gmt|utc|et)\b|\b\d{1,2}:\d{2}\b|\b\d{1,2} ?[ap]\.?m\.?\b")
_POWER = re.compile(r"\b10 ?\^ ?(\d+)\b")
_SCALES = {
    "hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "mn": 1e6, "mln": 1e6,
    "billion": 1e9, "bn": 1e9, "bln": 1e9, "b": 1e9,
    "trillion": 1e12, "tn": 1e12, "dozen": 12.0, "万": 1e4, "萬": 1e4, "亿": 1e8, "億": 1e8, "万亿": 1e12,
}  # fmt: skip
_UNITS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SPELT = {w: float(i) for i, w in enumerate(_UNITS, start=1)} | {w: 10.0 * i for i, w in enumerate(_TENS, start=2)}
_WORDS = "|".join([*_UNITS, *_TENS])
_SCALE = "hundred|thousand|million|billion|trillion"
_FIGURE = re.compile(
    rf"(?<![a-z\d_.])(\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?) ?-?(万亿|万|萬|亿|億|{_SCALE}|bln|bn|mn|mln|tn|m|k|b)?"
    r"(?![a-z\d]|\.\d|月|日|号)"
)
# 六百四十 and 十四, but neither 十分 (very) nor 百分之 (percent), and no month or day.
_HAN_DIGITS = {character: number for number, character in enumerate("零一二三四五六七八九")} | {"两": 2}
_HAN_TENS = {"十": 10, "百": 100, "千": 1000}
_HAN_NUMBER = re.compile(
    r"(?<!第)((?:[一二两三四五六七八九][千百十]零?)+[一二三四五六七八九]?|十[一二三四五六七八九])(万|亿)?(?![月日号点时年分])"
)
_WORDED = re.compile(
    rf"\b(?:({'|'.join(_TENS)})[- ]({'|'.join(_UNITS[:9])})|({_WORDS})|a|several|half a)[- ]?((?:{_SCALE}|dozen)?)(?:[- ]({_SCALE}))?\b"
)
_FRACTIONS = (
    (re.compile(r"\bthree[- ]quarters\b"), "75"),
    (re.compile(r"\ba quarter\b"), "25"),
    (re.compile(r"\btwo[- ]thirds\b"), "67"),
)
# Numbers of the page, not of the news: list numbering, reading time, age of the post.
_PAGE = re.compile(
    r"^[\W_]*\d{1,2}[.)](?= )|\b\d+[- ]?min(?:ute)?s?[. ]+read\b|\b(?:updated )?\d+ (?:minutes?|hours?|days?) ago\b", re.MULTILINE
)
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth".split()
_ORDINALS += "sixteenth seventeenth eighteenth nineteenth twentieth".split()
_DAY_SPELT = re.compile(rf"\b({'|'.join(_ORDINALS)}) (?:day )?of {_MONTH}\b|\b{_MONTH} ({'|'.join(_ORDINALS)})\b")
_DAY_IN_WORDS = re.compile(rf"(?ai)\b{_MONTH} ((?:(?:twenty|thirty)[- ])?(?:{'|'.join(_UNITS)})|twenty|thirty)\b")
WEAK_UP_TO = 12  # a count this small is told in too many ways to be a new fact by itself


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures, small counts, calendar days ('11-13') and years of a text, each in normal form."""

    values: frozenset[str]
    weak: frozenset[str]  # counts up to WEAK_UP_TO, and fractions told in words
    days: frozenset[str]
    years: frozenset[str]


def days_in_figures(folded: str) -> str:
    """The text with 'January fifteen' as 'January 15'; sketches read it as it stands, a comparison of two texts should not."""
    return _DAY_IN_WORDS.sub(lambda m: f"{m[1]} {sum(int(_SPELT[part]) for part in re.split('[- ]', m[2].lower()))}", folded)


def read_figures(folded: str) -> Figures:
    """Read every figure of a folded text (words.fold); clock times are dropped, one and two in words are too common to tell anything."""
    text = _CLOCK.sub(" ; ", _DECADE.sub(" ; ", _PAGE.sub(" ; ", folded.lower())))
    days: set[str] = set()
    years: set[str] = set()

    def day(month: int, number: int, year: str | None) -> str:
        if 1 <= month <= 12 and 1 <= number <= 31:
            days.add(f"{month:02}-{number:02}")
        if year:
            years.add(year)
        return " ; "

    text = _DAY_ISO.sub(lambda m: day(int(m[2]), int(m[3]), m[1]), text)
    text = _DAY_ZH.sub(lambda m: day(int(m[2]), int(m[3]), m[1]), text)
    text = _DAY_EN.sub(lambda m: day(_MONTHS[(m[1] or m[5])[:3]], int(m[2] or m[4]), m[3] or m[6]), text)
    text = _DAY_SPELT.sub(lambda m: day(_MONTHS[(m[2] or m[3])[:3]], _ORDINALS.index(m[1] or m[4]) + 1, None), text)
    years.update(_YEAR.findall(text))
    text = _YEAR.sub(" ; ", text)
    values, weak = _values(text)
    return Figures(frozenset(values), frozenset(weak - values), frozenset(days), frozenset(years))


def _values(text: str) -> tuple[set[str], set[str]]:
    weak = {value for pattern, value in _FRACTIONS if pattern.search(text)}
    numbers = [float(m[1].replace(",", "")) * _SCALES.get(m[2] or "", 1.0) for m in _FIGURE.finditer(_POWER.sub(" ; ", text))]
    numbers += [_worded(match) for match in _WORDED.finditer(text)]
    numbers += [_han(match[1]) * _SCALES.get(match[2] or "", 1.0) for match in _HAN_NUMBER.finditer(text)]
    values = {f"10^{match[1]}" for match in _POWER.finditer(text)}
    for number in numbers:
        if number > WEAK_UP_TO or number % 1:
            values.add(f"{number:.6g}")
        elif number > 2:
            weak.add(f"{number:.6g}")
    return values, weak


def _worded(match: re.Match[str]) -> float:
    tens, unit, single, scale, second = match.groups()
    if not single and not tens and not scale:
        return 0.0
    number = _SPELT[tens] + _SPELT[unit] if tens else _SPELT.get(single or "", 1.0)
    if match[0].startswith("half a"):
        number = 0.5
    return number * _SCALES.get(scale or "", 1.0) * _SCALES.get(second or "", 1.0)


def _han(text: str) -> float:
    """The number that Chinese characters up to thousands write: 六百四十 = 640."""
    total, digit = 0, 0
    for character in text:
        if character in _HAN_TENS:
            total += max(1, digit) * _HAN_TENS[character]
            digit = 0
        else:
            digit = _HAN_DIGITS[character]
    return float(total + digit)
