"""Commands that work on files and on the installation: replay, extract, doctor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from flows.cli import show
from flows.cli.faults import guarded, refuse
from flows.cli.when import day
from flows.summary import Exit

if TYPE_CHECKING:
    from datetime import date

    from flows.seeding import Seeds
    from flows.settings import Settings
    from topics.errors.views import Report
    from topics.model import Baseline

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
BASELINES = ("none", "seeds", "all")


@guarded
def replay(
    stream: Annotated[Path | None, typer.Argument(help="Folder with stream.json and articles.jsonl.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for moves.jsonl and articles.jsonl.")] = None,
    baseline: Annotated[str, typer.Option(help="none, seeds, all, or a folder to use in place of seeds/.")] = "seeds",
    errors: Annotated[bool, typer.Option("--errors", help="Explain every wrong alert by the stream's own labels.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write the explanations as one HTML page here; prints their index only.")] = None,
    every: Annotated[bool, typer.Option("--every", help="With --errors: watched moves and copies too.")] = False,
    from_archive: Annotated[str, typer.Option(metavar="NIGHT", help="Decide a past night of this home again, from its raw archive.")] = "",
) -> None:
    """Replay a labelled stream night by night, as of each night, from clean text on; or one night of this home from its raw archive.

    A night from the archive asks nobody on the web, changes nothing, and is compared byte by byte with what was decided.
    """
    if from_archive:
        if stream or out:
            refuse("--from-archive takes no stream and no --out: the night is compared with what this home recorded")
        again(day(from_archive, "--from-archive"))
        return
    if stream is None or out is None:
        refuse("replay wants a stream and --out FOLDER, or --from-archive NIGHT")
    from dataclasses import replace

    from flows.errors_gold import load_gold
    from flows.errors_report import find_errors
    from flows.replay import baseline_of, replayed, write_replay
    from flows.settings import read_settings
    from flows.stopping import Stop
    from flows.streams import load_stream
    from flows.wiring import open_tools

    settings = read_settings()
    kind = baseline if baseline in BASELINES else "all"
    if kind != baseline:
        settings = replace(settings, seeds=_folder(baseline, "--baseline"))
    if out.absolute() == stream.absolute():
        refuse(f"--out {out}: is the stream itself; its moves.jsonl and articles.jsonl would be lost")
    loaded = load_stream(stream)
    gold = load_gold(stream, loaded) if errors or every or html else None
    stop = Stop()
    with show.bars() as progress, stop.on_signals(), open_tools(settings, progress=progress, stop=stop) as tools:
        kept: Seeds = baseline_of(tools.seeds, cast("Baseline", kind), loaded.nights[0][0])
        with replayed(replace(tools, seeds=kept), loaded, out) as done:
            write_replay(done, out)
            report = find_errors(done, gold, progress, everything=every) if gold else None
    moves = sum(len(r.moves) for r in done.results)
    typer.echo(
        f"{loaded.name}: {len(done.nights)} nights, {len(loaded.ids):,} articles, {moves} moves -> {out}/moves.jsonl, {out}/articles.jsonl"
    )
    if report is not None:
        tell_errors(report, html)


def again(night: date) -> None:
    """Decide a night again and tell whether it came out the same; the exit code says it too."""
    from flows.rederive import rederive
    from flows.stopping import Stop
    from flows.wiring import open_tools

    stop = Stop()
    with show.bars() as progress, stop.on_signals(), open_tools(progress=progress, stop=stop) as tools:
        runs = rederive(tools, night)
    for run in runs:
        how = "byte-equal" if run.is_equal else f"{len(run.differing)} lines differ"
        typer.echo(f"night {night}, run {run.run_seq}: {len(run.recorded):,} decisions, {how}")
        if run.since:
            typer.echo(f"changed since: {', '.join(run.since)}")
        for line in run.differing:
            typer.echo(show.clean(line))
    raise typer.Exit(Exit.OK if all(run.is_equal for run in runs) else Exit.FAILURE)


def tell_errors(report: Report, page: Path | None) -> None:
    """Print the wrong decisions in full, or their index when they go into a page."""
    from flows import errors_page, errors_text

    for line in errors_text.summary_lines(report) if page else errors_text.report_lines(report):
        typer.echo(line)
    if page:
        errors_page.write(page, report)
        typer.echo(f"-> {page}")


@guarded
def extract(
    page: Annotated[str, typer.Argument(help="A saved page (.html, .html.gz), a URL, or a folder of saved pages.")],
    out: Annotated[Path | None, typer.Option(help="Write JSON lines here; default: the terminal.")] = None,
) -> None:
    """Reduce pages to title, author, date and clean text, one JSON object a page."""
    from flows.extracting import from_folder, from_page, from_url
    from flows.settings import read_settings

    if page.startswith(("http://", "https://")):
        rows = [from_url(read_settings(), page)]
    elif Path(page).is_dir():
        with show.bars() as progress:
            rows = from_folder(Path(page), progress)
    elif Path(page).is_file():
        rows = [from_page(Path(page))]
    else:
        refuse(f"{page}: no such page, folder or http(s) URL")
    text = "".join(show.json_line(row) + "\n" for row in rows)
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
        typer.echo(f"{len(rows):,} pages -> {out}")
    raise typer.Exit(Exit.FAILURE if all(row.get("reason") for row in rows) else Exit.OK)


@guarded
def doctor(json: AsJson = False) -> None:
    """Check the installation, the data directory, the seeds, the channels, and that nights still come; changes and sends nothing."""
    from flows.checkup import check
    from flows.settings import read_settings
    from flows.tools import now
    from flows.wiring import with_block

    settings: Settings = with_block(read_settings())
    rows = check(settings, now())
    if json:
        show.as_json([{"check": c.what, "ok": c.ok, "detail": c.detail} for c in rows])
    else:
        show.table(("", "check", "detail"), [("ok" if c.ok else "BAD", c.what, c.detail) for c in rows])
    raise typer.Exit(Exit.OK if all(c.ok for c in rows) else Exit.FAILURE)


def _folder(text: str, option: str) -> Path:
    path = Path(text)
    if not path.is_dir():
        refuse(f"{option} {text!r}: want none, seeds, all, or a folder")
    return path.absolute()
