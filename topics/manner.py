"""How an article is told: what a reporter's text has and a retelling lacks (who said so, quotations, figures), and the reverse."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from topics.sketch import term_hash
from topics.terms import terms_of
from topics.words import HAN, STAGE_GROUPS, STAGE_ZH, fold, is_chinese, sentences, stages, tokens

_QUOTATION = re.compile(r'"([^"\n]{12,400})"|[“「]([^”」\n]{6,200})[”」]')
_END = re.compile(r"(?<=[.!?。！？])\s*|\n+")
# Chinese is attributed with fewer words, so the shares below are of sentences and not of words.
_ATTRIBUTED = re.compile(
    r"\b(?:said|says|told|according to|statement|spokes\w+|reporters|announced|declined to comment|confirmed|added)\b|"
    r"表示|称|据|记者|发言人|介绍|透露"
)
_RELAYED = re.compile(
    r"\breportedly\b|\breports? (?:say|said|says|suggest)\b|\baccording to (?:\w+ )?reports?\b|"
    r"\b(?:first|previously|originally) (?:reported|published)\b|\b(?:is|are|was) said to\b|"
    r"据(?:外媒|媒体|报道|悉|《[^》]+》)|外媒|援引|编译|转载",
    re.IGNORECASE,
)
# What an issuer writes of its own act and nobody who retells it.
_FORMAL = re.compile(
    r"\b(?:this|the) (?:(?:interim |proposed )?final |proposed |temporary )?(?:rule|notice|document|action)\b|\b(?:interim )?final rule\b|"
    r"\bproposed rule\b|\bcfr\b|\brin\b|\bdocket\b|\bpursuant to\b|\bsupplement no\b|\bfederal register\b|\bhereby\b|"
    r"\bis (?:amending|revising|issuing|adding|removing|publishing|seeking|extending|announcing|rescinding)\b|\b(?:amends|revises) the\b|"
    r"\((?:BIS|EAR|OFAC|NIST|DoD|Commerce|the Act|Department)\)|\b(?:effective|compliance) date\b|"
    r"\bcomments? (?:must|are|is) (?:be )?(?:due|invited|sought|received)\b|现予公布|通知如下|特此公告|自\d+年\d+月\d+日起施行",
    re.IGNORECASE,
)
# How a text lures rather than tells: in its headline words in capitals, a question; anywhere exclamations, the reader as "you", a promise.
_SHOUTED = re.compile(r"\b[A-Z]{4,}\b")
_LURE = re.compile(
    r"\b(?:here(?:'s| is| are)|everything you need|what (?:to know|it means|happens next)|find out|keep (?:reading|scrolling)|need to know|"
    r"you (?:won't|can't)|shock\w*|stunn\w+|speechless|insiders|experts|panic\w*|explosive)\b",
    re.IGNORECASE,
)
_YOU = re.compile(r"\byou(?:r|'re)?\b", re.IGNORECASE)
MOST_LURING = 3.0
_LATIN_WORD = re.compile(r"[A-Za-z][\w']*")
LONG_WORD = 4  # letters; shorter ones stay small in a headline in title case
NO_CASE = 0.4  # title_case of a script without capitals: between the two
LEAD_SENTENCES = 2
READ_UP_TO = 6000  # characters of the body; a longer text has shown its manner by then
DIGIT_SCALE = 20  # figures a word are few; times this the feature is about as large as the others


@dataclass(frozen=True, slots=True)
class Manner:
    """One text's way of telling; the first five are counts a sentence, figures a DIGIT_SCALE-th of them a word."""

    attributed: float
    relayed: float  # told after other reports
    quoted: float
    asked: float
    formal: float  # an issuer's own words
    figures: float
    luring: float  # 0 to MOST_LURING
    title_case: float  # share of the headline's longer words, after the first, that open with a capital
    quotations: tuple[frozenset[int], ...]  # the hashed terms of each
    stages: frozenset[str]  # groups of words.STAGE_GROUPS that the title and the lead name


def manner_of(title: str, body: str) -> Manner:
    """Read the manner of one text; never raises for odd text."""
    head, text = fold(title), fold(body[:READ_UP_TO])
    count = max(1, sum(bool(part.strip()) for part in _END.split(text)))
    words = tokens(text)
    length = max(1, sum(len(word) if HAN.match(word) else 1 for word in words))
    quotations = [match[1] or match[2] for match in _QUOTATION.finditer(text)]
    return Manner(
        attributed=len(_ATTRIBUTED.findall(_RELAYED.sub(" ", text))) / count,
        relayed=len(_RELAYED.findall(f"{head}\n{text}")) / count,
        quoted=len(quotations) / count,
        asked=text.count("?") / count,
        formal=len(_FORMAL.findall(f"{head}\n{text}")) / count,
        figures=DIGIT_SCALE * sum(word[0].isdigit() for word in words) / length,
        luring=_luring(head, text),
        title_case=_title_case(head),
        quotations=tuple(frozenset(map(term_hash, terms_of(tokens(quotation)))) for quotation in quotations),
        stages=frozenset(stages("\n".join([head, *sentences(text)[:LEAD_SENTENCES]]))),
    )


def _luring(head: str, text: str) -> float:
    whole = f"{head} {text}"
    twice = sum(min(1.0, len(pattern.findall(at)) / 2) for pattern, at in ((_SHOUTED, head), (_LURE, whole), (_YOU, whole)))
    return min(MOST_LURING, twice + ("!" in whole) + ("?" in head))


def _title_case(head: str) -> float:
    if is_chinese(head):
        return NO_CASE
    words = [word for word in _LATIN_WORD.findall(head)[1:] if len(word) >= LONG_WORD]
    return sum(word[0].isupper() for word in words) / len(words) if words else 0.0


@cache
def stage_terms() -> dict[str, frozenset[int]]:
    """The hashed terms of each stage's words, in both languages."""
    words = {group: english.split() for group, english in STAGE_GROUPS.items()}
    for word, group in STAGE_ZH.items():
        words[group].append(word)
    return {group: frozenset(term_hash(term) for word in each for term in terms_of(tokens(word))) for group, each in words.items()}
