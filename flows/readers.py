"""Runs the reader over a night's articles: in this process when they are few, in a pool of processes when they are many."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

from extractors.model import Article
from flows.tools import Tools
from topics.model import Catalogue, Reader, Reading

MANY = 400  # below this the pool's start (about 1 s a process) costs more than it saves
BATCH = 32
_seat: list[tuple[Reader, Catalogue]] = []  # a pool process's own reader, put there once when it starts


def read_articles(tools: Tools, articles: Sequence[Article]) -> tuple[Reading, ...]:
    """Read every article in its given order; raises Stopped between two articles when somebody asked."""
    source = _pooled(tools, articles) if len(articles) >= MANY and (os.cpu_count() or 1) > 1 else _alone(tools, articles)
    readings = []
    for reading in source:
        readings.append(reading)
        tools.progress("read articles", len(readings), len(articles))
        tools.stop.check()
    return tuple(readings)


def _alone(tools: Tools, articles: Sequence[Article]) -> Iterator[Reading]:
    for article in articles:
        yield tools.reader.read(article, tools.seeds.catalogue, {})


def _pooled(tools: Tools, articles: Sequence[Article]) -> Iterator[Reading]:
    # spawn: a forked child would inherit Prefect's threads and their locks.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), spawn, _sit_down, (tools.reader, tools.seeds.catalogue)) as pool:
        try:
            yield from pool.map(_read, articles, chunksize=BATCH)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _sit_down(reader: Reader, catalogue: Catalogue) -> None:
    _seat[:] = [(reader, catalogue)]


def _read(article: Article) -> Reading:
    reader, catalogue = _seat[0]
    return reader.read(article, catalogue, {})
