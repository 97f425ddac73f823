"""The words of a message in a recipient's language, from alerts/words/LANG.toml; one sentence is said in one place."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "words"
LANGUAGES = ("en", "zh")


@cache
def words_of(lang: str) -> Mapping[str, str]:
    """Give the words of a language as 'table.key' -> text; English for a language that we do not speak."""
    path = FOLDER / f"{lang if lang in LANGUAGES else 'en'}.toml"
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return {f"{table}.{key}": text for table, texts in tables.items() for key, text in texts.items()}


def say(lang: str, key: str, **values: object) -> str:
    """Say one thing, as in say("zh", "titles.nothing", night="2026-11-06"); raises KeyError for words that are not there."""
    return words_of(lang)[key].format(**values)


def term(lang: str, table: str, word: str) -> str:
    """Give a single word of ours in the language; a word that the table does not know stays as it is."""
    return words_of(lang).get(f"{table}.{word}", word)


def day_words(day: date, lang: str, night: date | None = None) -> str:
    """Write a day; the year only when it is not the night's."""
    month = words_of(lang)["dates.months"].split()[day.month - 1]
    key = "dates.day" if night and night.year == day.year else "dates.day_year"
    return say(lang, key, day=day.day, month=month, year=day.year)
