"""The listening half of a night over a web on loopback: sources read, answers archived, readings stored; nothing decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from bench.loopback import Web
from extractors.model import Source, SourceReading
from flows.archive import open_archive
from flows.listening import Job, listen
from flows.pipeline import Plan, begin
from flows.settings import read_settings
from flows.tools import Tools
from flows.wiring import open_tools


@contextmanager
def reading(web: Web, home: Path, asked: Sequence[Source]) -> Iterator[Tools]:
    """The tools of a fresh installation that knows these sources and no other."""
    pairs = ",".join(f"{host}:{port}" for host, port in sorted(web.allowed))
    given = {"TOPICWATCH_HOME": str(home), "TOPICWATCH_ALLOW_PRIVATE": pairs, "TOPICWATCH_CONTACT": "bench@topicwatch.invalid"}
    with open_tools(read_settings(given)) as tools:
        yield replace(tools, seeds=replace(tools.seeds, sources=tuple(asked)))


def a_night(tools: Tools, now: datetime, asked: Sequence[Source] = ()) -> tuple[SourceReading, ...]:
    """Begin a run and read its sources, all when none are named."""
    chosen = tuple(asked) or tools.seeds.sources
    started = begin(tools, Plan(now.date(), now, "night", chosen, armed=True))
    archive = open_archive(tools.settings, now.date(), started.run_seq, now)
    return listen(tools, Job(started.run_seq, chosen, (None, None), now, True), archive)
