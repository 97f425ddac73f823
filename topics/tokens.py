"""A sentence as the models see it: what was done (names, dates and figures as classes) and what it is about (stems, names by id)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

import ahocorasick

from topics.daywords import day_words
from topics.mentions import Gazetteer, Mention
from topics.passages import HAN
from topics.resources import glossary

_WORD = re.compile(r"x[a-z]+_[a-z]+|[a-z][a-z'’\-]*[a-z0-9]|[a-z]")
_MONEY = re.compile(r"[$€£¥]\s?\d[\d,.]*(?:\s?(?:million|billion|trillion|bn|m)\b)?|\d[\d,.]{0,30}\s?(?:万|亿)?(?:美元|元|欧元|日元)")
_NUMBER = re.compile(r"(?<![\w.])\d[\d,.]*(?:%|\b)|\d[\d,.]*")
_SIGNS = {
    **dict.fromkeys("?？", " xquestion "), **dict.fromkeys("!！", " xbang "), **dict.fromkeys('"“”「', " xq "),
    **dict.fromkeys(";；", " xsc "), **dict.fromkeys(":：", " xcolon "),
}  # fmt: skip
_SIGN_TABLE = str.maketrans(_SIGNS)
_TOPIC_WORD = re.compile(r"x[a-z]+_[a-z]+|[a-z][a-z'’\-]+|\d[\d.,]*")
_HAN_RUN = re.compile(r"[\u4e00-\u9fff]{2,}")
STOP = frozenset(
    """the a an of to in and for on that is it its with as by at from be are was were has have had this which not but or their they his
    her he she will would who what when than more said says say can could may might there into about after before over under been also
    no if we you i our your them him out up one two all any other some such only so just like then where how do does did us new""".split()
)


@dataclass(frozen=True, slots=True)
class Annotated:
    """One sentence with its spans resolved: the tokens of the move model, of the topic model, and the entities named."""

    act_tokens: tuple[str, ...]  # words with names, dates and figures as classes
    act_chars: tuple[str, ...]  # Chinese characters with the same classes; empty for English
    stems: tuple[str, ...]
    class_stems: tuple[str, ...]  # stems with names as classes
    han_runs: tuple[str, ...]
    mentions: tuple[Mention, ...]
    subjects: tuple[str, ...] = ()  # topics that a term or a measure's name points to


def annotate(text: str, published: date, gazetteer: Gazetteer) -> Annotated:
    """Read one sentence; spans that overlap are taken dates first, then names, money, numbers."""
    mentions = gazetteer.find(text)
    chinese = bool(HAN.search(text))
    pieces = _replace(text, _spans(text, published, mentions))
    words = "".join(f" {tag} " if tag else (gloss(part) if chinese else part) for part, tag in pieces)
    plain = gloss(text) if chinese else text
    named = "".join(f" {tag} " if tag and tag.startswith("x") and tag not in _NOT_NAMES else part for part, tag in pieces)
    return Annotated(
        act_tokens=tuple(_WORD.findall(words.translate(_SIGN_TABLE).lower())),
        act_chars=tuple(_characters(pieces)) if chinese else (),
        stems=tuple(stems(plain)),
        class_stems=tuple(stems(gloss(named) if chinese else named)),
        han_runs=tuple(_HAN_RUN.findall(text)),
        mentions=tuple(mentions),
        subjects=gazetteer.subjects(text),
    )


_NOT_NAMES = frozenset(
    {"xmoney", "xnum", *(f"x{d}" for d in ("today", "recent", "past", "longago", "future", "thismonth", "month", "year"))}
)


def stems(text: str) -> list[str]:
    """Lower-case content words with common English endings taken off."""
    return [w if w.startswith("x") and "_" in w else stem(w) for w in _TOPIC_WORD.findall(text.lower()) if w not in STOP]


@cache
def stem(word: str) -> str:
    """Take off one common English ending; numbers lose their separators."""
    word = word.replace("’", "'").removesuffix("'s").rstrip("'-")
    if word[:1].isdigit():
        return word.rstrip(".,").replace(",", "")
    for ending in ("ings", "ing", "edly", "ed", "ies", "es", "s", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def gloss(text: str) -> str:
    """Replace Chinese terms by English words of the same sense, longest first, from left to right."""
    out, at = [], 0
    for start, end, english in _gloss_spans(text):
        out += [text[at:start], " ", english, " "]
        at = end
    return "".join([*out, text[at:]])


@cache
def _gloss_automaton() -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for chinese, english in glossary():
        automaton.add_word(chinese, (len(chinese), english))
    automaton.make_automaton()
    return automaton


def _gloss_spans(text: str) -> list[tuple[int, int, str]]:
    return [(last - length + 1, last + 1, english) for last, (length, english) in _gloss_automaton().iter_long(text)]


def _spans(text: str, published: date, mentions: list[Mention]) -> list[tuple[int, int, str]]:
    spans = [(d.start, d.end, f"x{d.distance}") for d in day_words(text, published)]
    spans += [(m.start, m.end, f"x{m.word_class}") for m in mentions]
    spans += [(m.start(), m.end(), "xmoney") for m in _MONEY.finditer(text)]
    spans += [(m.start(), m.end(), "xnum") for m in _NUMBER.finditer(text)]
    taken: list[tuple[int, int, str]] = []
    covered = bytearray(len(text))
    for start, end, tag in spans:
        if not any(covered[start:end]):
            covered[start:end] = b"\x01" * (end - start)
            taken.append((start, end, tag))
    return sorted(taken)


def _replace(text: str, spans: list[tuple[int, int, str]]) -> list[tuple[str, str]]:
    """(part, tag) in order; tag is '' for text between spans."""
    pieces, at = [], 0
    for start, end, tag in spans:
        if start > at:
            pieces.append((text[at:start], ""))
        pieces.append((text[start:end], tag))
        at = end
    pieces.append((text[at:], ""))
    return pieces


def _characters(pieces: list[tuple[str, str]]) -> list[str]:
    out: list[str] = []
    for part, tag in pieces:
        if tag == "xnum":
            out.append("#")
        elif tag:
            out.append(f"<{tag}>")
        else:
            out += ["<w>" if run[0].isascii() else run for run in re.findall(r"[A-Za-z]+|[^\sA-Za-z]", part)]
    return out
