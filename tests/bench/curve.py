"""The decide curve: one night of 1,500 items through store, slice, decide and record, on pasts of several sizes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from pathlib import Path

from bench import texts
from bench.past import A_NIGHT, EVERY, Past, fill
from extractors.model import Article
from flows.replay import reading_of
from storage.as_of import View
from storage.model import Run
from storage.store import Store
from storage.window import Window
from topics.baseline import baseline
from topics.decide import decide
from topics.judge import shipped_judge
from topics.model import Catalogue, Mode, NightContext, Reading
from topics.probes import probes
from topics.reader import BuiltinReader

TONIGHT = date(2026, 9, 1)
JUST_AFTER = datetime.combine(TONIGHT + timedelta(1), clock(), UTC)
FIRST = 40_000_000  # numbers of tonight's articles and steps, beyond every past
STAGES = ("store", "find", "slice", "decide", "record", "publish")


@dataclass(frozen=True, slots=True)
class Point:
    """Seconds of each stage on a past of so many articles, with what the slice held and the night came to.

    seconds are those of the clock, processor those of all stages together; they part where the machine has other work.
    """

    stored: int
    steps: int
    seconds: dict[str, float]
    processor: float
    sizes: dict[str, int]
    megabytes: int

    @property
    def total(self) -> float:
        """Seconds of the night, reading apart."""
        return sum(self.seconds.values())


@dataclass
class Stopwatch:
    """Seconds by name, and processor seconds together."""

    seconds: dict[str, float] = field(default_factory=dict)
    processor: float = 0.0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start, used = time.perf_counter(), time.process_time()
        yield
        self.seconds[name] = time.perf_counter() - start
        self.processor += time.process_time() - used


def tonight(items: int = A_NIGHT) -> tuple[Article, ...]:
    """A night's articles; one in ten tells a step, every third of those a step that the past holds already."""
    return tuple(_item(number) for number in range(items))


def _item(number: int) -> Article:
    if number % EVERY:
        return texts.brief(FIRST + number, TONIGHT)
    known, name = number % (3 * EVERY) == 0, number // EVERY
    told = texts.step(name * 7 if known else FIRST + name, TONIGHT)
    return texts.brief(FIRST + number, TONIGHT, told)


def read_all(articles: Sequence[Article], catalogue: Catalogue) -> dict[str, Reading]:
    """Every article read once, by id; their revision is the first."""
    reader = BuiltinReader()
    return {a.article_id: reader.read(replace(a, rev=1), catalogue, {}) for a in articles}


def measure(folder: Path, past: int, articles: Sequence[Article], readings: dict[str, Reading], catalogue: Catalogue) -> Point:
    """Fill a store in the folder with a past and run the night on it, stage by stage as flows/pipeline.py does."""
    store, watch = Store(folder), Stopwatch()
    with store.window() as window:
        run = _begin(window, TONIGHT - timedelta(5000), "learn")
        steps, claims = baseline((), catalogue)
        window.record_baseline((), catalogue, run.run_seq, "bench", ledger=steps, claims=claims)
    fill(store, Past(past, TONIGHT))
    with store.window() as window:
        run = _begin(window, TONIGHT, "night")
    with watch.stage("store"), store.window() as window:
        window.record_source(run.run_seq, reading_of(tuple(articles)), None, JUST_AFTER)
    with watch.stage("find"), store.window() as window:
        found = window.undecided("night", TONIGHT)
    read = [_as_found(readings[a.article_id], a) for a in found]
    with watch.stage("slice"), store.window() as window:
        known = window.slice(View.by_run(run.base_run_seq), probes(read, TONIGHT))
    known = replace(known, unarmed_sources=frozenset(), unarmed_topics=frozenset())  # as in a replay: nothing is in its learning phase
    with watch.stage("decide"):
        result = decide(NightContext(TONIGHT, run.run_seq), read, known, catalogue, judge=shipped_judge())
    with store.window() as window:
        with watch.stage("record"):
            window.record_night(run.run_seq, result, read, (), (), "done", {}, JUST_AFTER)
        with watch.stage("publish"):
            window.publish_snapshot()
    sizes = {"documents": len(known.documents), "claims": len(known.claims), "ledger": len(known.ledger), "moves": len(result.moves)}
    return Point(past, past // EVERY, watch.seconds, watch.processor, sizes, store.database.stat().st_size >> 20)


def _begin(window: Window, night: date, mode: Mode) -> Run:
    return window.begin_run(f"bench-{night}", mode, night, None, None, None, "bench", "bench", "bench", "bench", JUST_AFTER)


def _as_found(reading: Reading, article: Article) -> Reading:
    if reading.article.title != article.title:
        raise ValueError(f"{article.article_id} came back from the store as another text")
    return replace(reading, article=article)
