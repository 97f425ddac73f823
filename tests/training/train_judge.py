"""Train the judge of groups, after training.train_reader: python -m training.train_judge [--out DIR] [--cache DIR] [--cross-only].

Every labelled stream is read with weights that have seen nothing of it and replayed night by night; each group of claims that a night
brings is a row, labelled by whether it tells a move on that move's own night. Writes topics/weights/judge.tsv, and a judge that has
seen nothing of it beside the weights of each stream.
"""

from __future__ import annotations

import argparse
import pickle
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from flows.streams import Stream, load_stream
from gate.crossval import SEEDED
from gate.known_seeds import seeded
from gate.unseen import readings_of, weights_of
from topics.combiner import Combiner, format_combiner
from topics.decide import decide, lay_out
from topics.grouping import Group
from topics.judge import NUMBERS
from topics.model import NightContext
from topics.rules import DEFAULT_RULES
from topics.settling import judgeable, numbers_of
from topics.texts import READ
from training.combine import fit_numbers
from training.folds import half_of
from training.labelled import ROOT, SELF_WRITTEN, WRITTEN, folder_of, read_jsonl, repository_catalogue

LATE_WEIGHT = 0.3  # a first report on a later night: neither news nor a plain retelling
LOW_FLOOR = 0.1  # claims this weak are grouped for training, so that the judge has met what lies below the floor of deciding
TREES = 60
STREAMS = (*SELF_WRITTEN, *WRITTEN, "press-dev")


@dataclass(frozen=True)
class Row:
    """One group of one night: its numbers, whether it is a move told in time, its weight, and where it comes from."""

    part: str  # the stream; press-dev by halves: real-0, real-1
    night: str
    topic: str
    articles: tuple[str, ...]
    numbers: tuple[float, ...]
    news: bool
    weight: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "topics" / "weights")
    parser.add_argument("--cache", type=Path, default=ROOT / "var" / "training")
    parser.add_argument("--cross-only", action="store_true")
    options = parser.parse_args()
    with ProcessPoolExecutor(max_workers=2) as workers:
        rows = [row for found in workers.map(rows_of, STREAMS, [options.cache] * len(STREAMS)) for row in found]
    (options.cache / "judged.pickle").write_bytes(pickle.dumps(rows))
    made = "is a group of claims a new move; made by tests/training/train_judge.py; do not edit"
    if not options.cross_only:
        (options.out / "judge.tsv").write_text(format_combiner(fit(rows), made), encoding="utf-8")
    for part in (*SELF_WRITTEN, "real-0", "real-1"):
        judge = fit([row for row in rows if row.part != part])
        (options.cache / "weights" / part / "judge.tsv").write_text(format_combiner(judge, made), encoding="utf-8")


def rows_of(name: str, cache: Path) -> list[Row]:
    """The groups of every night of a stream, decided without a judge."""
    stream, catalogue = load_stream(folder_of(name)), repository_catalogue()
    readings = readings_of(name, stream, catalogue, cache / "readings", weights_of(name, stream, cache / "weights"))
    moves = read_jsonl(folder_of(name) / "moves.jsonl")
    rules = replace(DEFAULT_RULES, claim_floor=LOW_FLOOR)
    first = half_of([night.isoformat() for night, _ in stream.nights], 0)
    memory, rows = seeded(name in SEEDED or name in WRITTEN, DEFAULT_RULES), []
    for number, (night, articles) in enumerate(stream.nights, 1):
        tonight, context = [readings[a.article_id] for a in articles], NightContext(night, number)
        known = memory.known(night)
        laid = lay_out(context, tonight, known, catalogue, rules, READ, None)
        part = name if name != "press-dev" else "real-0" if night.isoformat() in first else "real-1"
        for group in judgeable(laid.groups, laid.desk):
            row = _row(part, night, group, numbers_of(group, laid.desk), stream, moves)
            rows.extend([row] if row else [])
        memory = memory.take(decide(context, tonight, known, catalogue, DEFAULT_RULES, READ), tonight)
    print(f"{name}: {len(rows)} groups, {sum(row.news for row in rows)} news", flush=True)
    return rows


def _row(part: str, night: date, group: Group, numbers: tuple[float, ...], stream: Stream, moves: list[dict[str, Any]]) -> Row | None:
    if any(told.profile.official for told in group):
        return None
    topic = group[0].profile.claim.topic
    articles = tuple(sorted({stream.ids.get(told.profile.doc_id, told.profile.doc_id) for told in group}))
    told = [m for m in moves if m["topic"] == topic and set(m["articles"]) & set(articles)]
    alerts = [m for m in told if m["severity"] == "alert" and not m.get("contested")]
    if told and not alerts:
        return None  # a watched or a contested move is neither right nor wrong
    news = any(m["night"] == night.isoformat() for m in alerts)
    return Row(part, night.isoformat(), topic, articles, numbers, news, 1.0 if news or not alerts else LATE_WEIGHT)


def fit(rows: list[Row]) -> Combiner:
    """Fit on all rows; calibrate on scores of each half of the parts by a fit on the other."""
    parts = sorted({row.part for row in rows})
    halves = [[row for row in rows if row.part in parts[half::2]] for half in (0, 1)]
    raw, news, weight = [], [], []
    for half in (0, 1):
        model = _fit(halves[1 - half])
        raw += [model.raw(row.numbers) for row in halves[half]]
        news += [float(row.news) for row in halves[half]]
        weight += [row.weight for row in halves[half]]
    platt = LogisticRegression(C=100.0, random_state=0).fit(np.array(raw)[:, None], news, sample_weight=weight)
    return replace(_fit(rows), slope=float(platt.coef_[0][0]), bias=float(platt.intercept_[0]))


def _fit(rows: list[Row]) -> Combiner:
    x, y = np.array([row.numbers for row in rows]), np.array([float(row.news) for row in rows])
    return fit_numbers(x, y, np.array([row.weight for row in rows]), NUMBERS, strength=0.03, trees=TREES)


if __name__ == "__main__":
    main()
