"""Apprise URLs against a service on loopback: plain text, one message, no secret anywhere (cases 86, 88, 89, 100)."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import datetime

import pytest

from alerts.addressing import delivery_of
from alerts.apprise_urls import CALLS, CUT, AppriseSender, cut
from alerts.model import Alert, Recipient
from alerts.send import Attempt, SendFailed, Thread
from standins.any_hook import AnyHook
from standins.mail_and_slack import in_turn

Made = Callable[..., Alert]
pytestmark = [
    pytest.mark.slow,  # loading Apprise takes two seconds
    pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning"),  # Apprise's mail service, on Python 3.11 and 3.12
]


def send(alert: Alert, hook: AnyHook, attempt: Attempt, schema: str = "json", query: str = "") -> None:
    phone = Recipient("phone", "apprise", f"{schema}://127.0.0.1:{hook.port}/s3cr3t{query}")
    AppriseSender().send(alert, phone, delivery_of(alert, phone), attempt)


def test_an_alert_arrives_as_plain_text(alert: Made, now: datetime) -> None:
    with AnyHook() as hook:
        send(alert(1), hook, Attempt(1, now, thread=Thread("", "f00d", "2026-11-01")))
        table = json.loads(hook.accepted[0][1])
    assert table["title"] == "Adopted: rule 1"
    assert "The Bureau adopts the rule on customer identification." in table["message"]
    assert "follow-up of alert f00d, 2026-11-01" in table["message"]


@pytest.mark.parametrize(
    ("fault", "reason", "unsure", "permanent"),
    [
        ("500", "apprise 500", True, False),  # as a webhook's: the server failed after it had the message
        ("404", "apprise 404", False, True),
        ("302", "apprise 302", False, False),
        ("429", "apprise 429", False, False),
        ("cut", "apprise: json did not take it", True, False),
        ("lost", "apprise: json did not take it", True, False),
    ],
)
def test_what_was_refused_is_no_repeat_and_what_was_lost_may_be_one(
    fault: str, reason: str, unsure: bool, permanent: bool, alert: Made, now: datetime
) -> None:
    with AnyHook(in_turn([fault])) as hook:
        with pytest.raises(SendFailed) as caught:
            send(alert(1), hook, Attempt(1, now))
        assert (caught.value.reason, caught.value.unsure, caught.value.permanent) == (reason, unsure, permanent)
        assert hook.requests == ["POST"]  # no redirect is followed, nothing is tried again by itself


def test_a_url_with_several_targets_may_have_reached_some(alert: Made, now: datetime) -> None:
    with AnyHook(in_turn(["200", "404"])) as hook:
        rooms = Recipient("rooms", "apprise", f"mmost://127.0.0.1:{hook.port}/{'t' * 24}?channels=one,two")
        with pytest.raises(SendFailed) as caught:
            AppriseSender().send(alert(1), rooms, delivery_of(alert(1), rooms), Attempt(1, now))
        assert hook.requests == ["POST", "POST"]
    assert (caught.value.reason, caught.value.unsure, caught.value.permanent) == ("apprise: mmost did not take it", True, False)


def test_loggers_are_as_they_were(alert: Made, now: datetime) -> None:
    own = logging.getLogger("apprise")
    before = (own.disabled, own.propagate, own.level, own.handlers)
    with AnyHook(in_turn(["404"])) as hook, pytest.raises(SendFailed):
        send(alert(1), hook, Attempt(1, now))
    assert (own.disabled, own.propagate, own.level, own.handlers) == before


def test_a_url_that_apprise_does_not_know_is_dead_at_once(alert: Made, now: datetime) -> None:
    phone = Recipient("phone", "apprise", "nosuch://s3cr3t")
    with pytest.raises(SendFailed, match="not one that Apprise knows") as caught:
        AppriseSender().send(alert(1), phone, delivery_of(alert(1), phone), Attempt(1, now))
    assert caught.value.permanent


def test_nobody_is_called_by_a_title(alert: Made, now: datetime) -> None:
    loud = alert(1, title="@everyone <!channel> <@U1> @here & mail to ana@reader.example")
    with AnyHook() as hook:
        send(loud, hook, Attempt(1, now))
        body = hook.accepted[0][1].decode()
    table = json.loads(body)
    assert not [call for call in ("@everyone", "<!channel", "<@U1", "@here") if call in table["title"] + table["message"]]
    assert "ana@reader.example" in table["title"]


def test_a_link_keeps_its_letters() -> None:
    assert not CALLS.search("https://medium.example/@person/a?b=1&c=2")


@pytest.mark.parametrize("level", ["ok", "404", "cut"])
def test_the_url_is_in_no_log_or_error(level: str, alert: Made, now: datetime, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("apprise").setLevel(logging.DEBUG)
    said = ""
    with AnyHook(in_turn([level])) as hook:
        try:
            send(alert(1), hook, Attempt(1, now))
        except SendFailed as failure:
            said = str(failure) + repr(failure.__cause__)
    assert "s3cr3t" not in caplog.text + said
    assert (said == "") is (level == "ok")


def test_a_long_text_is_cut_at_a_line_and_says_so() -> None:
    text = "\n".join(f"line {n}" for n in range(100))
    assert cut(text, 50) == "\n".join(f"line {n}" for n in range(7)) + CUT
    assert cut(text, 5000) == text


def test_a_flood_is_one_message_within_the_services_limit(alert: Made, now: datetime) -> None:
    long = alert(1, notes=tuple(f"note {n}: " + "word " * 150 for n in range(500)))
    with AnyHook() as hook:
        send(long, hook, Attempt(1, now))
        (only,) = hook.accepted
    message = json.loads(only[1])["message"]
    assert len(message) <= 32_768
    assert message.endswith(CUT.strip())
