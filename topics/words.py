"""Words of a text: tokens, stems, Chinese bigrams, capitalised names, and the stage words that tell a step apart."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d[\d.,]*\d|\d|[㐀-鿿]+")
CAPITALISED = re.compile(r"(?<![\w'])(?:[A-Z][A-Za-z]*[A-Za-z\d]|[A-Za-z]+\d+[A-Za-z\d]*|\d+[A-Z][A-Z\d]*)(?![\w])")
QUOTED_TITLE = re.compile(r"《([^》]{2,40})》")
_ABBREVIATED = "".join(f"(?<!{word}[.])" for word in ("Mr", "Dr", "Ms", "Sen", "Rep", "Gov", "Inc", "Co", "Corp", "Ltd", "No", "St"))
SENTENCE_END = re.compile(
    rf"(?<=[.!?])(?<!\b[A-Z][.]){_ABBREVIATED}[\"')*]*\s+(?=[\"'(*#>•-]*[A-Z])|(?<=[。！？])[”」\")*]*\s*|[.!?]\s+(?=[\u3400-\u9fff])|\n+"
)
HAN = re.compile(r"[㐀-鿿]")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", " ": " "})

# Function words, and the reporting verbs and calendar words that change from outlet to outlet.
STOP = frozenset(
    """a about above after again against all also am an and any are as at be because been before being below between both but by can
    could did do does doing down during each few for from further had has have having he her here hers him his how i if in into is it
    its itself just like may me might more most much must my no nor not now of off on once one only or other our ours out over own per
    s same says say said saying she should since so some such t than that the their them then there these they this those through to
    too under until up upon us very via was we were what when where which while who whom whose why will with within without would yet
    you your yours it's don't doesn't isn't won't can't didn't what's there's that's according told tell tells asked added adding ad
    monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november
    december jan feb mar apr jun jul aug sep sept oct nov dec today yesterday tomorrow week weekend month year day late early new get
    got even still many make made way thing things people""".split()
)

_LONG_SUFFIXES = (
    ("ational", "ate"), ("ization", "ize"), ("isation", "ize"), ("fulness", "ful"), ("iveness", "ive"), ("ousness", "ous"),
    ("ations", "ate"), ("ation", "ate"), ("ators", "ate"), ("ator", "ate"), ("ments", ""), ("ment", ""), ("ingly", ""), ("edly", ""),
    ("ities", "ity"), ("ising", "ize"), ("ised", "ize"), ("ises", "ize"), ("izing", "ize"), ("ized", "ize"), ("izes", "ize"),
    ("ying", "y"), ("ies", "y"), ("ied", "y"),
)  # fmt: skip
_SPELLING = {
    "licence": "license", "licens": "license", "licenc": "license", "defence": "defense", "centre": "center", "programme": "program",
    "labour": "labor", "favour": "favor", "cheque": "check", "grey": "gray", "organis": "organize", "ise": "ize",
}  # fmt: skip

# Words that name a step. A retelling keeps them; a later step of the same matter changes them (novelty/README.md, what was learnt).
STAGE_GROUPS: dict[str, str] = {
    "propose": "propose proposes proposed proposal proposals proposing draft drafts drafted nprm",
    "final": "final finalise finalised finalize finalized finalises finalizes adopt adopts adopted adoption",
    "interim": "interim",
    "extend": "extend extends extended extension extending extensions prolong prolonged",
    "delay": "delay delays delayed delaying postpone postpones postponed postponement defer deferred",
    "rescind": "rescind rescinds rescinded rescission repeal repeals repealed revoke revokes revoked revocation withdraw withdraws "
    "withdrew withdrawn withdrawal vacate vacated scrap scrapped",
    "stay": "stay stays stayed suspend suspends suspended suspension pause paused injunction",
    "correct": "correct corrects corrected correction corrections corrigendum",
    "amend": "amend amends amended amendment amendments revise revises revised revision",
    "remove": "remove removes removed removal delist delists delisted delisting",
    "add": "addition additions",
    "terminate": "terminate terminates terminated termination expire expires expired expiration",
    "continue": "continue continues continued continuation renew renews renewed renewal",
    "sign": "signed signs signing",
    "pass": "passed passes passage",
    "charge": "charged charges indict indicted indictment fine fined penalty settlement settle settled convicted sentenced plea pleaded",
    "appeal": "appeal appeals appealed ruling ruled overturn overturned uphold upheld",
    "effective": "effective",
    "ease": "ease eased easing lift lifted lifts waive waived waiver exempt exempted exemption",
    "reject": "reject rejected rejects deny denied denies",
    "preliminary": "preliminary",
    "determine": "determination determinations determined",
    "review": "reviews review probe investigation investigate investigating",
}
STAGE_OF = {word: group for group, words in STAGE_GROUPS.items() for word in words.split()}
STAGE_ZH = {
    "草案": "propose", "征求意见": "propose", "拟": "propose", "正式": "final", "通过": "final", "延期": "delay", "推迟": "delay",
    "暂停": "stay", "撤销": "rescind", "废止": "rescind", "修订": "amend", "修正": "amend", "移出": "remove", "施行": "effective",
    "生效": "effective", "处罚": "charge", "罚款": "charge", "立案": "review", "调查": "review", "解除": "ease", "放宽": "ease",
}  # fmt: skip
_STAGE_ZH = re.compile("|".join(STAGE_ZH))


def stages(folded: str) -> set[str]:
    """The stages of a measure that a text names, as groups of STAGE_GROUPS, in either language."""
    found = {STAGE_OF[word] for word in re.findall("[a-z]+", folded.lower()) if word in STAGE_OF}
    return found | {STAGE_ZH[word] for word in _STAGE_ZH.findall(folded)}


def fold(text: str) -> str:
    """NFKC with plain quotes and dashes; case is kept."""
    return unicodedata.normalize("NFKC", text).translate(_QUOTES)


def is_chinese(text: str) -> bool:
    """True when Chinese characters are at least a fifth of the letters, judged on the first 2,000 characters."""
    head = text[:2000]
    han = len(HAN.findall(head))
    return han > 0 and han * 5 >= sum(c.isalpha() for c in head)


def tokens(folded: str) -> list[str]:
    """Lower-case words, figures, and Chinese runs in order; possessive endings are cut."""
    found = WORD.findall(folded.lower())
    return [word[:-2] if word.endswith("'s") else word for word in found]


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A light English stem: plural, tense, adverb and a few noun endings; British spelling becomes American.

    It is deliberately milder than Porter's (Porter 1980): names must survive it.
    """
    if len(word) < 4 or not word.isascii():
        return word
    for suffix, ending in _LONG_SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return _spell(word[: len(word) - len(suffix)] + ending)
    return _spell(_short(word))


def _short(word: str) -> str:
    if word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("s") and not word.endswith("ies"):
        word = word[:-2] if word.endswith(("sses", "shes", "ches", "xes", "zes")) else word[:-1]
    for suffix in ("ing", "ed", "ly"):
        base = word[: -len(suffix)]
        if word.endswith(suffix) and len(base) >= 3 and re.search("[aeiouy]", base):
            return _undouble(base)
    return word[:-1] if word.endswith("e") and len(word) > 4 else word


def _undouble(base: str) -> str:
    if len(base) > 3 and base[-1] == base[-2] and base[-1] not in "lsz":
        return base[:-1]
    return base


def _spell(base: str) -> str:
    base = base[:-1] if base.endswith("e") and len(base) > 4 else base
    return _SPELLING.get(base, _SPELLING.get(base + "e", base))


def bigrams(run: str) -> list[str]:
    """Overlapping character pairs of a Chinese run; a single character stands for itself."""
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]


def sentences(folded: str) -> list[str]:
    """Split at sentence ends of both scripts and at line breaks; only used to tell sentence-initial capitals apart."""
    return [part for part in SENTENCE_END.split(folded) if part.strip()]
