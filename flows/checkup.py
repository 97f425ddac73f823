"""The checks behind `topicwatch doctor`: what a night needs, looked at without changing or sending anything."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from alerts.model import Channel
from flows.inbox import refused, waiting
from flows.seeding import load_catalogue, load_routing, load_seeds
from flows.settings import Settings, version
from storage.store import Store
from topics.reader import shipped_weights
from topics.topic_check import check_topics

SILENT_AFTER = timedelta(hours=36)  # a night is due every 24
ENOUGH = 500_000_000  # bytes free; a year of 60 sources takes about as much

LIMITS_OF: dict[Channel, str] = {
    "slack": " webhook (no threads; a lost answer is followed by a marked repeat; slack_app can both)",
    "webhook": " (a lost answer is followed by a marked repeat with the same webhook-id)",
    "apprise": " (a lost answer, or a failure of a URL with several targets, is followed by a marked repeat)",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    what: str
    ok: bool
    detail: str


def check(settings: Settings, now: datetime) -> tuple[Check, ...]:
    """Look at everything, in the order in which a night needs it; a fault is a value."""
    looks: tuple[tuple[str, Callable[[Settings], str]], ...] = (
        ("program", program), ("data directory", data_directory), ("seeds", seeds), ("channels", channels), ("own topics", own_topics),
        ("contact", contact), ("database", partial(database, now=now)), ("replies", replies),
    )  # fmt: skip
    return tuple(_look(what, look, settings) for what, look in looks)


def program(settings: Settings) -> str:
    """Name the versions that matter."""
    if not (3, 11) <= sys.version_info[:2] < (3, 14):
        raise ValueError(f"Python {sys.version_info.major}.{sys.version_info.minor}: want 3.11, 3.12 or 3.13")
    return f"topicwatch {version()}, Python {sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"


def data_directory(settings: Settings) -> str:
    """See that the data directory can be written and has room."""
    place = settings.home
    while not place.exists():
        place = place.parent
    if not os.access(place, os.W_OK):
        raise ValueError(f"{place} cannot be written; set TOPICWATCH_HOME to a folder of yours")
    free = shutil.disk_usage(place).free
    if free < ENOUGH:
        raise ValueError(f"{settings.home}: only {free / 1e6:,.0f} MB free, want {ENOUGH / 1e6:,.0f}")
    return f"{settings.home}, {free / 1e9:,.1f} GB free"


def seeds(settings: Settings) -> str:
    """Read seeds/ and the overlay."""
    found = load_seeds(settings)
    return (
        f"{len(found.enabled)} of {len(found.sources)} sources enabled, {len(found.catalogue.topics)} topics, "
        f"{len(found.catalogue.measures)} measures, {len(found.dossiers)} dossiers, {len(found.routing.recipients)} recipients"
    )


def channels(settings: Settings) -> str:
    """Name each recipient's channel and what it cannot do; nothing is sent."""
    routing = load_routing(settings, ())
    return "; ".join(f"{r.ref}: {r.channel}{LIMITS_OF.get(r.channel, '')}" for r in routing.recipients)


def own_topics(settings: Settings) -> str:
    """Try the examples of topics that training does not know."""
    catalogue = load_catalogue(settings.seeds, settings.overlay)
    own = [c for c in check_topics(catalogue, shipped_weights().topics) if not c.trained]
    deaf = [c for c in own if 2 * c.recognised < c.examples]
    if deaf:
        raise ValueError(f"{deaf[0].topic_id} recognises {deaf[0].recognised} of its {deaf[0].examples} examples; {deaf[0].advice}")
    told = [f"{c.topic_id}: {c.recognised} of {c.examples} examples recognised" for c in own]
    return "; ".join(told) or "none; see the head of seeds/topics.toml for how to add one"


def contact(settings: Settings) -> str:
    """Ask for a contact that publishers can write to."""
    if not settings.contact:
        raise ValueError("set TOPICWATCH_CONTACT to a mail address or URL: publishers block anonymous readers")
    return f"{settings.user_agent}, {settings.contact}"


def database(settings: Settings, now: datetime) -> str:
    """Open the snapshot, if there is one, and see that the nights still come: who reads no news cannot tell a quiet night from none."""
    if not settings.home.exists() or not (store := Store(settings.home)).snapshot.exists():
        return "none yet; the first night makes it"
    with store.read() as reads:
        runs = reads.runs()
    begun = next((run.started_at for run in runs if run.mode in {"night", "learn"}), now)
    if now - begun > SILENT_AFTER:
        raise ValueError(f"no night since {begun:%Y-%m-%d %H:%M} UTC: does the schedule still run (`crontab -l`, or the Prefect worker)?")
    return f"{len(runs)} runs, the last for night {runs[0].night} ({runs[0].outcome or 'killed'})" if runs else "no run yet"


def replies(settings: Settings) -> str:
    """See whether links are set up, and whether the inbox holds what could not be taken in."""
    aside = refused(settings.inbox)
    if aside:
        raise ValueError(
            f"{len(aside)} files of the inbox could not be taken in, such as {aside[0]}; the reason stands in the .why beside it"
        )
    state = f"signed, leading to {settings.links.base}" if settings.links else "none; `topicwatch init` makes TOPICWATCH_LINK_SECRET"
    return f"links in messages: {state}; {len(waiting(settings.inbox))} replies wait to be taken in"


def _look(what: str, look: Callable[[Settings], str], settings: Settings) -> Check:
    try:
        return Check(what, True, look(settings))
    except Exception as error:
        return Check(what, False, " ".join(str(error).split()) or type(error).__name__)
