"""What the second pass of the block model is told beside the features: how the first pass judged the block's surroundings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extractors.block_features import shared_path
from extractors.block_texts import Columns
from extractors.blocks import Block

STEPS = (-5, -4, -3, -2, -1, 1, 2, 3, 4, 5)


def context(blocks: Sequence[Block], columns: Columns, chance: NDArray[Any]) -> Columns:
    """Return one column a feature from the first pass's probabilities `chance`; `mass` below is the length believed to be body."""
    length = np.asarray(columns["length"], dtype=np.float64)
    mass = chance * length
    return {
        "first": chance,
        "page_sure": np.full(len(blocks), float((np.abs(chance - 0.5) * 2 * length).sum() / (length.sum() or 1.0))),
        **_along(chance, mass, length),
        **_gaps(chance, length),
        **_containers(blocks, chance, mass, length),
        **_from_best(blocks, columns, mass),
    }


def _along(chance: NDArray[Any], mass: NDArray[Any], length: NDArray[Any]) -> Columns:
    """Look along the page: the neighbours' probabilities, windows, what came before and what follows."""
    count = len(chance)
    where = np.arange(count)
    found: Columns = {}
    for step in STEPS:
        at = where + step
        found[f"first{step:+d}"] = np.where((at >= 0) & (at < count), chance[np.clip(at, 0, count - 1)], -1.0)
    masses, lengths = np.concatenate([[0.0], np.cumsum(mass)]), np.concatenate([[0.0], np.cumsum(length)])
    for reach in (3, 8):
        low, high = np.maximum(0, where - reach), np.minimum(count, where + reach + 1)
        found[f"mean_{reach}"] = (masses[high] - masses[low]) / (lengths[high] - lengths[low])
    total = masses[-1]
    kept = np.flatnonzero(chance > 0.5)
    first, last = (kept[0], kept[-1]) if len(kept) else (0, count - 1)
    return found | {
        "mass": np.full(count, total), "mass_before": masses[:-1] / (total or 1.0), "mass_after": total - masses[1:],
        "mass_after_share": (total - masses[1:]) / (total or 1.0), "from_first": where - first, "to_last": last - where,
    }  # fmt: skip


def _gaps(chance: NDArray[Any], length: NDArray[Any]) -> Columns:
    """Measure the doubtful text between the block and the nearest firm paragraph on each side."""
    doubt = ((1 - chance) * np.minimum(length, 400)).tolist()
    firm = ((chance > 0.6) & (length > 60)).tolist()
    return {"gap_before": np.array(_gap(doubt, firm)), "gap_after": np.array(_gap(doubt[::-1], firm[::-1])[::-1])}


def _gap(doubt: Sequence[float], firm: Sequence[bool]) -> list[float]:
    found, gap = [], 0.0
    for amount, is_firm in zip(doubt, firm, strict=True):
        found.append(gap)
        gap = 0.0 if is_firm else gap + amount
    return found


def _containers(blocks: Sequence[Block], chance: NDArray[Any], mass: NDArray[Any], length: NDArray[Any]) -> Columns:
    """Ask what the first pass thinks of the parents' other blocks, and of those that look alike."""
    total = float(mass.sum()) or 1.0
    found: Columns = {}
    for name, up in (("parent", 2), ("grand", 3), ("great", 4)):
        ids = np.array([block.path[-up] if len(block.path) >= up else 0 for block in blocks])
        masses = np.bincount(ids, weights=mass)
        found[f"mean_{name}"] = (masses / np.maximum(np.bincount(ids, weights=length), 1.0))[ids]
        found[f"mass_{name}"] = masses[ids] / total
    numbers: dict[str, int] = {}
    ids = np.array([numbers.setdefault(block.look, len(numbers)) for block in blocks])
    masses = np.bincount(ids, weights=mass)
    highest = np.zeros(len(numbers))
    np.maximum.at(highest, ids, chance)
    return found | {
        "mean_alike": (masses / np.maximum(np.bincount(ids, weights=length), 1.0))[ids], "mass_alike": masses[ids] / total,
        "best_alike": highest[ids],
    }  # fmt: skip


def _from_best(blocks: Sequence[Block], columns: Columns, mass: NDArray[Any]) -> Columns:
    """Count the steps in the tree to the block that is body most of all."""
    path = blocks[int(np.argmax(mass))].path
    common = np.array([shared_path(block.path, path) for block in blocks])
    return {"up_to_best": columns["depth"] - common, "down_to_best": len(path) - common}
