"""Readings and judges for streams by weights that have seen nothing of them."""

from __future__ import annotations

import argparse
import pickle
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

from flows.streams import Stream
from topics.combiner import parse_combiner
from topics.judge import Judge, shipped_judge
from topics.model import Catalogue, Reading
from topics.reader import BuiltinReader, Weights, read_weights, shipped_weights
from training.folds import half_of, written_half
from training.labelled import REAL, WRITTEN

Judges = Callable[[date], Judge] | None
Parts = list[tuple[set[date], Weights]]


def weights_in(folder: Path) -> Weights:
    """The weights that training wrote into a folder."""
    return read_weights(lambda file: (folder / file).read_text(encoding="utf-8"))


def read_stream(stream: Stream, catalogue: Catalogue, weights: Iterable[tuple[set[date], Weights]]) -> dict[str, Reading]:
    """Read every article once, each night with the weights that belong to it."""
    out = {}
    for nights, used in weights:
        reader = BuiltinReader(used)
        for night, articles in stream.nights:
            if night in nights:
                out.update({a.article_id: reader.read(replace(a, rev=1), catalogue) for a in articles})
    return out


def readings_of(name: str, stream: Stream, catalogue: Catalogue, cache: Path, parts: Parts) -> dict[str, Reading]:
    """The readings of a stream, kept between runs of the same weights."""
    path = cache / f"{name}.pickle"
    if path.exists():
        found: dict[str, Reading] = pickle.loads(path.read_bytes())
        if all(a.article_id in found for _, articles in stream.nights for a in articles):
            return found
    readings = read_stream(stream, catalogue, parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pickle.dumps(readings))
    return readings


def shipped_parts(stream: Stream) -> Parts:
    """Every night read with the weights that ship."""
    return [({night for night, _ in stream.nights}, shipped_weights())]


def weights_of(name: str, stream: Stream, folder: Path) -> Parts:
    """For each night weights that have seen nothing of it: real streams by halves of their nights."""
    nights = [night for night, _ in stream.nights]
    if name in REAL:
        return [(_half(nights, half), weights_in(folder / f"real-{half}")) for half in (0, 1)]
    return [(set(nights), weights_in(folder / (f"written-{written_half(name)}" if name in WRITTEN else name)))]


def judges_of(name: str, stream: Stream, options: argparse.Namespace) -> Judges:
    """For each night the judge that has seen nothing of it."""
    if options.unjudged:
        return None
    if options.shipped:
        return lambda _: shipped_judge()
    if name not in REAL:
        own = judge_in(options.weights / name)
        return lambda _: own
    first = _half([night for night, _ in stream.nights], 0)
    judges = [judge_in(options.weights / f"real-{half}") for half in (0, 1)]
    return lambda night: judges[0 if night in first else 1]


def judge_in(folder: Path) -> Judge:
    """The judge that training wrote into a folder."""
    return Judge(parse_combiner((folder / "judge.tsv").read_text(encoding="utf-8")))


def _half(nights: list[date], half: int) -> set[date]:
    return {date.fromisoformat(night) for night in half_of([n.isoformat() for n in nights], half)}
