"""A message's plain lines in any language: English words that keep what they were made of."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Self

from alerts.speech import words_of

Part = tuple[str, tuple[tuple[str, str], ...]]  # key of the words, and their values
TOPIC = "topic:"  # a value that begins so is a topic's id, which a reader sees as its name
WORD = "word:"  # a value that begins so is an id of ours, which a reader sees in words


class Note(str):
    """A line in English that can be said in every other language; its parts are said one after the other."""

    parts: tuple[Part, ...]

    def __new__(cls, *parts: Part) -> Self:
        """Make the line of its parts."""
        made = super().__new__(cls, spoken(parts, "en"))
        made.parts = parts
        return made

    def __getnewargs__(self) -> tuple[Part, ...]:  # type: ignore[override]  # pickle makes it of its parts again
        return self.parts


def part(key: str, table: str = "notes", /, **values: object) -> Part:
    """Put one part down: its words' key in a table of alerts/words, and their values."""
    return f"{table}.{key}", tuple(sorted((name, str(value)) for name, value in values.items()))


def word(table: str, own: str) -> str:
    """Mark an id of ours as one that has words in a table."""
    return f"{WORD}{table}.{own}"


def spoken(parts: tuple[Part, ...], lang: str, name_of: Callable[[str], str] | None = None) -> str:
    """Say the parts in a language, topics and our ids by name; without `name_of`, both as they are. Raises KeyError for unknown words."""
    return "".join(words_of(lang)[key].format(**{name: _value(value, lang, name_of) for name, value in values}) for key, values in parts)


def _value(value: str, lang: str, name_of: Callable[[str], str] | None) -> str:
    if value.startswith(WORD):
        table, _, own = value.removeprefix(WORD).partition(".")
        found = words_of(lang).get(f"{table}.{own}", own) if name_of else own
        return found.lower() if lang == "en" else found
    if value.startswith(TOPIC):
        return ", ".join((name_of or str)(each.removeprefix(TOPIC)) for each in value.split(", "))
    return value


def packed(note: str) -> str:
    """Write down what a line was made of, to be stored beside it; '' for one that has only its words."""
    return json.dumps(note.parts, ensure_ascii=False) if isinstance(note, Note) else ""


def in_language(words: str, pack: str, lang: str, name_of: Callable[[str], str] = str) -> str:
    """Say a stored line in a language; its own words where nobody knows what it was made of."""
    try:
        parts = tuple((key, tuple((name, value) for name, value in values)) for key, values in json.loads(pack)) if pack else ()
    except (ValueError, TypeError):
        return words
    return spoken(parts, lang, name_of) if parts and all(key in words_of(lang) for key, _ in parts) else words


def pairs(notes: Sequence[str], packs: Sequence[str]) -> list[tuple[str, str]]:
    """Give each line with what it was made of; a line of an older version has only its words."""
    return list(zip(notes, (*packs, *[""] * len(notes)), strict=False))


def of_night(night: str, words: str, pack: str) -> tuple[str, str]:
    """Put the night before a stored line and what it was made of."""
    if not pack:
        return f"{night}: {words}", ""
    return f"{night}: {words}", json.dumps([part("night", night=night), *json.loads(pack)], ensure_ascii=False)
