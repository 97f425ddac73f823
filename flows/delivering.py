"""Sends what is pending: the outbox with this installation's store, senders, journal and recipients."""

from __future__ import annotations

from datetime import datetime

from alerts.journal import Journal
from alerts.outbox import DrainReport, drain
from flows.tools import Tools


def settle(tools: Tools, now: datetime) -> DrainReport:
    """Send every delivery that waits, oldest night first; raises JournalBusy when another process is sending."""
    return drain(tools.store.window, tools.senders, Journal(tools.settings.journal), tools.seeds.routing.recipients, now)


def deliver_due(tools: Tools, now: datetime) -> DrainReport:
    """Send what waits, on a schedule of its own or when a person asks; what changed goes into the snapshot, too.

    Raises Locked while a run holds the lock, which sends by itself, and JournalBusy.
    """
    with tools.store.run_lock():
        report = settle(tools, now)
        if report.sent or report.known or report.lost:
            tools.store.publish_snapshot()
    return report


def sent_ids(tools: Tools) -> frozenset[str]:
    """Give every alert, move and matter id that anybody was told."""
    return Journal(tools.settings.journal).sent_ids()


def counts(report: DrainReport) -> dict[str, int]:
    """Give the report's numbers that are not zero."""
    names = ("sent", "repeats", "known", "late", "held", "lost")
    return {name: n for name in names if (n := getattr(report, name))}


def failure_lines(report: DrainReport) -> tuple[str, ...]:
    """Say who could not be reached, and why; no address is in it."""
    return tuple(f"{ref}: {reason}" for ref, reason in report.failures)
