"""Does memory stay where it is while a hundred thousand pages pass: night after night through one process.

PYTHONPATH=.:tests python -m bench.many_pages [PAGES]
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.loopback import served
from bench.nights import a_night, reading
from bench.pace import resident
from bench.whole_way import sources

PAGES, A_NIGHT, SITES = 100_000, 1_000, 10
SHOWN = (1_000, 3_000, 5_000, 10_000, 25_000, 50_000, 75_000, 100_000)
FIRST = datetime(2026, 1, 1, 2, tzinfo=UTC)


def show(pages: int = PAGES) -> dict[int, int]:
    """Print and give MB of this process after so many pages, each fetched, archived, extracted and stored."""
    made, read, start = dict[int, int](), 0, time.perf_counter()
    with served("briefs", Path(), A_NIGHT, SITES) as web, tempfile.TemporaryDirectory() as home, reading(web, Path(home), ()) as own:
        for night in range(pages // A_NIGHT):
            asked = tuple(
                replace(each, source_id=f"{each.source_id}-{night}", url=each.url.replace("/feed", f"/{night}/feed"))
                for each in sources(web)
            )
            read += sum(len(each.articles) for each in a_night(own, FIRST + timedelta(days=night), asked))
            done = (night + 1) * A_NIGHT
            if done in SHOWN or done == pages:
                made[done] = resident()
                print(
                    f"  after {done:7,} pages, {read:,} read: {made[done]} MB resident, {done / (time.perf_counter() - start):.0f}/s",
                    flush=True,
                )
    return made


if __name__ == "__main__":
    show(*map(int, sys.argv[1:]))
