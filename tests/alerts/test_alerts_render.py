"""Mail text, mail HTML and terminal text: readable alone, and nothing of the input acts (cases 94, 101)."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from jinja2 import UndefinedError

from alerts.model import Alert, Line
from alerts.render import environment, mail_html, mail_text, subject, terminal_text
from alerts.send import Attempt

HOSTILE = "<script>alert(1)</script><svg/onload=alert(2)> \" ' & <b>bold</b>"


class Tags(HTMLParser):
    """Collects tags, attributes and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.fixture
def first(now: object) -> Attempt:
    return Attempt(1, now)  # type: ignore[arg-type]


def test_the_text_reads_alone(alert: Callable[..., Alert], line: Callable[..., Line], first: Attempt) -> None:
    text = mail_text(alert(lines=(line(quote_cut=True, headline="rule 1"),), purpose="update"), first)
    assert text.splitlines() == [
        "Update: Adopted: rule 1",
        "Topics: cloud-kyc",
        "",
        "  Adopted; Severity: alert",
        "  Known before: 2024-01-29 proposed: a draft",
        "  New:",
        "",
        '  "The Bureau adopts the rule on customer identification." …',
        "",
        "  Harbour Gazette: https://gazette.example/rule",
        "  Also reported by: Tidewater Post",
        "    Tidewater Post: https://tidewater.example/a",
        "  Support: official text seen, 1 more reports it; nearly certain",
        "",
        "-- ",
        f"topicwatch, night of 2026-11-06, alert {alert().alert_id}",
    ]


def test_press_only_and_doubt_are_said(alert: Callable[..., Alert], line: Callable[..., Line], first: Attempt) -> None:
    text = mail_text(alert(lines=(line(official=False, confidence=0.65, known_before=""),)), first)
    assert "Support: press only, 2 independent publishers; likely" in text
    assert "Known before: nothing on this" in text


def test_a_quiet_night_is_one_line_and_nothing_else(alert: Callable[..., Alert], first: Attempt) -> None:
    quiet = alert(purpose="digest", title="2026-11-06: nothing moved", topics=(), lines=(), move_ids=(), notes=("61 of 63 sources heard",))
    assert mail_text(quiet, first).split("-- ")[0].split("\n\n") == ["2026-11-06: nothing moved", "61 of 63 sources heard", ""]


def test_html_shows_hostile_text_literally(alert: Callable[..., Alert], line: Callable[..., Line], first: Attempt) -> None:
    bad = line(headline=HOSTILE, quote=HOSTILE, publisher=HOSTILE, known_before=HOSTILE, others=(HOSTILE,), url="javascript:alert(3)")
    page = Tags(mail_html(alert(title=HOSTILE, topics=(HOSTILE,), lines=(bad,), notes=(HOSTILE,)), first))
    assert not {"script", "svg", "img", "iframe", "object", "form", "link"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert all(value.startswith("https://") for name, value in page.attributes if name in {"href", "src"})
    assert page.words.count("<script>alert(1)</script>") >= 6


def test_html_is_made_for_dark_screens_and_phones(alert: Callable[..., Alert], first: Attempt) -> None:
    html = mail_html(alert(), first)
    assert "prefers-color-scheme: dark" in html
    assert 'name="viewport"' in html
    assert not re.search(r"<(?:p|div|h1|blockquote|a)(?![^>]*style=)[^>]*>", html)  # every visible block carries its own style
    assert 'lang="en"' in html


def test_a_possible_repeat_is_marked_in_every_rendering(alert: Callable[..., Alert], now: object) -> None:
    again = Attempt(2, now, possible_repeat=True)  # type: ignore[arg-type]
    mark = f"(possible repeat of {alert().alert_id[:4]})"
    assert mark in subject(alert(), again)
    assert mark in mail_text(alert(), again)
    assert mark in mail_html(alert(), again)


def test_many_lines_become_short_after_the_fortieth(alert: Callable[..., Alert], line: Callable[..., Line], first: Attempt) -> None:
    lines = tuple(line(headline=f"step number {n};", url=f"https://a.example/{n}") for n in range(60))
    text = mail_text(alert(lines=lines), first)
    assert text.count("Known before") == 40
    assert all(f"step number {n};" in text and f"https://a.example/{n}\n" in text for n in range(60))


def test_a_terminal_gets_no_control_code(alert: Callable[..., Alert], line: Callable[..., Line]) -> None:
    bad = line(headline="\x1b[2Jgone\x07", quote="a\x9b31mb\x08")
    shown = terminal_text(alert(title="one\ntwo\x1b]0;x\x07", lines=(bad,)))
    assert not [c for c in shown if (c != "\n" and ord(c) < 32) or 127 <= ord(c) < 160]
    assert "one two" in shown.splitlines()[0]


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        environment().from_string("{{ nothing }}").render()
