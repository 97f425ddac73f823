"""Which language a page of `topicwatch serve` speaks: the link's, else the browser's first one that we know, else English."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs

from alerts.dressing import Dresser
from alerts.model import Alert
from alerts.notes import Note, spoken
from alerts.plain import clean_alert, visible
from alerts.speech import LANGUAGES
from flows.site_pages import render


def language_of(query: str, accept: str) -> tuple[str, str]:
    """Give the language, and the query by which links keep it: '' when the browser says so itself."""
    asked = parse_qs(query, max_num_fields=8).get("lang", [""])[0]
    if asked in LANGUAGES:
        return asked, f"?lang={asked}"
    wanted = (each.partition(";")[0].strip().lower().partition("-")[0] for each in accept[:200].split(","))
    return next((lang for lang in wanted if lang in LANGUAGES), "en"), ""


@dataclass(frozen=True, slots=True)
class Voice:
    """A language, and the topics' names in it."""

    lang: str
    at: str
    dresser: Dresser

    def page(self, name: str, **values: Any) -> str:
        """Render a page."""
        return render(name, self.lang, self.at, **values)

    def alert(self, alert: Alert) -> Alert:
        """Give an alert as a reader of the language sees it."""
        return replace(clean_alert(self.dresser.spoken(alert, self.lang)), measured=())

    def line(self, note: Note) -> str:
        """Say one line of an explanation, its indent kept."""
        return visible(spoken(note.parts, self.lang, lambda topic: self.dresser.name(topic, self.lang)))
