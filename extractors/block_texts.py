"""What the text of a block says by itself: its size, its words, its marks, and what it shares with the page's own claims."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extractors.block_words import FUNCTION_CHARACTERS, FUNCTION_WORDS, TEXT_BITS, TEXT_NAMES
from extractors.blocks import Block

Columns = dict[str, NDArray[Any]]

_WORD = re.compile(r"\w+")
_CJK = re.compile("[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_END = re.compile(r"[.!?…。！？:;]\s*[\"”’»'\")\]」』]*$")
_SENTENCE = re.compile(
    r"[.!?…。！？](?:(?<=[。！？])|[.!?…]*[\"”’\')\]]*(?:\s|$))"
)  # begins with one class: searched twice as fast as a choice
_YEAR = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}:\d\d\b")
_SIGNS = re.compile(r"[|©»›@→•]|https?:|www\.")
_CAPITAL, _DIGIT, _ASCII = re.compile("[A-Z]"), re.compile("[0-9]"), re.compile("[\x00-\x7f]+")
_QUOTE = re.compile('["“”„«»「」]')


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What the page says of itself outside its body; every field may be empty."""

    title: str = ""
    description: str = ""
    author: str = ""
    script_body: str = ""  # articleBody of JSON-LD


def length(text: str) -> int:
    """Return the length in Latin characters: one of Chinese, Japanese or Korean says as much as two and a half."""
    return len(text) if text.isascii() else len(text) + int(1.5 * len(_CJK.findall(text)))


_TEXT_COLUMNS = (
    "length", "words", "linked", "strong", "function", "ends", "sentences", "commas", "capitals", "digits", "word_length", "lower",
    "said_before", "in_title", "title_in", "in_description", "in_script", "title_case", "years", "signs", "quotes", "names_author",
    "says", "begins",
)  # fmt: skip


def texts(blocks: Sequence[Block], facts: PageFacts) -> Columns:
    """Return the columns that need nothing but the block's text and the page's claims."""
    title = frozenset(_WORD.findall(facts.title.lower()))
    described, scripted = grams(facts.description), grams(facts.script_body)
    author = frozenset(_WORD.findall(facts.author.lower()))
    seen: Counter[str] = Counter()
    rows = []
    for block in blocks:
        key = block.text[:200]
        rows.append(_text_row(block, title, described, scripted, author, seen[key]))
        seen[key] += 1
    table = np.array(rows, dtype=np.float64).T
    columns: Columns = dict(zip(_TEXT_COLUMNS, table, strict=True))
    columns["repeats"] = np.array([seen[block.text[:200]] for block in blocks])
    columns["scripted"] = np.full(len(blocks), float(bool(scripted)))
    for name, source in (("says", "says"), ("begins", "begins")):
        bits = columns.pop(source).astype(np.int64)
        columns |= {f"{name}_{word}": (bits >> place) & 1 for place, word in enumerate(TEXT_NAMES)}
    return columns


def _text_row(
    block: Block, title: frozenset[str], described: frozenset[Any], scripted: frozenset[Any], author: frozenset[str], before: int
) -> tuple[float, ...]:
    text = block.text
    size, head = len(text), text[:300]
    words = _WORD.findall(text.lower())
    wide = 0 if text.isascii() else len(_CJK.findall(text))
    count = len(words) + wide / 2
    said = set(words)
    function = sum(map(FUNCTION_WORDS.__contains__, words))
    if wide:
        function += 3 * len(FUNCTION_CHARACTERS.findall(text)) // 2
    bits = 0
    for word in words if len(words) < 50 else words[:14] + words[-14:]:
        bits |= TEXT_BITS.get(word, 0)
    digits = _count(_DIGIT, str.isdigit, head)
    return (
        size + 1.5 * wide, count, min(1.0, block.linked / size), min(1.0, block.strong / size), function / (count or 1),
        bool(_END.search(text[-20:])), len(_SENTENCE.findall(text)), text.count(",") + text.count("，"),
        _count(_CAPITAL, str.isupper, head) / len(head), digits / len(head), size / (count or 1), text[:1].islower(), before,
        len(said & title) / len(title) if title and count < 60 else 0.0, len(said & title) / len(said) if said else 0.0,
        *_shared(words, described, scripted),
        sum(map(str.istitle, head.split())) / (count or 1), len(_YEAR.findall(head)) if digits else 0, len(_SIGNS.findall(head)),
        len(_QUOTE.findall(head)),
        len(said & author) / len(author) if author and count < 80 else 0.0,
        bits, TEXT_BITS.get(words[0], 0) if words else 0,
    )  # fmt: skip


def _count(ascii_ones: re.Pattern[str], is_one: Callable[[str], bool], text: str) -> int:
    """Count the characters that are of a kind; a pattern finds those of ASCII, faster than a call for each."""
    count = len(ascii_ones.findall(text))
    return count if text.isascii() else count + sum(map(is_one, _ASCII.sub("", text)))


def _shared(words: Sequence[str], described: frozenset[Any], scripted: frozenset[Any]) -> tuple[float, float]:
    """Return the shares of a block's runs of four words that the page's description and its script's body hold, -1 without a script."""
    if not scripted and described.isdisjoint(_runs(words)):
        return 0.0, -1.0
    own = frozenset(_runs(words))
    if not own:
        return 0.0, 0.5
    return len(own & described) / len(own), len(own & scripted) / len(own) if scripted else -1.0


def grams(text: str) -> frozenset[tuple[str, ...]]:
    """Return the runs of four words of a text."""
    return frozenset(_runs(_WORD.findall(text.lower())))


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(words, words[1:], words[2:], words[3:], strict=False)
