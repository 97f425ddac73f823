"""A data directory in which one night has told one alert: what the web server, stats and the alert commands look at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from alerts.addressing import delivery_of
from alerts.model import Alert, Line, Recipient
from extractors.model import h
from storage import bulk, rows
from storage.store import Store
from storage.write_night import add_alerts
from topics.model import Evidence, Move

NOW = datetime(2026, 11, 7, 2, 0, tzinfo=UTC)
NIGHT = date(2026, 11, 6)
SECRET = "a-secret-of-at-least-32-characters"
ANA = Recipient("ana", "smtp", "ana@reader.example")
HOSTILE = "<script>alert(1)</script> & \x1b[2J"
MOVE = Move(
    h("move"), "cloud-kyc", "matter-1", "adopted", "alert", h("step"), "", "", "final", 0.97, f"The rule {HOSTILE}",
    (Evidence("p_1", 1, "c_1", "The Bureau adopts the rule.", "Harbour Gazette", "https://gazette.example/1", independent=True),),
    "raised", NIGHT,
)  # fmt: skip
LINE = Line(
    MOVE.move_id, "cloud-kyc", "adopted", "alert", MOVE.headline, "The Bureau adopts the rule.", "en", "Harbour Gazette",
    "https://gazette.example/1", "", ("Tidewater Post",), official=False, confidence=0.97, night="2026-11-06", matter_id="matter-1",
    value="final", links=(("Tidewater Post", "javascript:alert(1)"),),
)  # fmt: skip
ALERT = Alert(h("new", MOVE.move_id), "matter-1", "new", f"Adopted: {HOSTILE}", ("cloud-kyc",), (LINE,), (MOVE.move_id,), "2026-11-06")


@dataclass(frozen=True, slots=True)
class ToldStore:
    """The store and what it holds."""

    store: Store
    alert: Alert = ALERT


def told_store(home: Path, *alerts: Alert) -> ToldStore:
    """Make the store and its snapshot."""
    store = Store(home)
    told = alerts or (ALERT,)
    with store.window() as window:
        run = window.begin_run("r", "night", NIGHT, None, None, None, "c", "b", "v", "0", NOW)
        con = window._open()
        bulk.insert(con, "move", [rows.move_row(MOVE, run.run_seq)])
        sent = [replace(delivery_of(a, ANA), status="sent", provider_ref="<1@x>") for a in told]
        add_alerts(con, told, sent, run.run_seq)
        window.end_run(run.run_seq, "done", {}, NOW)
        window.publish_snapshot()
    return ToldStore(store, told[0])
