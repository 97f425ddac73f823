"""A source whose list misbehaves, through the real client (FAULTS.md, 1-41): one named reason, nothing stored, asked again later."""

from __future__ import annotations

import asyncio
import gzip
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from extractors import limits
from extractors.fetched import ClientPolicy
from extractors.model import Cursor, Source, SourceReading
from standins.hostile_http import (
    PATIENT,
    Behaviour,
    HostileServer,
    Wire,
    bomb,
    drip,
    flood,
    head,
    in_turn,
    raw,
    redirect,
    reply,
    reset,
)
from standins.scripted_web import NOW, InlineBox, item, rss
from standins.source_web import ends, read_live

WORDS = "These words of the entry itself are all that may be kept of it."
HASTY = replace(PATIENT, total_s=0.5)
BODY = rss(*(item(f"https://news.example/{n}", f"Title {n}", body="<p>Words of the feed itself.</p>" * 80) for n in range(3)))[0]
BEFORE = Cursor(etag='"old"', last_modified="Mon, 23 Nov 2026 10:00:00 GMT", body_hash="0" * 20)
CHALLENGE = "<html><head><title>Just a moment...</title></head><body>Checking your browser.</body></html>"


def feed(server: HostileServer) -> Source:
    return Source("news", "feed", server.url("/feed"), "News", lang="en")


def read(behaviour: Behaviour, cursor: Cursor = BEFORE, **more: Any) -> tuple[SourceReading, HostileServer]:
    return read_live({"/feed": behaviour}, feed, cursor=cursor, **more)


def packed(data: bytes, *headers: str) -> Behaviour:
    return raw(head(200, "Content-Type: text/xml", f"Content-Length: {len(data)}", *headers) + data)


def squeezed(data: bytes, coding: str = "gzip") -> Behaviour:
    return packed(data, f"Content-Encoding: {coding}")


XML = "Content-Type: text/xml"
ZIPPED = gzip.compress(BODY)


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        pytest.param(drip(head(200, XML), b"<"), "deadline", id="1-body-drip"),
        pytest.param(drip(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"), "deadline", id="2-header-drip"),
        pytest.param(drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "deadline", id="3-continue"),
        pytest.param(bomb("gzip", 31, kind="text/xml"), "too_big", id="5-gzip-bomb"),
        pytest.param(bomb("deflate", 15, kind="text/xml"), "too_big", id="6-deflate-bomb"),
        pytest.param(squeezed(BODY, "br"), "bad_encoding", id="7-br"),
        pytest.param(squeezed(BODY, "zstd"), "bad_encoding", id="7-zstd"),
        pytest.param(squeezed(gzip.compress(ZIPPED), "gzip, gzip"), "bad_encoding", id="8-gzip-2"),
        pytest.param(squeezed(ZIPPED, ", ".join(["gzip"] * 50)), "bad_encoding", id="8-gzip-50"),
        pytest.param(flood(head(200, XML, "Transfer-Encoding: chunked"), b"4000\r\n" + b" " * 0x4000 + b"\r\n"), "too_big", id="9-chunks"),
        pytest.param(raw(head(200, XML, "Content-Length: 10000000000")), "too_big", id="10-length"),
        pytest.param(raw(head(200, XML, f"Content-Length: {len(BODY) + 9}") + BODY), "truncated", id="11-short"),
        pytest.param(squeezed(ZIPPED[:-9]), "truncated", id="12-cut-gzip"),
        pytest.param(flood(b"HTTP/1.1 200 OK\r\nX: ", b"a" * 65536), "headers_too_big", id="15-header"),
        pytest.param(flood(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n" * 1000), "headers_too_big", id="15-headers"),
        pytest.param(raw(head(200, "Content-Length: 1", "Content-Length: 2") + b"xx"), "bad_response", id="16-two-lengths"),
        pytest.param(raw(head(200, "Transfer-Encoding: chunked") + b"zz\r\n"), "bad_response", id="16-bad-chunk"),
        pytest.param(raw(b"SSH-2.0-x\r\n\r\n"), "bad_response", id="16-not-http"),
        pytest.param(reset(), "connection_lost", id="16-rst"),
        pytest.param(redirect("/feed"), "redirect_loop", id="17-self"),
        pytest.param(redirect(""), "bad_redirect", id="17-empty"),
        pytest.param(redirect("file:///etc/passwd"), "bad_scheme", id="18-file"),
        pytest.param(redirect("javascript:alert(1)"), "bad_scheme", id="18-javascript"),
        pytest.param(redirect("http://169.254.169.254/"), "private_address", id="20-metadata"),
        pytest.param(redirect("http://[64:ff9b::7f00:1]/"), "private_address", id="20-nat64"),
        pytest.param(redirect("http://0x7f.1/"), "bad_url", id="21-disguise"),
        pytest.param(redirect("http://news.example:6379/"), "bad_port", id="23-port"),
        pytest.param(redirect("http://user:pw@news.example/"), "credentials_in_url", id="26-credentials"),
        pytest.param(reply("", 429, "Retry-After: 1000000000"), "throttled", id="32-throttled"),
        pytest.param(reply("", 410), "gone", id="33-gone"),
        pytest.param(reply("", 404), "not_found", id="35-not-found"),
        pytest.param(reply("", 500), "server_error", id="35-error"),
        pytest.param(reply(CHALLENGE, 403), "blocked", id="36-challenge-403"),
        pytest.param(reply(CHALLENGE), "blocked", id="36-challenge-200"),
        pytest.param(redirect("http://[::1"), "bad_url", id="38-broken"),
        pytest.param(redirect("/" + "x" * 70_000), "bad_url", id="38-long"),
        pytest.param(redirect("http://xn--a.example\u2028/"), "bad_url", id="38-idna"),
        pytest.param(reply(b"", kind="text/xml"), "empty", id="39-empty"),
        pytest.param(reply("<!doctype html><title>Sign in</title><p>Hello"), "not_a_feed", id="40-html"),
    ],
)
def test_a_list_that_fails_has_one_reason_and_stores_nothing(behaviour: Behaviour, reason: str) -> None:
    reading, _ = read(behaviour, policy=HASTY if reason == "deadline" else PATIENT)
    assert (reading.outcome, reading.reason) == ("failed", reason)
    assert (reading.articles, reading.disposed) == ((), ())
    assert reading.cursor == replace(BEFORE, failures=1, next_at=reading.cursor.next_at), "what was known of the list stays"
    assert reading.cursor.next_at is not None
    assert timedelta(0) < reading.cursor.next_at - NOW <= timedelta(hours=24)


def test_30_a_304_without_validators_is_an_error() -> None:
    reading, _ = read(raw(head(304)), Cursor())
    assert (reading.outcome, reading.reason) == ("failed", "unexpected_304")


@pytest.mark.parametrize(
    ("behaviour", "titles"),
    [
        pytest.param(flood(head(302, "Location: /there"), b"x" * 1024), 3, id="4-endless-hop"),
        pytest.param(squeezed(gzip.compress(BODY[:300]) + gzip.compress(BODY[300:])), 3, id="13-members"),
        pytest.param(squeezed(ZIPPED + b"junk after the end"), 3, id="14-junk"),
        pytest.param(in_turn(raw(head(200, XML, "Content-Length: 99999") + BODY), packed(BODY)), 3, id="11-short-once"),
        pytest.param(in_turn(squeezed(ZIPPED[:-9]), packed(BODY)), 3, id="12-cut-once"),
    ],
)  # fmt: skip
def test_what_can_be_read_whole_is_read_whole(behaviour: Behaviour, titles: int) -> None:
    reading, _ = read_live({"/feed": behaviour, "/there": packed(BODY)}, feed, policy=replace(PATIENT, retries=1))
    assert (reading.outcome, reading.reason, len(reading.articles)) == ("ok", "", titles)


@pytest.mark.parametrize("behaviour", [drip(head(200, XML), b"<"), bomb("gzip", 31, kind="text/xml")], ids=["1-drip", "5-bomb"])
def test_a_source_that_fails_leaves_the_others_as_they_are(behaviour: Behaviour) -> None:
    async def together() -> tuple[tuple[SourceReading, HostileServer], ...]:
        return tuple(await asyncio.gather(*(asyncio.to_thread(read, b, policy=HASTY) for b in (behaviour, packed(BODY)))))

    (bad, _), (good, _) = asyncio.run(together())
    assert (bad.outcome, good.outcome, len(good.articles)) == ("failed", "ok", 3)


class Counting(InlineBox):
    """Runs parsers in this process and counts them."""

    def __init__(self) -> None:
        self.parsed = 0

    async def arun(self, func: Callable[..., Any], *args: Any) -> Any:
        self.parsed += 1
        return await super().arun(func, *args)


def not_modified_for(etag: str, body: bytes) -> Behaviour:
    async def behave(wire: Wire) -> None:
        same = wire.request.headers.get("if-none-match") == etag
        await (raw(head(304, f"ETag: {etag}")) if same else packed(body, f"ETag: {etag}"))(wire)

    return behave


def test_29_a_304_is_not_parsed_and_loses_nothing() -> None:
    box = Counting()
    first, _ = read(not_modified_for('"1"', BODY), Cursor(), box=box)
    parsed, known = box.parsed, frozenset(end.entry.entry_id for end in first.disposed)
    again, _ = read(not_modified_for('"1"', BODY), first.cursor, box=box, known=known)
    assert (again.outcome, box.parsed) == ("not_modified", parsed)
    more = rss(item("https://news.example/4", "Title 4", body="<p>Words of the feed itself.</p>" * 80))[0]
    later, _ = read(not_modified_for('"2"', more), again.cursor, box=box, known=known)
    assert ends(later) == [("Title 4", "fetched", "")]


def test_31_an_old_etag_on_a_new_body_is_parsed() -> None:
    reading, _ = read(packed(BODY, 'ETag: "old"'))
    assert (reading.outcome, len(reading.articles)) == ("ok", 3)


@pytest.mark.parametrize(
    ("said", "hours"),
    [("7200", 2), ("Wed, 25 Nov 2026 09:00:00 GMT", 3), ("1000000000", 24), ("-5", 1), ("soon", 1), ("0", 1)],
)
def test_32_the_next_request_waits_as_long_as_the_server_asks_within_bounds(said: str, hours: int) -> None:
    for status in (429, 503):
        reading, _ = read(reply("", status, f"Retry-After: {said}"))
        assert reading.cursor.next_at == NOW + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("robots", "outcome"),
    [
        pytest.param(reply("", 503), ("failed", "robots_unreachable"), id="5xx"),
        pytest.param(reply("", 404), ("ok", ""), id="404"),
        pytest.param(reply(b"#" * 10_000_000 + b"\nUser-agent: *\nDisallow: /", kind="text/plain"), ("ok", ""), id="10-MB"),
        pytest.param(reply("<html>User-agent: *\nDisallow: /</html>"), ("ok", ""), id="html"),
        pytest.param(reply("User-agent: *\nCrawl-delay: nan", kind="text/plain"), ("ok", ""), id="nan"),
        pytest.param(reply("User-agent: *\nCrawl-delay: -5", kind="text/plain"), ("ok", ""), id="negative"),
        pytest.param(reply("User-agent: *\nDisallow: /feed", kind="text/plain"), ("failed", "robots"), id="disallowed"),
    ],
)
def test_37_a_source_and_its_robots_file(robots: Behaviour, outcome: tuple[str, str]) -> None:
    reading, server = read_live({"/robots.txt": robots, "/feed": packed(BODY)}, feed)
    assert (reading.outcome, reading.reason) == outcome
    assert ("/feed" in server.paths()) == (outcome[0] == "ok")


def test_41_the_rest_of_a_cut_feed_is_asked_for_again() -> None:
    cut = BODY[: BODY.index(b"Title 2") + 4]
    reading, _ = read(in_turn(packed(cut, 'ETag: "1"')), Cursor())
    assert (reading.outcome, reading.reason, len(reading.articles)) == ("ok", "truncated", 2)
    assert (reading.cursor.etag, reading.cursor.body_hash) == ("", ""), "a 304 would hide the last item for good"
    known = frozenset(end.entry.entry_id for end in reading.disposed)
    assert ends(read(not_modified_for('"1"', BODY), reading.cursor, known=known)[0]) == [("Title 2", "fetched", "")]


def test_26_a_password_in_a_link_is_in_no_log_and_in_no_value(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    body = rss(item("http://user:hunter2@news.example/a", "A title", summary=WORDS))[0]
    reading, server = read(packed(body), Cursor())
    assert [(a.title, a.body, a.text_kind) for a in reading.articles] == [("A title", WORDS, "summary")]
    assert server.paths() == ["/feed"]
    assert "hunter2" not in repr(reading) + caplog.text


def test_the_limits_of_the_cases_are_the_defaults() -> None:
    policy = ClientPolicy(contact="https://operator.test/bot")
    assert (policy.total_s, limits.PARSE_S, limits.PARSE_BYTES) == (30.0, 20.0, 1 << 30), "cases 1, 44, 67, 69"
    assert (limits.PAGE_BYTES, limits.FEED_BYTES, limits.ROBOTS_BYTES, limits.HOPS) == (5_000_000, 10_000_000, 524_288, 5), "66, 9, 37, 17"
    assert (limits.ENTRIES, limits.RETRY_AFTER_S, limits.CRAWL_DELAY_S, limits.FUTURE_HOURS) == (1_000, 86_400, 60, 48), "51, 32, 37, 62"
