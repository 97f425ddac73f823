"""What a run works with: settings, seeds, store, reader, senders, clock; tests put stand-ins into any of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from alerts.model import Channel
from alerts.send import Sender
from flows.progress import Progress, silent
from flows.seeding import Seeds
from flows.settings import Settings
from flows.stopping import Stop
from storage.store import Store
from topics.judge import Judge
from topics.model import Reader
from topics.rules import DEFAULT_RULES, Rules

Clock = Callable[[], datetime]


def now() -> datetime:
    """Read the wall clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Tools:
    """All that the composition needs."""

    settings: Settings
    seeds: Seeds
    store: Store
    reader: Reader
    senders: Mapping[Channel, Sender]
    clock: Clock = now
    rules: Rules = DEFAULT_RULES
    judge: Judge | None = None  # None: press claims count by their scores alone
    progress: Progress = silent
    stop: Stop = field(default_factory=Stop)
