"""Terms of a text: stems and Chinese bigrams, with the words that a paraphrase swaps for each other drawn together into one idea."""

from __future__ import annotations

import math
import re
from functools import cache, lru_cache
from importlib.resources import files

from topics.words import HAN, STOP, bigrams, stem


@cache
def _concepts() -> tuple[dict[str, str], dict[tuple[str, str], str], dict[str, str], re.Pattern[str]]:
    """Ideas by stem, by pair of stems, by Chinese word, and a pattern of the Chinese words, longest first (weights/concepts.txt)."""
    single: dict[str, str] = {}
    pairs: dict[tuple[str, str], str] = {}
    chinese: dict[str, str] = {}
    for line in files("topics").joinpath("weights/concepts.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or ": " not in line:
            continue
        idea, words = line.split(": ", 1)
        english, _, han = words.partition(" | ")
        for word in english.split():
            first, _, second = word.partition("_")
            if second:
                pairs.setdefault((stem(first), stem(second)), f"c:{idea}")
            else:
                single.setdefault(stem(word), f"c:{idea}")
        for word in han.split():
            chinese.setdefault(word, f"c:{idea}")
    longest_first = sorted(chinese, key=lambda word: (-len(word), word))
    return single, pairs, chinese, re.compile("|".join(longest_first))


@cache
def _frequencies() -> tuple[int, dict[str, int]]:
    """Number of documents, and documents per term; terms below the table's floor are absent (tests/training/make_df.py)."""
    lines = files("topics").joinpath("weights/df.tsv").read_text(encoding="utf-8").splitlines()
    counts: dict[str, int] = {}
    for line in lines[1:]:
        count, terms = line.split("\t", 1)
        counts.update(dict.fromkeys(terms.split(" "), int(count)))
    return int(lines[0].split("\t")[1]), counts


@lru_cache(maxsize=131072)
def idf(term: str) -> float:
    """Smoothed inverse document frequency, 1 for a term in every document; a term that is not in the table counts as seen once."""
    documents, counts = _frequencies()
    return math.log((1 + documents) / (1 + counts.get(term, 1))) + 1.0


@lru_cache(maxsize=65536)
def _word(word: str) -> tuple[str, str]:
    """The stem of an English word and its term: the idea, the stem itself, or '' for function words and figures."""
    root = stem(word)
    idea = _concepts()[0].get(root)
    if idea:
        return root, idea
    return root, "" if word in STOP or word[0].isdigit() else root


@lru_cache(maxsize=16384)
def _run(run: str) -> tuple[str, ...]:
    """Ideas and character pairs of a Chinese run."""
    _, _, chinese, pattern = _concepts()
    return (*(chinese[word] for word in pattern.findall(run)), *bigrams(run))


def terms_of(words: list[str]) -> list[str]:
    """The terms of tokens (words.tokens), in order: ideas where a word or a pair of words has one, else stems; figures are not terms."""
    pairs = _concepts()[1]
    terms: list[str] = []
    before = ""
    for word in words:
        if HAN.match(word):
            terms.extend(_run(word))
            before = ""
            continue
        root, term = _word(word)
        idea = pairs.get((before, root))
        if idea:
            terms.append(idea)
        elif term:
            terms.append(term)
        before = root
    return terms
