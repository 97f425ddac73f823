"""A write window: the file is open only inside it, and every method that writes is one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path

import duckdb

from alerts.control import Action
from alerts.model import Alert, Delivery, Status
from extractors.model import Article, Cursor, Entry, SourceReading, ToldPage
from storage import bulk, candidates, controls, history, outbox, runs
from storage.as_of import View
from storage.counters import counters
from storage.errors import StoreError
from storage.known import slice_known
from storage.model import Gap, Health, Run, RunOutcome, RunSource, SourcePast
from storage.side_record import write_side
from storage.snapshot import copy_file
from storage.told_pages import told_pages
from storage.write_baseline import add_baseline
from storage.write_night import add_night
from storage.write_source import add_source_reading
from topics.model import Catalogue, Claim, Known, LedgerRow, Mode, NightResult, Probes, Reading, Sketch
from topics.seeds import Dossier


class Window:
    """The open store; made by Store.window(), unusable after its with block or after publish_snapshot()."""

    def __init__(self, con: duckdb.DuckDBPyConnection, database: Path, side: Path, snapshot: Path) -> None:
        self._con: duckdb.DuckDBPyConnection | None = con
        self._database, self._side, self._snapshot = database, side, snapshot

    def begin_run(
        self,
        run_id: str,
        mode: Mode,
        night: date,
        as_of: datetime | None,
        window_from: datetime | None,
        window_to: datetime | None,
        config_digest: str,
        baseline_digest: str,
        reader_version: str,
        code_version: str,
        now: datetime,
    ) -> Run:
        """Number and store a run; its base_run_seq is all that was learnt before it."""
        run = {
            "run_id": run_id,
            "mode": mode,
            "night": night,
            "as_of": as_of,
            "window_from": window_from,
            "window_to": window_to,
            "config_digest": config_digest,
            "baseline_digest": baseline_digest,
            "reader_version": reader_version,
            "code_version": code_version,
            "started_at": now,
        }
        with self._transaction() as con:
            return runs.add_run(con, run)

    def cursors(self) -> dict[str, Cursor]:
        """What is remembered of every source, by source_id."""
        with self._reading() as con:
            return runs.cursors(con)

    def heard_until(self) -> dict[str, datetime]:
        """Up to when each source was last heard, by source_id; where its next window starts."""
        with self._reading() as con:
            return runs.heard_until(con)

    def known_entries(self, source_id: str, since: datetime | None = None, until: datetime | None = None) -> frozenset[str]:
        """The entry ids of a source that a run over since..until need not look at: not the queued ones, nor too old ones of that span."""
        with self._reading() as con:
            return runs.known_entries(con, source_id, since, until)

    def queued_entries(self, source_id: str) -> tuple[Entry, ...]:
        """The entries of a source whose page is still to be fetched."""
        with self._reading() as con:
            return runs.queued_entries(con, source_id)

    def known_pages(self, keys: Iterable[str] | None = None) -> dict[str, str]:
        """URL key -> article_id, for the keys that lead to a known article; None asks for every key that is known."""
        with self._reading() as con:
            return runs.known_pages(con, None if keys is None else sorted(set(keys)))

    def told_pages(self, night: date) -> tuple[ToldPage, ...]:
        """The pages whose words were told lately, to be looked at again; latest first."""
        with self._reading() as con:
            return told_pages(con, night)

    def record_source(
        self, run_seq: int, reading: SourceReading, sketches: Mapping[str, Sketch] | None, now: datetime
    ) -> tuple[Article, ...]:
        """Store one source's reading with its cursor; gives back only the revisions that are new, with their numbers.

        Recording the same reading again changes nothing. Raises BadRecord for a value that must not be stored, StoreError otherwise.
        """
        with self._transaction() as con:
            runs.get_run(con, run_seq)
            return add_source_reading(con, run_seq, reading, sketches, now)

    def pasts(self) -> dict[str, SourcePast]:
        """What is remembered of each source to judge its health, by source_id."""
        with self._reading() as con:
            return history.pasts(con)

    def gaps(self) -> tuple[Gap, ...]:
        """When each source was not heard, and whether a later window or a backfill covered it."""
        with self._reading() as con:
            return history.gaps(con)

    def last_told(self) -> dict[str, Health]:
        """What was last told of each source's health, by source_id."""
        with self._reading() as con:
            return history.last_told(con)

    def last_night(self) -> Run | None:
        """The last night that came to its end; None before the first."""
        with self._reading() as con:
            return runs.last_night(con)

    def run_sources(self, run_seq: int) -> tuple[RunSource, ...]:
        """What each source gave in one run."""
        with self._reading() as con:
            return runs.run_sources(con, run_seq)

    def has_baseline(self, digest: str) -> bool:
        """True when the stored baseline is this one, so that its rows need not be made again."""
        with self._reading() as con:
            return bool(bulk.fetch(con, "SELECT 1 FROM meta WHERE key = 'baseline_digest' AND value = ?", [digest]))

    def record_baseline(
        self,
        dossiers: Sequence[Dossier],
        catalogue: Catalogue,
        run_seq: int,
        digest: str,
        *,
        ledger: Sequence[LedgerRow] = (),
        claims: Sequence[Claim] = (),
    ) -> bool:
        """Bring seeds, matters, keys and topics to this baseline; False when its digest is the stored one already.

        Stored under the run's base_run_seq, because the run itself is to know it. `ledger` and `claims` are the catalogue's steps as rows.
        """
        if self.has_baseline(digest):
            return False
        with self._transaction() as con:
            add_baseline(con, dossiers, catalogue, ledger, claims, runs.get_run(con, run_seq).base_run_seq)
            con.execute("INSERT INTO meta VALUES ('baseline_digest', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", [digest])
        return True

    def undecided(self, mode: Mode, night: date) -> tuple[Article, ...]:
        """The revisions that a night of this mode decides, in decision order."""
        with self._reading() as con:
            return candidates.undecided(con, mode, night)

    def slice(self, view: View, probes: Probes) -> Known:
        """What the view knew that matters to the probes; byte-equal for ever for a view by run."""
        with self._reading() as con:
            return slice_known(con, view, probes)

    def record_night(
        self,
        run_seq: int,
        result: NightResult,
        readings: Sequence[Reading],
        alerts: Sequence[Alert],
        deliveries: Sequence[Delivery],
        outcome: RunOutcome | None,
        counts: Mapping[str, int],
        now: datetime,
        *,
        health: Sequence[Health] = (),
    ) -> None:
        """Store all that a night decided and end its run; outcome None keeps the run open for a backfill's next day.

        `health` is what the night tells of its sources.

        Raises BadRecord for a quote that its revision does not hold, StoreError for an ended run; then nothing is stored.
        """
        with self._transaction() as con:
            add_night(con, run_seq, result, readings, alerts, deliveries, outcome, counts, now)
            history.add_health(con, health, run_seq)

    def end_run(self, run_seq: int, outcome: RunOutcome, counts: Mapping[str, int], now: datetime) -> None:
        """End a run that decided nothing (it failed, or it only recorded)."""
        with self._transaction() as con:
            if runs.get_run(con, run_seq).outcome is None:
                runs.end_run(con, run_seq, outcome, counts, now)

    def pending_deliveries(self, now: datetime) -> tuple[Delivery, ...]:
        """Deliveries that are due, and those that a killed run left in `sending`, oldest decision first."""
        with self._reading() as con:
            return outbox.pending_deliveries(con, now)

    def set_delivery(
        self, delivery_id: str, status: Status, tries: int, next_at: datetime | None, provider_ref: str, now: datetime
    ) -> None:
        """Change one delivery; raises StoreError for an unknown one and for leaving `sent`."""
        with self._transaction() as con:
            outbox.put_status(con, delivery_id, status, tries, next_at, provider_ref, now)

    def take_in(self, actions: Sequence[Action]) -> None:
        """Store what people said back (W4), all of it or nothing; what is stored already changes nothing."""
        with self._transaction() as con:
            for action in actions:
                controls.add_action(con, action)

    def actions(self) -> tuple[Action, ...]:
        """Every silence, lift, snooze and acknowledgement, oldest first."""
        with self._reading() as con:
            return controls.actions(con)

    def find_alert(self, alert_id: str) -> tuple[Alert, tuple[Delivery, ...]]:
        """An alert by the beginning of its id, with its deliveries; raises StoreError when there is none or more than one."""
        with self._reading() as con:
            return controls.find_alert(con, alert_id)

    def take_back(self, told: Alert, alert: Alert, deliveries: Sequence[Delivery], by: str, why: str, now: datetime) -> None:
        """Store that a person took an alert back: steps retracted, the retraction with its deliveries, the labels."""
        with self._transaction() as con:
            controls.take_back(con, told, alert, deliveries, by, why, now)

    def put_again(self, delivery: Delivery) -> None:
        """Store a delivery that a person asked for; one that is there already stays as it is."""
        with self._transaction() as con:
            controls.put_again(con, delivery)

    def publish_snapshot(self) -> None:
        """Checkpoint, close, and replace read.duckdb in one step; the window is closed afterwards."""
        with self._reading() as con:
            con.execute("CHECKPOINT")
        self.close()
        copy_file(self._database, self._snapshot)

    def close(self) -> None:
        """Close the file; again is harmless."""
        con, self._con = self._con, None
        if con is not None:
            try:
                con.close()
            except duckdb.Error as fault:
                raise _failed(fault, self._database) from fault

    def _open(self) -> duckdb.DuckDBPyConnection:
        if self._con is None:
            msg = "this write window is closed: open another one with store.window()"
            raise StoreError(msg)
        return self._con

    @contextmanager
    def _reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        con = self._open()
        try:
            yield con
        except duckdb.Error as fault:
            raise _failed(fault, self._database) from fault

    @contextmanager
    def _transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """BEGIN .. COMMIT, then the run counter; whatever fails before the commit is rolled back."""
        with self._reading() as con:
            con.execute("BEGIN")
            try:
                yield con
                con.execute("UPDATE meta SET value = (value::BIGINT + 1)::VARCHAR WHERE key = 'writes'")
                con.execute("COMMIT")
            except BaseException:
                with suppress(duckdb.Error):  # a failed commit is rolled back already
                    con.execute("ROLLBACK")
                raise
            write_side(self._side, counters(con))


def _failed(fault: duckdb.Error, database: Path) -> StoreError:
    first = str(fault).splitlines()[0]
    if isinstance(fault, duckdb.FatalException) or "invalidated" in first:
        return StoreError(f"{database} gave up ({first}); what was acknowledged is kept: make room and start the program again")
    return StoreError(f"{database}: {first}")
