"""What reading costs, on one core: a page to its text, and a text to its topics and claims, by the route that the text takes."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import TypeVar

from bench import texts
from bench.streams import OWN
from extractors.model import Article, Entry, h
from extractors.pages import read_page
from flows.streams import load_stream
from newsroom.model import Item, Publisher
from newsroom.pages import render_page
from newsroom.styles import ENGLISH
from topics.model import Catalogue
from topics.reader import BuiltinReader

T = TypeVar("T")
GOAL_MS = 40.0
PER_ROUTE = 300
LONG = 600  # characters of a text that gets a page
RELATED = [("Another story", "https://outlet.example/b")] * 6
WARM = 40  # texts before the clock starts: weights, word lists and patterns are loaded once


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of processor time a text."""

    what: str
    texts: int
    mean: float
    median: float
    worst: float


def reading_costs(catalogue: Catalogue) -> list[Cost]:
    """Reading by route, most texts a route PER_ROUTE."""
    reader, by_route = BuiltinReader(), defaultdict[str, list[float]](list)
    sample = list(articles())
    for article in sample[:WARM]:
        reader.read(article, catalogue, {})
    for article in sample:
        taken, reading = timed(partial(reader.read, article, catalogue, {}))
        by_route[reading.route].append(taken)
    return [cost(f"read {route}", by_route[route][:PER_ROUTE]) for route in sorted(by_route)]


def page_cost() -> Cost:
    """A page in each style of the local web, to its clean text."""
    pages = list(rendered(PER_ROUTE))
    for body, entry, now in pages[: len(ENGLISH)]:
        read_page(body, entry.url, "text/html", entry, now)
    return cost("page to text", [timed(partial(read_page, body, entry.url, "text/html", entry, now))[0] for body, entry, now in pages])


def articles() -> Iterator[Article]:
    """Every text of the repository's own streams, and briefs; each text once."""
    for about in sorted(OWN.glob("*/*/stream.json")):
        for _, told in load_stream(about.parent).nights:
            yield from (replace(article, rev=1) for article in told)
    yield from (replace(texts.brief(number, date(2026, 9, 1)), rev=1) for number in range(PER_ROUTE))


def rendered(count: int) -> Iterator[tuple[bytes, Entry, datetime]]:
    """Pages of own full articles, style by style."""
    full = [a for a in articles() if len(a.body) > LONG and a.lang == "en"][:count]
    for number, article in enumerate(full):
        style = ENGLISH[number % len(ENGLISH)]
        publisher = Publisher(article.publisher, "outlet", "outlet.example", "en", style)
        item = Item("i", article.url, article.publisher, "en", article.told_at, article.title, article.author, article.body)
        entry = Entry(h(article.url), "s", article.url, article.title, published_at=article.told_at, lang="en")
        yield render_page(publisher, item, article.url, RELATED), entry, article.told_at


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Milliseconds of processor time, and what came of it."""
    start = time.process_time()
    made = work()
    return (time.process_time() - start) * 1000, made


def cost(what: str, taken: list[float]) -> Cost:
    """The figures of one kind of work."""
    ordered = sorted(taken)
    return Cost(what, len(taken), statistics.fmean(taken), statistics.median(taken), ordered[int(0.99 * (len(ordered) - 1))])
