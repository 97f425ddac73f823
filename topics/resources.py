"""The data that ships with the reader: glossary, word classes and trained weights, read once from the package."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


def text_of(folder: str, name: str) -> str:
    """The text of one data file of this package, e.g. text_of("lexicon", "glossary.tsv")."""
    return files("topics").joinpath(folder, name).read_text(encoding="utf-8")


@cache
def glossary() -> tuple[tuple[str, str], ...]:
    """Chinese terms with English words of the same sense, longest first."""
    return tuple((zh, en) for zh, en in _rows(text_of("lexicon", "glossary.tsv")))


@cache
def word_classes() -> tuple[tuple[str, str], ...]:
    """(word, class) pairs of classes.tsv."""
    return tuple((word, name) for name, words in _rows(text_of("lexicon", "classes.tsv")) for word in words.split("|"))


@cache
def doors() -> tuple[tuple[str, str], ...]:
    """(kind, words) pairs of doors.tsv."""
    return tuple(_rows(text_of("lexicon", "doors.tsv")))


def _rows(text: str) -> list[tuple[str, str]]:
    rows = []
    for line in text.splitlines():
        if line and not line.startswith("#"):
            left, right = line.split("\t", 1)
            rows.append((left, right))
    return rows
