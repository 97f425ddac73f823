"""Runs and what sources did in them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from extractors.model import Cursor, Entry
from storage import bulk, rows
from storage.errors import StoreError
from storage.model import Run, RunOutcome, RunSource

RUN = """run_seq, base_run_seq, run_id, mode, night, epoch_us(as_of), epoch_us(window_from), epoch_us(window_to), config_digest,
    baseline_digest, reader_version, code_version, epoch_us(started_at), epoch_us(finished_at), outcome, counts"""
RUN_SOURCE = """run_seq, source_id, epoch_us(window_from), epoch_us(window_to), outcome, reason, entries, new, requests, epoch_us(read_at),
    moved_to"""


def add_run(con: bulk.Connection, run: Mapping[str, Any]) -> Run:
    """Number a new run one above every number ever given, lost ones included, and store it."""
    floor = "SELECT value::BIGINT FROM meta WHERE key = 'run_seq_floor'"
    run_seq = bulk.one(con, f"SELECT greatest((SELECT coalesce(max(run_seq), 0) FROM run), ({floor})) + 1")  # noqa: S608
    bulk.insert(con, "run", [{"run_seq": run_seq, "base_run_seq": run_seq - 1, **run}])
    return get_run(con, run_seq)


def get_run(con: bulk.Connection, run_seq: int) -> Run:
    """One run; raises StoreError when there is none of that number."""
    found = bulk.fetch(con, f"SELECT {RUN} FROM run WHERE run_seq = ?", [run_seq])  # noqa: S608
    if not found:
        msg = f"there is no run {run_seq}: call begin_run first"
        raise StoreError(msg)
    return to_run(found[0])


def end_run(con: bulk.Connection, run_seq: int, outcome: RunOutcome, counts: Mapping[str, int], now: datetime) -> None:
    """Write the end of a run, once."""
    con.execute(
        "UPDATE run SET finished_at = ?, outcome = ?, counts = ? WHERE run_seq = ?",
        [now, outcome, json.dumps(dict(counts), sort_keys=True), run_seq],
    )


def last_night(con: bulk.Connection) -> Run | None:
    """The last night that came to its end, learning ones included."""
    where = "mode IN ('night', 'learn') AND outcome IS NOT NULL ORDER BY run_seq DESC LIMIT 1"
    found = bulk.fetch(con, f"SELECT {RUN} FROM run WHERE {where}")  # noqa: S608
    return to_run(found[0]) if found else None


def to_run(values: Sequence[Any]) -> Run:
    """The run behind the values of RUN."""
    at = rows.instant
    return Run(*rows.read(values, {5: at, 6: at, 7: at, 12: rows.must, 13: at, 15: lambda text: tuple(json.loads(text or "{}").items())}))


def to_run_source(values: Sequence[Any]) -> RunSource:
    """The reading behind the values of RUN_SOURCE."""
    return RunSource(*rows.read(values, {2: rows.instant, 3: rows.instant, 9: rows.must}))


def run_sources(con: bulk.Connection, run_seq: int) -> tuple[RunSource, ...]:
    """What each source gave in one run, by source_id."""
    found = bulk.fetch(con, f"SELECT {RUN_SOURCE} FROM run_source WHERE run_seq = ?", [run_seq])  # noqa: S608
    return tuple(sorted(map(to_run_source, found), key=lambda row: row.source_id))


def cursors(con: bulk.Connection) -> dict[str, Cursor]:
    """What is remembered of every source, by source_id."""
    found = bulk.fetch(con, f"SELECT source_id, {rows.CURSOR} FROM source ORDER BY source_id")  # noqa: S608
    return {values[0]: rows.to_cursor(values[1:]) for values in found}


def heard_until(con: bulk.Connection) -> dict[str, datetime]:
    """Up to when each source was heard without a gap of ours: the end of its last successful window, else its last reading."""
    found = bulk.fetch(
        con,
        """SELECT source_id, max(epoch_us(coalesce(window_to, read_at))) FROM run_source
        WHERE outcome IN ('ok', 'not_modified', 'empty') GROUP BY source_id ORDER BY source_id""",
    )
    return {source_id: rows.must(at) for source_id, at in found}


def known_entries(con: bulk.Connection, source_id: str, since: datetime | None, until: datetime | None) -> frozenset[str]:
    """The entry ids of one source that need no second look by a run that asks for since..until (None: unbounded).

    A queued one may be read again; so may one that lay outside another run's window and, by its date give or take a day, inside this one.
    """
    found = bulk.fetch(
        con,
        """SELECT entry_id FROM entry WHERE source_id = ? AND disposition <> 'queued' AND NOT (disposition = 'too_old' AND coalesce(
        published_at BETWEEN coalesce(?::TIMESTAMPTZ, '-infinity') - INTERVAL 1 DAY AND coalesce(?::TIMESTAMPTZ, 'infinity'), true))""",
        [source_id, since, until],
    )
    return frozenset(entry_id for (entry_id,) in found)


def queued_entries(con: bulk.Connection, source_id: str) -> tuple[Entry, ...]:
    """The entries of one source that still wait for their page, by entry_id."""
    where = "source_id = ? AND disposition = 'queued' ORDER BY entry_id"
    return tuple(rows.to_entry(values) for values in bulk.fetch(con, f"SELECT {rows.ENTRY} FROM entry WHERE {where}", [source_id]))  # noqa: S608


def known_pages(con: bulk.Connection, keys: Sequence[str] | None) -> dict[str, str]:
    """The article behind each known URL key, of those asked for or of all."""
    if keys is None:
        return dict(bulk.fetch(con, "SELECT url_key, article_id FROM page_alias ORDER BY url_key"))
    query = "SELECT url_key, article_id FROM page_alias WHERE url_key IN (SELECT unnest(?::VARCHAR[])) ORDER BY url_key"
    return dict(bulk.fetch(con, query, [list(keys)]))
