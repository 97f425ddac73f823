"""Questions to the snapshot; every answer is plain values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import duckdb

from alerts.control import Action
from alerts.model import Alert, Delivery
from extractors.model import Article
from storage import bulk, controls, history, known_ledger, rows, runs
from storage.as_of import View
from storage.candidates import told_on
from storage.decisions import decisions
from storage.explain import explain
from storage.model import Explanation, Gap, LedgerEntry, MoveRow, Run, RunSource, SourcePast, SourceRow
from storage.moves import move_rows
from storage.rows import to_alert


class Reads:
    """An open snapshot; made by Store.read()."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con

    def runs(self, *, limit: int | None = None) -> tuple[Run, ...]:
        """The latest runs, newest first."""
        found = self._rows(f"SELECT {runs.RUN} FROM run ORDER BY run_seq DESC LIMIT {_limit(limit)}")  # noqa: S608
        return tuple(map(runs.to_run, found))

    def run_sources(self, run_seq: int) -> tuple[RunSource, ...]:
        """What each source gave in one run."""
        return runs.run_sources(self._con, run_seq)

    def decisions(self, run_seq: int) -> tuple[str, ...]:
        """What one run decided (verdicts, moves, new steps), one JSON line a row: equal lines are equal decisions."""
        return decisions(self._con, run_seq)

    def explain(self, url_or_id: str, as_of: int | None = None) -> Explanation:
        """Everything about a link, an article id or a move id, as of one run (None: the latest); empty when it was never seen."""
        return explain(self._con, url_or_id, as_of)

    def moves(
        self,
        *,
        topic: str = "",
        matter_id: str = "",
        since: date | None = None,
        until: date | None = None,
        dispositions: Sequence[str] = (),
        run_seq: int | None = None,
    ) -> tuple[MoveRow, ...]:
        """Moves by night and id, one that was watched and then raised as what it is now; since and until are nights, both included."""
        filters: list[tuple[str, Any]] = [
            ("topic = ?", topic),
            ("matter_id = ?", matter_id),
            ("night >= ?", since),
            ("night <= ?", until),
            ("list_contains(?::VARCHAR[], disposition)", list(dispositions)),
            ("run_seq = ?", run_seq),
        ]
        used = [(text, value) for text, value in filters if value not in ("", None, [])]
        where = " AND ".join(["true", *(text for text, _ in used)])
        return move_rows(self._con, where, [value for _, value in used])

    def alerts(self, *, run_seq: int | None = None, matter_id: str = "") -> tuple[Alert, ...]:
        """Alerts as they were composed, in the order of their runs."""
        query = "SELECT payload FROM alert WHERE (? IS NULL OR run_seq = ?) AND (? = '' OR matter_id = ?) ORDER BY run_seq, alert_id"
        return tuple(to_alert(payload) for (payload,) in self._rows(query, [run_seq, run_seq, matter_id, matter_id]))

    def deliveries(self, *, alert_id: str = "", status: str = "") -> tuple[Delivery, ...]:
        """Deliveries in the order of their runs, as the snapshot knew them."""
        where = "(? = '' OR alert_id = ?) AND (? = '' OR status = ?) ORDER BY run_seq, alert_id, delivery_id"
        found = self._rows(f"SELECT {rows.DELIVERY} FROM delivery WHERE {where}", [alert_id, alert_id, status, status])  # noqa: S608
        return tuple(map(rows.to_delivery, found))

    def find_alert(self, alert_id: str) -> tuple[Alert, tuple[Delivery, ...]]:
        """An alert by the beginning of its id, with its deliveries; raises StoreError when there is none or more than one."""
        return controls.find_alert(self._con, alert_id)

    def actions(self) -> tuple[Action, ...]:
        """Every silence, lift, snooze and acknowledgement, oldest first."""
        return controls.actions(self._con)

    def feedback(self) -> tuple[controls.Feedback, ...]:
        """The last word of each person on each move, oldest first."""
        return controls.feedback(self._con)

    def ledger(self, as_of: date | int | None = None) -> tuple[LedgerEntry, ...]:
        """Every step that was known: after a run (int), up to and including a night (date), or now; retracted ones marked."""
        return known_ledger.ledger_entries(self._con, self._view(as_of))

    def sources(self) -> tuple[SourceRow, ...]:
        """Every source with its last reading, by source_id."""
        found = self._rows("SELECT source_id, armed_run_seq, epoch_us(next_at), failures FROM source ORDER BY source_id")
        query = f"""SELECT {runs.RUN_SOURCE} FROM run_source
            QUALIFY row_number() OVER (PARTITION BY source_id ORDER BY run_seq DESC) = 1"""  # noqa: S608
        last = {row.source_id: row for row in map(runs.to_run_source, self._rows(query))}
        return tuple(SourceRow(name, armed, rows.instant(at), failures, last.get(name)) for name, armed, at, failures in found)

    def gaps(self) -> tuple[Gap, ...]:
        """When each source was not heard, and whether a later window or a backfill covered it."""
        return history.gaps(self._con)

    def pasts(self) -> dict[str, SourcePast]:
        """What is remembered of each source to judge its health, by source_id."""
        return history.pasts(self._con)

    def article(self, article_id: str, rev: int | None = None) -> Article | None:
        """One revision with its text, the latest when rev is None; None when there is none."""
        query = f"""SELECT {rows.ARTICLE} FROM revision r JOIN article a USING (article_id)
            WHERE r.article_id = ? AND (? IS NULL OR r.rev = ?) ORDER BY r.rev DESC LIMIT 1"""  # noqa: S608
        found = self._rows(query, [article_id, rev, rev])
        return rows.to_article(found[0]) if found else None

    def told_on(self, day: date) -> tuple[Article, ...]:
        """The articles that tell on a UTC day, each in its first revision, by id."""
        return told_on(self._con, day)

    def known_pages(self, keys: Sequence[str]) -> dict[str, str]:
        """URL key -> article_id, for the keys that lead to an article that the snapshot knows."""
        return runs.known_pages(self._con, sorted(set(keys)))

    def _view(self, as_of: date | int | None) -> View:
        if isinstance(as_of, date):
            return View.by_night(date.fromordinal(as_of.toordinal() + 1))
        return View.by_run(as_of if as_of is not None else bulk.one(self._con, "SELECT coalesce(max(run_seq), 0) FROM run"))

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return bulk.fetch(self._con, query, values)


def _limit(limit: int | None) -> str:
    return "ALL" if limit is None else str(int(limit))
