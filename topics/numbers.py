"""Official numbers in one spelling each: bills with their Congress, Chinese notices and orders with the authority that numbers them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

from topics.resources import text_of
from topics.words import fold

_BILL = re.compile(
    r"(?:(?P<first>\d{2,3})[- ])?(?P<kind>hjres|sjres|hconres|sconres|hres|sres|hr|s)[- ]?(?P<number>\d{1,5})"
    r"(?:[- ]\(?(?P<last>\d{2,3})(?:st|nd|rd|th)\)?)?"
)
_TRADITIONAL = str.maketrans("號務關總國網辦發業監場聯財", "号务关总国网办发业监场联财")
_NOTICE = re.compile(r"(?P<issuer>.*?)(?:联合)?(?P<rest>(?:公告|通告)20\d\d年第\d+号|令第\d+号)")
_LIST_ZH = r"第? ?\d{1,5} ?号?(?: ?(?:[、,和及至]|-) ?第? ?\d{1,5} ?号?)*"
# What may stand between the first authority and the number: further ones, a day, and that it was published.
_JOINED = r"(?:[、 和]|会同|等[\u4e00-\u9fff]{1,3}部门|网站)"
_SAID = r"(?:\d{1,2}月\d{1,2}日|今日|昨日|日前)?(?:联合)?(?:发布|公布|印发|出台)?(?:了|的)? ?"
_EN = r"(?:'s)? (?:joint )?(?:(?P<notice>Announcement|Notice|Circular)|Order|Decree)s?,? "
_LIST_EN = r"(?:Nos?\.?|Numbers?|#) ?(?P<{}>\d{{1,5}}(?:(?:, (?:and )?| and |-)(?:No\. ?)?\d{{1,5}}\b)*)"
_YEAR_EN = r" ?(?:of |\(|\[|/|, ?)(?P<after>20\d\d)\b"
_MOST = 10  # numbers of one span


def normal(scheme: str, value: str, told: date | None = None) -> str:
    """One spelling for a number: 'H.R. 8152 (118th)', '118-hr-8152', and 'hr-8152' told in 2024, are the same bill.

    A bill that names no Congress is one of that of the day on which it was told; without a day it stays 'hr-8152'. A Chinese notice bears
    the first of its issuers: '商务部公告2025年第61号'.
    """
    if scheme == "bill":
        return _bill(value.lower(), told)
    if scheme == "cn_notice":
        return _notice(value)
    return value.lower()


def _bill(value: str, told: date | None) -> str:
    bill = _BILL.fullmatch(re.sub(r"(?<=[a-z])[. ]+(?=[a-z\d])|(?<=[a-z])\.", "", value.strip()))
    if bill is None or (bill["first"] and bill["last"]):
        # Of another kind than bills of Congress are, such as a public law or a state's bill.
        return "-".join("".join(c for c in part if c.isalnum()) for part in value.replace(" ", "-").split("-"))
    congress = bill["first"] or bill["last"] or (str(congress_on(told)) if told else "")
    return f"{congress}-{bill['kind']}-{int(bill['number'])}".removeprefix("-")


def without_congress(value: str) -> str:
    """A bill's number as texts write it, 'hr-8152' of '118-hr-8152'."""
    return re.sub(r"^\d{2,3}-(?=[a-z]+-\d+$)", "", value)


def congress_on(day: date) -> int:
    """The number of the Congress that sits on a day: the 119th from 3 January 2025 to 3 January 2027."""
    year = day.year - ((day.month, day.day) < (1, 3))
    return (year - 1789) // 2 + 1


def _notice(value: str) -> str:
    plain = value.translate(_TRADITIONAL)
    found = _NOTICE.fullmatch(plain)
    if found is None:
        return value.lower()
    lead = re.match(_any_issuer(), found["issuer"])
    return f"{_issuers()[lead[0]] if lead else found['issuer']}{found['rest']}"


def notices_in(text: str) -> tuple[str, ...]:
    """The Chinese notices and orders that a text names with their authority, in either language, each in its one spelling, sorted.

    '商务部2025年第61号公告', '商务部公告2025年第55号、56号', 'MOFCOM Announcement No. 61 of 2025', 'State Council Decree No. 834'.
    """
    folded = fold(text).translate(_TRADITIONAL)
    return tuple(sorted({*_in_chinese(folded), *_in_english(folded)})) if re.search(r"号|\bNo|#", folded) else ()


def _in_chinese(text: str) -> Iterator[str]:
    notice, order = _patterns()[:2]
    for found in notice.finditer(text):
        year, kind = found["year"] or found["year_first"], found["kind"] or found["kind_last"]
        for number in _numbers(found["numbers"] or found["numbers_first"]):
            yield f"{_issuers()[found['issuer']]}{kind}{year}年第{number}号"
    for found in order.finditer(text):
        yield f"{_issuers()[found['issuer']]}令第{int(found['number'])}号"


def _in_english(text: str) -> Iterator[str]:
    for found in _patterns()[2].finditer(text):
        issuer, year = _issuers()[found["issuer"]], found["before"] or found["after"]
        for number in _numbers(found["numbers"] or found["numbers_last"]):
            if found["notice"] and year:
                yield f"{issuer}公告{year}年第{number}号"
            elif not found["notice"] and not year:
                yield f"{issuer}令第{number}号"


def _numbers(text: str) -> Iterator[int]:
    """The numbers of a list; '55-58' and '第55至58号' are all from 55 to 58."""
    for first, last in re.findall(r"(\d+)(?: ?号? ?[-至] ?第? ?(\d+))?", text):
        start, end = int(first), int(last or first)
        yield from range(start, end + 1) if start <= end < start + _MOST else (start, end)


@cache
def _issuers() -> dict[str, str]:
    """How texts name an authority -> its name in a number."""
    lines = [line.split("\t") for line in text_of("lexicon", "issuers.tsv").splitlines() if line and not line.startswith("#")]
    return {way: name for name, ways in lines for way in (name, *ways.split("|")) if way}


@cache
def _any_issuer() -> str:
    return "(?:" + "|".join(re.escape(way) for way in sorted(_issuers(), key=lambda way: (-len(way), way))) + ")"


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Notices in Chinese, orders in Chinese, both in English."""
    issuer = _any_issuer()
    lead = rf"(?P<issuer>{issuer})(?:{_JOINED}|{issuer})*{_SAID}"
    year, kind = r"[〔(\[]? ?{}20\d\d) ?年?[〕)\]]? ?", r"(?:联合)?{}公告|通告)"
    first = kind.format("(?P<kind>") + " ?" + year.format("(?P<year>") + rf"(?P<numbers>{_LIST_ZH})(?<=号)"
    last = year.format("(?P<year_first>") + rf"(?P<numbers_first>{_LIST_ZH})(?<=号) ?" + kind.format("(?P<kind_last>")
    notice = re.compile(rf"{lead}(?:{first}(?!\d)|{last})")
    order = re.compile(rf"{lead}令 ?[(〔]? ?第? ?(?P<number>\d{{1,5}}) ?号")
    numbered = rf"(?:{_LIST_EN.format('numbers')}(?:{_YEAR_EN})?|(?P<before>20\d\d),? {_LIST_EN.format('numbers_last')})"
    english = re.compile(rf"\b(?P<issuer>{issuer}){_EN}{numbered}")
    return notice, order, english
