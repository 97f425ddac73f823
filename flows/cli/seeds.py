"""Commands about what a user edits: sources, topics, seed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli import show
from flows.cli.faults import guarded, refuse
from flows.summary import Exit

if TYPE_CHECKING:
    from topics.model import Catalogue
    from topics.topic_check import TopicCheck

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
sources_app = typer.Typer(rich_markup_mode=None)
topics_app = typer.Typer(rich_markup_mode=None)
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


@topics_app.callback(invoke_without_command=True)
@guarded
def topics(
    context: typer.Context,
    check: Annotated[
        bool, typer.Option("--check", help="Try the examples of topics of your own, and name terms that others claim.")
    ] = False,
    json: AsJson = False,
) -> None:
    """The watched topics: list them, check their data, or try them on the past.

    Exit code 1 when a topic of your own recognises less than half of its examples.
    """
    if context.invoked_subcommand is not None:
        return
    from dataclasses import asdict

    from flows.seeding import load_catalogue
    from flows.settings import read_settings

    settings = read_settings()
    catalogue = load_catalogue(settings.seeds, settings.overlay)
    if check:
        _check_topics(catalogue, json=json)
    elif json:
        show.as_json([asdict(t) for t in catalogue.topics])
    else:
        show.table(("topic", "name", "about"), [(t.topic_id, t.name_en, t.about) for t in catalogue.topics])


@topics_app.command("try")
@guarded
def try_topics(
    topic: Annotated[list[str] | None, typer.Argument(help="Topic ids; default: those of your own.")] = None,
    since: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="From this day on; default: 30 days before the last night.")] = "",
    json: AsJson = False,
) -> None:
    """Show what topics would have raised on the stored past. Changes nothing and tells nobody."""
    from dataclasses import asdict

    from flows import trying
    from flows.cli.when import day
    from flows.wiring import open_tools
    from topics.reader import shipped_weights

    with show.bars() as progress, open_tools(progress=progress) as tools:
        known = [t.topic_id for t in tools.seeds.catalogue.topics]
        if unknown := sorted(set(topic or ()) - set(known)):
            refuse(f"no topic has the id {unknown[0]!r}: `topicwatch topics` lists them")
        wanted = set(topic or ()) or set(known) - set(shipped_weights().topics.labels)
        if not wanted:
            refuse(f"there is no topic of your own in {tools.settings.overlay / 'topics.toml'}: name the topics to try")
        found = trying.try_topics(tools, wanted, day(since, "--since") if since else None)
    if json:
        show.as_json([asdict(move) for move in found])
        return
    head = ("night", "topic", "kind", "", "headline", "told by")
    show.table(head, [(m.night, m.topic, m.kind, m.severity, m.headline, m.evidence[0].publisher if m.evidence else "") for m in found])


def _check_topics(catalogue: Catalogue, *, json: bool) -> None:
    from dataclasses import asdict

    from topics.reader import shipped_weights
    from topics.topic_check import check_topics

    found = check_topics(catalogue, shipped_weights().topics)
    if json:
        show.as_json([{**asdict(c), "recognised": c.recognised, "advice": c.advice} for c in found])
    else:
        head = ("topic", "knows it by", "examples recognised", "terms that others claim", "advice")
        show.table(head, [(c.topic_id, "training" if c.trained else "your data", _recognised(c), _terms(c), c.advice) for c in found])
    raise typer.Exit(Exit.FAILURE if any(2 * c.recognised < c.examples for c in found) else Exit.OK)


def _recognised(found: TopicCheck) -> str:
    return "" if found.trained else f"{found.recognised} of {found.examples}"


def _terms(found: TopicCheck) -> str:
    return "; ".join(f"{term} ({', '.join(others)})" for term, others in found.claimed)


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
