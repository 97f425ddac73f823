"""Signed links and what they carry into the inbox: forged, torn and expired ones do nothing; hostile JSON is refused by name."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.blocks import message
from alerts.control import Action, ControlError, from_json, to_json
from alerts.links import LinkError, Links, Ticket, action_of
from alerts.model import Alert, Line, Recipient
from alerts.render import mail_html, mail_text
from alerts.send import Attempt

NOW = datetime(2026, 11, 7, 2, 0, tzinfo=UTC)
LINKS = Links("https://watch.example/", "k" * 32)
TICKET = Ticket("mute", "a1", "m1", "ana", NOW + timedelta(days=30))


def test_a_token_reads_back_and_fits_a_phone(alert: Callable[..., Alert]) -> None:
    assert LINKS.read(LINKS.token(TICKET), NOW) == TICKET
    assert all(len(url) < 300 for _, url in LINKS.dress(alert(), Recipient("ana", "smtp", "x"), NOW).links)
    assert "kkkk" not in repr(LINKS)


@given(st.data())
def test_no_changed_token_is_read(data: st.DataObject) -> None:
    token = LINKS.token(TICKET)
    place = data.draw(st.integers(0, len(token) - 1))
    char = data.draw(st.sampled_from("ABCabc012-_.=%\u00e9\n "))
    changed = token[:place] + char + token[place + 1 :]
    if base64_of(changed) != base64_of(token):
        with pytest.raises(LinkError, match="not made by this installation"):
            LINKS.read(changed, NOW)


def base64_of(token: str) -> tuple[bytes, ...]:
    """The bytes behind a token: the last character of base64 has unused bits, so two spellings may mean the same."""
    try:
        return tuple(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split("."))
    except ValueError:
        return ()


@pytest.mark.parametrize(
    "token", ["", ".", "a.b", "x" * 5000, "%00.%00", "e30.", LINKS.token(TICKET)[:-4], LINKS.token(TICKET).split(".")[0]]
)
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(LinkError):
        LINKS.read(token, NOW)


def test_another_secret_and_a_passed_day_are_refused() -> None:
    with pytest.raises(LinkError, match="not made by this installation"):
        Links("https://watch.example", "j" * 32).read(LINKS.token(TICKET), NOW)
    with pytest.raises(LinkError, match=r"expired on 2026-12-07"):
        LINKS.read(LINKS.token(TICKET), NOW + timedelta(days=30))


def test_what_a_confirmed_link_does() -> None:
    assert action_of(TICKET, NOW) == Action("mute", "matter", "m1", NOW, NOW + timedelta(days=30), "ana", "ana")
    useful = action_of(Ticket("useful", "a1", "m1", "ana", NOW), NOW, "read it twice")
    assert (useful.what, useful.label, useful.target, useful.by, useful.why) == ("feedback", "useful", "a1", "ana", "read it twice")
    for ticket in (Ticket("see", "a1", "m1", "ana", NOW), Ticket("mute", "a1", "", "ana", NOW)):
        with pytest.raises(ControlError):
            action_of(ticket, NOW)


def test_links_stand_in_every_message_and_only_for_matters(alert: Callable[..., Alert]) -> None:
    dressed = LINKS.dress(alert(), Recipient("ana", "smtp", "x"), NOW)
    see = dressed.links[0][1]
    assert see.startswith("https://watch.example/see/")
    assert see in mail_text(dressed, Attempt(1, NOW))
    assert f'href="{see}"' in mail_html(dressed, Attempt(1, NOW))
    assert f"<{see}|Explain>" in json.dumps(message(dressed, Attempt(1, NOW)))
    digest = LINKS.dress(alert(purpose="digest"), Recipient("ana", "smtp", "x"), NOW)
    assert digest.links == (("Briefing", "https://watch.example/"),)


def test_each_step_of_a_digest_can_be_answered(alert: Callable[..., Alert], line: Callable[..., Line]) -> None:
    lines = (line(move_id="m-1", url="https://gazette.example/1"), line(move_id="m-2", url=""), line(move_id="r", kind="reminder"))
    digest = LINKS.dress(alert(purpose="digest", lines=lines, lang="zh"), Recipient("wei", "smtp", "x", "zh"), NOW)
    assert [[words for words, _ in each.replies] for each in digest.lines] == [["Explain", "Useful", "Not new", "Wrong topic"]] * 2 + [[]]
    see, useful, *_ = (url for _, url in digest.lines[1].replies)
    ticket = LINKS.read(useful.removeprefix("https://watch.example/do/").removesuffix("?lang=zh"), NOW)
    assert (ticket.deed, ticket.alert_id, ticket.move_id, ticket.ref) == ("useful", digest.alert_id, "m-2", "wei")
    action = action_of(ticket, NOW)
    assert (action.scope, action.target, action.label) == ("line", f"{digest.alert_id}:m-2", "useful")
    assert from_json(to_json(action)) == action
    text = mail_text(digest, Attempt(1, NOW))
    assert text.count("/see/") == 2, "short: one link a line"
    assert see in text
    assert "/do/" not in text
    html = mail_html(digest, Attempt(1, NOW))
    assert (html.count("/do/"), html.count("不是新消息")) == (6, 2)
    assert f"<{useful}|有用>" in json.dumps(message(digest, Attempt(1, NOW)), ensure_ascii=False)
    weekly = LINKS.dress(alert(purpose="weekly", lines=lines), Recipient("ana", "smtp", "x"), NOW)
    assert not any(each.replies for each in weekly.lines)


def test_an_alert_of_an_older_version_keeps_its_links() -> None:
    assert LINKS.read(LINKS.token(TICKET), NOW).move_id == ""
    of_line = replace(TICKET, deed="useful", move_id="m-1")
    assert LINKS.read(LINKS.token(of_line), NOW) == of_line


ACTION = {
    "v": 1,
    "what": "mute",
    "scope": "matter",
    "target": "m1",
    "at": "2026-11-07T02:00:00+00:00",
    "until": "2026-12-07T02:00:00+00:00",
}


def test_an_action_reads_back() -> None:
    action = action_of(TICKET, NOW)
    assert from_json(to_json(action)) == action
    assert from_json(json.dumps(ACTION)).until == datetime(2026, 12, 7, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"v": 2}, '"v": 1'),
        ({"what": "drop"}, "what"),
        ({"what": ["mute"]}, "what"),
        ({"scope": "alert"}, "scope"),
        ({"target": ""}, "target"),
        ({"target": "a\nb"}, "target"),
        ({"target": "a\u202eb"}, "target"),
        ({"target": 7}, "target"),
        ({"until": None}, "until"),
        ({"until": "2026-11-07"}, "until"),
        ({"until": "9999-12-31T23:59:59+00:00"}, "until"),
        ({"until": "2026-11-01T00:00:00+00:00"}, "until"),
        ({"at": "now"}, "at"),
        ({"at": None}, "at"),
        ({"label": "useful"}, "label"),
        ({"what": "feedback", "scope": "alert", "until": None}, "label"),
        ({"what": "ack", "scope": "alert"}, "until"),
        ({"why": "x" * 501}, "why"),
        ({"__class__": "x"}, "unknown field"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(ControlError, match=named):
        from_json(json.dumps({**ACTION, **changes}))


@given(st.one_of(st.text(max_size=60), st.just("[" * 100_000), st.just("{" * 10 + '"a":'), st.just("NaN"), st.just('"v"'), st.just("[1]")))
def test_whatever_is_no_action_is_refused(text: str) -> None:
    with pytest.raises(ControlError):
        from_json(text)
