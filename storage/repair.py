"""Accepting a loss: move what is unreadable aside, keep what is left, and never give a lost run number again."""

from __future__ import annotations

from pathlib import Path

import duckdb

from storage.connection import Limits, open_writer
from storage.counters import counters
from storage.errors import StoreDamaged
from storage.model import Damage
from storage.schema import migrate
from storage.side_record import SideRecord, missing, read_side, write_side


def accept(database: Path, side: Path, limits: Limits) -> Damage:
    """Open what can be opened, set the run number floor, and write a new side record; the caller holds db.lock."""
    moved: list[Path] = []
    acknowledged = _read_or_move(side, moved)
    con = _open(database, limits, moved)
    try:
        migrate(con, str(database))
        lost = missing(acknowledged, counters(con))
        if lost:
            con.execute("UPDATE meta SET value = greatest(value::BIGINT, ?)::VARCHAR WHERE key = 'run_seq_floor'", [acknowledged.run_seq])
            # A recorded baseline may be among the lost rows, so the next run brings it again.
            con.execute("DELETE FROM meta WHERE key = 'baseline_digest'")
        write_side(side, counters(con))
    finally:
        con.close()
    return Damage(tuple((name, known, found) for name, (known, found) in sorted(lost.items())), tuple(moved))


def _read_or_move(side: Path, moved: list[Path]) -> SideRecord:
    try:
        return read_side(side) or SideRecord()
    except StoreDamaged:
        moved.append(_aside(side))
        return SideRecord()


def _open(database: Path, limits: Limits, moved: list[Path]) -> duckdb.DuckDBPyConnection:
    """Try the file as it is, then without its WAL, then a new one."""
    for suspect in (database.with_name(database.name + ".wal"), database):
        try:
            return open_writer(database, limits)
        except StoreDamaged:
            if suspect.exists():
                moved.append(_aside(suspect))
    return open_writer(database, limits)


def _aside(path: Path) -> Path:
    number = 1
    while (target := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    return path.rename(target)
