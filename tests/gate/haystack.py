"""The haystack: real pages of other subjects, served from loopback and read as one night; what is raised is nearly all wrong.

    PYTHONPATH=tests python -m gate.haystack [--home DIR]

Uses ../shared/extraction/dev, the seeds as an armed baseline, the real client, parsers, store and decisions.
"""

from __future__ import annotations

import argparse
import shutil
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from flows.pipeline import Plan, run_night
from flows.settings import read_settings
from flows.summary import Summary
from flows.wiring import open_tools
from newsroom.shelf import PageShelf
from topics.model import Move
from training.labelled import ROOT, SHARED

NIGHT = datetime(2026, 10, 20, 20, tzinfo=UTC)


def run_haystack(home: Path) -> tuple[Summary, tuple[Move, ...], int]:
    """Read every page in a fresh home; gives the summary, the moves raised or watched, and the number of pages."""
    shutil.rmtree(home, ignore_errors=True)
    with PageShelf(SHARED / "extraction" / "dev" / "pages", now=NIGHT) as shelf:
        pairs = ",".join(f"{host}:{port}" for host, port in sorted(shelf.allowed_private))
        settings = read_settings(
            {"TOPICWATCH_HOME": str(home), "TOPICWATCH_ALLOW_PRIVATE": pairs, "TOPICWATCH_CONTACT": "tests@topicwatch.invalid"}
        )
        with open_tools(settings) as tools:
            own = replace(tools, seeds=replace(tools.seeds, sources=shelf.sources()))
            plan = Plan(NIGHT.date(), NIGHT, "night", shelf.sources(), force=True, armed=True)
            summary = run_night(own, plan)
            with tools.store.read() as reads:
                moves = tuple(row.move for row in reads.moves())
        return summary, moves, len(shelf.page_ids)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=ROOT / "var" / "haystack")
    summary, moves, pages = run_haystack(parser.parse_args().home)
    print(f"{pages} pages: {summary.articles} articles decided, {summary.kept} on a topic, outcome {summary.outcome}")
    for reason, count in summary.dropped:
        print(f"  {count:5}  {reason}")
    print("moves:", dict(Counter(str(m.disposition) for m in moves)))
    for move in moves:
        first = move.evidence[0]
        print(f"  {move.disposition} {move.topic} {move.kind} {move.confidence:.2f} {move.headline[:110]}\n      {first.quote[:180]}")


if __name__ == "__main__":
    main()
