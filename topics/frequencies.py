"""How common a term is: document frequencies counted once from our own labelled texts (tests/training/make_df.py)."""

from __future__ import annotations

import math
from functools import cache
from importlib.resources import files


@cache
def _table() -> tuple[int, dict[str, int]]:
    """Number of documents, and documents per term; terms below the table's floor are absent."""
    lines = files("topics").joinpath("weights/df.tsv").read_text(encoding="utf-8").splitlines()
    counts: dict[str, int] = {}
    for line in lines[1:]:
        count, terms = line.split("\t", 1)
        counts.update(dict.fromkeys(terms.split(" "), int(count)))
    return int(lines[0].split("\t")[1]), counts


def idf(term: str) -> float:
    """Smoothed inverse document frequency, 1 for a term in every document; a term that is not in the table counts as seen once."""
    documents, counts = _table()
    return math.log((1 + documents) / (1 + counts.get(term, 1))) + 1.0
