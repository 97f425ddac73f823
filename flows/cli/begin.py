"""The command that begins: init."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli import show
from flows.cli.faults import guarded, refuse
from flows.summary import Exit

if TYPE_CHECKING:
    from flows.setting_up import Mail
    from flows.tools import Tools


@guarded
def init(
    contact: Annotated[str, typer.Option(help="Mail address or URL that publishers may write to.")] = "",
    hour: Annotated[int | None, typer.Option(help="Of the nightly run, UTC.", min=0, max=23)] = None,
    channel: Annotated[str, typer.Option(help="files, smtp or slack.")] = "",
    to: Annotated[str, typer.Option(help="Your mail address. A webhook is asked for: it is a secret.")] = "",
    smtp_host: Annotated[str, typer.Option()] = "",
    smtp_port: Annotated[int, typer.Option()] = 587,
    smtp_security: Annotated[str, typer.Option(help="starttls, tls or plain.")] = "starttls",
    smtp_user: Annotated[str, typer.Option(help="Its password is asked for.")] = "",
    smtp_sender: Annotated[str, typer.Option(help="The From address; default: your own.")] = "",
    zone: Annotated[str, typer.Option(help="Your time zone, as in Europe/Berlin.")] = "UTC",
    quiet: Annotated[str, typer.Option(help="When nothing is to come, as in 22:00-07:00.")] = "",
    url: Annotated[str, typer.Option(help="Where readers reach `topicwatch serve`; default: on this machine only.")] = "",
    live: Annotated[bool, typer.Option("--live", help="From now on alerts go out; before, they are written to files only.")] = False,
    probe: Annotated[bool, typer.Option(help="Ask every enabled source once, gently.")] = True,
) -> None:
    """Set up: who we are on the web, the hour, a first channel; send a test; see how the sources answer."""
    from flows.setting_up import CHOICES, Answers, go_live, set_up
    from flows.settings import read_settings
    from flows.wiring import open_tools

    settings = read_settings()
    if live:
        typer.echo(f"live: alerts go out from now on -> {go_live(settings)}")
        return
    routing = settings.overlay / "routing.toml"
    if routing.exists() and (channel or to):
        refuse(f"{routing} is there already and stays: write the channel into it, or move it away and run init again")
    contact = contact or typer.prompt("Mail address or URL that publishers may write to", default=settings.contact or None)
    hour = hour if hour is not None else int(typer.prompt("Hour of the nightly run, UTC", default=settings.hour, type=int))
    answers = Answers(contact, hour, "files", zone=zone, quiet=quiet, url=url)
    if not routing.exists():
        wanted = channel or typer.prompt("How are you told (files, smtp, slack)", default="files")
        picked = next((c for c in CHOICES if c == wanted), None) or refuse(f"--channel {wanted!r}: say {', '.join(CHOICES)}")
        address, mail = _address(picked, to), None
        if picked == "smtp":
            mail = _mail(smtp_host, smtp_sender or address, smtp_port, smtp_security, smtp_user)
        answers = Answers(contact, hour, picked, address, zone, quiet, url, mail)
    for path in set_up(settings, answers):
        typer.echo(f"wrote {path}")
    with show.bars() as progress, open_tools(read_settings(), progress=progress) as tools:
        sent = _send_test(tools)
        if probe:
            _probe(tools)
    _what_next(hour)
    raise typer.Exit(Exit.OK if sent else Exit.PARTIAL)


def _address(channel: str, to: str) -> str:
    if channel == "smtp":
        return to or str(typer.prompt("Your mail address"))
    return str(typer.prompt("The webhook's URL", hide_input=True)) if channel == "slack" else ""


def _mail(host: str, sender: str, port: int, security: str, user: str) -> Mail:
    from flows.setting_up import Mail

    host = host or typer.prompt("Mail server")
    return Mail(host, sender, port, security, user, typer.prompt("Its password", hide_input=True) if user else "")


def _send_test(tools: Tools) -> bool:
    from flows.retelling import send_test

    results = send_test(tools, (), tools.clock())
    for ref, what in results:
        typer.echo(show.clean(f"test message to {ref}: {what}"))
    return all(what == "sent" for _, what in results)


def _probe(tools: Tools) -> None:
    """Print how each source answers; one that is off says why (a key, its terms)."""
    from flows.probing import probe

    rows = [(r.source_id, r.answer, str(r.entries), r.newest) for r in probe(tools, tools.seeds.enabled)]
    rows += [(s.source_id, "off", "", s.why_disabled or s.status) for s in tools.seeds.sources if not s.enabled]
    show.table(("source", "answer", "entries", "newest, or why"), rows)


def _what_next(hour: int) -> None:
    import sys
    from pathlib import Path

    program = Path(sys.executable).with_name("topicwatch")
    typer.echo(f"nightly: 0 {hour} * * * {program} night")
    typer.echo("alerts are written to files only until `topicwatch init --live`; links in them work while `topicwatch serve` runs")
