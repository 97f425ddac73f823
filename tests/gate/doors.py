"""How many articles that tell a move the doors let in, and how many off-topic ones they spare: `python -m gate.doors [FOLDER ...]`.

Measured on titles and the first 200 characters, as a feed would list them; each folder holds streams in the shared format.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.seeding import load_catalogue
from topics.doors import Doors

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("TOPICWATCH_SHARED", ROOT.parent / "shared"))
SUMMARY = 200


@dataclass(frozen=True, slots=True)
class Let:
    """What the doors did with one stream."""

    name: str
    moves: int  # articles that tell a move
    let_in: int
    off: int  # articles on no topic
    spared: int
    lost: tuple[str, ...]  # titles of articles that tell a move and were not let in


def measure(folders: Sequence[Path], doors: Doors) -> list[Let]:
    """Measure every stream below the folders."""
    return [_measured(path.parent, doors) for folder in folders for path in sorted(folder.glob("*/gold.jsonl"))]


def _measured(stream: Path, doors: Doors) -> Let:
    gold = {row["id"]: row for row in _rows(stream / "gold.jsonl")}
    open_for = {row["id"]: doors.open_for(row["title"], (row["body"] or "")[:SUMMARY]) for row in _rows(stream / "articles.jsonl")}
    titles = {row["id"]: row["title"] for row in _rows(stream / "articles.jsonl")}
    moves = [i for i in open_for if gold[i]["moves"]]
    off = [i for i in open_for if not gold[i]["topics"]]
    lost = tuple(titles[i] for i in moves if not open_for[i])
    return Let(stream.name, len(moves), len(moves) - len(lost), len(off), sum(not open_for[i] for i in off), lost)


def total(found: Sequence[Let]) -> Let:
    """Add streams up."""
    lost = tuple(title for each in found for title in each.lost)
    return Let(
        "all", sum(f.moves for f in found), sum(f.let_in for f in found), sum(f.off for f in found), sum(f.spared for f in found), lost
    )


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def main() -> None:
    """Print one line a stream, and what was lost."""
    folders = [Path(arg) for arg in sys.argv[1:]] or [SHARED / "streams"]
    found = measure(folders, Doors(load_catalogue(ROOT / "seeds", ROOT / "seeds" / "none")))
    for each in (*found, total(found)):
        recall, saving = each.let_in / max(each.moves, 1), each.spared / max(each.off, 1)
        let_in, spared = f"{each.let_in:>5} of {each.moves:>5} ({recall:.3f})", f"{each.spared:>6} of {each.off:>6} ({saving:.3f})"
        print(f"{each.name:<14} let in {let_in}   spared {spared}")
    for title in total(found).lost:
        print(f"lost: {title}")


if __name__ == "__main__":
    main()
