"""Commands around readers: serve, stats."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli import show
from flows.cli.faults import guarded, refuse
from flows.cli.look import open_reads
from flows.cli.when import day, instant

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@guarded
def serve(
    host: Annotated[str, typer.Option(help="Stay on this machine, or stand behind a proxy with TLS and a login.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8787,
    as_of: Annotated[str, typer.Option(help="Let the clock stand at this instant.", metavar="WHEN")] = "",
) -> None:
    """Serve the briefing, the explain pages, the links in messages and /metrics until interrupted."""
    import signal
    import threading

    from flows.serving import open_server
    from flows.settings import read_settings
    from flows.tools import now

    settings = read_settings()
    at = instant(as_of) if as_of else None
    try:
        server = open_server(settings, host, port, (lambda: at) if at else now)
    except OSError as fault:
        refuse(f"cannot listen on {host}:{port}: {fault.strerror or fault}")
    with server:
        for number in (signal.SIGTERM, signal.SIGINT):
            # shutdown() waits for the loop that this handler interrupts, so it runs beside it.
            signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
        shown = f"[{host}]" if ":" in host else host
        typer.echo(f"topicwatch: http://{shown}:{server.server_address[1]}/ (links: {'on' if settings.links else 'off'})")
        server.serve_forever()


@guarded
def stats(
    since: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="Nights from this one on.")] = "",
    until: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="Nights up to this one.")] = "",
    export: Annotated[Path | None, typer.Option(help="Write what readers said as labelled data, one JSON object a line.")] = None,
    json: AsJson = False,
) -> None:
    """Count per topic what was told and what readers said of it; export it as labelled data."""
    from dataclasses import asdict

    from flows.labelled_feedback import count, labelled

    first, last = day(since, "--since") if since else None, day(until, "--until") if until else None
    with open_reads() as reads:
        rows = count(reads, first, last)
        lines = [show.json_line(row) + "\n" for row in labelled(reads, first, last)] if export else []
    if export:
        export.write_text("".join(lines), encoding="utf-8")
    if json:
        show.as_json([{**asdict(row), "wrong_rate": row.wrong_rate} for row in rows])
    else:
        head = ("topic", "told", "rated", "useful", "not new", "wrong topic", "withdrawn", "wrong")
        shown = [(r.topic, r.told, r.rated, r.useful, r.not_new, r.wrong_topic, r.withdrawn, _share(r.wrong_rate)) for r in rows]
        show.table(head, shown)
    if export:
        typer.echo(f"{len(lines)} labels -> {export}", err=json)


def _share(rate: float | None) -> str:
    return "" if rate is None else f"{rate:.0%}"
