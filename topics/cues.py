"""Cues that a text says something other than "this happened": denials, calls, explanations, offers, hearsay; and who acts in it.

Each cue is a pattern over English and Chinese words; what a cue is worth is left to the combiner that weighs it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from topics.mentions import Mention
from topics.resources import text_of

CUE_PLACES = ("title", "lead", "best", "all")
_SIDES = {"china": "cn", "usa": "us", "ally": "al", "usagency": "us", "lawmaker": "us", "cnagency": "cn", "allyagency": "al"}
_AUTHORITY_KINDS = ("agency", "court", "lawmakingbody", "state")
_AUTHORITIES = frozenset({"usagency", "lawmaker", "cnagency", "allyagency"})


@cache
def cue_patterns(file: str = "cues.tsv") -> tuple[tuple[str, re.Pattern[str]], ...]:
    """(cue, pattern) in the order of a file of lexicon/; Latin alternatives begin at a word."""
    rows: dict[str, list[str]] = {}
    for line in text_of("lexicon", file).splitlines():
        if line and not line.startswith("#"):
            cue, alternatives = line.split("\t")
            rows.setdefault(cue, []).append(rf"\b(?:{alternatives})" if alternatives.isascii() else alternatives)
    return tuple((cue, re.compile("|".join(found), re.I)) for cue, found in rows.items())


def cue_names() -> tuple[str, ...]:
    """Names of the numbers of cues(), in order."""
    return tuple(f"{cue}:{place}" for cue, _ in cue_patterns() for place in CUE_PLACES)


def cues(title: str, lead: str, best: str, whole: str) -> list[float]:
    """For each cue whether the title, the lead and the best passage show it, and how often the whole does (at most 4)."""
    by_place = (_shown(title), _shown(lead), _shown(best), _counted(whole))
    return [number for of_cue in zip(*by_place, strict=True) for number in of_cue]


@lru_cache(maxsize=64)  # the topics of one article ask for the same texts
def _shown(text: str) -> tuple[float, ...]:
    return tuple(float(bool(pattern.search(text))) for _, pattern in cue_patterns())


@lru_cache(maxsize=8)
def _counted(text: str) -> tuple[float, ...]:
    return tuple(float(min(len(pattern.findall(text)), 4)) for _, pattern in cue_patterns())


@lru_cache(maxsize=64)  # as for _shown
def direction(text: str) -> int:
    """Which way a sentence moves a limit: 1 loosens it, -1 tightens it, 0 says neither, or both, or only that it holds."""
    shown = {name for name, pattern in cue_patterns("directions.tsv") if pattern.search(text)}
    if {"loosens", "tightens"} <= shown or shown == {"loosens", "holds"}:
        return 0
    return ("loosens" in shown) - ("tightens" in shown)


def issuer_names() -> tuple[str, ...]:
    """Names of the numbers of issuer_fit(), in order."""
    return tuple(f"issuer_{what}:{place}" for what in ("side", "authority") for place in ("title", "lead", "best"))


def issuer_fit(places: Sequence[Sequence[Mention]], issuers: frozenset[str]) -> list[float]:
    """Whether the first side and the first authority named in title, lead and best passage are ones that act on the topic: 1, -1, or 0.

    places are the mentions of the three in that order; issuers are sides (us, cn, al); an empty set means anybody acts.
    """
    sides = [_fit(next((s for m in place if (s := side_of(m.word_class))), ""), issuers) for place in places]
    authorities = [_fit(next((side_of(m.word_class) for m in place if is_authority(m.word_class)), ""), issuers) for place in places]
    return [*sides, *authorities]


def side_of(word_class: str) -> str:
    """us, cn or al for a word class that belongs to a side; '' for any other."""
    if word_class in _SIDES:
        return _SIDES[word_class]
    side = word_class.rpartition("_")[2]
    return side if side in {"us", "cn", "al"} else ""


def is_authority(word_class: str) -> bool:
    """An agency, a court, a lawmaker, a state."""
    return word_class in _AUTHORITIES or word_class.rpartition("_")[0] in _AUTHORITY_KINDS


def _fit(side: str, issuers: frozenset[str]) -> float:
    if not side or not issuers:
        return 0.0
    return 1.0 if side in issuers else -1.0
