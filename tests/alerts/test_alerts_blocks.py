"""The Slack message: within limits, literal, nobody mentioned (cases 89, 90)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.blocks import escaped, link_to, message
from alerts.model import Alert, Line
from alerts.send import Attempt

FIRST = Attempt(1, datetime(2026, 11, 7, tzinfo=UTC))
OWN_LINK = re.compile(r"<https?://[^\s<>|]+\|Open at [a-z0-9.-]+>")


def texts(part: Any) -> Iterator[dict[str, Any]]:
    """Give every text object of a message."""
    if isinstance(part, dict):
        if part.get("type") in {"plain_text", "mrkdwn"}:
            yield part
        for value in part.values():
            yield from texts(value)
    elif isinstance(part, list):
        for value in part:
            yield from texts(value)


def check_limits(sent: dict[str, Any]) -> None:
    assert 1 <= len(sent["blocks"]) <= 50
    assert all(1 <= len(t["text"]) <= 3000 for t in texts(sent["blocks"]))
    assert len(sent["blocks"][0]["text"]["text"]) <= 150
    for text in [sent["text"], *(t["text"] for t in texts(sent["blocks"]))]:
        assert not re.search(r"[<>]", OWN_LINK.sub("", text)), text
        assert not re.search(r"&(?!amp;|lt;|gt;)", text), text


@pytest.mark.parametrize(
    "title",
    [
        "<!channel> all",
        "<@U1> you",
        "<#C1>",
        "<http://evil.example|bank.example>",
        "<!subteam^S1>",
        "R&D & co",
        "`code` *bold* _it_ ~no~",
        ":smile:",
    ],
)
def test_markup_is_shown_literally(title: str, alert: Callable[..., Alert], line: Callable[..., Line]) -> None:
    bad = line(headline=title, quote=title, publisher=title, known_before=title, others=(title,), mark=title)
    sent = message(alert(title=title, topics=(title,), lines=(bad,), notes=(title,)), FIRST)
    check_limits(sent)
    # Only our own link is mrkdwn; all else is plain text, in which nothing is formatted.
    assert all(OWN_LINK.fullmatch(t["text"]) for t in texts(sent["blocks"]) if t["type"] == "mrkdwn")
    assert all(t["emoji"] is False for t in texts(sent["blocks"]) if t["type"] == "plain_text")
    assert "link_names" not in sent
    assert sent["unfurl_links"] is False


def test_a_link_cannot_break_out() -> None:
    assert link_to("https://a.example/x?a=1&b=2") == "<https://a.example/x?a=1&amp;b=2|Open at a.example>"
    for url in ("https://a.example/|fake>", "https://a.example/>x", "javascript:x", "https://a.example/" + "x" * 2700):
        assert link_to(url) == ""


def test_a_huge_alert_is_shortened_and_keeps_its_link(alert: Callable[..., Alert], line: Callable[..., Line]) -> None:
    sent = message(alert(title="x" * 60_000, lines=(line(headline="&" * 60_000, known_before="<" * 60_000),)), FIRST)
    check_limits(sent)
    assert "https://gazette.example/rule" in json.dumps(sent)


def test_five_hundred_moves_fit_and_the_rest_is_counted(alert: Callable[..., Alert], line: Callable[..., Line]) -> None:
    sent = message(alert(lines=tuple(line(headline=f"step {n}") for n in range(500))), FIRST)
    check_limits(sent)
    counted = re.search(r"and (\d+) more", json.dumps(sent))
    assert counted
    assert int(counted[1]) + sum("step " in t["text"] for t in texts(sent["blocks"])) == 500


def test_a_possible_repeat_is_marked(alert: Callable[..., Alert]) -> None:
    sent = message(alert(), Attempt(2, FIRST.at, possible_repeat=True))
    assert f"(possible repeat of {alert().alert_id[:4]})" in json.dumps(sent["blocks"])
    assert "possible repeat" in sent["text"]


@given(st.text(alphabet=st.sampled_from("&<>ab 中") | st.characters(), max_size=60), st.integers(min_value=8, max_value=40))
def test_escaping_never_cuts_an_entity(text: str, limit: int) -> None:
    shown = escaped(text, limit)
    assert len(shown) <= limit
    assert not re.search(r"&(?!amp;|lt;|gt;)|[<>]", shown)
    back = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert back == text or text.startswith(back.removesuffix("…"))
