"""Puts the real tools together from the settings: store, reader, senders; and plans the night that is due."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time

from alerts.channels import build_senders, rehearsing
from flows.arenas import bound_arenas
from flows.pipeline import Plan
from flows.progress import Progress, silent
from flows.seeding import load_seeds
from flows.settings import Settings, read_settings
from flows.stopping import Stop
from flows.tools import Clock, Tools, now
from storage.store import Store
from topics.judge import shipped_judge
from topics.reader import BuiltinReader


@contextmanager
def open_tools(
    settings: Settings | None = None, *, progress: Progress = silent, stop: Stop | None = None, clock: Clock = now
) -> Iterator[Tools]:
    """Give the tools of a run; raises SettingsError or SeedError before anything is fetched."""
    bound_arenas()
    chosen = with_block(settings or read_settings())
    seeds = load_seeds(chosen)
    chosen.home.mkdir(parents=True, exist_ok=True)
    senders = build_senders(seeds.routing, chosen.home)
    yield Tools(
        settings=chosen,
        seeds=seeds,
        store=Store(chosen.home),
        reader=BuiltinReader(),
        senders=senders if seeds.routing.live else rehearsing(senders, chosen.home),
        clock=clock,
        judge=shipped_judge(),
        progress=progress,
        stop=stop or Stop(),
    )


def with_block(settings: Settings) -> Settings:
    """Add the secrets of the Prefect block that the settings name; raises SettingsError when it cannot be read."""
    if not settings.secret_block:
        return settings
    from flows.secret_block import secrets_of  # noqa: PLC0415 -- imports prefect, which only who uses a block needs

    return replace(settings, secrets={**secrets_of(settings.secret_block), **settings.secrets})


def plan_night(tools: Tools, as_of: datetime | None = None, *, force: bool = False) -> Plan:
    """Plan tonight's watch, or with `as_of` the watch of a simulated day: the clock then stands at that instant."""
    at = as_of or tools.clock()
    return Plan(at.astimezone(UTC).date(), at, "night", tools.seeds.enabled, as_of=as_of, force=force)


def end_of(day: date) -> datetime:
    """Give the last second of a day, UTC: a night covers its whole day."""
    return datetime.combine(day, time(23, 59, 59), UTC)
