"""`make demo`: three nights of a small newsroom, served on loopback; needs no account, no server and no network."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import typer

from flows import page
from flows.cli import show
from flows.pipeline import run_night
from flows.settings import ROOT, read_settings
from flows.summary import Exit, Summary
from flows.tools import Tools
from flows.wiring import end_of, open_tools, plan_night
from newsroom.web import Newsroom

STREAM = ROOT / "tests" / "data" / "streams" / "harbour"
NIGHTS = 3
PORTS = 18600  # stable ports give stable ids, so that a second run is the same


def main() -> int:
    """Run the demo; 0 when every night was heard."""
    base = read_settings()
    home = base.home / "demo"
    shutil.rmtree(home, ignore_errors=True)
    first = date.fromisoformat(json.loads((STREAM / "stream.json").read_text(encoding="utf-8"))["nights"][0])
    days = [first + timedelta(n) for n in range(NIGHTS)]
    done: list[Summary] = []
    with Newsroom(STREAM, now=end_of(first), port_base=PORTS) as room, show.bars() as progress, opened(room, home) as tools:
        for day in days:
            room.set_now(end_of(day))
            at = end_of(day)
            plan = plan_night(tools, at, force=True)
            done.append(run_night(replace(tools, clock=lambda at=at: at, progress=progress), plan))  # type: ignore[misc]
    for summary in done:
        show.tell(summary)
        typer.echo("")
    page.write(home / "out" / "summary.html", done)
    where(home)
    return int(max(s.exit_code for s in done if s.exit_code != Exit.PARTIAL))


@contextmanager
def opened(room: Newsroom, home: Path) -> Iterator[Tools]:
    """Open tools that know the newsroom's sources and nothing of the real web."""
    settings = replace(read_settings(), home=home, allowed_private=room.allowed_private)
    with open_tools(settings) as tools:
        yield replace(tools, seeds=replace(tools.seeds, sources=room.sources()))


def where(home: Path) -> None:
    """Say where everything lies."""
    out = home / "out"
    for what, place in (
        ("mails (.eml)", next(iter(sorted({p.parent for p in out.rglob("*.eml")})), out)),
        ("Slack messages (JSON)", next(iter(sorted({p.parent for p in out.rglob("*.json")})), out)),
        ("database (DuckDB)", home / "topicwatch.duckdb"),
        ("summary", out / "summary.html"),
    ):
        typer.echo(f"{what + ':':24}{place}")


if __name__ == "__main__":
    sys.exit(main())
