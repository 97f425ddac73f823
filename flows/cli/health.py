"""`topicwatch sources` alone: how every source is."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli import show
from flows.cli.faults import guarded

if TYPE_CHECKING:
    from flows.health import Standing

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@guarded
def sources(context: typer.Context, json: AsJson = False) -> None:
    """The sources: how each one is, as of now and the last night; or list, check, import, export them."""
    if context.invoked_subcommand is not None:
        return
    from flows.health import standings
    from flows.seeding import load_sources
    from flows.settings import read_settings
    from flows.tools import now
    from storage.store import Store

    settings = read_settings()
    enabled = [s for s in load_sources(settings.seeds, settings.overlay) if s.enabled]
    with Store(settings.home).read() as reads:
        found = standings(enabled, reads.pasts(), reads.gaps(), now())
    if json:
        show.as_json([asdict(one) for one in found])
        return
    head = ("source", "is", "expected", "last heard", "newest entry", "days lost", "")
    show.table(head, [_row(one) for one in found])


def _row(one: Standing) -> tuple[object, ...]:
    every = f"every {one.expected_hours} h{', learnt' if one.learnt else ''}"
    heard = f"{one.last_heard:%Y-%m-%d %H:%M}" if one.last_heard else "never"
    return (one.source_id, one.condition, every, heard, one.newest or "", one.days_lost or "", one.words)
