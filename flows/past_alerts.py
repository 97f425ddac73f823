"""What a night's digest looks back on: the alerts composed so far, and what a backfill found since the last night."""

from __future__ import annotations

from datetime import date, timedelta

from alerts.digesting import Past
from storage.store import Store

LOOK_BACK = timedelta(days=400)  # a date that was named earlier than this is not recalled


def past_of(store: Store, night: date) -> Past:
    """Read from the snapshot, which the last window of the last run wrote."""
    with store.read() as reads:
        nights = [run.run_seq for run in reads.runs() if run.mode in {"night", "learn"} and run.outcome in {"done", "partial"}]
        found = [row.move for row in reads.moves(dispositions=["backfilled"]) if row.run_seq > max(nights, default=0)]
        alerts = [a for a in reads.alerts() if (night - LOOK_BACK).isoformat() < a.night <= night.isoformat()]
    return Past(tuple(alerts), tuple(m for m in found if m.severity == "alert") if nights else ())
