"""How the command line looks: progress bars on a terminal, plain lines elsewhere, tables, JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import typer

from flows.progress import Progress
from flows.summary import Summary, lines

# No control codes, although Python calls them unprintable: Persian, Telugu and emoji are joined by the first, fonts own the others.
JOINERS, PRIVATE = "\u200c\u200d", "\ue000\uf8ff"


def clean(text: str) -> str:
    """Keep a text from the web from steering the terminal: no control bytes, one line."""
    return "".join(c if c.isprintable() or c in JOINERS or PRIVATE[0] <= c <= PRIVATE[1] else " " for c in text)


@contextmanager
def bars() -> Iterator[Progress]:
    """Give a progress that draws one bar a stage on stderr, with rate and time left; on a pipe it writes plain lines about long work."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    console = Console(stderr=True)
    if not console.is_terminal:
        yield plain_lines(lambda line: typer.echo(line, err=True), time.monotonic)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with RichProgress(*columns, console=console, transient=True) as drawn:
        known: dict[str, Any] = {}
        begun: dict[str, tuple[float, int]] = {}

        def progress(stage: str, done: int, total: int) -> None:
            if stage not in known:
                known[stage] = drawn.add_task(stage, total=total, rate="")
                begun[stage] = time.monotonic(), done
            drawn.update(known[stage], completed=done, total=total, rate=rate_of(done, total, *begun[stage], time.monotonic()))

        yield progress


def plain_lines(say: Callable[[str], None], clock: Callable[[], float]) -> Progress:
    """Give a progress that says a line for each step of work of many steps that takes long: a backfill."""
    begun: dict[str, tuple[float, int]] = {"backfill": (clock(), 0)}

    def progress(stage: str, done: int, total: int) -> None:
        if stage in begun:
            say(f"{stage}: {done} of {total} days, {rate_of(done, total, *begun[stage], clock(), left=True)}".rstrip(", "))

    return progress


def rate_of(done: int, total: int, since: float, before: int, now: float, *, left: bool = False) -> str:
    """Say how fast work goes, 'N a minute', and with `left` how long it still takes; '' before anything is known."""
    if done <= before or now <= since:
        return ""
    seconds = (now - since) / (done - before)
    rate = f"{60 / seconds:,.1f} a minute"
    rest = round((total - done) * seconds)
    return f"{rate}, {rest // 60}:{rest % 60:02d} left" if left else rate


def tell(summary: Summary) -> None:
    """Print a run: its lines, then each alert with its quote and what was known before."""
    for line in lines(summary):
        typer.echo(clean(line))
    for alert in summary.alerts:
        typer.echo(f"  {alert.purpose.upper()} [{', '.join(alert.topics)}] {clean(alert.title)}")
        for told in alert.lines:
            typer.echo(f'      {told.kind}: "{clean(told.quote)}" ({clean(told.publisher)}) {told.url}')
            if told.known_before:
                typer.echo(f"      known before: {clean(told.known_before)}")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows as columns on a terminal, tab-separated on a pipe."""
    if not sys.stdout.isatty():
        for row in rows:
            typer.echo("\t".join(clean(str(cell)) for cell in row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(*head, box=None, header_style="bold")
    for row in rows:
        drawn.add_row(*(Text(clean(str(cell))) for cell in row))
    Console().print(drawn)


def as_json(value: object) -> None:
    """Print one JSON document."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1, default=str))


def json_line(value: object) -> str:
    """Write one JSON object on one line."""
    return json.dumps(value, ensure_ascii=False, default=str)
