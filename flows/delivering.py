"""Sends what is pending: the outbox with this installation's store, senders, journal and recipients, and with what people said back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from alerts.control import acknowledged, in_force
from alerts.dressing import Dresser
from alerts.gate import Gate
from alerts.journal import Journal
from alerts.outbox import DrainReport, drain
from flows.inbox import take_in
from flows.seeding import Seeds
from flows.settings import Settings
from flows.tools import Tools

INBOX = "inbox"  # stands in the place of a recipient where a file of the inbox was refused


def settle(tools: Tools, now: datetime) -> DrainReport:
    """Take in what people said back, then send every delivery that waits and that nothing holds back, oldest night first.

    Raises JournalBusy when another process is sending.
    """
    taken = take_in(tools.store, tools.settings.inbox)
    journal = Journal(tools.settings.journal)
    gate, dresser = gate_of(tools, journal, now), dresser_of(tools.settings, tools.seeds)
    report = drain(
        tools.store.window, tools.senders, journal, tools.seeds.routing.recipients, now, gate=gate, dress=dresser.dress
    )  # fmt: skip
    refused = tuple((INBOX, f"{name} was set aside: {why}") for name, why in taken.refused)
    return replace(report, failures=(*report.failures, *refused))


def dresser_of(settings: Settings, seeds: Seeds) -> Dresser:
    """Give what this installation adds to a message: links where it has a secret, topics' names, measured rates."""
    return Dresser(settings.links, {t.topic_id: t for t in seeds.catalogue.topics}, seeds.rates)


def gate_of(tools: Tools, journal: Journal, now: datetime) -> Gate:
    """Give what holds back messages at this instant."""
    with tools.store.window() as window:
        actions = window.actions()
    return Gate(in_force(actions, now), acknowledged(actions), journal.told_at)


def deliver_due(tools: Tools, now: datetime) -> DrainReport:
    """Send what waits, on a schedule of its own or when a person asks; what changed goes into the snapshot, too.

    Raises Locked while a run holds the lock, which sends by itself, and JournalBusy.
    """
    with tools.store.run_lock():
        said = any(tools.settings.inbox.glob("*.json"))
        report = settle(tools, now)
        if said or counts(report).keys() - {
            "late"
        }:  # what only waits on changes nothing, and copying a large file every five minutes is dear
            tools.store.publish_snapshot()
    return report


def sent_ids(tools: Tools) -> frozenset[str]:
    """Give every alert, move and matter id that anybody was told."""
    return Journal(tools.settings.journal).sent_ids()


def counts(report: DrainReport) -> dict[str, int]:
    """Give the report's numbers that are not zero."""
    names = ("sent", "repeats", "known", "late", "held", "muted", "quiet", "lost")
    return {name: n for name in names if (n := getattr(report, name))}


def failure_lines(report: DrainReport) -> tuple[str, ...]:
    """Say who could not be reached, and why; no address is in it."""
    return tuple(f"{ref}: {reason}" for ref, reason in report.failures)
