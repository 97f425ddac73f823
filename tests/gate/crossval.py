"""Cross-validated figures: each stream is read with weights that have seen nothing of it, decided night by night, and scored.

    PYTHONPATH=tests python -m gate.crossval [--weights DIR | --shipped] [--streams A,B] [--errors] [--set RULE=VALUE ...]

DIR is what `python -m training.train_reader --cross` wrote. Counts are pooled over the self-written streams.
"""

from __future__ import annotations

import argparse
import json
import pickle
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from flows.streams import Stream, load_stream
from gate.known_seeds import seeded
from topics.combiner import parse_combiner
from topics.decide import decide
from topics.linear import parse_linear
from topics.memory import Memory
from topics.model import Catalogue, NightContext, NightResult, Reading
from topics.reader import BuiltinReader, Weights, shipped_weights
from topics.rules import DEFAULT_RULES, Rules
from topics.texts import READ
from training.folds import half_of
from training.labelled import REAL, ROOT, SELF_WRITTEN, SHARED, read_jsonl, repository_catalogue, scorer

SEEDED = ("nov-2026", "mar-2027", "sep-2026")
SHOWN = {"raised", "watch", "late"}


def weights_in(folder: Path) -> Weights:
    """The weights that training wrote into a folder."""
    text = {p.stem: p.read_text(encoding="utf-8") for p in folder.glob("*.tsv")}
    priors = dict(line.split("\t") for line in text["priors"].splitlines() if not line.startswith("#"))
    combiners = {route: parse_combiner(text[f"combiner-{route}"]) for route in ("article", "official", "brief")}
    return Weights(parse_linear(text["topics"]), parse_linear(text["acts"]), combiners, {k: float(v) for k, v in priors.items()})


def read_stream(stream: Stream, catalogue: Catalogue, weights: Iterable[tuple[set[date], Weights]]) -> dict[str, Reading]:
    """Read every article once, each night with the weights that belong to it."""
    out = {}
    for nights, used in weights:
        reader = BuiltinReader(used)
        for night, articles in stream.nights:
            if night in nights:
                out.update({a.article_id: reader.read(replace(a, rev=1), catalogue) for a in articles})
    return out


def replay(stream: Stream, readings: dict[str, Reading], catalogue: Catalogue, rules: Rules, memory: Memory) -> list[NightResult]:
    """Decide every night on what was known before it."""
    results = []
    for number, (night, articles) in enumerate(stream.nights, 1):
        tonight = [readings[a.article_id] for a in articles]
        result = decide(NightContext(night, number), tonight, memory.known(night), catalogue, rules, READ)
        memory = memory.take(result, tonight)
        results.append(result)
    return results


def predictions(stream: Stream, results: list[NightResult]) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """(raised moves, decisions by article) in the scorer's form."""
    from flows.replay import article_row, move_row  # noqa: PLC0415  # flows.replay pulls in storage, which tuning does not need

    moves = [move_row(m, stream.ids) for r in results for m in r.moves if m.disposition in SHOWN]
    return moves, {row["id"]: row for r in results for v in r.verdicts for row in [article_row(v, stream.ids)]}


def score(name: str, stream: Stream, results: list[NightResult]) -> dict[str, Any]:
    """The scorer's figures for one of the shared streams."""
    return score_folder(SHARED / "streams" / name, stream, results)


def score_folder(folder: Path, stream: Stream, results: list[NightResult]) -> dict[str, Any]:
    """The scorer's figures for a stream folder."""
    judge = scorer()
    gold, moves = read_jsonl(folder / "gold.jsonl"), read_jsonl(folder / "moves.jsonl")
    about = json.loads((folder / "stream.json").read_text(encoding="utf-8"))
    raised, decided = predictions(stream, results)
    relation = {g["id"]: g["relation"] for g in gold}
    figures: dict[str, Any] = judge.score_moves(raised, moves, relation, set(about.get("warmup_nights", [])))
    figures["articles"] = judge.score_articles(decided, gold)
    figures["pairs"] = judge.match_moves(raised, moves, set(about.get("warmup_nights", [])))
    return figures


def line(name: str, figures: dict[str, Any]) -> str:
    """One line of the figures that count."""
    alert, articles = figures["alert"], figures["articles"]
    hits, on_time = round(alert["precision"] * alert["raised"]), round(alert["recall_same_night_as_alert"] * alert["gold"])
    copies = " ".join(f"{k[:4]} {v['caught']}/{v['gold']}" for k, v in articles["duplicates"].items())
    return (
        f"{name:12} right {hits}/{alert['raised']} on time {on_time}/{alert['gold']}"
        f"  kind {alert['kind_right']:.2f} quote {alert['quote_right']:.2f}"
        f"  {copies} dup P {articles['duplicate_precision']:.2f} lost {len(articles['moves_lost_as_duplicates'])}"
        f"  topics {articles['topics']['f1']:.3f} stories {articles['stories_bcubed']['f1']:.3f}  wrong {alert['wrong']}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=ROOT / "var" / "training" / "weights")
    parser.add_argument("--shipped", action="store_true")
    parser.add_argument("--streams", default=",".join((*SELF_WRITTEN, *REAL)))
    parser.add_argument("--errors", action="store_true")
    parser.add_argument("--cache", type=Path, default=ROOT / "var" / "training" / "readings")
    parser.add_argument("--set", action="append", default=[])
    options = parser.parse_args()
    rules = replace(DEFAULT_RULES, **{k: type(getattr(DEFAULT_RULES, k))(float(v)) for k, v in (s.split("=") for s in options.set)})
    catalogue = repository_catalogue()
    pooled = [0, 0, 0, 0]
    for name in options.streams.split(","):
        stream = load_stream(SHARED / "streams" / name)
        readings = cached(name, stream, catalogue, options)
        results = replay(stream, readings, catalogue, rules, seeded(name in SEEDED, rules))
        figures = score(name, stream, results)
        print(line(name, figures), flush=True)
        if options.errors:
            show_errors(name, figures)
        if name in SELF_WRITTEN:
            alert = figures["alert"]
            counts = (
                alert["precision"] * alert["raised"],
                alert["raised"],
                alert["recall_same_night_as_alert"] * alert["gold"],
                alert["gold"],
            )
            pooled = [a + round(b) for a, b in zip(pooled, counts, strict=True)]
    if pooled[1]:
        right, raised, on_time, gold = pooled
        print(f"{'pooled':12} right {right}/{raised} = {right / raised:.3f}  on time {on_time}/{gold} = {on_time / gold:.3f}")


def cached(name: str, stream: Stream, catalogue: Catalogue, options: argparse.Namespace) -> dict[str, Reading]:
    """The readings of a stream, kept between runs of the same weights."""
    path = options.cache / f"{name}-{'shipped' if options.shipped else 'cross'}.pickle"
    if path.exists():
        found: dict[str, Reading] = pickle.loads(path.read_bytes())
        return found
    nights = [night for night, _ in stream.nights]
    if options.shipped:
        parts = [(set(nights), shipped_weights())]
    elif name in REAL:
        halves = [{date.fromisoformat(n) for n in half_of([n.isoformat() for n in nights], half)} for half in (0, 1)]
        parts = [(halves[half], weights_in(options.weights / f"real-{half}")) for half in (0, 1)]
    else:
        parts = [(set(nights), weights_in(options.weights / name))]
    readings = read_stream(stream, catalogue, parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pickle.dumps(readings))
    return readings


def show_errors(name: str, figures: dict[str, Any]) -> None:
    """Name every wrong alert and every missed move."""
    texts = {a["id"]: a for a in read_jsonl(SHARED / "streams" / name / "articles.jsonl")}
    for move, gold, how in figures["pairs"]:
        if how != "hit" and move["severity"] == "alert":
            first = texts[move["articles"][0]]
            told = gold["id"] if gold else ""
            print(f"   {how}: {move['night']} {move['topic']} {move['kind']} {move['articles'][:4]} {told} | {first['title'][:90]}")
            print(f"        {next(iter(move['quotes'].values()), '')[:160]}")
    print("   missed:", figures["alert"]["missed"])


if __name__ == "__main__":
    main()
