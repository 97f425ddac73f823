"""Faults 15, 16, 29-33 and 36: what answers mean, from broken HTTP to challenge pages; each ends in one clear reason."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.answers import clean_validator, read_retry_after, refusal
from extractors.client import REASONS, RETRYABLE, Client, ClientPolicy, Fetched, FetchError, Reason, Validators
from standins.hostile_http import (
    PATIENT,
    Behaviour,
    HostileServer,
    fetched,
    flood,
    head,
    in_turn,
    outcome,
    play,
    raw,
    refused,
    reply,
    reset,
    visit,
)

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
KNOWN = Validators(etag='"v1"', last_modified="Wed, 25 Nov 2026 11:00:00 GMT", body_hash="0" * 20)


def closes() -> Behaviour:
    return raw(b"")


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        pytest.param(flood(b"HTTP/1.1 200 OK\r\nX-Long: ", b"a" * 65536), "headers_too_big", id="15-one-endless-header"),
        pytest.param(flood(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n" * 1000), "headers_too_big", id="15-endless-headers"),
        pytest.param(raw(head(200, *["A: b"] * 300)), "headers_too_big", id="15-too-many"),
        pytest.param(raw(head(200, "Content-Length: 1", "Content-Length: 2") + b"xx"), "bad_response", id="16-two-lengths"),
        pytest.param(raw(head(200, "Content-Length: " + "9" * 5000)), "bad_response", id="16-endless-length"),
        pytest.param(raw(head(200, "Content-Length: -1")), "bad_response", id="16-negative-length"),
        pytest.param(raw(head(200, "Transfer-Encoding: gzip, chunked")), "bad_response", id="16-transfer-coding"),
        pytest.param(raw(head(200, "Transfer-Encoding: chunked") + b"zz\r\nx\r\n0\r\n\r\n"), "bad_response", id="16-bad-chunk"),
        pytest.param(raw(head(200, "Transfer-Encoding: chunked") + b"f" * 30 + b"\r\n"), "bad_response", id="16-huge-chunk"),
        pytest.param(raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), "bad_response", id="16-not-http"),
        pytest.param(raw(b"\x16\x03\x01\x02\x00\r\n\r\n"), "bad_response", id="16-binary"),
        pytest.param(raw(b"<html>naked</html>\r\n\r\n"), "bad_response", id="16-naked-html"),
        pytest.param(raw(b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n"), "bad_response", id="16-bad-header"),
        pytest.param(closes(), "connection_lost", id="16-closed"),
        pytest.param(raw(b"HTTP/1.1 200 OK\r\nContent-"), "connection_lost", id="16-closed-in-headers"),
        pytest.param(reset(), "connection_lost", id="16-rst"),
        pytest.param(reset(head(200, "Content-Length: 100") + b"half"), "connection_lost", id="16-rst-in-body"),
        pytest.param(
            raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"), "bad_response", id="101"
        ),
    ],
)
def test_15_16_broken_http_has_one_clear_reason(behaviour: Behaviour, reason: str) -> None:
    assert refused({"/": behaviour}).reason == reason


def test_16_a_closed_port_is_connect_failed() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))  # bound, not listening
        port = reserved.getsockname()[1]

        async def scenario(_server: HostileServer, client: Client) -> None:
            ended = await outcome(client, f"http://127.0.0.1:{port}/")
            assert isinstance(ended, FetchError)
            assert ended.reason == "connect_failed"

        play({}, scenario, policy=replace(PATIENT, allowed_private=frozenset({("127.0.0.1", port)})))


@pytest.mark.parametrize("first", [closes(), reset(), raw(head(200, "Content-Length: 100") + b"short")])
def test_11_16_a_broken_connection_is_tried_once_more(first: Behaviour) -> None:
    ended, server = visit({"/": in_turn(first, reply("whole"))}, policy=replace(PATIENT, retries=1))
    assert isinstance(ended, Fetched)
    assert ended.body == b"whole"
    assert server.paths() == ["/", "/"]


def test_what_the_server_said_clearly_is_not_tried_again() -> None:
    _, server = visit({"/": reply("", 500)}, policy=replace(PATIENT, retries=3))
    assert server.paths() == ["/"]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, "forbidden"),
        (403, "forbidden"),
        (404, "not_found"),
        (410, "gone"),
        (451, "forbidden"),
        (400, "http_error"),
        (402, "http_error"),
        (418, "http_error"),
        (202, "http_error"),
        (206, "http_error"),
        (999, "http_error"),
        (408, "server_error"),
        (500, "server_error"),
        (502, "server_error"),
        (522, "server_error"),
        (429, "throttled"),
        (503, "throttled"),
    ],
)
def test_33_statuses_that_are_no_document(status: int, reason: str) -> None:
    error = refused({"/": reply("<title>Sorry</title>", status)})
    assert (error.reason, error.status) == (reason, status)


@given(st.integers(min_value=100, max_value=999))
def test_every_status_has_a_reason_of_the_closed_set(status: int) -> None:
    assert refusal(status) in REASONS


def test_the_closed_set_is_closed() -> None:
    assert frozenset(get_args(Reason)) == REASONS
    assert RETRYABLE < REASONS
    assert not RETRYABLE & {"robots", "gone", "not_found", "private_address", "too_big", "credentials_in_url", "blocked"}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("-5", 0.0),
        ("1.5", 1.5),
        ("1e9", 86400.0),
        ("1000000000", 86400.0),
        ("9" * 5000, 86400.0),
        ("Wed, 25 Nov 2026 12:10:00 GMT", 600.0),
        ("Wed, 25 Nov 2026 12:10:00", 600.0),
        ("Wednesday, 25-Nov-26 12:10:00 GMT", 600.0),
        ("Wed, 25 Nov 2026 11:00:00 GMT", 0.0),
        ("Wed, 25 Nov 2099 11:00:00 GMT", 86400.0),
        ("Wed, 25 Nov 99999 11:00:00 GMT", None),
        ("Wed, 31 Feb 2026 11:00:00 GMT", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("", None),
        ("120 seconds", None),
        ("１２０", None),
    ],
)
def test_32_retry_after(text: str, seconds: float | None) -> None:
    assert read_retry_after(text, NOW) == seconds


@given(
    st.text(max_size=40)
    | st.from_regex(r"[A-Z][a-z]{2}, [0-9]{1,3} [A-Z][a-z]{2} [0-9]{1,6} [0-9:]{1,9}( [+-]?[0-9A-Z]{1,6})?", fullmatch=True)
)
def test_32_any_retry_after_is_clamped_or_garbage(text: str) -> None:
    seconds = read_retry_after(text, NOW)
    assert seconds is None or 0 <= seconds <= 86400


@pytest.mark.parametrize("status", [429, 503])
def test_32_retry_after_reaches_the_caller(status: int) -> None:
    assert refused({"/": reply("", status, "Retry-After: 120")}).retry_after == 120
    assert refused({"/": reply("", status)}).retry_after is None


def test_32_a_date_is_read_against_the_clock() -> None:
    async def scenario(server: HostileServer, client: Client) -> None:
        async with Client(client.policy, clock=lambda: NOW + timedelta(minutes=5)) as later:
            ended = await outcome(later, server.url("/"))
        assert isinstance(ended, FetchError)
        assert ended.retry_after == 300

    play({"/": reply("", 503, "Retry-After: Wed, 25 Nov 2026 12:10:00 GMT")}, scenario)


def test_32_a_host_that_throttles_rests_and_is_not_asked_again() -> None:
    async def scenario(server: HostileServer, client: Client) -> None:
        first = await outcome(client, server.url("/busy"))
        second = await outcome(client, server.url("/quiet"))
        other = await outcome(client, server.url("/quiet", host="other.test"))
        assert isinstance(first, FetchError)
        assert isinstance(second, FetchError)
        assert (first.reason, first.status, first.retry_after) == ("throttled", 429, 3600)
        assert (second.reason, second.status) == ("throttled", 0)
        assert second.retry_after is not None
        assert 3500 < second.retry_after <= 3600
        assert isinstance(other, Fetched)
        assert server.paths() == ["/busy", "/quiet"]

    routes = {"/busy": reply("", 429, "Retry-After: 3600"), "/quiet": reply("ok")}
    play(routes, scenario, policy=replace(PATIENT, private_spacing_s=0.001), names=("other.test",))


def test_29_a_304_is_no_body_and_keeps_the_validators() -> None:
    ended, server = visit({"/": raw(head(304))}, "/", "feed", validators=KNOWN)
    assert isinstance(ended, Fetched)
    assert (ended.status, ended.body, ended.not_modified) == (304, b"", True)
    assert Validators(ended.etag, ended.last_modified, ended.body_hash) == KNOWN
    assert server.requests[-1].headers["if-none-match"] == '"v1"'
    assert server.requests[-1].headers["if-modified-since"] == KNOWN.last_modified


def test_29_a_304_may_bring_a_new_etag() -> None:
    ended, _ = visit({"/": raw(head(304, 'ETag: "v2"'))}, validators=KNOWN)
    assert isinstance(ended, Fetched)
    assert ended.etag == '"v2"'
    assert ended.body_hash == KNOWN.body_hash


@pytest.mark.parametrize("validators", [Validators(), Validators(body_hash="0" * 20), Validators(etag="bad\r\n")])
def test_30_a_304_to_nothing_conditional_is_an_error(validators: Validators) -> None:
    ended, server = visit({"/": raw(head(304))}, validators=validators)
    assert isinstance(ended, FetchError)
    assert ended.reason == "unexpected_304"
    assert "if-none-match" not in server.requests[-1].headers


def test_31_a_200_with_the_old_etag_but_a_new_body_is_new() -> None:
    routes = {"/": in_turn(reply("old", 200, 'ETag: "v1"'), reply("new", 200, 'ETag: "v1"'), reply("new", 200))}

    async def scenario(server: HostileServer, client: Client) -> None:
        known, ends = Validators(), []
        for _ in range(3):
            ended = await outcome(client, server.url("/"), "feed", validators=known)
            assert isinstance(ended, Fetched)
            ends.append((ended.body, ended.not_modified))
            known = Validators(ended.etag, ended.last_modified, ended.body_hash)
        assert ends == [(b"old", False), (b"new", False), (b"new", True)]

    play(routes, scenario)


@given(st.text(max_size=600))
def test_a_validator_is_kept_only_if_it_can_be_sent_back(text: str) -> None:
    kept = clean_validator(text)
    assert kept in {"", text}
    assert len(kept) <= 512
    assert kept == "" or (kept.isascii() and kept.isprintable())


def test_204_and_an_empty_200_are_empty_documents() -> None:
    assert fetched({"/": raw(head(204))}).body == b""
    assert fetched({"/": reply(b"")}).body == b""


def test_headers_are_in_lower_case_and_joined() -> None:
    answer = fetched({"/": reply(b"x", 200, "Link: <a>", "link: <b>", "X-Name: \u4e2d")})
    assert answer.headers["link"] == "<a>, <b>"
    assert answer.headers["content-type"] == "text/html"


@pytest.mark.parametrize(
    "change",
    [
        {"user_agent": " "},
        {"contact": "me\r\nX: y"},
        {"contact": "(me)"},
        {"total_s": 0.0},
        {"total_s": float("nan")},
        {"per_host": 0},
        {"spacing_s": -1.0},
        {"retries": -1},
    ],
)
def test_an_impossible_policy_is_refused_by_name(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(change))):
        replace(ClientPolicy(), **change)  # type: ignore[arg-type]
