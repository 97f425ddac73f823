"""`sources check`: asks each source for its list once, gently, and stores nothing; no page is fetched."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from extractors.box import ParseBox
from extractors.client import Client
from extractors.failures import ParseFailed, Unreadable
from extractors.fetched import FetchError
from extractors.listing import Desk
from extractors.model import Cursor, Source
from extractors.reading import ADAPTERS, missing_key
from flows.listening import policy_of
from flows.tools import Tools

GENTLE = 4  # at once: of the failures of a sweep with 24 at once a third were fine on a slow second pass (SOURCES.md)
LOOK_BACK = timedelta(days=3)  # how much of a source with a window is asked for


@dataclass(frozen=True, slots=True)
class Probe:
    """How one source answered."""

    source_id: str
    answer: str  # ok, or the named reason
    entries: int = 0
    newest: str = ""  # ISO day


def probe(tools: Tools, sources: Sequence[Source]) -> tuple[Probe, ...]:
    """Ask every source, in the given order of the answer; a fault is a value."""
    return asyncio.run(_probe(tools, sources))


async def _probe(tools: Tools, sources: Sequence[Source]) -> tuple[Probe, ...]:
    gate = asyncio.Semaphore(GENTLE)
    done: dict[str, Probe] = {}
    with ParseBox() as box:
        async with Client(policy_of(tools.settings)) as client:

            async def one(source: Source) -> None:
                async with gate:
                    window, key = (tools.clock() - LOOK_BACK, None), tools.settings.key_of(source.key_env)
                    done[source.source_id] = await ask(source, Desk(client, box, tools.clock(), window, key=key))
                tools.progress("check sources", len(done), len(sources))

            await asyncio.gather(*(one(s) for s in sources))
    return in_order(done, sources)


async def ask(source: Source, desk: Desk) -> Probe:
    """Ask one source for its list."""
    adapter = ADAPTERS.get(source.kind)
    if adapter is None:
        return Probe(source.source_id, f"unknown kind {source.kind}")
    if missing := missing_key(source, desk.key):
        return Probe(source.source_id, missing)
    try:
        listing = await adapter(source, Cursor(), desk)
    except (FetchError, ParseFailed, Unreadable) as fault:
        return Probe(source.source_id, fault.reason)
    days = [e.published_at.date().isoformat() for e in listing.entries if e.published_at]
    return Probe(source.source_id, listing.fault or "ok", len(listing.entries), max(days, default=""))


def in_order(done: Mapping[str, Probe], sources: Sequence[Source]) -> tuple[Probe, ...]:
    """Give the answers in the order of the sources."""
    return tuple(done[s.source_id] for s in sources)
