"""A process that drains an outbox on disk, to be killed: python drain_child.py FOLDER SMTP_PORT SLACK_URL HOUR."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from alerts.channels import build_senders
from alerts.journal import Journal
from alerts.model import Channel, Delivery, Recipient, Status
from alerts.outbox import drain
from alerts.routing import Routing
from alerts.send import SlackSettings, SmtpSettings

START = datetime(2026, 11, 7, 2, 0, tzinfo=UTC)
COLUMNS = "delivery_id, alert_id, channel, recipient_ref, payload, status, tries, next_at, provider_ref"


class DiskOutbox:
    """Deliveries in a small database file, with the windows that drain() needs."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def window(self) -> Iterator[DiskOutbox]:
        self._db = sqlite3.connect(self._path)
        try:
            yield self
        finally:
            self._db.close()

    def fill(self, rows: list[Delivery]) -> None:
        self._db.execute(f"create table delivery ({COLUMNS.replace('delivery_id', 'delivery_id primary key', 1)})")
        values = [(r.delivery_id, r.alert_id, r.channel, r.recipient_ref, r.payload, r.status, r.tries, None, "") for r in rows]
        self._db.executemany("insert into delivery values (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        self._db.commit()

    def pending_deliveries(self, now: datetime) -> tuple[Delivery, ...]:
        rows = self._db.execute(f"select {COLUMNS} from delivery where status in ('pending', 'held', 'sending')").fetchall()
        found = [
            Delivery(i, alert, channel, ref, payload, status, tries, datetime.fromisoformat(next_at) if next_at else None, provider)
            for i, alert, channel, ref, payload, status, tries, next_at, provider in rows
        ]
        return tuple(d for d in found if d.next_at is None or d.next_at <= now)

    def set_delivery(
        self, delivery_id: str, status: Status, tries: int, next_at: datetime | None, provider_ref: str, now: datetime
    ) -> None:
        values = (status, tries, next_at.isoformat() if next_at else None, provider_ref, delivery_id)
        self._db.execute("update delivery set status = ?, tries = ?, next_at = ?, provider_ref = ? where delivery_id = ?", values)
        self._db.commit()

    def open_count(self) -> int:
        (count,) = self._db.execute("select count(*) from delivery where status <> 'sent'").fetchone()
        return int(count)


def recipients(slack_url: str) -> tuple[Recipient, ...]:
    return Recipient("ana", "smtp", "ana@reader.example"), Recipient("room", "slack", slack_url)


def main(folder: Path, smtp_port: int, slack_url: str, hour: int) -> None:
    hook = urlsplit(slack_url)
    assert hook.hostname
    assert hook.port
    routing = Routing(
        smtp=SmtpSettings("127.0.0.1", smtp_port, "plain", sender="watch@sender.example", timeout_s=5),
        slack=SlackSettings(timeout_s=2, pace_s=0, allowed_private=frozenset({(hook.hostname, hook.port)})),
    )
    senders: dict[Channel, object] = dict(build_senders(routing, folder))
    print("draining", flush=True)
    box, now = DiskOutbox(folder / "outbox.db"), START + timedelta(hours=hour)
    drain(box.window, senders, Journal(folder / "sent.jsonl"), recipients(slack_url), now, sleep=lambda _: None, fold_above=10_000)  # type: ignore[arg-type]


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
