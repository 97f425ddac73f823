"""Write window W3: the deliveries that wait, and what became of them."""

from __future__ import annotations

from datetime import datetime

from alerts.model import Delivery, Status
from storage import bulk, rows
from storage.errors import StoreError


def pending_deliveries(con: bulk.Connection, now: datetime) -> tuple[Delivery, ...]:
    """Deliveries that are due, pending or held, and those that a killed run left in `sending`, in the order in which they were decided."""
    due = "status = 'sending' OR (status IN ('pending', 'held') AND (next_at IS NULL OR next_at <= ?))"
    query = f"SELECT {rows.DELIVERY} FROM delivery WHERE {due} ORDER BY run_seq, alert_id, delivery_id"  # noqa: S608
    return tuple(map(rows.to_delivery, bulk.fetch(con, query, [now])))


def put_status(
    con: bulk.Connection, delivery_id: str, status: Status, tries: int, next_at: datetime | None, provider_ref: str, now: datetime
) -> None:
    """Change one delivery inside the caller's transaction; raises StoreError for an unknown one and for leaving `sent`."""
    found = bulk.fetch(con, "SELECT status FROM delivery WHERE delivery_id = ?", [delivery_id])
    if not found:
        msg = f"there is no delivery {delivery_id}"
        raise StoreError(msg)
    if found[0][0] == "sent" and status != "sent":
        msg = f"delivery {delivery_id} was sent and stays sent, it cannot become {status}"
        raise StoreError(msg)
    con.execute(
        "UPDATE delivery SET status = ?, tries = ?, next_at = ?, provider_ref = ?, updated_at = ? WHERE delivery_id = ?",
        [status, tries, next_at, provider_ref, now, delivery_id],
    )
