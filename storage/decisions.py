"""What one run decided, as text that can be compared byte by byte."""

from __future__ import annotations

import json

from storage import bulk, rows

TABLES = {
    "verdict": (rows.VERDICT, "article_id, rev"),
    "move": (rows.MOVE, "move_id"),
    "ledger": (rows.LEDGER, "ledger_id"),
}


def decisions(con: bulk.Connection, run_seq: int) -> tuple[str, ...]:
    """Give the run's verdicts, moves and new steps, one JSON line a row, in the order of their ids."""
    lines = []
    for table, (columns, order) in TABLES.items():
        found = bulk.fetch(con, f"SELECT {columns} FROM {table} WHERE run_seq = ? ORDER BY {order}", [run_seq])  # noqa: S608
        lines += [json.dumps([table, *values], ensure_ascii=False, default=str) for values in found]
    return tuple(lines)
