"""Commands that watch: night, backfill, deliver."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli import show
from flows.cli.faults import guarded
from flows.cli.when import day, instant
from flows.summary import Exit, Summary

if TYPE_CHECKING:
    from flows.pipeline import Plan
    from flows.tools import Tools

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
When = Annotated[str, typer.Option(help="Simulate a day: YYYY-MM-DD or an ISO instant.", metavar="WHEN")]
Day = Annotated[str, typer.Option(metavar="YYYY-MM-DD")]


@guarded
def night(
    as_of: When = "",
    plain: Annotated[bool, typer.Option(help="Run without Prefect.")] = False,
    force: Annotated[bool, typer.Option(help="Read sources that are not due or are backing off, too.")] = False,
    json: AsJson = False,
) -> None:
    """Watch one night: read the sources, decide, alert."""
    from flows import page, summary
    from flows.pipeline import run_night
    from flows.stopping import Stop
    from flows.wiring import open_tools, plan_night

    at = instant(as_of) if as_of else None
    stop = Stop()
    with show.bars() as progress, stop.on_signals(), open_tools(progress=progress, stop=stop) as tools:
        plan = plan_night(tools, at, force=force)
        flow = None if plain else _prefect()
        done = flow(tools, plan) if flow else run_night(tools, plan)
        page.write(tools.settings.outbox / "summary.html", (done,))
    if json:
        show.as_json(summary.as_json(done))
    else:
        show.tell(done)
    raise typer.Exit(done.exit_code)


@guarded
def backfill(
    since: Day,
    until: Day,
    source: Annotated[list[str] | None, typer.Option(help="A source id; may be repeated. Default: every enabled source.")] = None,
    json: AsJson = False,
) -> None:
    """Read past days of sources that keep them; fills the ledger, alerts nothing, can be interrupted and resumed."""
    from flows import summary
    from flows.past import run_backfill
    from flows.stopping import Stop
    from flows.wiring import open_tools

    stop = Stop()
    with show.bars() as progress, stop.on_signals(), open_tools(progress=progress, stop=stop) as tools:
        days = run_backfill(tools, day(since, "--since"), day(until, "--until"), tuple(source or ()))
    if json:
        show.as_json([summary.as_json(d) for d in days])
    else:
        for line in summary.span_lines(days):
            typer.echo(show.clean(line))
    raise typer.Exit(max((d.exit_code for d in days), default=Exit.OK))


@guarded
def deliver(as_of: When = "", json: AsJson = False) -> None:
    """Send what is still pending; each recipient gets each alert once."""
    from flows.delivering import counts, deliver_due, failure_lines
    from flows.wiring import open_tools

    with open_tools() as tools:
        report = deliver_due(tools, instant(as_of) if as_of else tools.clock())
    if json:
        show.as_json({**counts(report), "failures": dict(report.failures)})
    else:
        typer.echo(", ".join(f"{n} {what}" for what, n in counts(report).items()) or "nothing was pending")
        for line in failure_lines(report):
            typer.echo(show.clean(line), err=True)
    raise typer.Exit(Exit.OK if report.ok else Exit.PARTIAL)


def _prefect() -> Callable[[Tools, Plan], Summary] | None:
    """Give the flow when a Prefect API answers; else say why not, and None."""
    from flows import nightly

    reason = nightly.no_answer()
    if reason:
        typer.echo(f"topicwatch: no Prefect API answers {reason}; running without it", err=True)
        return None
    return nightly.attended
