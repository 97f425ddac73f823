"""Two thousand feeds, of which nine in ten have nothing new: what a quiet night costs.

PYTHONPATH=.:tests python -m bench.unchanged [FEEDS]
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.loopback import Web, served
from bench.nights import a_night, reading
from bench.pace import processor, resident
from extractors.model import Source

FEEDS, SITES = 2000, 20
FIRST = datetime(2026, 11, 25, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Quiet:
    """One night over the feeds: seconds, the readings by outcome, and MB of this process afterwards."""

    name: str
    seconds: float
    processor: float
    outcomes: dict[str, int]
    resident: int


def sources(web: Web) -> tuple[Source, ...]:
    """Every feed a source whose entries are taken as they are listed: this is about the feeds."""
    asked = [(port, number) for port in web.ports for number in range(web.each)]
    return tuple(
        Source(
            f"feed-{port}-{number}", "feed", f"http://127.0.0.1:{port}/{number}.xml", f"Outlet {port}", lang="en", params=(("pages", "no"),)
        )
        for port, number in asked
    )


def show(feeds: int = FEEDS, sites: int = SITES) -> list[Quiet]:
    """Print and give the first night, which reads all, and the one after it."""
    made: list[Quiet] = []
    with served("feeds", Path(), feeds, sites) as web, tempfile.TemporaryDirectory() as home, reading(web, Path(home), sources(web)) as own:
        for night, name in enumerate(("all new", "nine in ten unchanged")):
            start, used = time.perf_counter(), processor()
            heard = a_night(own, FIRST + timedelta(days=night))
            outcomes = dict(Counter[str](each.outcome for each in heard))
            made.append(Quiet(name, time.perf_counter() - start, processor() - used, outcomes, resident()))
            last = made[-1]
            print(
                f"  {feeds:,} feeds, {name}: {last.seconds:.1f} s, {feeds / last.seconds:.0f} a second,"
                f" processor {last.processor:.1f} s, {last.resident} MB; {outcomes}",
                flush=True,
            )
    return made


if __name__ == "__main__":
    show(*map(int, sys.argv[1:]))
