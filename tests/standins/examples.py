"""Reads a source through the real client from a loopback server that answers with the hand-written examples of tests/data/sources."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from extractors.client import Client, ClientPolicy
from extractors.model import Cursor, Source, SourceReading
from extractors.reading import read_source
from standins.hostile_http import Behaviour, HostileServer, Wire, reply
from standins.scripted_web import InlineBox

EXAMPLES = Path(__file__).parent.parent / "data" / "sources"
NOW = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
KEY = "k3y-that-nobody-may-see"
Answer = Callable[[Mapping[str, str]], bytes | Behaviour]  # by query, its names in order of appearance; a later value wins
Window = tuple[datetime | None, datetime | None]


def example(kind: str, name: str) -> bytes:
    """One hand-written answer."""
    return (EXAMPLES / kind / name).read_bytes()


@dataclass(slots=True)
class ExampleWeb:
    """Answers by path: bytes, a behaviour, or a function of the query; '{base}' and the listed hosts lead back to this server."""

    routes: Mapping[str, bytes | Behaviour | Answer]
    hosts: tuple[str, ...] = ()
    asked: list[str] = field(default_factory=list)  # path and query, robots.txt left out
    headers: list[Mapping[str, str]] = field(default_factory=list)

    def read(self, source: Source, cursor: Cursor | None = None, **more: Any) -> SourceReading:
        """Read a source whose url is a path of this server; more: window, now, key, known (entry ids), box."""
        return asyncio.run(self._read(source, cursor or Cursor(), [{}], **more))[0]

    def read_in_turn(self, source: Source, *changes: Mapping[str, bytes | Behaviour | Answer], **more: Any) -> list[SourceReading]:
        """Read it as it is, then after each change of routes; every reading knows what the earlier ones left."""
        return asyncio.run(self._read(source, Cursor(), [{}, *changes], **more))

    async def _read(
        self,
        source: Source,
        cursor: Cursor,
        turns: Sequence[Mapping[str, bytes | Behaviour | Answer]],
        *,
        window: Window = (None, None),
        now: datetime = NOW,
        key: str = KEY,
        known: frozenset[str] = frozenset(),
        box: Any = None,
    ) -> list[SourceReading]:
        readings: list[SourceReading] = []
        routes = {path: self._behaviour(answer) for path, answer in self.routes.items()}
        async with HostileServer(routes).running() as server:
            allowed = frozenset({("127.0.0.1", server.port)})
            policy = ClientPolicy(contact="https://operator.test/bot", retries=0, total_s=10, allowed_private=allowed)
            here = replace(source, url=server.url(source.url))
            for turn in turns:
                routes.update({path: self._behaviour(answer) for path, answer in turn.items()})
                async with Client(policy) as client:
                    reading = await read_source(
                        here, cursor, client=client, box=box or InlineBox(), known_entries=known, known_pages={}, window=window, now=now,
                        key=key,
                    )  # fmt: skip
                readings.append(reading)
                cursor, known = reading.cursor, known | {end.entry.entry_id for end in reading.disposed}
        seen = [request for request in server.requests if request.path != "/robots.txt"]
        self.asked += [request.path for request in seen]
        self.headers += [request.headers for request in seen]
        return readings

    def _behaviour(self, answer: bytes | Behaviour | Answer) -> Behaviour:
        async def behave(wire: Wire) -> None:
            given = answer
            if callable(given) and not _is_behaviour(given):
                given = given(dict(parse_qsl(urlsplit(wire.request.path).query)))  # type: ignore[arg-type, assignment]
            if isinstance(given, bytes):
                await reply(self._here(given, wire), kind="application/octet-stream")(wire)
            else:
                await given(wire)  # type: ignore[arg-type, misc]

        return behave

    def _here(self, body: bytes, wire: Wire) -> bytes:
        base = f"http://{wire.request.headers['host']}".encode()
        for host in self.hosts:
            body = body.replace(f"https://{host}".encode(), base)
        return body.replace(b"{base}", base)


def _is_behaviour(answer: object) -> bool:
    return inspect.iscoroutinefunction(answer)
