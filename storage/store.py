"""The store's front door: windows to write, snapshots to read, locks between processes, and what to do about damage."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import duckdb

from storage import locks
from storage.connection import DEFAULT_LIMITS, MEND, Limits, open_reader, open_writer
from storage.counters import counters
from storage.errors import StoreDamaged, StoreError
from storage.model import Damage
from storage.reads import Reads
from storage.repair import accept
from storage.rewind import rewind
from storage.schema import SCHEMA_VERSION, check_version, migrate
from storage.side_record import missing, read_side, write_side
from storage.window import Window

DATABASE, SNAPSHOT, SIDE = "topicwatch.duckdb", "read.duckdb", "topicwatch.counter.json"
RUN_LOCK, DB_LOCK = "run.lock", "db.lock"


class Store:
    """One data directory. limits bound each connection; lock_wait_s is how long a window waits for another one to close."""

    def __init__(self, data_dir: Path, *, limits: Limits = DEFAULT_LIMITS, lock_wait_s: float = 60.0) -> None:
        try:
            data_dir.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            msg = f"the data directory {data_dir} cannot be made: {fault.strerror}"
            raise StoreError(msg) from fault
        self.data_dir = data_dir.resolve()
        self._limits, self._lock_wait_s = limits, lock_wait_s

    @property
    def database(self) -> Path:
        """The file that windows write."""
        return self.data_dir / DATABASE

    @property
    def snapshot(self) -> Path:
        """The file that queries read."""
        return self.data_dir / SNAPSHOT

    @property
    def side(self) -> Path:
        """The run counter beside the database."""
        return self.data_dir / SIDE

    def run_lock(self) -> AbstractContextManager[None]:
        """Held for a night or a backfill chunk; raises Locked at once when another run holds it."""
        return locks.hold(self.data_dir / RUN_LOCK)

    @contextmanager
    def window(self) -> Iterator[Window]:
        """Open the database for writing, migrated, for the length of the with block.

        Raises Locked after lock_wait_s, SchemaError for a newer file, StoreDamaged for one that is unreadable or lacks acknowledged rows.
        """
        with self._db_lock():
            window = Window(self._open_checked(), self.database, self.side, self.snapshot)
            try:
                yield window
            except BaseException:
                with suppress(StoreError):  # the first fault is the one to tell
                    window.close()
                raise
            window.close()

    @contextmanager
    def read(self) -> Iterator[Reads]:
        """Open the latest snapshot read-only; a window may be open meanwhile. Raises StoreError when there is none yet."""
        if not self.snapshot.exists():
            msg = f"there is no {self.snapshot} yet: it is written when the first night has been decided"
            raise StoreError(msg)
        con = open_reader(self.snapshot, self._limits)
        try:
            if check_version(con, str(self.snapshot)) < SCHEMA_VERSION:
                msg = f"{self.snapshot} was written before the last upgrade: the next night, or publish_snapshot(), replaces it"
                raise StoreError(msg)
            yield Reads(con)
        except duckdb.Error as fault:
            msg = f"{self.snapshot}: {str(fault).splitlines()[0]}"
            raise StoreError(msg) from fault
        finally:
            con.close()

    def publish_snapshot(self) -> None:
        """Replace read.duckdb by what is stored now."""
        with self.window() as window:
            window.publish_snapshot()

    def rewound(self, run_seq: int, folder: Path) -> Store:
        """Give a store in another folder that knows what the snapshot knows up to a run; this one is only read. Raises StoreError."""
        with self.read():
            pass  # it is there, sound, and of this schema
        other = Store(folder, limits=self._limits)
        shutil.copyfile(self.snapshot, other.database)
        con = open_writer(other.database, self._limits)
        try:
            con.execute("BEGIN")
            rewind(con, run_seq)
            con.execute("COMMIT")
        finally:
            con.close()
        return other

    def accept_damage(self) -> Damage:
        """Go on with what the file still holds: unreadable parts are moved aside, lost run numbers are never given again.

        What is missing is fetched again by the next run, since a source's cursor was lost with its entries; the journal of what was sent
        stops repeats. Returns what was lost; nothing is changed when nothing is damaged.
        """
        with self._db_lock():
            return accept(self.database, self.side, self._limits)

    def _db_lock(self) -> AbstractContextManager[None]:
        return locks.hold(self.data_dir / DB_LOCK, wait_s=self._lock_wait_s)

    def _open_checked(self) -> duckdb.DuckDBPyConnection:
        acknowledged = read_side(self.side)
        if acknowledged is not None and not self.database.exists():
            msg = f"{self.database} is gone, although {acknowledged.article} articles were stored in it; {MEND}"
            raise StoreDamaged(msg)
        con = open_writer(self.database, self._limits)
        try:
            check_version(con, str(self.database))
            found = counters(con)
            lost = missing(acknowledged, found) if acknowledged else {}
            if lost:
                what = ", ".join(f"{name}: {there} of {known}" for name, (known, there) in lost.items())
                msg = f"{self.database} holds less than was acknowledged ({what}): its WAL was cut or lost, or it is an older copy; {MEND}"
                raise StoreDamaged(msg)
            migrate(con, str(self.database))
            if found != acknowledged:
                write_side(self.side, counters(con))
        except duckdb.Error as fault:
            con.close()
            msg = f"{self.database} cannot be read ({str(fault).splitlines()[0]}); {MEND}"
            raise StoreDamaged(msg) from fault
        except BaseException:
            con.close()
            raise
        return con
