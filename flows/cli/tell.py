"""Commands about messages: alerts list, preview, test, resend, retract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli import show
from flows.cli.faults import guarded, refuse
from flows.cli.look import open_reads
from flows.cli.when import instant
from flows.summary import Exit

if TYPE_CHECKING:
    from flows.retelling import Result

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
AlertId = Annotated[str, typer.Argument(help="An alert's id, or the beginning of it (see `alerts list`).", metavar="ALERT")]
To = Annotated[list[str] | None, typer.Option("--to", help="A recipient's ref; may be repeated. Default: all.", metavar="REF")]
When = Annotated[str, typer.Option(help="Simulate a day: YYYY-MM-DD or an ISO instant.", metavar="WHEN")]
Waiting = Annotated[bool, typer.Option("--waiting", help="Only deliveries that have not arrived.")]
alerts_app = typer.Typer(rich_markup_mode=None, help="What was told: list it, see it, test a channel, send again, take back, mute.")
SETTLED = {"sent", "dead", "muted"}


@alerts_app.callback(invoke_without_command=True)
def alerts(context: typer.Context, waiting: Waiting = False, json: AsJson = False) -> None:
    """List what was told; the commands below do something about it."""
    if context.invoked_subcommand is None:
        list_alerts(waiting=waiting, json=json)


@alerts_app.command("list")
@guarded
def list_alerts(waiting: Waiting = False, json: AsJson = False) -> None:
    """List what was told, to whom, and what still waits to be delivered."""
    from dataclasses import asdict

    with open_reads() as reads:
        found, sent = reads.alerts(), reads.deliveries()
    late = {d.alert_id for d in sent if d.status not in SETTLED}
    found = tuple(a for a in found if not waiting or a.alert_id in late)
    status = {a.alert_id: ", ".join(sorted(f"{d.recipient_ref} {d.status}" for d in sent if d.alert_id == a.alert_id)) for a in found}
    if json:
        show.as_json([{**asdict(a), "deliveries": status[a.alert_id]} for a in found])
    else:
        head = ("night", "purpose", "title", "delivered", "id")
        show.table(head, [(a.night, a.purpose, a.title, status[a.alert_id], a.alert_id) for a in found])


@alerts_app.command()
@guarded
def preview(
    night: Annotated[str, typer.Option(help="Default: the last night that told anything.", metavar="YYYY-MM-DD")] = "",
    to: Annotated[str, typer.Option("--to", help="As this recipient gets them.", metavar="REF")] = "",
) -> None:
    """Show a night's messages here, and write them as one HTML page; sends nothing."""
    from alerts.render import terminal_text
    from flows.delivering import dresser_of
    from flows.previewing import preview_page
    from flows.retelling import chosen, for_recipient
    from flows.seeding import load_seeds
    from flows.settings import read_settings
    from flows.tools import now

    settings, at = read_settings(), now()
    with open_reads() as reads:
        found = reads.alerts()
    wanted = night or max((a.night for a in found), default="")
    told = tuple(a for a in found if a.night == wanted)
    if to:
        seeds = load_seeds(settings)
        (recipient,) = chosen(seeds.routing, [to])
        dresser = dresser_of(settings, seeds)
        told = tuple(dresser.dress(a, recipient, at) for a in for_recipient(told, seeds.routing, recipient))
    for alert in told:
        typer.echo(terminal_text(alert))
    page = settings.outbox / "preview.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    heading = f"night of {wanted}, {len(told)} messages" + (f" to {to}" if to else "")
    page.write_text(preview_page(told, heading, at), encoding="utf-8")
    typer.echo(f"{heading} -> {page}")


@alerts_app.command("test")
@guarded
def send_test(ref: Annotated[list[str] | None, typer.Argument(help="Recipients' refs; default: all.", metavar="REF...")] = None) -> None:
    """Send a test message to recipients, through their real channels."""
    from flows import retelling
    from flows.wiring import open_tools

    with open_tools() as tools:
        results = retelling.send_test(tools, tuple(ref or ()), tools.clock())
    _tell(results)


@alerts_app.command()
@guarded
def resend(alert: AlertId, to: To = None, as_of: When = "") -> None:
    """Send one alert again; who may have it already gets it marked as a possible repeat."""
    from flows import retelling
    from flows.wiring import open_tools

    with open_tools() as tools:
        results = retelling.resend(tools, alert, tuple(to or ()), instant(as_of) if as_of else tools.clock())
    _tell(results)


@alerts_app.command()
@guarded
def retract(
    alert: AlertId,
    why: Annotated[str, typer.Option(help="What was wrong, in a sentence that the recipients read.")],
    move: Annotated[str, typer.Option(help="Take back this move only; needed for one line of a digest.", metavar="ID")] = "",
    as_of: When = "",
) -> None:
    """Take an alert back: corrects the ledger, keeps the label, tells everyone who has it, in its thread."""
    from flows import retelling
    from flows.delivering import counts, failure_lines
    from flows.wiring import open_tools

    if not why.strip() or not why.isprintable() or len(why) > 500:
        refuse("--why: want one line of up to 500 characters")
    with open_tools() as tools:
        told, report = retelling.retract(tools, alert, move, why, instant(as_of) if as_of else tools.clock())
    typer.echo(
        show.clean(f"taken back: {told.title} ({', '.join(f'{n} {what}' for what, n in counts(report).items()) or 'nobody had it'})")
    )
    for line in failure_lines(report):
        typer.echo(show.clean(line), err=True)
    raise typer.Exit(Exit.OK if report.ok else Exit.PARTIAL)


def _tell(results: tuple[Result, ...]) -> None:
    """Print what became of each message; exit code 4 when one did not go out."""
    for ref, what in results:
        typer.echo(show.clean(f"{ref}: {what}"))
    if not results:
        typer.echo("nobody in routing.toml was to have it; name a recipient with --to", err=True)
    good = bool(results) and all(what in {"sent", "sent again"} for _, what in results)
    raise typer.Exit(Exit.OK if good else Exit.PARTIAL)
