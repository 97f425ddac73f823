"""Faults 1-4: servers that never finish. The deadline is the only clock; no test measures time."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from extractors.client import Client, Fetched, FetchError
from standins.hostile_http import (
    PATIENT,
    Behaviour,
    HostileServer,
    Wire,
    drip,
    flood,
    head,
    outcome,
    play,
    redirect,
    refused,
    reply,
    silence,
    visit,
)

HASTY = replace(PATIENT, total_s=0.4)


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(drip(head(200, "Content-Length: 100000"), b"x"), id="1-body-drip"),
        pytest.param(drip(head(200, "Transfer-Encoding: chunked"), b"1\r\nx\r\n"), id="1-chunk-drip"),
        pytest.param(drip(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"), id="2-header-drip"),
        pytest.param(drip(b"HTTP/1.1 ", b"2"), id="2-status-line-drip"),
        pytest.param(drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), id="3-continue-drip"),
        pytest.param(flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 50), id="3-continue-flood"),
        pytest.param(silence(), id="no-answer"),
    ],
)
def test_what_never_ends_is_cut_at_the_deadline(behaviour: Behaviour) -> None:
    error = refused({"/": behaviour}, policy=HASTY)
    assert error.reason == "deadline"
    assert error.retryable


def test_a_read_that_takes_too_long_is_a_timeout() -> None:
    assert refused({"/": silence()}, policy=replace(PATIENT, read_s=0.1)).reason == "timeout"


def test_the_deadline_counts_all_hops_together() -> None:
    async def late(wire: Wire) -> None:
        await asyncio.sleep(0.25)
        await redirect("/b")(wire)

    error = refused({"/": late, "/b": drip(head(200), b"x")}, policy=HASTY)
    assert error.reason == "deadline"


def test_a_fetch_may_have_a_deadline_of_its_own() -> None:
    async def scenario(server: HostileServer, client: Client) -> None:
        ended = await outcome(client, server.url("/"), total_s=0.2)
        assert isinstance(ended, FetchError)
        assert ended.reason == "deadline"

    play({"/": silence()}, scenario)


def test_4_a_redirect_is_followed_without_reading_its_endless_body() -> None:
    endless = flood(head(302, "Location: /target", "Transfer-Encoding: chunked"), b"400\r\n" + b"x" * 1024 + b"\r\n")
    ended, server = visit({"/": endless, "/target": reply("there")}, policy=replace(PATIENT, total_s=3.0))
    assert isinstance(ended, Fetched)
    assert ended.body == b"there"
    assert ended.hops == ((302, server.url("/")),)


def test_1_a_drip_leaves_the_others_unaffected() -> None:
    async def scenario(server: HostileServer, client: Client) -> None:
        slow = asyncio.create_task(outcome(client, server.url("/slow")))
        quick = [await outcome(client, server.url("/quick")) for _ in range(3)]
        assert all(isinstance(q, Fetched) for q in quick)
        ended = await slow
        assert isinstance(ended, FetchError)
        assert ended.reason == "deadline"

    play({"/slow": drip(head(200), b"x"), "/quick": reply("ok")}, scenario, policy=replace(PATIENT, total_s=1.0))


def test_cancelling_passes_through_and_the_client_still_works() -> None:
    async def scenario(server: HostileServer, client: Client) -> None:
        waiting = asyncio.create_task(client.fetch(server.url("/slow"), purpose="page"))
        while "/slow" not in server.paths():
            await asyncio.sleep(0.01)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert isinstance(await outcome(client, server.url("/quick")), Fetched)

    play({"/slow": silence(), "/quick": reply("ok")}, scenario)


def test_waiting_for_a_robots_file_counts_and_does_not_end_it_for_others() -> None:
    answer = asyncio.Event()

    async def late(wire: Wire) -> None:
        await answer.wait()
        await reply("", 404)(wire)

    async def scenario(server: HostileServer, client: Client) -> None:
        short = await outcome(client, server.url("/page"), total_s=0.1)
        assert isinstance(short, FetchError)
        assert short.reason == "deadline"
        answer.set()
        assert isinstance(await outcome(client, server.url("/page")), Fetched)
        assert [seen.path for seen in server.requests] == ["/robots.txt", "/page"]

    play({"/robots.txt": late, "/page": reply("ok")}, scenario)
