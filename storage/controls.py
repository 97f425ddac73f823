"""Write window W4: what people said back (silences, acknowledgements, feedback), and an alert that a person took back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from alerts.control import Action
from alerts.model import Alert, Delivery
from extractors.model import h
from storage import bulk, rows
from storage.errors import StoreError
from storage.facts import add_changes
from storage.write_night import add_alerts
from topics.model import PERSON, LedgerChange

_ACTION = "what, scope, target, epoch_us(said_at), epoch_us(until), recipient_ref, by_ref, label, why"
_FEEDBACK = "alert_id, move_id, label, by_ref, why, epoch_us(said_at)"
WITHDRAWN = "withdrawn"  # the label of a move that `alerts retract` took back


@dataclass(frozen=True, slots=True)
class Feedback:
    """What one person said about one move; their last word counts."""

    alert_id: str
    move_id: str  # '' when the alert is not stored here
    label: str  # useful | not_new | wrong_topic | withdrawn
    by: str
    why: str
    at: datetime


def add_action(con: bulk.Connection, action: Action) -> None:
    """Store one action inside the caller's transaction, with the last run's number; one that is stored already changes nothing."""
    run_seq = bulk.one(con, "SELECT coalesce(max(run_seq), 0) FROM run")
    if action.what == "feedback":
        alert_id, _, move_id = action.target.partition(":") if action.scope == "line" else (action.target, "", "")
        found = [] if move_id else bulk.fetch(con, "SELECT unnest(move_ids) FROM alert WHERE alert_id = ?", [alert_id])
        moves = [each for (each,) in found] or [move_id]
        _add_feedback(con, [Feedback(alert_id, m, action.label, action.by, action.why, action.at) for m in moves], run_seq)
        return
    con.execute(
        """INSERT INTO control (action_id, what, scope, target, said_at, until, recipient_ref, by_ref, label, why, run_seq)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""",
        [action.action_id, action.what, action.scope, action.target, action.at, action.until, action.recipient_ref, action.by,
         action.label, action.why, run_seq],
    )  # fmt: skip


def actions(con: bulk.Connection) -> tuple[Action, ...]:
    """Every silence, lift, snooze and acknowledgement, oldest first."""
    found = bulk.fetch(con, f"SELECT {_ACTION} FROM control ORDER BY said_at, action_id")  # noqa: S608
    return tuple(Action(*rows.read(values, {3: rows.must, 4: rows.instant})) for values in found)


def feedback(con: bulk.Connection) -> tuple[Feedback, ...]:
    """The last word of each person on each move, oldest first."""
    query = f"""SELECT {_FEEDBACK} FROM feedback
        QUALIFY row_number() OVER (PARTITION BY alert_id, move_id, by_ref ORDER BY said_at DESC, feedback_id) = 1
        ORDER BY said_at, feedback_id"""  # noqa: S608
    return tuple(Feedback(*rows.read(values, {5: rows.must})) for values in bulk.fetch(con, query))


def find_alert(con: bulk.Connection, alert_id: str) -> tuple[Alert, tuple[Delivery, ...]]:
    """An alert by its id, or by the beginning of it, with its deliveries; raises StoreError when there is none or more than one."""
    found = bulk.fetch(con, "SELECT payload FROM alert WHERE starts_with(alert_id, ?) ORDER BY alert_id LIMIT 2", [alert_id])
    if len(found) != 1 or not alert_id:
        fault = "begins several ids; give more of it" if found else "there is none; `topicwatch alerts list` names them"
        raise StoreError(f"alert {alert_id!r}: {fault}")
    alert = rows.to_alert(found[0][0])
    query = f"SELECT {rows.DELIVERY} FROM delivery WHERE alert_id = ? ORDER BY delivery_id"  # noqa: S608
    return alert, tuple(map(rows.to_delivery, bulk.fetch(con, query, [alert.alert_id])))


def take_back(con: bulk.Connection, told: Alert, alert: Alert, deliveries: Sequence[Delivery], by: str, why: str, now: datetime) -> None:
    """Store that a person took an alert back: its steps as retracted, the retraction with its deliveries, and the labels.

    What of it certainly did not arrive is not sent any more. Stored under the last run's number: the next run knows it, a
    run that is re-derived does not.
    """
    run_seq = bulk.one(con, "SELECT coalesce(max(run_seq), 0) FROM run")
    query = "SELECT DISTINCT ledger_id FROM move WHERE move_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY ledger_id"
    steps = [ledger_id for (ledger_id,) in bulk.fetch(con, query, [list(told.move_ids)])]
    changes = [LedgerChange(ledger_id, "retracted", f"{PERSON}{by}", why) for ledger_id in steps]
    add_changes(con, changes, date.fromisoformat(alert.night), run_seq)
    add_alerts(con, [alert], deliveries, run_seq)
    con.execute(
        """UPDATE delivery SET status = 'muted', provider_ref = 'withdrawn before it was sent', next_at = NULL, updated_at = ?
        WHERE status IN ('pending', 'held')
            AND alert_id IN (SELECT alert_id FROM alert WHERE alert_id = ? AND purpose <> 'digest' AND move_ids = ?)""",
        [now, told.alert_id, list(told.move_ids)],
    )
    _add_feedback(con, [Feedback(told.alert_id, m, WITHDRAWN, by, why, now) for m in told.move_ids], run_seq)


def put_again(con: bulk.Connection, delivery: Delivery) -> None:
    """Store a delivery that a person asked for; one that is there already stays as it is."""
    if not bulk.fetch(con, "SELECT 1 FROM delivery WHERE delivery_id = ?", [delivery.delivery_id]):
        run_seq = bulk.one(con, "SELECT coalesce(max(run_seq), 0) FROM run")
        bulk.insert(con, "delivery", [{name: getattr(delivery, name) for name in Delivery.__slots__} | {"run_seq": run_seq}])


def _add_feedback(con: bulk.Connection, given: Sequence[Feedback], run_seq: int) -> None:
    values = [
        {
            "feedback_id": h("feedback", f.alert_id, f.move_id, f.label, f.by, f.at.replace(second=0, microsecond=0).isoformat()),
            "alert_id": f.alert_id,
            "move_id": f.move_id,
            "label": f.label,
            "by_ref": f.by,
            "why": f.why,
            "said_at": f.at,
            "run_seq": run_seq,
        }
        for f in given
    ]
    there = {i for (i,) in bulk.fetch(con, "SELECT feedback_id FROM feedback")}
    bulk.insert(con, "feedback", [v for v in values if v["feedback_id"] not in there])
