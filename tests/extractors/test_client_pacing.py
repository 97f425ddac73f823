"""Spacing, places and rest, on a clock that only the tests move."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from extractors.client import Client, Fetched
from extractors.pacing import Pacing
from extractors.robots import read_rules
from extractors.transport import read_target
from standins.hostile_http import PATIENT, HostileServer, Wire, outcome, play, reply


@dataclass
class Clock:
    at: float = 100.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        self.at += seconds
        await asyncio.sleep(0)


def with_pacing(scenario: Callable[[Pacing, Clock], Awaitable[None]], per_host: int = 1, at_once: int = 10) -> None:
    async def run() -> None:
        clock = Clock()
        await scenario(Pacing(per_host, at_once, clock.now, clock.sleep), clock)

    asyncio.run(run())


def test_requests_to_one_host_start_the_gap_apart() -> None:
    async def scenario(pacing: Pacing, clock: Clock) -> None:
        starts = []
        for _ in range(4):
            async with pacing.turn("a", 1.0):
                starts.append(clock.at)
        assert starts == [100.0, 101.0, 102.0, 103.0]
        async with pacing.turn("b", 1.0):
            assert clock.at == 103.0

    with_pacing(scenario)


def test_no_gap_means_no_sleep() -> None:
    async def scenario(pacing: Pacing, clock: Clock) -> None:
        for _ in range(3):
            async with pacing.turn("a", 0.0):
                pass
        assert clock.slept == []

    with_pacing(scenario)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 5)), max_size=12), st.integers(1, 3), st.integers(1, 4))
def test_places_are_never_exceeded(visits: list[tuple[str, int]], per_host: int, at_once: int) -> None:
    async def scenario(pacing: Pacing, _clock: Clock) -> None:
        inside: list[str] = []

        async def visit(host: str, steps: int) -> None:
            async with pacing.turn(host, 0.5):
                inside.append(host)
                assert inside.count(host) <= per_host
                assert len(inside) <= at_once
                for _ in range(steps):
                    await asyncio.sleep(0)
                inside.remove(host)

        await asyncio.gather(*(visit(host, steps) for host, steps in visits))
        assert inside == []

    with_pacing(scenario, per_host, at_once)


def test_a_rest_is_as_long_as_the_longest_wish() -> None:
    async def scenario(pacing: Pacing, clock: Clock) -> None:
        pacing.rest("a", 60.0)
        pacing.rest("a", 10.0)
        assert (pacing.rests_for("a"), pacing.rests_for("b")) == (60.0, 0.0)
        clock.at += 61
        assert pacing.rests_for("a") == 0.0

    with_pacing(scenario)


def test_the_client_keeps_to_its_places_per_host_and_closes_surplus_hosts() -> None:
    hosts = tuple(f"h{n}.test" for n in range(6))
    inside: list[str] = []
    most = [0]

    async def count(wire: Wire) -> None:
        host = wire.request.headers["host"]
        inside.append(host)
        most[0] = max(most[0], inside.count(host))
        await asyncio.sleep(0.01)
        inside.remove(host)
        await reply("ok")(wire)

    async def scenario(server: HostileServer, client: Client) -> None:
        ends = await asyncio.gather(*(outcome(client, server.url("/", host)) for host in hosts for _ in range(4)))
        assert all(isinstance(ended, Fetched) for ended in ends)
        assert client.requests == 6 * 4 + 6
        assert most[0] == 2
        await outcome(client, server.url("/", hosts[0]))
        assert len(client._transports._open) == 2

    play({"/": count}, scenario, policy=replace(PATIENT, hosts_open=2), names=hosts)


def test_a_connection_is_used_again() -> None:
    async def scenario(server: HostileServer, client: Client) -> None:
        for _ in range(5):
            await outcome(client, server.url("/keep"), "api")
        assert server.connections == 1

    play({"/keep": reply("ok")}, scenario)


def test_what_may_be_private_is_not_spaced_and_the_rest_is() -> None:
    clock = Clock()

    async def scenario(server: HostileServer, client: Client) -> None:
        client._pacing = Pacing(2, 10, clock.now, clock.sleep)
        for _ in range(3):
            await outcome(client, server.url("/"))
        assert clock.slept == []
        for _ in range(3):
            await outcome(client, "http://nowhere.example/", "api")
        assert clock.slept == [1.0, 1.0]

    crawl = reply("User-agent: *\nCrawl-delay: 7\n", kind="text/plain")
    play({"/robots.txt": crawl, "/": reply("ok")}, scenario)


def test_a_crawl_delay_widens_the_gap() -> None:
    clock = Clock()

    async def scenario(_server: HostileServer, client: Client) -> None:
        client._pacing = Pacing(2, 10, clock.now, clock.sleep)
        target = read_target("http://nowhere.example/", frozenset())
        rules = read_rules(b"User-agent: *\nCrawl-delay: 7\n", "text/plain", "topicwatch")
        client._robots[target.origin] = asyncio.create_task(asyncio.sleep(0, rules))
        for _ in range(3):
            await outcome(client, target.url)
        assert clock.slept == [7.0, 7.0]

    play({}, scenario)
