"""Renders an alert for people: mail text, mail HTML, terminal text. The alert is cleaned first, then each sink escapes for itself."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from alerts.model import Alert
from alerts.plain import clean_alert, visible
from alerts.send import Attempt, repeat_mark
from alerts.speech import say, term
from alerts.wording import confidence_words, dates_words, heading_of_line, known_words, moment_words, subject_of, support_words

TEMPLATES = Path(__file__).resolve().parent / "templates"
FULL_LINES = 40  # beyond these a message tells headline and link only, so that 500 moves stay readable
# What templates say of a line, in a language: {{ line | support(lang) }}.
SPEECH = {
    "sure": confidence_words,
    "support": support_words,
    "known": known_words,
    "dates": dates_words,
    "moment": moment_words,
    "heading": heading_of_line,
    "subject": subject_of,
}


@cache
def environment() -> Environment:
    """Give the one template environment: HTML escapes by itself, a missing value is an error."""
    found = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    found.filters.update(SPEECH)
    found.globals.update(say=say, term=term)
    return found


def subject(alert: Alert, attempt: Attempt) -> str:
    """Give the subject: one visible line, the possible repeat marked."""
    return " ".join(filter(None, (subject_of(clean_alert(alert)), repeat_mark(alert, attempt))))


def mail_text(alert: Alert, attempt: Attempt) -> str:
    """Render the plain text of a mail; it reads alone, without the HTML part."""
    return _render("mail.txt", alert, repeat_mark(alert, attempt))


def mail_html(alert: Alert, attempt: Attempt) -> str:
    """Render the HTML of a mail: styles inlined, one column, for light and dark screens; no image, no script, nothing remote."""
    return _render("mail.html", alert, repeat_mark(alert, attempt))


def terminal_text(alert: Alert) -> str:
    """Render for a terminal or a text file: no control code of the input survives."""
    return visible(_render("mail.txt", alert, ""))


def _render(template: str, alert: Alert, repeat: str) -> str:
    return environment().get_template(template).render(alert=clean_alert(alert), lang=alert.lang, repeat=repeat, full_lines=FULL_LINES)
