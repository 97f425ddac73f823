"""Empties the outbox: intent into the database, send, acknowledgement into the journal, then into the database.

Never lost; repeated only when an answer was lost, and then marked (FAULTS.md, alerts: what can be promised). The database is open for
the short windows only, never while something is sent.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from alerts.burial import Doomed, bury
from alerts.folding import FOLD_ABOVE, Item, Quota, items_of
from alerts.gate import OPEN_GATE, Gate, Held, Muted
from alerts.journal import Journal, entry_of
from alerts.marks import DrainReport, Marks, OutboxWindow, Windows
from alerts.model import Alert, Channel, Delivery, Recipient
from alerts.payload import PayloadError, from_json
from alerts.schedule import GIVE_UP, failing_since, first_failure, is_due, unsent_ref
from alerts.send import Attempt, Sender, SendFailed, Sent

__all__ = ["DrainReport", "OutboxWindow", "Windows", "drain"]

HORIZON = timedelta(days=3650)
Dress = Callable[[Alert, Recipient, datetime], Alert]
IN_PLACE_WAIT = 60.0  # seconds of Retry-After that are waited for within a drain
BREAK_AFTER = 2  # failures in a row after which a recipient's channel counts as down: one bad message alone holds up nothing


def drain(
    windows: Windows,
    senders: Mapping[Channel, Sender],
    journal: Journal,
    recipients: Sequence[Recipient],
    now: datetime,
    *,
    sleep: Callable[[float], None] = time.sleep,
    fold_above: int = FOLD_ABOVE,
    gate: Gate = OPEN_GATE,
    dress: Dress = lambda alert, recipient, now: alert,
) -> DrainReport:
    """Send what waits, recipient by recipient, oldest night first.

    A recipient is tried when one of its deliveries is due; two failures in a row end its turn. After 48 hours of failing, or at once
    when the failure is permanent, a delivery is dead and another channel is told. gate: what is held back; dress: adds a recipient's links
    to what is sent. Raises JournalBusy when another process is sending,
    OSError when the journal cannot be written.
    """
    with journal.exclusive():
        drainer = _Drainer(senders, journal, recipients, Marks(windows, now), sleep, fold_above, gate, dress)
        with windows() as window:
            waiting = window.pending_deliveries(now + HORIZON)  # also what is not due: a recipient's alerts keep their order
        for ref in sorted({d.recipient_ref for d in waiting}):
            drainer.serve(ref, [d for d in waiting if d.recipient_ref == ref])
        return drainer.marks.report()


@dataclass(slots=True)
class _Drainer:
    senders: Mapping[Channel, Sender]
    journal: Journal
    recipients: Sequence[Recipient]
    marks: Marks
    sleep: Callable[[float], None]
    fold_above: int
    gate: Gate
    dress: Dress
    doomed: list[Doomed] = field(default_factory=list)

    def serve(self, ref: str, waiting: Sequence[Delivery]) -> None:
        """Serve one recipient: settle what the journal knows, send the rest in order, bury what cannot be sent."""
        rest = [(d, alert) for d in waiting if (alert := self.unsettled(d)) is not None]
        recipient = next((r for r in self.recipients if r.ref == ref and r.channel in self.senders), None)
        if recipient is None:
            self.hold(ref, [d for d, _ in rest])
            return
        rest = [(d, told) for d, alert in rest for told in self.admitted(d, alert, recipient)]
        if any(d.status == "held" or is_due(d, self.marks.now) for d, _ in rest):
            self.doomed = []
            self.send_in_order(items_of(rest, self.fold_above, self.quota(recipient)), recipient)
            if self.doomed:
                bury(self.doomed, self.recipients, self.senders, self.journal, self.marks)
        else:
            self.marks.count("late", len(rest))

    def unsettled(self, delivery: Delivery) -> Alert | None:
        """Give what the recipient has not been told yet; None when the delivery is settled without sending."""
        ref = self.journal.provider_ref(delivery.delivery_id)
        try:
            alert = None if ref is not None else self.journal.untold(from_json(delivery.payload), delivery.recipient_ref)
        except PayloadError as error:
            self.marks.fault(delivery.recipient_ref, str(error))
            self.marks.mark([delivery], "dead", "payload unreadable")
            self.marks.count("lost")
            return None
        if alert is None:
            self.marks.mark([delivery], "sent", ref or "")
            self.marks.count("known")
        return alert

    def admitted(self, delivery: Delivery, alert: Alert, recipient: Recipient) -> tuple[Alert, ...]:
        """Give what the recipient is told of the alert now; () when it is held or muted, which is marked."""
        passed = self.gate.pass_on(alert, recipient, self.marks.now)
        if isinstance(passed, Held):
            self.marks.hold(delivery, passed.until)
        elif isinstance(passed, Muted):
            self.marks.mark([delivery], "muted", passed.why)
            self.marks.count("muted")
        else:
            return (passed,)
        return ()

    def quota(self, recipient: Recipient) -> Quota:
        """Say how many more messages about a night the recipient wants, and whether one matter's come as one."""
        wanted = recipient.habits
        left = (lambda night: wanted.max_per_night - self.journal.messages(recipient.ref, night)) if wanted.max_per_night else None
        return Quota(left, by_matter=bool(wanted.group_minutes))

    def hold(self, ref: str, deliveries: Sequence[Delivery]) -> None:
        """Leave what is addressed to a recipient that the configuration does not name (any more), and say so."""
        if deliveries:
            self.marks.fault(ref, "not in the configuration, or its channel is not set up")
        self.marks.count("held", len(deliveries))

    def send_in_order(self, items: Sequence[Item], recipient: Recipient) -> None:
        """Send the messages one by one until the channel seems down; then the rest waits without a try counted."""
        in_a_row = 0
        behind: set[str] = set()  # matters with a message that waits: what follows it waits too, or it would begin a thread of its own
        for number, item in enumerate(items):
            if item.alert.matter_id in behind:
                self.marks.wait(item.deliveries, SendFailed("an earlier message of the matter waits"))
                continue
            failure = self.attempt(item, recipient)
            if failure and not failure.permanent and item.alert.matter_id:
                behind.add(item.alert.matter_id)
            in_a_row = in_a_row + 1 if failure and not failure.permanent else 0
            if failure and in_a_row >= BREAK_AFTER:
                calm = SendFailed(failure.reason, retry_after=failure.retry_after)
                self.marks.wait([d for later in items[number + 1 :] for d in later.deliveries], calm)
                return

    def attempt(self, item: Item, recipient: Recipient) -> SendFailed | None:
        """Send one message and settle its deliveries; give the failure, if any."""
        message_id = item.alert.alert_id
        going = [replace(d, tries=d.tries + 1, provider_ref=unsent_ref(message_id, first_failure(d))) for d in item.deliveries]
        attempt = Attempt(
            going[0].tries, self.marks.now, item.unsure, thread=self.journal.thread(item.alert, recipient), since=self.earliest(item)
        )
        self.marks.mark(going, "sending")
        try:
            dressed = self.dress(item.alert, recipient, self.marks.now)
            answer = self.send(dressed, recipient, going[0], attempt)
        except SendFailed as failure:
            self.marks.fault(recipient.ref, failure.reason)
            self.fail(going, item, failure)
            return failure
        try:
            repeat = item.unsure and not answer.certain
            entries = [entry_of(a, d, answer.provider_ref, self.marks.now, repeat=repeat, message_id=message_id) for d, a in item.parts]
            self.journal.append(entries)
        finally:  # a full disk may stop the journal: then at least the database knows
            self.marks.mark(going, "sent", answer.provider_ref)
        self.marks.count("sent", len(going))
        self.marks.count("repeats", len(going) if repeat else 0)
        if answer.note:
            self.marks.fault(recipient.ref, answer.note)
        return None

    def earliest(self, item: Item) -> datetime:
        """Give the instant before which the item cannot have arrived."""
        return min(first_failure(d) or d.updated_at or self.marks.now for d in item.deliveries)

    def send(self, alert: Alert, recipient: Recipient, delivery: Delivery, attempt: Attempt) -> Sent:
        """Send once; when the channel asks for a short pause, wait for it and try once more."""
        sender = self.senders[recipient.channel]
        try:
            return sender.send(alert, recipient, delivery, attempt)
        except SendFailed as failure:
            if failure.unsure or failure.permanent or failure.retry_after is None or failure.retry_after > IN_PLACE_WAIT:
                raise
            self.sleep(failure.retry_after)
        return sender.send(alert, recipient, delivery, attempt)

    def fail(self, going: Sequence[Delivery], item: Item, failure: SendFailed) -> None:
        """Put the deliveries back to wait, or among the doomed when the failure is permanent or has lasted for 48 hours."""
        for delivery, (_, alert) in zip(going, item.parts, strict=True):
            if failure.permanent or self.marks.now - failing_since(delivery, self.marks.now) >= GIVE_UP:
                self.doomed.append(Doomed(delivery, alert, failure))
            else:
                self.marks.wait([delivery], failure)
