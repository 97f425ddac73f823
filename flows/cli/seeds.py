"""Commands about what a user edits: sources, topics, seed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli import show
from flows.cli.faults import guarded, refuse
from flows.summary import Exit

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
sources_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="The sources: list them, or check how they answer.")
seed_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="What is known before the first night.")


@sources_app.command("list")
@guarded
def list_sources(json: AsJson = False) -> None:
    """List every source with its terms and the last probe's word."""
    from dataclasses import asdict

    from flows.seeding import load_sources
    from flows.settings import read_settings

    settings = read_settings()
    found = load_sources(settings.seeds, settings.overlay)
    if json:
        show.as_json([asdict(s) for s in found])
        return
    rows = [(s.source_id, "on" if s.enabled else "off", s.kind, s.lang, s.publisher, s.why_disabled or s.status) for s in found]
    show.table(("source", "", "kind", "lang", "publisher", "note"), rows)


@sources_app.command("check")
@guarded
def check_sources(
    source: Annotated[list[str] | None, typer.Argument(help="Source ids; default: every enabled source.")] = None, json: AsJson = False
) -> None:
    """Ask each source once, gently; stores nothing. Exit code 3 when none answers, 4 when some do not."""
    from flows.past import chosen
    from flows.probing import probe
    from flows.wiring import open_tools

    with show.bars() as progress, open_tools(progress=progress) as tools:
        rows = probe(tools, chosen(tools.seeds, tuple(source or ())))
    if json:
        show.as_json([{"id": r.source_id, "answer": r.answer, "entries": r.entries, "newest": r.newest} for r in rows])
    else:
        show.table(("source", "answer", "entries", "newest"), [(r.source_id, r.answer, r.entries, r.newest) for r in rows])
    bad = sum(r.answer != "ok" for r in rows)
    raise typer.Exit(Exit.OK if not bad else Exit.BLIND if bad == len(rows) else Exit.PARTIAL)


@guarded
def topics(json: AsJson = False) -> None:
    """List the watched topics."""
    from dataclasses import asdict

    from flows.seeding import load_catalogue
    from flows.settings import read_settings

    settings = read_settings()
    found = load_catalogue(settings.seeds, settings.overlay).topics
    if json:
        show.as_json([asdict(t) for t in found])
    else:
        show.table(("topic", "name", "about"), [(t.topic_id, t.name_en, t.about) for t in found])


@seed_app.command("add")
@guarded
def add_seed(
    text: Annotated[Path, typer.Argument(help="A text file: the title on the first line, then the body.")],
    seed_id: Annotated[str, typer.Option("--id", help="Its id, such as seed-100.")],
    publisher: Annotated[str, typer.Option()],
    published: Annotated[str, typer.Option(metavar="YYYY-MM-DD")],
) -> None:
    """Add a document to what is known: its claims and sketch are kept, its text is not. The next run takes it in and alerts nothing."""
    from flows.cli.when import day
    from flows.planting import plant
    from flows.wiring import open_tools

    if not text.is_file():
        refuse(f"{text}: no such file")
    with open_tools() as tools:
        path, claims = plant(tools, text, seed_id, publisher, day(published, "--published"))
    typer.echo(f"{seed_id}: {claims} claims -> {path}")
