"""Commands that look at what is stored: explain, moves, ledger. They read the snapshot of the last night and lock nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli import show
from flows.cli.explained import explained
from flows.cli.faults import guarded
from flows.cli.when import day
from flows.summary import Exit

if TYPE_CHECKING:
    from datetime import date

    from storage.reads import Reads

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Since = Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="From this night on.")]
Until = Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="Up to this night.")]


@guarded
def explain(
    what: Annotated[str, typer.Argument(help="A link, or the id of an article, a move or its step.", metavar="URL|ID")],
    as_of: Annotated[int | None, typer.Option(help="As was known by this run.", metavar="RUN")] = None,
    json: AsJson = False,
) -> None:
    """Say why something was, or was not, alerted."""
    with open_reads() as reads:
        found = reads.explain(what, as_of)
    if found.is_empty:
        typer.echo(f"topicwatch: {show.clean(what)} was never seen; no source listed it (see `topicwatch sources list`)", err=True)
        raise typer.Exit(Exit.FAILURE)
    if json:
        table = asdict(found)
        table["verdicts"] = [{**asdict(d.verdict), "night": d.night, "run_seq": d.run_seq} for d in found.verdicts]
        show.as_json(table)
    else:
        for line in explained(found):
            typer.echo(show.clean(line))


@guarded
def moves(topic: str = "", since: Since = "", until: Until = "", json: AsJson = False) -> None:
    """List what moved."""
    with open_reads() as reads:
        found = reads.moves(topic=topic, since=_day(since, "--since"), until=_day(until, "--until"))
    if json:
        show.as_json([{**asdict(row.move), "run_seq": row.run_seq} for row in found])
        return
    head = ("night", "topic", "kind", "", "headline", "id")
    show.table(head, [(r.move.night, r.move.topic, r.move.kind, r.move.disposition, r.move.headline, r.move.move_id) for r in found])


@guarded
def ledger(
    as_of: Annotated[str, typer.Option(help="Up to and including this night, or by this run.", metavar="YYYY-MM-DD|RUN")] = "",
    json: AsJson = False,
) -> None:
    """List every step that is, or was, known."""
    view = int(as_of) if as_of.isdecimal() else _day(as_of, "--as-of")
    with open_reads() as reads:
        found = reads.ledger(view)
    if json:
        show.as_json([asdict(entry) for entry in found])
        return
    head = ("night", "topic", "kind", "support", "value")
    rows = [(e.row.night, e.row.topic, e.row.kind, "retracted" if e.retracted else e.row.support, e.row.value) for e in found]
    show.table(head, rows)


@contextmanager
def open_reads() -> Iterator[Reads]:
    """Open the snapshot of this installation."""
    from flows.settings import read_settings
    from storage.store import Store

    with Store(read_settings().home).read() as reads:
        yield reads


def _day(text: str, option: str) -> date | None:
    return day(text, option) if text else None
