"""Generic webhooks: signed after Standard Webhooks, checked before any packet, marked when an answer was lost (cases 24, 86-88, 100)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from alerts.addressing import delivery_of
from alerts.journal import Journal
from alerts.marks import DrainReport
from alerts.model import Alert, Delivery, Recipient
from alerts.outbox import drain
from alerts.send import Attempt, SendFailed, Thread, WebhookSettings
from alerts.webhook import WebhookSender, key_of, signature
from standins.any_hook import AnyHook
from standins.mail_and_slack import in_turn

KEY = "whsec_" + base64.b64encode(b"a key of twenty-four byte").decode()
Made = Callable[..., Alert]


def posted(alert: Alert, hook: AnyHook, attempt: Attempt, secret: str = KEY) -> str:
    other = Recipient("desk", "webhook", hook.url, secret=secret)
    made = WebhookSender(WebhookSettings(10, hook.allowed), wall=lambda: 1_794_016_800.9)
    return made.send(alert, other, delivery_of(alert, other), attempt).provider_ref


def test_a_receiver_can_prove_who_sent_it_and_when(alert: Made, now: datetime) -> None:
    with AnyHook() as hook:
        posted(alert(1), hook, Attempt(1, now))
        ((headers, body),) = hook.accepted
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = base64.b64encode(hmac.new(b"a key of twenty-four byte", signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{wanted}"
    assert headers["webhook-timestamp"] == "1794016800"
    table = json.loads(body)
    assert (table["type"], table["possible_repeat"], table["follows"]) == ("alert.new", False, "")
    assert table["alert"]["lines"][0]["quote"] == "The Bureau adopts the rule on customer identification."
    assert "Harbour Gazette" in table["text"]


def test_the_signature_of_the_specifications_example() -> None:
    """The example that the specification's libraries test themselves with."""
    body = b'{"test": 2432232314}'
    given = signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body)
    assert given == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_key_may_be_any_text() -> None:
    assert key_of("plain words") == b"plain words"
    with pytest.raises(ValueError, match="no base64") as caught:
        key_of("whsec_s3cr3t!")
    assert "s3cr3t" not in str(caught.value)


def test_a_follow_up_names_what_it_follows(alert: Made, now: datetime) -> None:
    with AnyHook() as hook:
        posted(alert(1), hook, Attempt(1, now, thread=Thread("ref", "f00d", "2026-11-01")))
        assert json.loads(hook.accepted[0][1])["follows"] == "f00d"


@pytest.mark.parametrize(
    ("fault", "reason", "permanent", "unsure", "retry_after"),
    [
        ("500", "webhook 500", False, True, None),
        ("503", "webhook 503", False, False, None),
        ("retry", "webhook 429", False, False, 7.0),
        ("302", "webhook 302", False, False, None),
        ("404", "webhook 404", True, False, None),
        ("410", "webhook 410", True, False, None),
        ("lost", "webhook: no answer (RemoteProtocolError)", False, True, None),
        ("cut", "webhook: no answer (RemoteProtocolError)", False, True, None),
    ],
)
def test_each_fault_has_its_name(
    fault: str, reason: str, permanent: bool, unsure: bool, retry_after: float | None, alert: Made, now: datetime
) -> None:
    with AnyHook(in_turn([fault])) as hook:
        with pytest.raises(SendFailed) as caught:
            posted(alert(1), hook, Attempt(1, now))
        failure = caught.value
        assert (failure.reason, failure.permanent, failure.unsure, failure.retry_after) == (reason, permanent, unsure, retry_after)
        assert hook.requests == ["POST"]  # a redirect is never followed, least of all by a GET


def test_a_repeat_is_marked_and_bears_the_same_id(
    waiting: Callable[[Recipient, int], list[Delivery]], outbox: Callable[..., Any], now: datetime, tmp_path: Path
) -> None:
    with AnyHook(in_turn(["lost"])) as hook:
        other = Recipient("desk", "webhook", hook.url, secret=KEY)
        box, senders = outbox(*waiting(other, 1)), {"webhook": WebhookSender(WebhookSettings(10, hook.allowed))}
        journal = tmp_path / "sent.jsonl"
        assert drain(box.window, senders, Journal(journal), [other], now).late == 1  # type: ignore[arg-type]
        later = now.replace(hour=4)
        assert drain(box.window, senders, Journal(journal), [other], later) == DrainReport(sent=1, repeats=1)  # type: ignore[arg-type]
        ids = [headers["webhook-id"] for headers, _ in hook.accepted]
        marks = [json.loads(body)["possible_repeat"] for _, body in hook.accepted]
    assert ids == [ids[0]] * 2
    assert marks == [False, True]


def test_an_address_in_a_private_network_is_refused_without_a_packet(alert: Made, now: datetime) -> None:
    other = Recipient("desk", "webhook", "https://hooks.example/x", secret=KEY)
    with pytest.raises(SendFailed, match="private_address") as caught:
        WebhookSender(resolve=lambda _h, _p: ["10.0.0.7"]).send(alert(1), other, delivery_of(alert(1), other), Attempt(1, now))
    assert caught.value.permanent


def test_neither_address_nor_key_is_in_a_log_error_or_repr(alert: Made, now: datetime, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with AnyHook(in_turn(["ok", "404"])) as hook:
        posted(alert(1), hook, Attempt(1, now), secret="s3cr3t key")
        with pytest.raises(SendFailed) as caught:
            posted(alert(1), hook, Attempt(1, now), secret="s3cr3t key")
        shown = repr(Recipient("desk", "webhook", hook.url, secret="s3cr3t key"))
    assert "s3cr3t" not in caplog.text + str(caught.value) + repr(caught.value) + shown
