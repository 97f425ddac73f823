"""Puts the real tools together from the settings: store, reader, senders; and plans the night that is due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from typing import cast, get_args

from storage.store import Store

from alerts.files import FileSender
from alerts.model import Channel
from alerts.send import Security, Sender, SlackSettings, SmtpSettings
from alerts.slack import SlackSender
from alerts.smtp import SmtpSender
from flows.pipeline import Plan
from flows.progress import Progress, silent
from flows.seeding import load_seeds
from flows.settings import Settings, SettingsError, read_settings
from flows.stopping import Stop
from flows.tools import Clock, Tools, now
from topics.reader import BuiltinReader


@contextmanager
def open_tools(
    settings: Settings | None = None, *, progress: Progress = silent, stop: Stop | None = None, clock: Clock = now
) -> Iterator[Tools]:
    """Give the tools of a run; raises SettingsError or SeedError before anything is fetched."""
    chosen = settings or read_settings()
    seeds = load_seeds(chosen)
    chosen.home.mkdir(parents=True, exist_ok=True)
    yield Tools(
        settings=chosen,
        seeds=seeds,
        store=Store(chosen.home),
        reader=BuiltinReader(),
        senders=senders_of(chosen),
        clock=clock,
        progress=progress,
        stop=stop or Stop(),
    )


def senders_of(settings: Settings) -> Mapping[Channel, Sender]:
    """Give one sender a channel; nothing is connected before something is sent."""
    return {
        "file": FileSender(settings.home),
        "smtp": SmtpSender(smtp_of(settings.secrets)),
        "slack": SlackSender(SlackSettings(allowed_private=settings.allowed_private)),
    }


def smtp_of(names: Mapping[str, str]) -> SmtpSettings:
    """Read TOPICWATCH_SMTP_HOST, _PORT, _SECURITY, _USER, _PASSWORD, _FROM, _CA; raises SettingsError."""
    port, security = names.get("TOPICWATCH_SMTP_PORT", "587"), names.get("TOPICWATCH_SMTP_SECURITY", "starttls")
    if not port.isdecimal():
        raise SettingsError("TOPICWATCH_SMTP_PORT: want a number such as 587")
    if security not in get_args(Security):
        raise SettingsError(f"TOPICWATCH_SMTP_SECURITY: want one of {', '.join(get_args(Security))}")
    return SmtpSettings(
        host=names.get("TOPICWATCH_SMTP_HOST", "localhost"),
        port=int(port),
        security=cast("Security", security),
        username=names.get("TOPICWATCH_SMTP_USER", ""),
        password=names.get("TOPICWATCH_SMTP_PASSWORD", ""),
        sender=names.get("TOPICWATCH_SMTP_FROM", "topicwatch@localhost.invalid"),
        ca_file=names.get("TOPICWATCH_SMTP_CA", ""),
    )


def plan_night(tools: Tools, as_of: datetime | None = None, *, force: bool = False) -> Plan:
    """Plan tonight's watch, or with `as_of` the watch of a simulated day: the clock then stands at that instant."""
    at = as_of or tools.clock()
    return Plan(at.astimezone(UTC).date(), at, "night", tools.seeds.enabled, as_of=as_of, force=force)


def end_of(day: date) -> datetime:
    """Give the last second of a day, UTC: a night covers its whole day."""
    return datetime.combine(day, time(23, 59, 59), UTC)
