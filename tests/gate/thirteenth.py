"""A topic that training never saw, added by data alone: each topic is left out of weights and catalogue, then added back as a user would.

    PYTHONPATH=.:tests python -m gate.thirteenth [--topics A,B | --all] [--streams A,B] [--weights DIR | --shipped] [--alerts]

Left out means: its column of the topic model, the features that only this column weighs, and its table of the catalogue. Added back means:
its terms and entities of seeds/topics.toml and the sentences of tests/data/thirteenth/topics.toml, written for this. Counts are alerts:
right/raised and on time/gold, of the topic alone, and of all other topics together.
"""

from __future__ import annotations

import argparse
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from extractors.model import h
from flows.streams import Stream, load_stream
from gate import crossval, unseen
from gate.known_seeds import seeded
from topics.catalogue import build_catalogue, overlay
from topics.judge import Judge, shipped_judge
from topics.linear import Linear
from topics.model import Catalogue
from topics.reader import Weights, shipped_weights
from topics.rules import DEFAULT_RULES
from training.labelled import ROOT, SELF_WRITTEN, SHARED, read_jsonl, repository_catalogue

DATA = ROOT / "tests" / "data"
HARBOUR = DATA / "streams" / "harbour"
TOPICS = ("cloud-kyc", "us-china-partnerships", "outbound-investment")
LEAST = 0.1  # smallest weight of the shipped files
WAYS = ("trained", "left out", "added back")


@dataclass(frozen=True, slots=True)
class Count:
    """Alerts of some topics: right of raised, on time of gold."""

    right: int = 0
    raised: int = 0
    on_time: int = 0
    gold: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.right + other.right, self.raised + other.raised, self.on_time + other.on_time, self.gold + other.gold)

    def __str__(self) -> str:
        return f"right {self.right:3}/{self.raised:<3} on time {self.on_time:3}/{self.gold:<3}"


def blinded(weights: Weights, topic: str) -> Weights:
    """The weights without the topic: the models of passages and of whole articles give it no column, so that none is read as another's."""
    whole = left_out(weights.whole, topic) if weights.whole else None
    return replace(weights, topics=left_out(weights.topics, topic), whole=whole)


def left_out(model: Linear, topic: str) -> Linear:
    """A model without the topic's column, and without the features that weigh for no other topic."""
    kept = [n for n, label in enumerate(model.labels) if label != topic]
    names = sorted(model.vocabulary, key=model.vocabulary.__getitem__)
    weighed = np.abs(model.weights[:, kept]).max(axis=1) >= LEAST
    rows = [n for n, name in enumerate(names) if weighed[n] and not name.endswith((f"TM:{topic}", f"MA:{topic}"))]
    labels = tuple(model.labels[n] for n in kept)
    return Linear(labels, {names[r]: n for n, r in enumerate(rows)}, model.idf[rows], model.weights[rows][:, kept], model.bias[kept])


def without(topic: str) -> Catalogue:
    """The repository's catalogue without one topic."""
    whole = repository_catalogue()
    return replace(whole, topics=tuple(t for t in whole.topics if t.topic_id != topic), digest=h(whole.digest, "without", topic))


@cache
def with_data(topic: str) -> Catalogue:
    """The catalogue with the topic as a user's overlay adds it: seeds/ without it, then its own table with the sentences of the data."""
    tables = {stem: tomllib.loads((ROOT / "seeds" / f"{stem}.toml").read_text("utf-8")) for stem in ("topics", "entities", "matters")}
    written = {t["id"]: t for t in tomllib.loads((DATA / "thirteenth" / "topics.toml").read_text("utf-8"))["topic"]}
    own = {**next(t for t in tables["topics"]["topic"] if t["id"] == topic), **written[topic]}
    seeds = {"topic": [t for t in tables["topics"]["topic"] if t["id"] != topic]}
    return build_catalogue(overlay(seeds, {"topic": [own]}, "topic"), tables["entities"], tables["matters"])


@cache
def trained_alerts(folder: Path, weights: Path | None) -> list[dict[str, Any]]:
    """The alerts of the trained reader, the same whichever topic is looked at."""
    return raised(folder, *trained(weights), repository_catalogue())


def trained(folder: Path | None) -> tuple[Weights, Judge]:
    """Weights and judge that training wrote into a folder, else the shipped ones."""
    return (unseen.weights_in(folder), unseen.judge_in(folder)) if folder else (shipped_weights(), shipped_judge())


def raised(folder: Path, weights: Weights, judge: Judge, catalogue: Catalogue) -> list[dict[str, Any]]:
    """The alerts of a stream, read with these weights and decided night by night."""
    stream: Stream = load_stream(folder)
    readings = unseen.read_stream(stream, catalogue, [({night for night, _ in stream.nights}, weights)])
    known = seeded(folder.name in crossval.SEEDED or folder == HARBOUR, DEFAULT_RULES)
    moves, _ = crossval.predictions(stream, crossval.replay(stream, readings, catalogue, DEFAULT_RULES, known, lambda _: judge))
    return sorted((m for m in moves if m["severity"] == "alert"), key=lambda m: (m["night"], m["topic"]))


def counted(folder: Path, alerts: Sequence[Mapping[str, Any]], chosen: Callable[[str], bool]) -> Count:
    """Count the alerts of the chosen topics; one is right when a free gold move of its topic shares an article with it."""
    warmup = set(json.loads((folder / "stream.json").read_text("utf-8")).get("warmup_nights", ()))
    gold = [g for g in read_jsonl(folder / "moves.jsonl") if chosen(g["topic"])]
    counted_gold = [g for g in gold if g["severity"] == "alert" and not g.get("contested")]
    taken: dict[str, str] = {}
    total = 0
    for move in (m for m in alerts if chosen(m["topic"])):
        fits = [g for g in gold if g["topic"] == move["topic"] and set(g["articles"]) & set(move["articles"])]
        free = sorted((g for g in fits if g["id"] not in taken), key=lambda g: g["kind"] != move["kind"])
        contested = any(g.get("contested") for g in (free or fits)[:1])
        if contested or (not fits and move["night"] in warmup):
            continue
        total += 1
        if free:
            taken[free[0]["id"]] = move["night"]
    on_time = sum(taken.get(g["id"]) == g["night"] for g in counted_gold)
    return Count(len(taken), total, on_time, len(counted_gold))


def measured(folder: Path, topic: str, weights: Path | None, ways: Sequence[str] = WAYS) -> Iterator[tuple[str, Count, Count, list[Any]]]:
    """For each way: its name, the counts of the topic and of all others, and the topic's alerts; weights None = the shipped ones."""
    whole, judge = trained(weights)
    blind = blinded(whole, topic)
    for name in ways:
        if name == "trained":
            alerts = trained_alerts(folder, weights)
        else:
            alerts = raised(folder, blind, judge, without(topic) if name == "left out" else with_data(topic))
        own = counted(folder, alerts, lambda each: each == topic)
        yield name, own, counted(folder, alerts, lambda each: each != topic), [m for m in alerts if m["topic"] == topic]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--topics", default=",".join(TOPICS))
    parser.add_argument("--all", action="store_true", help="every shipped topic in turn")
    parser.add_argument("--streams", default=",".join((*SELF_WRITTEN, "harbour")))
    parser.add_argument("--weights", type=Path, default=ROOT / "var" / "training" / "weights", help="cross-validated, where there are any")
    parser.add_argument("--shipped", action="store_true")
    parser.add_argument("--alerts", action="store_true", help="list the alerts of the topic added back")
    parser.add_argument("--ways", default=",".join(WAYS))
    options = parser.parse_args()
    topics = [t.topic_id for t in repository_catalogue().topics] if options.all else options.topics.split(",")
    pooled: dict[tuple[str, str], Count] = {}
    for topic in topics:
        own: dict[str, Count] = {}
        others: dict[str, Count] = {}
        for stream in options.streams.split(","):
            folder = HARBOUR if stream == "harbour" else SHARED / "streams" / stream
            weights = options.weights / stream if (options.weights / stream).is_dir() and not options.shipped else None
            for name, mine, rest, alerts in measured(folder, topic, weights, options.ways.split(",")):
                own[name], others[name] = own.get(name, Count()) + mine, others.get(name, Count()) + rest
                for move in alerts if options.alerts and name == "added back" else ():
                    print(f"    {stream} {move['night']} {move['kind']} {move['articles'][:4]} {move['headline'][:110]}")
        for name, mine in own.items():
            print(f"{topic:24} {name:10}  {mine}   other topics {others[name]}", flush=True)
            pooled[name, "own"] = pooled.get((name, "own"), Count()) + mine
            pooled[name, "others"] = pooled.get((name, "others"), Count()) + others[name]
    for name in options.ways.split(","):
        print(f"{'all of these':24} {name:10}  {pooled[name, 'own']}   other topics {pooled[name, 'others']}")


if __name__ == "__main__":
    main()
