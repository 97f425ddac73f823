"""make bench: what reading costs, how a night's time grows with the past, and how far confidence can be believed.

    PYTHONPATH=.:tests python -m bench.run [ARTICLES ...] [--out DIR]

ARTICLES are the sizes of the past (10000 100000 1000000). Figures are printed, plots and bench.json go to var/bench; nothing passes or
fails here.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import plot
from bench.curve import STAGES, Point, measure, read_all, tonight
from bench.past import A_NIGHT
from bench.reading import GOAL_MS, Cost, page_cost, reading_costs
from bench.reliability import Reliability, reliability, told_moves
from bench.streams import kept, own
from topics.model import Catalogue
from training.labelled import ROOT, repository_catalogue

SIZES = (10_000, 100_000, 1_000_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "bench")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    catalogue = repository_catalogue()
    costs = show_reading(catalogue)
    trusted = show_reliability(catalogue, options.out)
    points = show_curve(sorted(set(options.articles)), catalogue, options.out, sum(c.mean for c in costs if c.what in ALL_IN))
    figures = {"reading": costs, "curve": points, "reliability": trusted}
    plain: Any = json.loads(json.dumps(figures, default=asdict))
    (options.out / "bench.json").write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")
    print(f"\nplots and bench.json are in {options.out}")


ALL_IN = ("page to text", "read article")


def show_reading(catalogue: Catalogue) -> list[Cost]:
    """Print what reading costs."""
    costs = [page_cost(), *reading_costs(catalogue)]
    print("reading, milliseconds of one core a text (mean / median / 99 of 100)")
    for each in costs:
        print(
            f"  {each.what:14} {each.mean:6.2f} / {each.median:6.2f} / {each.worst:6.2f}   {each.mean / GOAL_MS:.2f} of the goal,"
            f" {each.texts} texts"
        )
    return costs


def show_reliability(catalogue: Catalogue, out: Path) -> dict[str, Reliability]:
    """Print the reliability of confidences, on kept cross-validated readings and on the repository's own streams."""
    made = {}
    for name, labelled in (("cross-validated", list(kept())), ("own streams", list(own(catalogue)))):
        told = told_moves(labelled, catalogue)
        if not told:
            continue
        made[name] = found = reliability(told)
        print(f"\nconfidence of moves, {name} ({', '.join(each.name for each in labelled)})")
        print(f"  {found.moves} moves, {found.right:.3f} right; Brier score {found.brier:.3f}, expected calibration error {found.gap:.3f}")
        for each in found.bins:
            print(f"  {each.low:.1f}-{each.low + 0.1:.1f}  {each.count:4} moves  confidence {each.confidence:.3f}  right {each.right:.3f}")
        svg = plot.diagram(f"Confidence of moves, {name}", [(b.confidence, b.right, b.count) for b in found.bins])
        (out / f"reliability-{name.replace(' ', '-')}.svg").write_text(svg, encoding="utf-8")
    return made


def show_curve(sizes: Sequence[int], catalogue: Catalogue, out: Path, reading_ms: float) -> list[Point]:
    """Print the night's time on each past as it comes, and the ratios to the smallest."""
    print(
        f"\na night of {A_NIGHT:,} items, seconds by stage (reading apart)\n"
        f"     stored    steps  {'  '.join(f'{s:>7}' for s in STAGES)}    total  processor  ms an item  to the first"
    )
    articles = tonight()
    readings = read_all(articles, catalogue)
    points: list[Point] = []
    for size in sizes:
        with tempfile.TemporaryDirectory(dir=out, prefix="store-") as folder:
            points.append(measure(Path(folder), size, articles, readings, catalogue))
        print(f"  {row(points[-1], points[0])}", flush=True)
    last = points[-1]
    share = 1000 * last.seconds["decide"] / A_NIGHT
    print(
        f"  all in, an article on a past of {last.stored:,}: {reading_ms + share:.1f} ms of one core,"
        f" {(reading_ms + share) / GOAL_MS:.2f} of the goal"
    )
    series = {stage: [(p.stored, 1000 * p.seconds[stage] / A_NIGHT) for p in points] for stage in STAGES}
    total = [(p.stored, 1000 * p.total / A_NIGHT) for p in points]
    svg = plot.lines(f"A night of {A_NIGHT:,} items by what is stored", "articles stored", "ms an item", {"total": total, **series})
    (out / "curve.svg").write_text(svg, encoding="utf-8")
    return points


def row(point: Point, first: Point) -> str:
    """One line of the curve."""
    stages = "  ".join(f"{point.seconds[stage]:7.2f}" for stage in STAGES)
    known = ", ".join(f"{count:,} {name}" for name, count in point.sizes.items())
    return (
        f"{point.stored:9,} {point.steps:8,}  {stages}  {point.total:7.2f}  {point.processor:9.2f}  {1000 * point.total / A_NIGHT:10.2f}"
        f"  {point.total / first.total:12.2f}   known: {known}; {point.megabytes:,} MB"
    )


if __name__ == "__main__":
    main()
