"""How the demo tells a night: tables and panels for a terminal. Titles come from the web: nothing is read as markup."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from alerts.model import Alert, Line
from flows.pipeline import Decided
from flows.summary import Summary
from newsroom.web import Newsroom
from topics.model import Outcome, Verdict

WORDS: Mapping[Outcome, tuple[str, str]] = {
    "move": ("MOVED", "bold green"),
    "off_topic": ("dropped: off topic", "dim"),
    "near_duplicate": ("dropped: a copy", "dim"),
    "rewrite": ("dropped: retold", "yellow"),
    "restates_known": ("known already", "yellow"),
    "follow_up": ("kept: a detail", ""),
    "background": ("kept: background", ""),
    "no_move": ("kept: nothing moved", ""),
    "too_thin": ("dropped: too thin", "dim"),
}
UNTOLD = ("moved, only learnt", "green")  # its source or topic is still new to us


def opening(room: Newsroom) -> RenderableType:
    """Say what is about to be watched."""
    size = f"{len(room.publishers)} invented publishers on this machine, {len(room.items)} invented articles about real topics."
    text = Text(f"{size}\nEvery story here is fiction, written for this demo.")
    return Panel(text, title="topicwatch demo", border_style="cyan")


def heading(night: date, what: str) -> RenderableType:
    """Head a night."""
    return Group(Text(), Rule(f"Night of {night:%A, %d %B %Y}", style="cyan"), Text(what, style="italic"))


def verdicts(decided: Decided, seeds: Mapping[str, str]) -> RenderableType:
    """List every article with what was decided, and what it repeats."""
    articles = {reading.article.article_id: reading.article for reading in decided.readings}
    names = {**seeds, **{key: article.title for key, article in articles.items()}}
    told = {e.article_id for move in decided.result.moves if move.disposition in {"raised", "watch"} for e in move.evidence}
    table = Table(box=box.SIMPLE_HEAD, expand=True)
    table.add_column("publisher", ratio=3, no_wrap=True)
    table.add_column("article", ratio=7, no_wrap=True, overflow="ellipsis")
    table.add_column("decision", ratio=3, no_wrap=True)
    table.add_column("because of", ratio=5, no_wrap=True, overflow="ellipsis")
    for verdict in sorted(decided.result.verdicts, key=lambda v: (list(WORDS).index(v.outcome), v.article_id)):
        article = articles.get(verdict.article_id)
        if article is not None:
            word, style = UNTOLD if verdict.outcome == "move" and verdict.article_id not in told else WORDS[verdict.outcome]
            table.add_row(*(Text(cell, style=style) for cell in (article.publisher, article.title, word, _because(verdict, names))))
    return table


def _because(verdict: Verdict, names: Mapping[str, str]) -> str:
    if verdict.outcome == "move":
        return ", ".join(verdict.topics)
    if verdict.covers_id in names:
        return names[verdict.covers_id]
    return ", ".join(verdict.reasons) if verdict.outcome != "off_topic" else ""


def counts(summary: Summary) -> RenderableType:
    """Fetched, kept, dropped and why, in one small table."""
    table = Table(box=box.ROUNDED, show_header=False, title=Text(f"{summary.mode}: {summary.outcome}", style="bold"), title_justify="left")
    rows = [("entries listed", summary.fetched), ("new articles read", summary.articles), ("kept on a watched topic", summary.kept)]
    rows += [(f"not kept: {reason.replace('_', ' ')}", number) for reason, number in summary.dropped]
    rows += [("alerts", sum(alert.purpose not in {"digest", "health"} for alert in summary.alerts))]
    for name, number in rows:
        table.add_row(Text(name), Text(f"{number:,}", justify="right"))
    return Group(table, *(Text(f"  {note}", style="dim") for note in summary.notes))


def alerts(summary: Summary) -> Iterator[RenderableType]:
    """Each alert as a card: what moved, the sentence that says so, what was known before, who tells it."""
    for alert in summary.alerts:
        quiet = alert.purpose in {"digest", "health"}
        title = Text(f"{alert.purpose}: {', '.join(alert.topics) or 'the night'}")
        yield Panel(_card(alert), title=title, title_align="left", border_style="blue" if quiet else "bold red")


def _card(alert: Alert) -> RenderableType:
    parts: list[RenderableType] = [Text(alert.title, style="bold")]
    for line in alert.lines:
        parts += _line(line, alert.title)
    parts += [Text(note, style="dim") for note in alert.notes]
    return Group(*parts)


def _line(line: Line, title: str) -> Iterator[RenderableType]:
    if not (_begins(line.headline, title) or _begins(line.headline, line.quote)):
        yield Text(f"{line.kind}: {line.headline}", style="bold")
    if line.quote:
        yield Text(f"“{line.quote}”", style="italic")
    who = ", ".join((line.publisher, *line.others)) + (" (official text)" if line.official else "")
    yield Text(f"{line.kind} · told by {who}", style="dim")
    if line.known_before:
        yield Text(f"known before: {line.known_before}", style="dim")


def _begins(headline: str, text: str) -> bool:
    """Tell whether a text says the headline already; both may be cut short."""
    return headline.rstrip("…")[:80] in text


def ending(home: Path, summaries: Sequence[Summary]) -> RenderableType:
    """Say where everything lies."""
    out = home / "out"
    table = Table(box=box.SIMPLE, show_header=False)
    rows = [
        ("mails", f"{out}/*.eml", len(list(out.rglob("*.eml")))),
        ("Slack messages", f"{out}/*.json", len(list(out.rglob("*.json")))),
        ("the nights on one page", f"{out / 'index.html'}", 1),
        ("database", f"{home / 'read.duckdb'}", 1),
    ]
    for name, where, number in rows:
        table.add_row(Text(name), Text(where, style="cyan"), Text(str(number), justify="right"))
    sent = sum(len(summary.alerts) for summary in summaries)
    return Group(Text(), Rule("Where it lies", style="cyan"), Text(f"{len(summaries)} nights, {sent} messages."), table)
