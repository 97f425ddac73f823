"""Sketches as packed arrays.

A BLOB of little-endian 64-bit numbers, because a list column costs 8 bytes a number as well and DuckDB 1.5 takes 58 s (2.0: 1.3 s) to bind
2,000 x 300 of them against 0.5 s (0.1 s) for blobs; weights are doubles, so that a sketch comes back as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from storage import bulk
from storage.errors import BadRecord
from topics.model import Sketch

COLUMNS = "scheme, shingles, bands, term_keys, term_weights, names, numbers, length"  # in the order that `unpack` takes


def pack(doc_id: str, rev: int, sketch: Sketch, run_seq: int) -> dict[str, Any]:
    """A row of the table sketch; raises BadRecord for a number that is no unsigned 64-bit integer."""
    try:
        return {
            "article_id": doc_id,
            "rev": rev,
            "scheme": sketch.scheme,
            "shingles": _ints(sketch.shingles),
            "bands": _ints(sketch.bands),
            "term_keys": _ints(key for key, _ in sketch.terms),
            "term_weights": np.array([weight for _, weight in sketch.terms], dtype="<f8").tobytes(),
            "names": _ints(sketch.names),
            "numbers": _ints(sketch.numbers),
            "length": sketch.length,
            "run_seq": run_seq,
        }
    except (OverflowError, ValueError, TypeError) as fault:
        msg = f"the sketch of {doc_id} rev {rev} holds a number outside 64 bits: {fault}"
        raise BadRecord(msg) from fault


def unpack(values: Sequence[Any]) -> Sketch:
    """The sketch behind the values of COLUMNS."""
    scheme, shingles, bands, term_keys, term_weights, names, numbers, length = values
    weights: list[float] = np.frombuffer(term_weights, dtype="<f8").tolist()
    terms = tuple(zip(_tuple(term_keys), weights, strict=True))
    return Sketch(scheme, _tuple(shingles), _tuple(bands), terms, _tuple(names), _tuple(numbers), length)


def add_sketches(con: bulk.Connection, sketches: Iterable[tuple[str, int, Sketch]], run_seq: int) -> None:
    """Insert the sketches (doc_id, rev, sketch) that are not there yet, with their bands."""
    wanted = {(doc_id, rev, sketch.scheme): sketch for doc_id, rev, sketch in sketches}
    ids = sorted({doc_id for doc_id, _, _ in wanted})
    there = set(bulk.fetch(con, "SELECT article_id, rev, scheme FROM sketch WHERE article_id IN (SELECT unnest(?::VARCHAR[]))", [ids]))
    fresh = [(key, sketch) for key, sketch in wanted.items() if key not in there]
    bulk.insert(con, "sketch", [pack(doc_id, rev, sketch, run_seq) for (doc_id, rev, _), sketch in fresh])
    bulk.insert(
        con,
        "band",
        [
            {"scheme": scheme, "key": band, "article_id": doc_id, "rev": rev}
            for (doc_id, rev, scheme), sketch in fresh
            for band in sorted(set(sketch.bands))
        ],
    )


def _ints(values: Iterable[int]) -> bytes:
    return np.array(list(values), dtype="<u8").tobytes()


def _tuple(blob: bytes) -> tuple[int, ...]:
    return tuple(np.frombuffer(blob, dtype="<u8").tolist())
