"""Cross-validated figures: each stream is read with weights that have seen nothing of it, decided night by night, and scored.

    PYTHONPATH=tests python -m gate.crossval [--weights DIR | --shipped] [--streams A,B] [--set RULE=VALUE ...]
        [--errors [--every] [--html DIR]]

DIR is what `make train` wrote (training.train_reader, then training.train_judge). Counts are pooled over the self-written streams.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from flows import errors_page, errors_text
from flows.errors_gold import load_gold
from flows.streams import Stream, load_stream
from gate.known_seeds import seeded
from gate.memory import Memory
from gate.unseen import Judges, judges_of, readings_of, shipped_parts, weights_of
from topics.decide import decide
from topics.errors.scene import Seen
from topics.errors.stream import DecidedStream, report
from topics.errors.xray import XRay
from topics.model import Catalogue, NightContext, NightResult, Reading
from topics.rules import DEFAULT_RULES, Rules
from topics.texts import READ
from training.labelled import REAL, ROOT, SELF_WRITTEN, SHARED, read_jsonl, repository_catalogue, scorer

SEEDED = ("nov-2026", "mar-2027", "sep-2026")
SHOWN = {"raised", "watch", "late"}


def replay(
    stream: Stream, readings: dict[str, Reading], catalogue: Catalogue, rules: Rules, memory: Memory, judges: Judges = None
) -> list[NightResult]:
    """Decide every night on what was known before it."""
    results = []
    for number, (night, articles) in enumerate(stream.nights, 1):
        tonight = [readings[a.article_id] for a in articles]
        result = decide(
            NightContext(night, number), tonight, memory.known(night), catalogue, rules, READ, judges(night) if judges else None
        )
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
    parser.add_argument("--every", action="store_true")
    parser.add_argument("--html", type=Path)
    parser.add_argument("--unjudged", action="store_true", help="decide without the judge of groups")
    parser.add_argument("--cache", type=Path, default=ROOT / "var" / "training" / "readings")
    parser.add_argument("--set", action="append", default=[])
    options = parser.parse_args()
    rules = replace(DEFAULT_RULES, **{k: type(getattr(DEFAULT_RULES, k))(float(v)) for k, v in (s.split("=") for s in options.set)})
    catalogue = repository_catalogue()
    pooled = [0, 0, 0, 0]
    for name in options.streams.split(","):
        stream = load_stream(SHARED / "streams" / name)
        parts = shipped_parts(stream) if options.shipped else weights_of(name, stream, options.weights)
        cache = options.cache.with_name(f"{options.cache.name}-shipped") if options.shipped else options.cache
        readings = readings_of(name, stream, catalogue, cache, parts)
        results = replay(stream, readings, catalogue, rules, seeded(name in SEEDED, rules), judges_of(name, stream, options))
        figures = score(name, stream, results)
        print(line(name, figures), flush=True)
        if options.errors:
            show_errors(name, stream, results, readings, options, rules)
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


def show_errors(
    name: str, stream: Stream, results: list[NightResult], readings: dict[str, Reading], options: argparse.Namespace, rules: Rules
) -> None:
    """Explain every wrong decision as `topicwatch replay --errors` does, with the weights that read the night; --html DIR writes pages."""
    catalogue, gold = repository_catalogue(), load_gold(SHARED / "streams" / name, stream)
    memory, nights, judges = seeded(name in SEEDED, rules), dict[date, Seen](), judges_of(name, stream, options)
    for (night, articles), result in zip(stream.nights, results, strict=True):
        tonight = tuple(readings[a.article_id] for a in articles)
        nights[night] = Seen(result.context, tonight, memory.known(night), result, judges(night) if judges else None)
        memory = memory.take(result, tonight)
    parts = shipped_parts(stream) if options.shipped else weights_of(name, stream, options.weights)
    xrays = [(own, XRay(weights, catalogue)) for own, weights in parts]
    xray = {night: x for own, x in xrays for night in own}
    decided = DecidedStream(name, stream.ids, tuple(results), nights.__getitem__, catalogue, rules, xray.__getitem__)
    found = report(decided, gold, everything=options.every)
    for text in errors_text.summary_lines(found) if options.html else errors_text.report_lines(found):
        print(text)
    if options.html:
        errors_page.write(options.html / f"{name}.html", found)


if __name__ == "__main__":
    main()
