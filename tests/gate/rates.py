"""Per topic what is raised wrongly and what is missed, cross-validated: python -m gate.rates [--streams A,B] > seeds/rates.toml

Every alert says these figures of its topics, so that its reader knows how far to trust it. Counts are summed over the self-written and
the real streams of ../shared, each read and decided by weights that have seen nothing of it (after `make train`); a move counts as missed
when no alert tells it on its own night.
"""

from __future__ import annotations

import argparse
from collections import Counter
from typing import Any

from flows.streams import load_stream
from gate import crossval
from gate.known_seeds import seeded
from gate.unseen import judges_of, readings_of, weights_of
from topics.rules import DEFAULT_RULES
from training.labelled import REAL, ROOT, SELF_WRITTEN, SHARED, read_jsonl, repository_catalogue, scorer

HEAD = """# Measured per topic, cross-validated (python -m gate.rates, after make train): alerts raised, how many of them were wrong, alert
# moves that there were, and how many of them no alert told on their own night. Every alert says them. An overlay may give your own.
"""
COUNTS = ("raised", "wrong", "moves", "missed")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--streams", default=",".join((*SELF_WRITTEN, *REAL)))
    options = parser.parse_args()
    total: dict[str, Counter[str]] = {t.topic_id: Counter() for t in repository_catalogue().topics}
    for name in options.streams.split(","):
        for topic, counts in counts_of(name).items():
            total[topic].update(counts)
    print(HEAD, *(table(topic, counts) for topic, counts in total.items()), sep="\n", end="")


def table(topic: str, counts: Counter[str]) -> str:
    """One topic as a table of the file."""
    return "\n".join([f"[rates.{topic}]", *(f"{name} = {counts[name]}" for name in COUNTS), ""])


def counts_of(name: str) -> dict[str, Counter[str]]:
    """The counts of one stream by topic, matched as its scorer matches them."""
    options = argparse.Namespace(weights=ROOT / "var" / "training" / "weights", shipped=False, unjudged=False)
    stream, catalogue = load_stream(SHARED / "streams" / name), repository_catalogue()
    cache = ROOT / "var" / "training" / "readings"
    readings = readings_of(name, stream, catalogue, cache, weights_of(name, stream, options.weights))
    memory = seeded(name in crossval.SEEDED, DEFAULT_RULES)
    results = crossval.replay(stream, readings, catalogue, DEFAULT_RULES, memory, judges_of(name, stream, options))
    raised, _ = crossval.predictions(stream, results)
    folder = SHARED / "streams" / name
    return count(raised, read_jsonl(folder / "moves.jsonl"), {night.isoformat() for night, _ in stream.nights if night in stream.warmup})


def count(raised: list[dict[str, Any]], gold: list[dict[str, Any]], warmup: set[str]) -> dict[str, Counter[str]]:
    """Sum up raised alerts and labelled alert moves by topic; contested ones count neither way."""
    out: dict[str, Counter[str]] = {}
    told: dict[str, str] = {}
    for move, found, how in scorer().match_moves(raised, gold, warmup):
        if move["severity"] != "alert":
            continue
        out.setdefault(move["topic"], Counter()).update(raised=1, wrong=int(how != "hit"))
        if how == "hit":
            told[found["id"]] = move["night"]
    for each in gold:
        if each["severity"] == "alert" and not each.get("contested"):
            late = told.get(each["id"]) != each["night"]
            out.setdefault(each["topic"], Counter()).update(moves=1, missed=int(late))
    return out


if __name__ == "__main__":
    main()
