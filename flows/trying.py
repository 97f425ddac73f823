"""Tries topics on the stored past: decides its articles again, day by day, in a throw-away database, as if they had been watched."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from flows.replay import replay_night
from flows.tools import Tools
from storage.store import Store
from topics.model import Move

DAYS = 30  # of the past, unless told


def try_topics(tools: Tools, wanted: Collection[str], since: date | None = None) -> tuple[Move, ...]:
    """Give the moves of these topics that would have been raised or watched, by night; the store stays as it is.

    Each article is told on its own day, in its first revision; what the seeds tell is known, nothing else is. since: the first day.
    """
    found: list[Move] = []
    with tools.store.read() as reads, tempfile.TemporaryDirectory(dir=tools.settings.home, prefix="try-") as scratch:
        last = max((run.night for run in reads.runs()), default=date.min)
        first = since or last - timedelta(min(DAYS, last.toordinal() - 1))
        own = replace(tools, store=Store(Path(scratch)), senders={})
        days = max(0, (last - first).days + 1)
        for number in range(days):
            day = first + timedelta(number)
            told = [replace(article, first_seen_at=article.told_at) for article in reads.told_on(day)]
            found += [move for move in replay_night(own, day, told).result.moves if move.topic in wanted]
            tools.progress("try", number + 1, days)
            tools.stop.check()
    return tuple(found)
