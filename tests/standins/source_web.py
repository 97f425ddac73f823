"""One source read through the real client from a server on loopback, as a night or a backfill would."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from extractors.client import Client, ClientPolicy
from extractors.listing import Parser
from extractors.model import Cursor, Source, SourceReading
from extractors.reading import read_source
from standins.hostile_http import PATIENT, Behaviour, HostileServer, Wire, reply
from standins.scripted_web import NOW, SENTENCES, InlineBox, page

EXAMPLES = Path(__file__).resolve().parent.parent / "data" / "sources"
SEEDS = Path(__file__).resolve().parents[2] / "seeds"
Window = tuple[datetime | None, datetime | None]
LAST_WEEK = (NOW - timedelta(days=7), NOW)
LONG_AGO = (NOW - timedelta(days=60), NOW - timedelta(days=30))


def example(name: str) -> bytes:
    return (EXAMPLES / name).read_bytes()


def zipped(*names: str) -> bytes:
    """Examples as the members of a zip."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            file.writestr(name.rpartition("/")[2], example(name))
    return packed.getvalue()


def json_reply(name: str) -> Behaviour:
    return reply(example(name), kind="application/json")


def article(title: str = "A page") -> Behaviour:
    return reply(page(title, sentences=SENTENCES))


def asking(choose: Callable[[str], Behaviour]) -> Behaviour:
    """Answer by the whole target, query included."""

    async def behave(wire: Wire) -> None:
        await choose(wire.request.path)(wire)

    return behave


def read_live(
    routes: Mapping[str, Behaviour],
    make: Callable[[HostileServer], Source],
    *,
    cursor: Cursor | None = None,
    window: Window = LAST_WEEK,
    known: frozenset[str] = frozenset(),
    pages: Mapping[str, str] | None = None,
    box: Parser | None = None,
    policy: ClientPolicy = PATIENT,
    **more: Any,
) -> tuple[SourceReading, HostileServer]:
    """Read the source that `make` gives for the running server; returns its reading and the server with what it was asked."""

    async def run() -> tuple[SourceReading, HostileServer]:
        async with HostileServer(routes).running() as server:
            asked = replace(policy, allowed_private=frozenset({("127.0.0.1", server.port)}))
            async with Client(asked, resolve=lambda host, _port: ["127.0.0.1"] if host == "127.0.0.1" else [], clock=lambda: NOW) as client:
                source = replace(make(server), enabled=True)
                reading = await read_source(
                    source, cursor or Cursor(), client=client, box=box or InlineBox(), known_entries=known, known_pages=pages or {},
                    window=window, now=NOW, **more,
                )  # fmt: skip
            return reading, server

    return asyncio.run(run())


def ends(reading: SourceReading) -> list[tuple[str, str, str]]:
    return [(end.entry.title, end.disposition, end.reason) for end in reading.disposed]
