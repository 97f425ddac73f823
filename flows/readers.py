"""Runs the reader over a night's articles: in this process when they are few, in a pool of processes when they are many.

A text that the reader breaks on is put aside and named: it keeps no night from its end and gets no verdict, so that the next run reads it.
"""

from __future__ import annotations

import multiprocessing
import os
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from extractors.model import Article
from flows.tools import Tools
from topics.model import Catalogue, Reader, Reading

MANY = 400  # below this the pool's start (about 1 s a process) costs more than it saves
BATCH = 32
BROKEN = 10  # so many articles and every one put aside: the reader is broken, not the texts
_seat: list[tuple[Reader, Catalogue]] = []  # a pool process's own reader, put there once when it starts


class ReaderError(RuntimeError):
    """The reader gave nothing but faults."""


@dataclass(frozen=True, slots=True)
class PutAside:
    """An article that the reader broke on, and where."""

    url: str
    fault: str  # type and place; its words may quote the text and are left out

    @property
    def line(self) -> str:
        """As the night tells it."""
        return f"could not be read, the next run tries again: {self.url}: {self.fault}"


def read_articles(tools: Tools, articles: Sequence[Article]) -> tuple[tuple[Reading, ...], tuple[PutAside, ...]]:
    """Read every article in its given order, and name those that the reader broke on.

    Raises Stopped between two articles when somebody asked, ReaderError when there are many and none could be read.
    """
    source = _pooled(tools, articles) if len(articles) >= MANY and (os.cpu_count() or 1) > 1 else _alone(tools, articles)
    readings: list[Reading] = []
    aside: list[PutAside] = []
    for found in source:
        if isinstance(found, PutAside):
            aside.append(found)
        else:
            readings.append(found)
        tools.progress("read articles", len(readings) + len(aside), len(articles))
        tools.stop.check()
    if len(aside) >= BROKEN and not readings:
        raise ReaderError(f"the reader broke on each of {len(aside)} articles, first on {aside[0].url}: {aside[0].fault}")
    return tuple(readings), tuple(aside)


def _alone(tools: Tools, articles: Sequence[Article]) -> Iterator[Reading | PutAside]:
    for article in articles:
        yield _or_aside(tools.reader, article, tools.seeds.catalogue)


def _pooled(tools: Tools, articles: Sequence[Article]) -> Iterator[Reading | PutAside]:
    # spawn: a forked child would inherit Prefect's threads and their locks.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), spawn, _sit_down, (tools.reader, tools.seeds.catalogue)) as pool:
        try:
            yield from pool.map(_read, articles, chunksize=BATCH)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _sit_down(reader: Reader, catalogue: Catalogue) -> None:
    _seat[:] = [(reader, catalogue)]


def _read(article: Article) -> Reading | PutAside:
    reader, catalogue = _seat[0]
    return _or_aside(reader, article, catalogue)


def _or_aside(reader: Reader, article: Article, catalogue: Catalogue) -> Reading | PutAside:
    try:
        return reader.read(article, catalogue, {})
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        return PutAside(article.url, f"{type(error).__name__} in {Path(last.filename).name}, line {last.lineno}")
