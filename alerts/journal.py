"""The append-only record of what was sent: it survives the loss of the database, and then keeps every alert from coming twice."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from alerts.model import Alert, Delivery, Line, Recipient
from alerts.send import Thread

VERSION = 1


class JournalBusy(RuntimeError):  # noqa: N818 (reads as what it says)
    """Another process is sending."""


@dataclass(frozen=True, slots=True)
class Told:
    """One step that a recipient was told: by which moves, about what, and on which evidence."""

    tense: str  # told | confirmation | retraction | weekly: each may come once per move
    move_ids: frozenset[str]
    matters: frozenset[str]  # the matter's id and every key it is met by
    kind: str
    value: str
    urls: frozenset[str]

    def covers(self, other: Told) -> bool:
        """Tell whether the other is the same step: the same move, or the same matter, kind and value on a shared page.

        The second way counts when ids differ because the database was lost (SCHEMA.md, invariant 7).
        """
        if self.tense != other.tense:
            return False
        if other.move_ids <= self.move_ids:
            return True
        same = (self.kind, self.value) == (other.kind, other.value)
        return same and bool(self.matters & other.matters) and bool(self.urls & other.urls)


class Journal:
    """sent.jsonl: one line per acknowledged delivery, on disk before the database says `sent`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._refs: dict[str, str] = {}  # delivery id -> provider ref
        self._told: dict[str, list[Told]] = {}  # recipient ref -> steps
        self._ids: set[str] = set()
        self._threads: dict[tuple[str, str, str], Thread] = {}  # (recipient ref, channel, matter's id or key) -> its first message
        self._messages: dict[tuple[str, str], set[str]] = {}  # (recipient ref, night) -> messages
        self._last: dict[tuple[str, str], datetime] = {}  # (recipient ref, matter id) -> when it was last told
        self.damaged = 0  # lines that could not be read
        self.reload()

    def reload(self) -> None:
        """Read the file from its beginning; a torn or unreadable line is counted and left out; raises OSError."""
        self._refs, self._told, self._ids, self._threads, self.damaged = {}, {}, set(), {}, 0
        self._messages, self._last = {}, {}
        raw = self._path.read_bytes() if self._path.exists() else b""
        for line in filter(None, raw.split(b"\n")):
            try:
                self._take(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError):
                self.damaged += 1

    def append(self, entries: Sequence[dict[str, Any]]) -> None:
        """Write the entries and bring them to disk; returns only then; raises OSError."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = not self._path.exists()
        with self._path.open("a+b") as file:
            # After a torn line the next one begins on its own line.
            lead = b"\n" if file.tell() and not _ends_whole(file.fileno(), file.tell()) else b""
            file.write(lead + b"".join(json.dumps(e, ensure_ascii=True, sort_keys=True).encode() + b"\n" for e in entries))
            file.flush()
            os.fsync(file.fileno())
        if new:
            _sync_folder(self._path.parent)
        for entry in entries:
            self._take(entry)

    def sent_ids(self) -> frozenset[str]:
        """Give every alert, move and matter id that anybody was told."""
        return frozenset(self._ids)

    def provider_ref(self, delivery_id: str) -> str | None:
        """Give the acknowledgement of a delivery, None when there is none."""
        return self._refs.get(delivery_id)

    def messages(self, recipient_ref: str, night: str) -> int:
        """Count the messages about one night that the recipient has."""
        return len(self._messages.get((recipient_ref, night), ()))

    def told_at(self, recipient_ref: str, matter_id: str) -> datetime | None:
        """Give the instant of the recipient's last message about a matter."""
        return self._last.get((recipient_ref, matter_id))

    def already_sent(self, alert: Alert, recipient_ref: str, delivery_id: str) -> bool:
        """Tell whether the recipient has all of the alert: this very delivery, or every step of it by other ids."""
        return delivery_id in self._refs or self.untold(alert, recipient_ref) is None

    def untold(self, alert: Alert, recipient_ref: str) -> Alert | None:
        """Give the alert without the lines that the recipient has already; None when all its lines went."""
        known = self._told.get(recipient_ref, [])
        lines = tuple(x for x in alert.lines if not any(t.covers(told_of(alert, x)) for t in known))
        if lines == alert.lines:
            return alert
        return replace(alert, lines=lines, move_ids=tuple(sorted(i for x in lines for i in x.move_ids))) if lines else None

    def thread(self, alert: Alert, recipient: Recipient) -> Thread | None:
        """Give the first message that the recipient got about the alert's matter, by its id or one of its keys; None when there is none."""
        names = [alert.matter_id, *(key for line in alert.lines for key in line.keys)] if alert.matter_id else []
        return next((t for name in names if (t := self._threads.get((recipient.ref, recipient.channel, name)))), None)

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the right to send: one process at a time; raises JournalBusy; the journal is read anew."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_name(self._path.name + ".lock").open("ab") as file:
            try:
                fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise JournalBusy(f"another process is sending ({self._path.name}.lock is held)") from None
            self.reload()
            yield

    def _take(self, entry: dict[str, Any]) -> None:
        steps = [_told_from(table) for table in entry["lines"]]
        self._refs[entry["delivery_id"]] = str(entry["provider_ref"])
        self._told.setdefault(entry["recipient_ref"], []).extend(steps)
        if entry["matter_id"] and entry.get("message_id", entry["alert_id"]) == entry["alert_id"]:  # not one of many in a digest
            thread = Thread(str(entry["provider_ref"]), entry["alert_id"], str(entry.get("night", "")))
            for name in {entry["matter_id"], *(k for t in entry["lines"] for k in t["keys"])}:
                self._threads.setdefault((entry["recipient_ref"], entry["channel"], name), thread)
        ref, night = entry["recipient_ref"], entry.get("night", "")  # lines of an older version name no night
        self._messages.setdefault((ref, night), set()).add(entry.get("message_id") or entry["alert_id"])
        if entry["matter_id"]:
            self._last[ref, entry["matter_id"]] = datetime.fromisoformat(entry["sent_at"])
        self._ids |= {entry["alert_id"]} | {i for s in steps for i in s.move_ids} | {t["matter_id"] for t in entry["lines"]} - {""}


def told_of(alert: Alert, line: Line) -> Told:
    """Give the step that one line of the alert tells."""
    return _told_from(_table_of(alert, line))


def entry_of(alert: Alert, delivery: Delivery, provider_ref: str, at: datetime, *, repeat: bool, message_id: str = "") -> dict[str, Any]:
    """Give the journal's line of one acknowledged delivery; it holds no address.

    message_id: the alert id of the message that told it, where several were folded into one.
    """
    return {
        "v": VERSION,
        "delivery_id": delivery.delivery_id,
        "alert_id": delivery.alert_id,
        "message_id": message_id or delivery.alert_id,
        "night": alert.night,
        "purpose": alert.purpose,
        "channel": delivery.channel,
        "recipient_ref": delivery.recipient_ref,
        "matter_id": alert.matter_id,
        "sent_at": at.isoformat(),
        "provider_ref": provider_ref,
        "possible_repeat": repeat,
        "lines": [_table_of(alert, line) for line in alert.lines],
    }


def _table_of(alert: Alert, line: Line) -> dict[str, Any]:
    urls = line.urls or ((line.url,) if line.url else ())
    return {
        "tense": alert.purpose if alert.purpose in {"confirmation", "correction", "retraction", "weekly"} else "told",
        "move_ids": list(line.move_ids), "matter_id": line.matter_id or alert.matter_id, "keys": list(line.keys), "kind": line.kind,
        "value": line.value, "urls": list(urls),
    }  # fmt: skip


def _told_from(table: dict[str, Any]) -> Told:
    matters = frozenset({table["matter_id"], *table["keys"]} - {""})
    return Told(table["tense"], frozenset(table["move_ids"]), matters, table["kind"], table["value"], frozenset(table["urls"]))


def _ends_whole(descriptor: int, size: int) -> bool:
    return os.pread(descriptor, 1, size - 1) == b"\n"


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
