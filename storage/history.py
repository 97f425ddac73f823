"""What is remembered of the sources' readings, and what was last told of their health."""

from __future__ import annotations

from collections.abc import Iterable

from storage import bulk, rows, runs
from storage.gaps import find_gaps
from storage.model import Gap, Health, RunSource, SourcePast

READINGS = 400  # of each source: more than a year of nights
DAYS = 40  # of each source's entries
NIGHTS = "run.mode IN ('night', 'learn')"
# A backfill that failed is no silence: the nights went on.
COUNTED = f"({NIGHTS} OR s.outcome IN ('ok', 'not_modified', 'empty'))"


def readings(con: bulk.Connection, which: str) -> tuple[RunSource, ...]:
    """The last readings of every source in runs of the kind, by source and run."""
    query = f"""SELECT {runs.RUN_SOURCE} FROM (SELECT s.* FROM run_source s JOIN run USING (run_seq) WHERE {which}
        QUALIFY row_number() OVER (PARTITION BY source_id ORDER BY s.run_seq DESC) <= ?) ORDER BY source_id, run_seq"""  # noqa: S608
    return tuple(map(runs.to_run_source, bulk.fetch(con, query, [READINGS])))


def pasts(con: bulk.Connection) -> dict[str, SourcePast]:
    """The past of every source, by source_id; an entry without a date counts on the day on which it was first seen."""
    query = """SELECT source_id, list_sort(list(day)) FROM (
            SELECT DISTINCT source_id, least(coalesce(published_at, first_seen_at), first_seen_at)::DATE AS day FROM entry
            QUALIFY dense_rank() OVER (PARTITION BY source_id ORDER BY day DESC) <= ?) GROUP BY source_id"""
    days = dict(bulk.fetch(con, query, [DAYS]))
    found: dict[str, list[RunSource]] = {}
    for reading in readings(con, NIGHTS):
        found.setdefault(reading.source_id, []).append(reading)
    return {name: SourcePast(tuple(found.get(name, ())), tuple(days.get(name, ()))) for name in sorted({*found, *days})}


def gaps(con: bulk.Connection) -> tuple[Gap, ...]:
    """When each source was not heard, and whether a later window or a backfill covered it."""
    return find_gaps(readings(con, COUNTED))


def last_told(con: bulk.Connection) -> dict[str, Health]:
    """What was last told of each source's health, by source_id."""
    query = """SELECT source_id, condition, epoch_us(since), detail FROM health
        QUALIFY row_number() OVER (PARTITION BY source_id ORDER BY run_seq DESC) = 1 ORDER BY source_id"""
    return {values[0]: Health(*rows.read(values, {2: rows.instant})) for values in bulk.fetch(con, query)}


def add_health(con: bulk.Connection, told: Iterable[Health], run_seq: int) -> None:
    """Remember what a run tells of its sources."""
    columns = ("source_id", "condition", "since", "detail")
    bulk.insert(con, "health", [{name: getattr(one, name) for name in columns} | {"run_seq": run_seq} for one in told])
