"""Chinese official numbers: 商务部公告2025年第72号, 国务院令第834号, 工信部联科〔2026〕12号, GB/T 45654-2025, in one spelling each."""

from __future__ import annotations

import re
import unicodedata

SCHEME = "cn_notice"
MANY = 3  # so many issuers are cited as the first 'and others': 国家互联网信息办公室等七部门令第15号
# Words about a document that name its number without being that document.
ABOUT = re.compile(r"解读|答记者问|答问|问答|一图读懂|图解|新闻发布会|评论员|负责人就")
_SPACE = re.compile(r"\s+")
_COUNT = r"第? ?(?P<number>\d{1,5}) ?号"
_NOTICE = re.compile(rf"(?P<kind>联合公告|公告|通告) ?[〔(]? ?(?P<year>(?:19|20)\d{{2}}) ?年?[〕)]? ?{_COUNT}")
_ORDER = re.compile(rf"(?P<kind>主席令|令) ?[(〔]? ?{_COUNT}")
_LETTER = re.compile(r"(?P<code>[\u4e00-\u9fff]{2,12}) ?〔 ?(?P<year>(?:19|20)\d{2}) ?〕 ?第?(?P<number>\d{1,5}) ?号")
_STANDARD = re.compile(
    r"(?<![A-Z])(?P<series>GB(?:/[TZ])?|TC260|YD/T|SJ/T) ?(?P<number>\d{4,6}(?:\.\d{1,2})?) ?[-—–] ?(?P<year>(?:19|20)\d{2})(?!\d)"
)
_STATE = "中华人民共和国"
_ORG = re.compile(r"等?[\u4e00-\u9fff]{1,20}(?:部|委|委员会|办公室|总局|署|局|院|厅|银行|协会|部门|中央|法院)")
_PIECE = re.compile(r"[^ ,、;:。()《》\"“”]+")
# What stands before a name in a title that has no blank, and is no part of it.
_LEAD = re.compile(
    r"^.*(?:根据|依据|按照|发布|公布|印发|依照|关于|修改|废止|实施|执行|落实|停止|暂停|调整|延长|适用|人就|的决定|的通知|的意见|的公告)"
)
_NUMERALS = "零一二三四五六七八九"


def notice_numbers(text: str, issuer: str = "") -> tuple[str, ...]:
    """Return every number in a text as 'cn_notice:...', first named first; `issuer` goes before one that names none.

    One spelling: half-width, without blanks and 中华人民共和国, 〔〕 around a year; a notice or order without issuer is left out.
    """
    return tuple(dict.fromkeys(f"{SCHEME}:{value}" for _, _, value, _ in _found(_plain(text), issuer)))


def own_numbers(title: str, number: str = "", issuer: str = "") -> tuple[str, ...]:
    """Return the numbers that a listed document bears itself: those of its number field, and of its title's beginning or end.

    None for an interpretation or interview, whose title names another document's number; nor for one that a title only acts on.
    """
    plain = _plain(title).strip()
    if ABOUT.search(plain):
        return ()
    own = [
        f"{SCHEME}:{value}"
        for start, end, value, glued in _found(plain, issuer)
        if not glued and (start == 0 or not plain[end:].strip(" )》。"))
    ]
    return tuple(dict.fromkeys((*notice_numbers(number, issuer), *own)))


def _found(plain: str, issuer: str) -> list[tuple[int, int, str, bool]]:
    """List (start, end, value, whether other words run into it) of every number."""
    found = [_act(m, plain, issuer) for pattern in (_NOTICE, _ORDER) for m in pattern.finditer(plain)]
    found += [_letter(m) for m in _LETTER.finditer(plain)]
    # Standards keep their blank: 'GB 45438-2025' is how they are cited.
    found += [(m.start(), m.end(), f"{m['series']} {m['number']}-{m['year']}", False) for m in _STANDARD.finditer(plain)]
    return sorted(each for each in found if each[2])


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).translate(str.maketrans("[]【】", "〔〕〔〕"))
    return _SPACE.sub(" ", folded)


def _issuers(before: str) -> tuple[list[str], int, bool]:
    """Read the names that end right before a notice's kind, where they begin, and whether other words run into the first."""
    names: list[str] = []
    start = len(before)
    for piece in reversed(list(_PIECE.finditer(before))):
        part = piece[0].removeprefix(_STATE)
        name = _LEAD.sub("", part)
        if not _ORG.fullmatch(name):
            return names, start, bool(name) and not names and piece.end() == len(before)
        names.insert(0, name)
        start = piece.start()
        if name != part:
            return names, start, True
    return names, start, False


def _named(names: list[str], default: str) -> str:
    told = next((n for n, name in enumerate(names) if name.startswith("等")), None)
    if told is not None:
        return names[0] + names[told] if told else default
    if MANY <= len(names) < len(_NUMERALS):
        return f"{names[0]}等{_NUMERALS[len(names)]}部门"
    return "".join(names) or default


def _act(found: re.Match[str], text: str, default: str) -> tuple[int, int, str, bool]:
    """Read a notice or an order with its issuers."""
    names, start, glued = _issuers(text[: found.start()].rstrip())
    issuer = "" if found["kind"] == "主席令" else _named(names, default)
    year = f"{found['year']}年" if "year" in found.groupdict() else ""
    value = f"{issuer}{found['kind'].removeprefix('联合')}{year}第{int(found['number'])}号"
    return start, found.end(), value if issuer or found["kind"] == "主席令" else "", glued


def _letter(found: re.Match[str]) -> tuple[int, int, str, bool]:
    code = re.sub(r"^.*(?:通知|意见|方案|办法|规定)", "", found["code"])
    value = f"{code}〔{found['year']}〕{int(found['number'])}号" if code and code[-2:] not in {"公告", "通告"} else ""
    return found.start(), found.end(), value, False
