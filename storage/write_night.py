"""Write window W2: all that a night decided, its alerts and deliveries, and the run's end, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from alerts.model import Alert, Delivery
from storage import bulk, rows, runs
from storage.arming import arm
from storage.errors import BadRecord, StoreError
from storage.facts import add_changes, add_claims, add_keys, add_ledger, add_matters
from storage.model import RunOutcome
from storage.moves import only_watched
from storage.quotes import check_quotes
from storage.sketches import add_sketches
from topics.model import LedgerChange, Move, NightResult, Reading


def add_night(
    con: bulk.Connection,
    run_seq: int,
    result: NightResult,
    readings: Sequence[Reading],
    alerts: Sequence[Alert],
    deliveries: Sequence[Delivery],
    outcome: RunOutcome | None,
    counts: Mapping[str, int],
    now: datetime,
) -> None:
    """Store a decided night inside the caller's transaction; outcome None leaves the run open for the next day of a backfill.

    Raises BadRecord for a quote that its revision does not hold or a second verdict on one revision, StoreError for a run that has ended.
    """
    run = runs.get_run(con, run_seq)
    if run.outcome is not None:
        msg = f"run {run_seq} ended as {run.outcome}: a night is recorded once"
        raise StoreError(msg)
    check_quotes(con, result, alerts)
    night = result.context.night
    stored = _stored_moves(con, result)
    fresh = [move for move in _once(result.moves) if _is_news(move, stored.get(move.move_id))]
    changes = [*result.changes, *_told_again(result.moves, fresh), *_confirmed(result, stored)]
    add_sketches(con, ((r.article.article_id, r.article.rev, r.sketch) for r in readings), run_seq)
    add_claims(con, result.claims, night, run_seq)
    add_matters(con, result.matters, night, run_seq)
    add_keys(con, result.keys, night, run_seq)
    add_ledger(con, result.ledger, run_seq)
    _add_verdicts(con, result, run_seq)
    bulk.insert(con, "move", [rows.move_row(move, run_seq) for move in fresh])
    add_changes(con, changes, night, run_seq)
    add_alerts(con, alerts, deliveries, run_seq)
    if outcome is not None:
        arm(con, run, outcome)
        runs.end_run(con, run_seq, outcome, counts, now)


def _once(moves: Iterable[Move]) -> list[Move]:
    first: dict[str, Move] = {}
    for move in moves:
        first.setdefault(move.move_id, move)
    return list(first.values())


def _stored_moves(con: bulk.Connection, result: NightResult) -> dict[str, tuple[str, bool]]:
    """The moves that this night names and earlier runs found: move_id -> its ledger id, and whether it was only watched so far."""
    wanted = {move.move_id for move in result.moves} | {about for about, _ in result.confirmations}
    query = "SELECT move_id, ledger_id, kind, disposition FROM move WHERE move_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY run_seq"
    found: dict[str, tuple[str, bool]] = {}
    for move_id, ledger_id, kind, disposition in bulk.fetch(con, query, [sorted(wanted)]):
        watched = found.get(move_id, ("", True))[1] and only_watched(kind, disposition)
        found[move_id] = (ledger_id, watched)
    return found


def _is_news(move: Move, stored: tuple[str, bool] | None) -> bool:
    """A move is stored once; one that was only watched is stored again when it is raised after all."""
    return stored is None or (stored[1] and not only_watched(move.kind, move.disposition))


def _told_again(moves: Iterable[Move], fresh: Sequence[Move]) -> Iterable[LedgerChange]:
    """A move that exists is not a second one: its ledger row is confirmed by the first article that tells it now."""
    new = {move.move_id for move in fresh}
    for move in moves:
        if move.move_id not in new:
            by = move.evidence[0].claim_id if move.evidence else ""
            yield LedgerChange(move.ledger_id, "confirmed", by, f"told again as {move.disposition}")


def _confirmed(result: NightResult, stored: Mapping[str, tuple[str, bool]]) -> Iterable[LedgerChange]:
    ledger_of = {move_id: ledger_id for move_id, (ledger_id, _) in stored.items()} | {m.move_id: m.ledger_id for m in result.moves}
    for about, claim_id in result.confirmations:
        yield LedgerChange(ledger_of.get(about, about), "confirmed", claim_id, "official text")


def _add_verdicts(con: bulk.Connection, result: NightResult, run_seq: int) -> None:
    pairs = [(verdict.article_id, verdict.rev) for verdict in result.verdicts]
    if len(set(pairs)) != len(pairs):
        twice = sorted({pair for pair in pairs if pairs.count(pair) > 1})
        msg = f"run {run_seq} gives two verdicts on {twice[0][0]} rev {twice[0][1]}"
        raise BadRecord(msg)
    values = [_verdict_row(result, number, run_seq) for number in range(len(pairs))]
    bulk.insert(con, "verdict", values)


def _verdict_row(result: NightResult, number: int, run_seq: int) -> dict[str, Any]:
    verdict = result.verdicts[number]
    return {
        "article_id": verdict.article_id,
        "rev": verdict.rev,
        "outcome": verdict.outcome,
        "covers_id": verdict.covers_id,
        "story_id": verdict.story_id,
        "topics": list(verdict.topics),
        "reasons": list(verdict.reasons),
        "night": result.context.night,
        "run_seq": run_seq,
    }


def add_alerts(con: bulk.Connection, alerts: Sequence[Alert], deliveries: Sequence[Delivery], run_seq: int) -> None:
    """Add the alerts and deliveries whose ids are new: what was composed or sent before keeps its status."""
    told = _known(con, "alert", "alert_id", [alert.alert_id for alert in alerts])
    fresh_alerts = {alert.alert_id: alert for alert in alerts if alert.alert_id not in told}
    bulk.insert(con, "alert", [_alert_row(alert, run_seq) for alert in fresh_alerts.values()])
    there = _known(con, "delivery", "delivery_id", [delivery.delivery_id for delivery in deliveries])
    fresh = {d.delivery_id: d for d in deliveries if d.delivery_id not in there}
    bulk.insert(con, "delivery", [{name: getattr(d, name) for name in Delivery.__slots__} | {"run_seq": run_seq} for d in fresh.values()])


def _known(con: bulk.Connection, table: str, column: str, ids: Sequence[str]) -> set[str]:
    found = bulk.fetch(con, f"SELECT {column} FROM {table} WHERE {column} IN (SELECT unnest(?::VARCHAR[]))", [list(ids)])  # noqa: S608
    return {value for (value,) in found}


def _alert_row(alert: Alert, run_seq: int) -> dict[str, Any]:
    return {
        "alert_id": alert.alert_id,
        "matter_id": alert.matter_id,
        "purpose": alert.purpose,
        "move_ids": list(alert.move_ids),
        "payload": rows.alert_text(alert),
        "run_seq": run_seq,
    }
