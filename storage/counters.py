"""The counters that the side record holds, read from the open database."""

from __future__ import annotations

from storage import bulk
from storage.schema import schema_version
from storage.side_record import SideRecord


def counters(con: bulk.Connection) -> SideRecord:
    """Highest run number ever given, committed transactions, articles and deliveries; all zero in a file without tables."""
    if not schema_version(con):
        return SideRecord()
    found = bulk.fetch(
        con,
        """SELECT greatest((SELECT coalesce(max(run_seq), 0) FROM run), (SELECT value::BIGINT FROM meta WHERE key = 'run_seq_floor')),
            (SELECT value::BIGINT FROM meta WHERE key = 'writes'), (SELECT count(*) FROM article), (SELECT count(*) FROM delivery)""",
    )
    return SideRecord(*found[0])
