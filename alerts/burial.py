"""Declares deliveries dead, and tells another channel; what could not be told to anybody goes on waiting instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alerts.compose import health
from alerts.journal import Journal, entry_of
from alerts.marks import Marks
from alerts.model import Alert, Channel, Delivery, Recipient
from alerts.send import Attempt, Sender, SendFailed, delivery_id_of


@dataclass(frozen=True, slots=True)
class Doomed:
    """A delivery that failed for good or for too long."""

    delivery: Delivery
    alert: Alert
    failure: SendFailed


def bury(
    doomed: Sequence[Doomed], recipients: Sequence[Recipient], senders: Mapping[Channel, Sender], journal: Journal, marks: Marks
) -> None:
    """Tell another recipient what the one recipient of `doomed` will not get, then mark it dead.

    Dead is only what another channel was told, or what failed for good when there is no other. The rest goes on waiting: with every
    channel down nothing is lost, and all of it goes out when one returns.
    """
    ref = doomed[0].delivery.recipient_ref
    others = [r for r in recipients if r.ref != ref and r.channel in senders]
    told = _tell(notice(doomed), others, senders, journal, marks)
    for one in doomed:
        if told or (one.failure.permanent and not others):
            marks.mark([one.delivery], "dead", one.failure.reason)
            marks.count("lost")
        else:
            marks.wait([one.delivery], one.failure)


def notice(doomed: Sequence[Doomed]) -> Alert:
    """Compose the message about one recipient's dead deliveries: who, why, and the title of each."""
    first, count = doomed[0], len(doomed)
    ref = first.delivery.recipient_ref
    reasons = ", ".join(dict.fromkeys(d.failure.reason for d in doomed))
    what = "1 alert" if count == 1 else f"{count} alerts"
    notes = (f"{ref} ({first.delivery.channel}) cannot be reached: {reasons}. Not delivered there:", *(d.alert.title for d in doomed))
    return health(first.alert.night, f"{what} to {ref} did not arrive", notes, first.delivery.delivery_id)


def _tell(alert: Alert, others: Sequence[Recipient], senders: Mapping[Channel, Sender], journal: Journal, marks: Marks) -> bool:
    """Send the notice to the first recipient whose channel works, people before files; True when somebody has it."""
    for recipient in sorted(others, key=lambda r: (r.channel == "file", r.ref)):
        delivery = Delivery(delivery_id_of(alert.alert_id, recipient), alert.alert_id, recipient.channel, recipient.ref, "")
        if journal.provider_ref(delivery.delivery_id) is not None:
            return True
        try:
            answer = senders[recipient.channel].send(alert, recipient, delivery, Attempt(1, marks.now))
        except SendFailed as failure:
            marks.fault(recipient.ref, failure.reason)
            continue
        journal.append([entry_of(alert, delivery, answer.provider_ref, marks.now, repeat=False)])
        return True
    return False
