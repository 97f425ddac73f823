"""A copy of the store as it was after a run, to decide the next one again; the store itself is never taken back."""

from __future__ import annotations

from storage import bulk
from storage.errors import StoreError

# Columns that say by which run a row was changed later; every other row is added once, with its run_seq.
LATER = (("source", "armed_run_seq"), ("topic", "armed_run_seq"), ("seed", "retired_run_seq"))


def rewind(con: bulk.Connection, run_seq: int) -> None:
    """Take away, inside the caller's transaction, whatever was learnt after a run; raises StoreError for a run that never was.

    Not taken back, because only a source's own reading knows them: its cursor, and which of its entries waited for their page.
    """
    after = bulk.fetch(con, "SELECT baseline_digest FROM run WHERE run_seq = ?", [run_seq + 1])
    if not after:
        msg = f"there is no run {run_seq + 1}, so nothing to rewind for"
        raise StoreError(msg)
    tables = "SELECT table_name FROM duckdb_columns() WHERE column_name = 'run_seq' ORDER BY table_name"
    for (table,) in bulk.fetch(con, tables):
        con.execute(f'DELETE FROM "{table}" WHERE run_seq > ?', [run_seq])  # noqa: S608
    for table, column in LATER:
        con.execute(f"UPDATE {table} SET {column} = NULL WHERE {column} > ?", [run_seq])  # noqa: S608
    con.execute("DELETE FROM band WHERE NOT EXISTS (SELECT 1 FROM sketch s WHERE s.article_id = band.article_id AND s.rev = band.rev)")
    con.execute("UPDATE meta SET value = ? WHERE key = 'run_seq_floor'", [str(run_seq)])
    # The run's baseline was stored under the run before it.
    con.execute("UPDATE meta SET value = ? WHERE key = 'baseline_digest'", [after[0][0]])
