"""Manners: how many requests a host gets at once, how far apart, and how long it rests after it asked for that."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from extractors.fetched import Refused


@dataclass(slots=True)
class _Lane:
    places: asyncio.Semaphore
    next_at: float = 0.0
    rests_until: float = 0.0


@dataclass(slots=True)
class Pacing:
    """One lane per host; `now` and `sleep` count the same seconds."""

    per_host: int
    at_once: int
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _lanes: dict[str, _Lane] = field(default_factory=dict)
    _all: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._all = asyncio.Semaphore(self.at_once)

    def _lane(self, host: str) -> _Lane:
        if host not in self._lanes:
            self._lanes[host] = _Lane(asyncio.Semaphore(self.per_host))
        return self._lanes[host]

    @asynccontextmanager
    async def turn(self, host: str, gap: float) -> AsyncIterator[None]:
        """Wait for our turn with a host, `gap` seconds after the start of the last request; hold the place inside the block."""
        lane = self._lane(host)
        async with lane.places:
            start = max(self.now(), lane.next_at)
            lane.next_at = start + gap
            if start > self.now():
                await self.sleep(start - self.now())
            async with self._all:
                yield

    def rest(self, host: str, seconds: float) -> None:
        """Leave a host alone for so many seconds; a shorter wish does not shorten a longer one."""
        lane = self._lane(host)
        lane.rests_until = max(lane.rests_until, self.now() + seconds)

    def rests_for(self, host: str) -> float:
        """Seconds that a host still rests, 0 when it does not."""
        return max(0.0, self._lane(host).rests_until - self.now())


class Budget:
    """The seconds that one fetch may spend on the network, over all its hops; waiting for our turn costs nothing."""

    def __init__(self, total_s: float) -> None:
        self._left = total_s

    @asynccontextmanager
    async def spend(self) -> AsyncIterator[None]:
        """Run the block against what is left; raises Refused("deadline") when it is used up."""
        if self._left <= 0:
            raise Refused("deadline")
        loop = asyncio.get_running_loop()
        begun = loop.time()
        timer = asyncio.timeout(self._left)
        try:
            async with timer:
                yield
        except TimeoutError:
            if not timer.expired():
                raise
            raise Refused("deadline") from None
        finally:
            self._left -= loop.time() - begun
