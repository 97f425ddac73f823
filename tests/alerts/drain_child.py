"""A process that drains an outbox on disk, to be killed: python drain_child.py FOLDER SMTP_PORT SLACK_URL API_URL HOOK_URL MINUTE."""

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
from alerts.model import Delivery, Recipient, Status
from alerts.outbox import drain
from alerts.routing import Routing
from alerts.send import SlackSettings, SmtpSettings, WebhookSettings
from standins.slack_api import ROOM, TOKEN

START = datetime(2026, 11, 7, 2, 0, tzinfo=UTC)
COLUMNS = "delivery_id, alert_id, channel, recipient_ref, payload, status, tries, next_at, provider_ref, updated_at"


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
        values = [(r.delivery_id, r.alert_id, r.channel, r.recipient_ref, r.payload, r.status, r.tries, None, "", None) for r in rows]
        self._db.executemany("insert into delivery values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        self._db.commit()

    def pending_deliveries(self, now: datetime) -> tuple[Delivery, ...]:
        rows = self._db.execute(f"select {COLUMNS} from delivery where status in ('pending', 'held', 'sending')").fetchall()
        found = [
            Delivery(i, alert, channel, ref, payload, status, tries, instant(next_at), provider, instant(updated))
            for i, alert, channel, ref, payload, status, tries, next_at, provider, updated in rows
        ]
        return tuple(d for d in found if d.next_at is None or d.next_at <= now)

    def set_delivery(
        self, delivery_id: str, status: Status, tries: int, next_at: datetime | None, provider_ref: str, now: datetime
    ) -> None:
        values = (status, tries, next_at.isoformat() if next_at else None, provider_ref, now.isoformat(), delivery_id)
        change = "update delivery set status = ?, tries = ?, next_at = ?, provider_ref = ?, updated_at = ? where delivery_id = ?"
        self._db.execute(change, values)
        self._db.commit()

    def open_count(self) -> int:
        (count,) = self._db.execute("select count(*) from delivery where status <> 'sent'").fetchone()
        return int(count)


def instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def recipients(slack_url: str, hook_url: str) -> tuple[Recipient, ...]:
    return (
        Recipient("ana", "smtp", "ana@reader.example"),
        Recipient("room", "slack", slack_url),
        Recipient("desk", "slack_app", ROOM),
        Recipient("hook", "webhook", hook_url, secret="a key"),
    )


def main(folder: Path, smtp_port: int, slack_url: str, api_url: str, hook_url: str, minute: int) -> None:
    near = frozenset(("127.0.0.1", urlsplit(url).port or 0) for url in (slack_url, api_url, hook_url))
    routing = Routing(
        smtp=SmtpSettings("127.0.0.1", smtp_port, "plain", sender="watch@sender.example", timeout_s=5),
        slack=SlackSettings(timeout_s=3, pace_s=0, allowed_private=near, token=TOKEN, api_url=api_url),
        webhook=WebhookSettings(timeout_s=3, allowed_private=near),
    )
    senders = build_senders(routing, folder)
    box, now = DiskOutbox(folder / "outbox.db"), START + timedelta(minutes=minute)
    known = recipients(slack_url, hook_url)
    print("draining", flush=True)
    drain(box.window, senders, Journal(folder / "sent.jsonl"), known, now, sleep=lambda _: None, fold_above=10_000)


if __name__ == "__main__":
    _, folder, smtp, slack, api, hook, minute = sys.argv
    main(Path(folder), int(smtp), slack, api, hook, int(minute))
