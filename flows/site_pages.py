"""The pages of `topicwatch serve`. Everything in them may come from the web: autoescaped, no script, links to http and https only."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from alerts.plain import safe_url
from alerts.speech import say, term
from alerts.wording import confidence_words, known_words, moment_words, subject_of, support_words

TEMPLATES = Path(__file__).resolve().parent / "templates"


@cache
def environment() -> Environment:
    """Give the one environment of the pages; a missing value is an error."""
    made = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.filters.update(
        web=safe_url,
        subject=subject_of,
        support=support_words,
        sure=confidence_words,
        known=known_words,
        moment=moment_words,
    )
    made.globals.update(say=say, term=term)
    return made


def render(page: str, lang: str = "en", at: str = "", **values: Any) -> str:
    """Render one page of templates/ in a language; `at` is the query by which its links keep that language."""
    return environment().get_template(f"{page}.html").render(lang=lang, at=at, **values)
