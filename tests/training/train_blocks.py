"""Train the block model: python -m training.train_blocks [--out DIR] [--cross DIR]. About eight minutes on one core.

Reads ../shared/extraction (its dev part). Writes to --cross (var/blocks) one model for each fold of publishers, fitted on the other
folds, which tests/gate/extraction.py reads with; a fold that is there is not fitted again: empty the folder after a change. Writes to
--out (extractors/weights) the model of all pages, with what its certainty is worth as measured on those folds. Same data, same files.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from extractors.block_model import FIRST, SECOND, TRUST, read_model
from training.block_fit import fit
from training.block_read import page_f1, read_part
from training.block_rows import Page, fold_of, read_pages
from training.labelled import ROOT, SHARED

FOLDS = 4
CROSS = ROOT / "var" / "blocks"
FLAT = ("own\t0\t0", "own\t1\t1", "other\t0\t0", "other\t1\t1")  # trust is the raw measure itself
OWN_BINS = (0.0, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 0.995, 1.0)
OTHER_BINS = (0.0, 0.7, 0.9, 1.0)
LEAST = 8  # pages; the mean of fewer says nothing
TREES = "how a tree reads: extractors/block_trees.py"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "extractors" / "weights")
    parser.add_argument("--cross", type=Path, default=CROSS)
    options = parser.parse_args()
    folder = SHARED / "extraction" / "dev"
    pages = list(read_pages(folder))
    for fold in range(FOLDS):
        place = options.cross / f"fold-{fold}"
        if not (place / TRUST).exists():
            write(place, *fit([page for page in pages if fold_of(page.gold["domain"], FOLDS) != fold]), FLAT)
    write(options.out, *fit(pages), trust(folder, pages, options.cross))


def trust(folder: Path, pages: Sequence[Page], cross: Path) -> list[str]:
    """Measure what certainty and agreement are worth on publishers that the model has not seen."""
    found: dict[str, list[tuple[float, float]]] = {"own": [], "other": []}
    golds = {page.gold["id"]: page.gold for page in pages if "suspect" not in page.gold}
    for fold in range(FOLDS):
        for row in read_part(folder, read_model(cross / f"fold-{fold}"), fold, FOLDS):
            if row.page_id in golds:
                found["own" if row.extractor == "blocks" else "other"].append((row.raw, page_f1(golds[row.page_id]["body"], row.text)))
    curves = (("own", _curve(found["own"], OWN_BINS)), ("other", _curve(found["other"], OTHER_BINS)))
    return [f"{name}\t{raw:.3f}\t{value:.3f}" for name, points in curves for raw, value in points]


def _curve(pairs: Sequence[tuple[float, float]], bins: Sequence[float]) -> Iterator[tuple[float, float]]:
    """Yield the mean of each bin that holds LEAST pages, at the bin's mean, never falling."""
    best = 0.0
    for low, high in pairwise(bins):
        inside = [pair for pair in pairs if low <= pair[0] < high or pair[0] == high == bins[-1]]
        if len(inside) >= LEAST:
            best = max(best, sum(score for _, score in inside) / len(inside))
            yield sum(raw for raw, _ in inside) / len(inside), best


def write(folder: Path, first: Sequence[str], second: Sequence[str], curves: Sequence[str]) -> None:
    """Write the three files of a model; the last one stands for all."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, what, lines in (
        (FIRST, f"The first pass of the block model; {TREES}", first),
        (SECOND, f"The second pass of the block model; {TREES}", second),
        (TRUST, "Mean F1 of unseen pages: by the certainty of our body (own), by the agreement of trafilatura's with ours (other)", curves),
    ):
        (folder / name).write_text(f"# {what}. Written by tests/training/train_blocks.py.\n" + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
