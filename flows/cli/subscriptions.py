"""Commands that bring subscriptions in and out: sources import, sources export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from flows.cli import show
from flows.cli.faults import guarded, refuse
from flows.summary import Exit


@guarded
def import_sources(
    what: Annotated[str, typer.Argument(help="An OPML file, or the address of a site or feed.", metavar="FILE.opml|URL")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be added; write nothing.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Add the feeds of an OPML file, or those that a page names, to your own sources.toml. A new source alerts nothing at first."""
    from extractors.failures import ParseFailed, Unreadable
    from flows.importing import add_sources, links_of, plan_import
    from flows.seeding import load_sources
    from flows.settings import read_settings
    from flows.tools import now

    settings = read_settings()
    sources = load_sources(settings.seeds, settings.overlay)
    try:
        found = links_of(settings, what, now())
    except (Unreadable, ParseFailed) as fault:
        refuse(f"{what}: {fault.reason}")
    imported = plan_import(found, sources)
    path = settings.overlay / "sources.toml"
    if imported.added and not dry_run:
        # The host alone: an address may carry a key.
        add_sources(path, imported, (urlsplit(what).hostname or what) if "://" in what else Path(what).name)
    if json:
        show.as_json(
            {"added": [{"id": i, "url": link.url, "title": link.title} for i, link in imported.added], "left_out": imported.left_out}
        )
    else:
        rows = [("would add" if dry_run else "added", name, link.url, link.title) for name, link in imported.added]
        show.table(("", "source", "address", "note"), [*rows, *(("left out", "", url, why) for url, why in imported.left_out)])
        typer.echo(f"{len(imported.added)} {'to add' if dry_run else 'added'}, {len(imported.left_out)} left out -> {path}")
    raise typer.Exit(Exit.OK if imported.added or imported.left_out else Exit.FAILURE)


@guarded
def export_sources(
    out: Annotated[Path, typer.Argument(help="The OPML file to write.", metavar="FILE.opml")],
    every: Annotated[bool, typer.Option("--every", help="Disabled feeds too.")] = False,
) -> None:
    """Write the feeds among the sources as OPML, for any feed reader. Other kinds of source have no form there."""
    from extractors.opml import write_opml
    from flows.seeding import load_sources
    from flows.settings import NAME, read_settings

    settings = read_settings()
    found = [s for s in load_sources(settings.seeds, settings.overlay) if s.kind == "feed" and (every or s.enabled)]
    out.write_text(write_opml(found, NAME), encoding="utf-8")
    typer.echo(f"{len(found)} feeds -> {out}")
