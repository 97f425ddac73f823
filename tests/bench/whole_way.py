"""A thousand real pages all the way from their server into the store, beside the extraction alone, and beside others doing the same."""

from __future__ import annotations

import gzip
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.loopback import HTML, Web, served
from bench.nights import a_night, reading
from bench.pace import POOL, Pace, processor
from bench.peers import peers
from extractors.box import Unreadable
from extractors.model import Entry, Source
from extractors.pages import read_page
from flows.pipeline import Plan, begin
from training.labelled import SHARED

PAGES, SITES, GOAL = 1000, 10, 0.9
NOW = datetime(2026, 11, 25, 6, tzinfo=UTC)
FOLDER = SHARED / "extraction" / "dev" / "pages"


def bare(folder: Path, count: int) -> Pace:
    """The bound: the same extraction in a process pool of the same size, pages read from disk by the workers, nothing stored."""
    with tempfile.TemporaryDirectory() as plain:
        paths = [Path(plain) / path.name.removesuffix(".gz") for path in sorted(folder.glob("*.html.gz"))]
        for path in paths:
            path.write_bytes(gzip.decompress((folder / f"{path.name}.gz").read_bytes()))
        jobs = [paths[number % len(paths)] for number in range(count)]
        start, used = time.perf_counter(), processor()
        with multiprocessing.get_context("spawn").Pool(POOL) as pool:
            read = sum(pool.imap_unordered(_extract, jobs, chunksize=4))
            pool.close()
            pool.join()
        return Pace("extraction alone", read, time.perf_counter() - start, processor() - used)


def _extract(path: Path) -> bool:
    url = f"http://127.0.0.1/{path.name}"
    try:
        return bool(read_page(path.read_bytes(), url, HTML, Entry("e", "s", url, "An item"), NOW).body)
    except Unreadable:
        return False


def sources(web: Web) -> tuple[Source, ...]:
    """A source a site, as a user would write it."""
    return tuple(Source(f"site-{n}", "feed", url, f"Outlet {n}", lang="en", tier="special") for n, url in enumerate(web.feeds()))


def ours(web: Web, home: Path) -> Pace:
    """Feeds listed, pages fetched, archived, extracted and stored, as every night but the first, which stores the baseline, does it."""
    with reading(web, home, sources(web)) as own:
        begin(own, Plan(NOW.date() - timedelta(days=1), NOW - timedelta(days=1), "night", (), armed=True))
        start, used = time.perf_counter(), processor()
        heard = a_night(own, NOW)
        return Pace("topicwatch", sum(len(each.articles) for each in heard), time.perf_counter() - start, processor() - used)


def show(count: int = PAGES, sites: int = SITES) -> list[Pace]:
    """Print and give the paces: the bound and ours twice, in turn, since other work of the machine comes and goes; then the peers."""
    if not FOLDER.is_dir():
        print(f"the way of a page: left out, there is no {FOLDER}")
        return []
    print(f"{count:,} pages from {sites} sites on loopback, with their feeds, into the store; {POOL} processes extract")
    paces: list[Pace] = []
    with served("pages", FOLDER, count, sites) as web:
        for _ in range(2):
            paces += [told(bare(FOLDER, count)), told(_at_home(web))]
        bounds, own = paces[0::2], paces[1::2]
        clock = share([pace.seconds for pace in bounds], [pace.seconds for pace in own])
        work = share([pace.processor for pace in bounds], [pace.processor for pace in own])
        print(f"  topicwatch to extraction alone: {clock:.2f} by the clock, {work:.2f} by processor time (goal {GOAL})")
        for found in peers(web):
            if isinstance(found, str):
                print(f"  {found}")
            else:
                paces.append(told(found))
                print(f"  topicwatch to {found.name}: {own[-1].rate / found.rate:.1f} times its pages a second")
    return paces


def told(pace: Pace) -> Pace:
    """Print one line and give it on."""
    print(
        f"  {pace.name:16} {pace.pages:5} texts {pace.seconds:7.1f} s {pace.rate:6.1f} a second,"
        f" processor {pace.processor:6.1f} s, {1000 * pace.processor / pace.pages:5.1f} ms a text",
        flush=True,
    )
    return pace


def share(bounds: Sequence[float], own: Sequence[float]) -> float:
    """The bound's time by ours."""
    return sum(bounds) / sum(own)


def _at_home(web: Web) -> Pace:
    with tempfile.TemporaryDirectory() as home:
        return ours(web, Path(home))


if __name__ == "__main__":
    show(*map(int, sys.argv[1:]))
