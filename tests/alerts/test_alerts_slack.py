"""Webhooks against a fake Slack: success is 200 with `ok`, and nothing else (cases 24, 86-88)."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest

from alerts.addressing import delivery_of
from alerts.model import Alert, Recipient
from alerts.posting import seconds
from alerts.send import Attempt, SendFailed, SlackSettings
from alerts.slack import SlackSender
from standins.mail_and_slack import SlackServer, in_turn

FIRST = Attempt(1, datetime(2026, 11, 7, 2, 0, tzinfo=UTC))


def send(alert: Alert, url: str, sender: SlackSender) -> None:
    room = Recipient("room", "slack", url)
    sender.send(alert, room, delivery_of(alert, room), FIRST)


def quick(server: SlackServer) -> SlackSender:
    return SlackSender(SlackSettings(timeout_s=1.0, pace_s=0, allowed_private=server.allowed))


def test_a_message_arrives(alert: Callable[..., Alert]) -> None:
    with SlackServer() as server:
        send(alert(), server.url, quick(server))
        assert server.requests == [("POST", "/services/T000/B000/s3cr3t")]
        assert server.accepted[0]["blocks"][0]["text"]["text"] == "Adopted: rule 1"


@pytest.mark.parametrize(
    ("fault", "reason", "permanent", "unsure", "accepted"),
    [
        ("500", "slack 500 error", False, True, 0),
        ("503", "slack 503 error", False, False, 0),
        ("no", "slack 200", False, False, 0),
        ("302", "slack 302 error", False, False, 0),
        ("400", "slack 400 error", True, False, 0),
        ("403", "slack 403 error", True, False, 0),
        ("404", "slack 404 no_service", True, False, 0),
        ("410", "slack 410 channel_is_archived", True, False, 0),
        ("lost", "slack: no answer (RemoteProtocolError)", False, True, 1),
        ("cut", "slack: no answer (RemoteProtocolError)", False, True, 0),
        ("hang", "slack: no answer (ReadTimeout)", False, True, 1),
    ],
)
def test_each_fault_has_its_name(
    fault: str, reason: str, permanent: bool, unsure: bool, accepted: int, alert: Callable[..., Alert]
) -> None:
    with SlackServer(in_turn([fault])) as server:
        with pytest.raises(SendFailed) as caught:
            send(alert(), server.url, quick(server))
        failure = caught.value
        assert (failure.reason, failure.permanent, failure.unsure) == (reason, permanent, unsure)
        assert len(server.accepted) == accepted
        assert [method for method, _ in server.requests] == ["POST"]  # a redirect is never followed, least of all by a GET


def test_429_says_how_long(alert: Callable[..., Alert]) -> None:
    with SlackServer(in_turn(["retry"])) as server, pytest.raises(SendFailed) as caught:
        send(alert(), server.url, quick(server))
    assert caught.value.retry_after == 7.0


@pytest.mark.parametrize(("given", "waited"), [("30", 30), ("-5", 1), ("1e9", 86_400), ("nan", 60), ("Wed, 21 Oct 2026", 60), ("", 60)])
def test_retry_after_is_clamped(given: str, waited: float) -> None:
    assert seconds(given) == waited


def test_no_server_is_for_now(alert: Callable[..., Alert]) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        sender = SlackSender(SlackSettings(allowed_private=frozenset({("127.0.0.1", port)})))
        with pytest.raises(SendFailed) as caught:
            send(alert(), f"http://127.0.0.1:{port}/x", sender)
    assert (caught.value.reason, caught.value.unsure) == ("slack: no connection (ConnectError)", False)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/x", "https://127.0.0.1/x", "https://127.1/x", "https://0x7f.1/x", "https://2130706433/x", "https://0/x",
        "https://localhost/x", "https://[::1]/x", "https://[::ffff:10.0.0.1]/x", "https://10.0.0.1/x", "https://169.254.169.254/x",
        "https://hooks.example:22/x", "https://user:pw@hooks.example/x", "ftp://hooks.example/x", "https://[::1/x", "nonsense",
    ],
)  # fmt: skip
def test_a_webhook_into_a_private_network_is_refused_without_a_packet(url: str, alert: Callable[..., Alert]) -> None:
    asked: list[str] = []

    def never(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"]

    with pytest.raises(SendFailed) as caught:
        send(alert(), url, SlackSender(resolve=never))
    assert caught.value.permanent
    assert url not in str(caught.value)
    assert "pw" not in str(caught.value)
    assert set(asked) <= {"hooks.example"}  # an address in the URL is refused before any look-up


def test_a_name_that_leads_into_a_private_network_is_refused(alert: Callable[..., Alert]) -> None:
    with pytest.raises(SendFailed, match="private_address"):
        send(alert(), "https://hooks.example/x", SlackSender(resolve=lambda _h, _p: ["10.0.0.7"]))


def test_a_webhook_without_tls_is_refused(alert: Callable[..., Alert]) -> None:
    with pytest.raises(SendFailed, match="not https"):
        send(alert(), "http://hooks.example/x", SlackSender(resolve=lambda _h, _p: ["127.0.0.1"]))


def test_the_checked_address_is_dialled_and_the_name_is_kept(alert: Callable[..., Alert]) -> None:
    with SlackServer() as server:
        opened = SlackSettings(pace_s=0, allowed_private=frozenset({("hooks.example", server.port)}))
        looked_up = iter([["127.0.0.1"], ["10.0.0.1"]])  # a second look-up would lead elsewhere
        send(alert(), f"http://hooks.example:{server.port}/x", SlackSender(opened, resolve=lambda _h, _p: next(looked_up)))
        assert len(server.accepted) == 1


def test_at_most_one_message_a_second_to_each_webhook(alert: Callable[..., Alert]) -> None:
    slept: list[float] = []
    now = 100.0

    def sleep(s: float) -> None:
        nonlocal now
        slept.append(s)
        now += s

    with SlackServer() as one, SlackServer() as two:
        opened = SlackSettings(allowed_private=one.allowed | two.allowed)
        sender = SlackSender(opened, sleep=sleep, clock=lambda: now)
        for url in (one.url, one.url, two.url, one.url):
            send(alert(), url, sender)
    assert slept == [1.0, 1.0]


def test_the_webhook_is_in_no_log_error_or_repr(alert: Callable[..., Alert], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with SlackServer(in_turn(["ok", "404", "lost"])) as server:
        sender = quick(server)
        send(alert(), server.url, sender)
        said = []
        for _ in range(2):
            with pytest.raises(SendFailed) as caught:
                send(alert(), server.url, sender)
            chain = [caught.value, caught.value.__cause__]
            said += [repr(e) + str(e) for e in chain]
            assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert "s3cr3t" not in caplog.text + "".join(said) + repr(sender)
