"""What a person does with single messages: a test, a second sending, a withdrawal, a look at the night's messages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from alerts.addressing import delivery_of, part_for
from alerts.channels import build_senders
from alerts.compose import health, retraction
from alerts.journal import Journal, entry_of
from alerts.model import Alert, Delivery, Recipient
from alerts.outbox import DrainReport
from alerts.payload import PayloadError, from_json
from alerts.routing import Routing
from alerts.send import Attempt, SendFailed
from flows.delivering import dresser_of, settle
from flows.seeding import SeedError
from flows.tools import Tools

Result = tuple[str, str]  # (recipient ref, what became of it)
OPERATOR = "operator"


def chosen(routing: Routing, refs: Collection[str]) -> tuple[Recipient, ...]:
    """Give the recipients of those refs, all when none is named; raises SeedError for an unknown one."""
    known = {r.ref: r for r in routing.recipients}
    unknown = [ref for ref in refs if ref not in known]
    if unknown:
        raise SeedError(f"recipient {unknown[0]!r} is not in routing.toml; there are {', '.join(sorted(known))}")
    return tuple(known[ref] for ref in refs) if refs else routing.recipients


def send_test(tools: Tools, refs: Collection[str], now: datetime) -> tuple[Result, ...]:
    """Send a test message through the real channels, also before the installation is live; nothing is stored."""
    routing = tools.seeds.routing
    senders = build_senders(routing, tools.settings.home)
    note = "This is a test. When you read it, alerts will reach you here."
    state = "" if routing.live else "Until `topicwatch init --live`, alerts themselves are written to files only."
    alert = health(now.date().isoformat(), "test message", tuple(filter(None, (note, state))), f"test {now.isoformat()}")
    results = []
    for recipient in chosen(routing, refs):
        try:
            senders[recipient.channel].send(alert, recipient, delivery_of(alert, recipient), Attempt(1, now))
            results.append((recipient.ref, "sent"))
        except SendFailed as failure:
            results.append((recipient.ref, failure.reason))
    return tuple(results)


def resend(tools: Tools, alert_id: str, refs: Collection[str], now: datetime) -> tuple[Result, ...]:
    """Send a stored alert once more, marked as a possible repeat to whom it may have reached; without refs to all who were to have it.

    Raises Locked, JournalBusy, SeedError, StoreError.
    """
    journal = Journal(tools.settings.journal)
    with tools.store.run_lock(), journal.exclusive():
        with tools.store.window() as window:
            alert, deliveries = window.find_alert(alert_id)
        wanted = refs or sorted({d.recipient_ref for d in deliveries} & {r.ref for r in tools.seeds.routing.recipients})
        results = []
        for recipient in chosen(tools.seeds.routing, wanted) if wanted else ():
            kept = next((d for d in deliveries if (d.recipient_ref, d.channel) == (recipient.ref, recipient.channel)), None)
            results.append((recipient.ref, _send_again(tools, journal, alert, kept, recipient, now)))
    tools.store.publish_snapshot()
    return tuple(results)


def _send_again(tools: Tools, journal: Journal, alert: Alert, kept: Delivery | None, recipient: Recipient, now: datetime) -> str:
    delivery = kept or delivery_of(alert, recipient)
    try:
        part = from_json(delivery.payload)
    except PayloadError:
        part = alert
    repeat = delivery.status in {"sent", "sending"}
    dressed = dresser_of(tools.settings, tools.seeds).dress(part, recipient, now)
    try:
        answer = tools.senders[recipient.channel].send(dressed, recipient, delivery, Attempt(delivery.tries + 1, now, repeat))
    except SendFailed as failure:
        return failure.reason
    journal.append([entry_of(part, delivery, answer.provider_ref, now, repeat=repeat)])
    with tools.store.window() as window:
        window.put_again(delivery)
        window.set_delivery(delivery.delivery_id, "sent", delivery.tries + 1, None, answer.provider_ref, now)
    return "sent again" if repeat else "sent"


def retract(tools: Tools, alert_id: str, move_id: str, why: str, now: datetime) -> tuple[Alert, DrainReport]:
    """Take an alert, or one move of it, back: the ledger, the label, and a withdrawal to everyone who may have read it.

    A recipient who was not told yet is told neither. Raises Locked, JournalBusy, SeedError, StoreError.
    """
    with tools.store.run_lock():
        with tools.store.window() as window:
            told, deliveries = window.find_alert(alert_id)
            told = part_of(told, move_id)
            alert = retraction(told, why, now.date().isoformat())
            reached = {d.recipient_ref for d in deliveries if d.status in {"sent", "sending"}}
            going = [delivery_of(alert, r) for r in tools.seeds.routing.recipients if r.ref in reached]
            window.take_back(told, alert, going, OPERATOR, why, now)
        report = settle(tools, now)
        tools.store.publish_snapshot()
    return alert, report


def part_of(told: Alert, move_id: str) -> Alert:
    """Give what is taken back: the whole alert, or the one line that tells the move; raises SeedError when that is unclear."""
    if told.purpose in {"health", "correction", "retraction"} or not told.lines:
        raise SeedError(f"alert {told.alert_id}: is a {told.purpose} message; there is no step to take back")
    if not move_id and (told.purpose != "digest" or len(told.lines) == 1):
        return told
    lines = tuple(line for line in told.lines if move_id and move_id in line.move_ids)
    if not lines:
        listed = "; ".join(f"{line.move_id} {line.headline[:60]}" for line in told.lines[:20])
        raise SeedError(f"alert {told.alert_id}: name one of its moves with --move: {listed}")
    return replace(
        told, title=lines[0].headline, matter_id=lines[0].matter_id, lines=lines, move_ids=tuple(sorted(lines[0].move_ids)), notes=()
    )


def for_recipient(alerts: Sequence[Alert], routing: Routing, recipient: Recipient) -> tuple[Alert, ...]:
    """Give what the routes let through to one recipient."""
    routes = [r for r in routing.routes if recipient.ref in r.to]
    return tuple(part for alert in alerts if (part := part_for(alert, routes)) is not None)
