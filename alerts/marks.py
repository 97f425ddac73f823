"""Marks in the database what became of each delivery, in windows as short as that, and counts it for the report."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from alerts.model import Delivery, Status
from alerts.schedule import failing_since, next_try, unsent_ref, went_as
from alerts.send import SendFailed


class OutboxWindow(Protocol):
    """The part of storage's window that the outbox needs; each method commits by itself."""

    def pending_deliveries(self, now: datetime) -> tuple[Delivery, ...]:
        """Give the deliveries that are pending or sending and whose next_at is null or not after `now`."""

    def set_delivery(
        self, delivery_id: str, status: Status, tries: int, next_at: datetime | None, provider_ref: str, now: datetime
    ) -> None:
        """Change one delivery's status; now becomes its updated_at."""


Windows = Callable[[], AbstractContextManager[OutboxWindow]]


@dataclass(frozen=True, slots=True)
class DrainReport:
    """What a drain did, counted in deliveries."""

    sent: int = 0
    repeats: int = 0  # of the sent: marked as a possible repeat
    known: int = 0  # found in the journal, not sent again
    late: int = 0  # still waiting after a failure
    held: int = 0  # the recipient is not in the configuration
    muted: int = 0  # the recipient, or the operator, does not want it
    quiet: int = 0  # held until quiet hours, a snooze or a grouping window end
    lost: int = 0  # dead now; another channel was told where there is one
    failures: tuple[tuple[str, str], ...] = ()  # (recipient ref, reason), each once, in order; no address

    @property
    def ok(self) -> bool:
        """True when nothing is late, held or lost: the run may end with exit code 0."""
        return not (self.late or self.held or self.lost)


@dataclass(slots=True)
class Marks:
    """The one hand that changes delivery rows during a drain."""

    windows: Windows
    now: datetime
    counts: dict[str, int] = field(default_factory=dict)
    failures: dict[tuple[str, str], None] = field(default_factory=dict)

    def mark(self, deliveries: Iterable[Delivery], status: Status, provider_ref: str | None = None) -> None:
        """Set the status of the deliveries; provider_ref None keeps what they have."""
        with self.windows() as window:
            for d in deliveries:
                ref = d.provider_ref if provider_ref is None else provider_ref
                window.set_delivery(d.delivery_id, status, d.tries, None, ref, self.now)

    def wait(self, deliveries: Iterable[Delivery], failure: SendFailed) -> None:
        """Put the deliveries back until their next try; a row that may have arrived stays `sending`, so that its next try is marked."""
        with self.windows() as window:
            for d in deliveries:
                status: Status = "sending" if failure.unsure or d.status == "sending" else "pending"
                ref = unsent_ref(went_as(d), failing_since(d, self.now))
                window.set_delivery(d.delivery_id, status, d.tries, next_try(d.tries, self.now, failure.retry_after), ref, self.now)
                self.count("late")

    def hold(self, delivery: Delivery, until: datetime) -> None:
        """Hold a delivery until an instant; one that may have arrived keeps saying so."""
        self.count("quiet")
        if delivery.status == "sending" or (delivery.status, delivery.next_at) == ("held", until):
            return
        with self.windows() as window:
            window.set_delivery(delivery.delivery_id, "held", delivery.tries, until, delivery.provider_ref, self.now)

    def fault(self, ref: str, reason: str) -> None:
        """Note why a recipient was not reached."""
        self.failures[ref, reason] = None

    def count(self, name: str, number: int = 1) -> None:
        """Add to one of the report's counts."""
        self.counts[name] = self.counts.get(name, 0) + number

    def report(self) -> DrainReport:
        """Give what was counted."""
        return DrainReport(**self.counts, failures=tuple(self.failures))
