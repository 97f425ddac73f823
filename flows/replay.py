"""Replays a labelled stream night by night through the stages of a night, from clean text on, and writes what a scorer reads."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from extractors.model import Article, Cursor, Disposed, Entry, Source, SourceReading, h
from flows.pipeline import Plan, begin, decide_night, record
from flows.seeding import Seeds
from flows.streams import Stream
from flows.tools import Tools
from storage.store import Store
from topics.errors.matching import shown
from topics.model import Baseline, Move, NightResult, Reading, Verdict

SOURCE = Source("stream", "feed", "https://stream.example/", "a labelled stream")
COPIES = {"near_duplicate", "rewrite"}


@dataclass(frozen=True, slots=True)
class ReplayedNight:
    """One night of a replay: what it decided, on which readings, and as of which run it knew what it knew."""

    base_run_seq: int
    result: NightResult
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Replayed:
    """A whole replay, while its throw-away database is still open to questions."""

    tools: Tools
    stream: Stream
    nights: tuple[ReplayedNight, ...]

    @property
    def results(self) -> tuple[NightResult, ...]:
        """What each night decided."""
        return tuple(night.result for night in self.nights)


@contextmanager
def replayed(tools: Tools, stream: Stream, out: Path) -> Iterator[Replayed]:
    """Replay every night; inside the block what was known on any night can be asked again.

    Uses a throw-away database beside the output; the data directory of `tools` stays untouched.
    """
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix="replay-") as scratch:
        own = replace(tools, store=Store(Path(scratch)), senders={}, progress=lambda *_: None)
        nights = []
        for number, (night, articles) in enumerate(stream.nights, 1):
            nights.append(replay_night(own, night, articles))
            tools.progress("replay", number, len(stream.nights))
            tools.stop.check()
        yield Replayed(own, stream, tuple(nights))


def run_replay(tools: Tools, stream: Stream, out: Path) -> tuple[NightResult, ...]:
    """Replay every night and write moves.jsonl and articles.jsonl into `out`; two replays give the same bytes."""
    with replayed(tools, stream, out) as done:
        write_replay(done, out)
        return done.results


def write_replay(done: Replayed, out: Path) -> None:
    """Write moves.jsonl and articles.jsonl as a scorer reads them."""
    ids = done.stream.ids
    write_jsonl(out / "moves.jsonl", (move_row(m, ids) for r in done.results for m in shown(r.moves)))
    write_jsonl(out / "articles.jsonl", (article_row(v, ids) for r in done.results for v in by_id(r.verdicts, ids)))


def replay_night(tools: Tools, night: date, articles: Iterable[Article]) -> ReplayedNight:
    """Decide one night on what was known just after it ended."""
    just_after = datetime.combine(night + timedelta(1), time.min, UTC)
    plan = Plan(night, just_after, "night", (), alert=False, armed=True)
    started = begin(tools, plan)
    with tools.store.window() as window:
        window.record_source(started.run_seq, reading_of(tuple(articles)), None, just_after)
    decided = decide_night(tools, started)
    record(tools, started, (), decided, publish=False)
    return ReplayedNight(started.base_run_seq, decided.result, decided.readings)


def reading_of(articles: tuple[Article, ...]) -> SourceReading:
    """Dress a night's articles as what one source gave."""
    disposed = tuple(
        Disposed(
            Entry(h(SOURCE.source_id, a.url), SOURCE.source_id, a.url, a.title, published_at=a.published_at, lang=a.lang),
            "fetched", "", a.article_id,
        )
        for a in articles
    )  # fmt: skip
    return SourceReading(SOURCE, "ok", "", disposed, articles, Cursor())


def baseline_of(seeds: Seeds, baseline: Baseline, before: date) -> Seeds:
    """Keep of the seeds what the replay may know before its first night: nothing, the dossiers, or the measures' steps too.

    The names, numbers and targets of real measures are vocabulary and stay; their dated steps are knowledge and go,
    those on or after `before` in any case.
    """
    keep = baseline == "all"
    measures = tuple(replace(m, steps=tuple(s for s in m.steps if keep and s.on < before)) for m in seeds.catalogue.measures)
    catalogue = replace(seeds.catalogue, measures=measures, digest=h(seeds.catalogue.digest, baseline, before.isoformat()))
    return replace(seeds, catalogue=catalogue, dossiers=() if baseline == "none" else seeds.dossiers)


def move_row(move: Move, ids: Mapping[str, str]) -> dict[str, Any]:
    """Write one raised move as the scorer reads it."""
    evidence = sorted((ids[e.article_id], e.quote) for e in move.evidence if e.article_id in ids)
    return {
        "topic": move.topic, "kind": move.kind, "severity": move.severity, "night": move.night.isoformat(),
        "articles": sorted({i for i, _ in evidence}), "quotes": {i: q for i, q in evidence if q}, "headline": move.headline,
    }  # fmt: skip


def by_id(verdicts: Iterable[Verdict], ids: Mapping[str, str]) -> list[Verdict]:
    """Sort a night's verdicts by the stream's own ids."""
    return sorted(verdicts, key=lambda v: (ids[v.article_id], v.rev))


def article_row(verdict: Verdict, ids: Mapping[str, str]) -> dict[str, Any]:
    """Write one decision as the scorer reads it."""
    copy_of = ids.get(verdict.covers_id, verdict.covers_id) if verdict.outcome in COPIES else None
    return {
        "id": ids[verdict.article_id], "duplicate_of": copy_of or None, "story": ids.get(verdict.story_id, verdict.story_id),
        "topics": list(verdict.topics), "outcome": verdict.outcome, "reasons": list(verdict.reasons),
    }  # fmt: skip


def write_jsonl(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write one JSON object a line."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
