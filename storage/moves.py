"""Moves as stored: when one counts as told, and which row of one is in force."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from storage import bulk, rows
from storage.as_of import View
from storage.model import MoveRow
from topics.model import Kind, MoveDisposition, severity_of


def only_watched(kind: Kind, disposition: MoveDisposition) -> bool:
    """True for a step that would alert but was too thin for it: it may still be raised, so it was not told yet."""
    return disposition == "watch" and severity_of(kind) == "alert"


def told_moves(con: bulk.Connection, view: View) -> frozenset[str]:
    """Every move that was raised, learnt or backfilled as far as the view reaches."""
    found = bulk.fetch(con, f"SELECT move_id, kind, disposition FROM move m WHERE {view.rows('m')}")  # noqa: S608
    return frozenset(move_id for move_id, kind, disposition in found if not only_watched(kind, disposition))


def move_rows(con: bulk.Connection, where: str, values: Sequence[Any]) -> tuple[MoveRow, ...]:
    """The latest row of each move among those that pass the filter over `m`, by night and id."""
    query = f"""SELECT {rows.MOVE}, run_seq FROM move m WHERE {where}
        QUALIFY row_number() OVER (PARTITION BY move_id ORDER BY run_seq DESC) = 1 ORDER BY night, move_id"""  # noqa: S608
    return tuple(MoveRow(rows.to_move(found[:-1]), found[-1]) for found in bulk.fetch(con, query, values))
