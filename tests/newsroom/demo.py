"""make demo: a learn night and three nights of the harbour stream, served by the newsroom and read by the real pipeline.

Nothing leaves this machine: pages come from loopback, alerts become files below --home.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from flows import page
from flows.pipeline import Decided, run_night
from flows.progress import Progress as Told
from flows.settings import Settings
from flows.summary import Summary
from flows.tools import Tools
from flows.wiring import end_of, open_tools, plan_night
from newsroom import telling
from newsroom.catalogue import with_past
from newsroom.model import load_items
from newsroom.web import Newsroom

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]
HARBOUR = ROOT / "tests" / "data" / "streams" / "harbour"
LEARN = date(2026, 10, 6)
NIGHTS = (date(2026, 10, 7), date(2026, 10, 8), date(2026, 10, 9))
PAST_ENDS = end_of(date(2026, 10, 4))  # the evening before the stream: every outlet has a month behind it
WHAT = {
    LEARN: "The learn night: a month of every publisher's past is read, the ledger is filled, nobody is alerted.",
    NIGHTS[0]: "Old news in new words, and the real thing: three of the four seeds come back retold; the official final rule arrives.",
    NIGHTS[1]: "A quiet-looking day: reactions, a copy, a lobby's call; and two steps that only one outlet each tells.",
    NIGHTS[2]: "The rule of Wednesday is postponed; a state's ban hides in item 4 of a digest.",
}
PORTS = 18730  # stable ports keep article ids equal from run to run; any free ones when taken
MARKER = ".topicwatch-demo"
ROUTING = """
[[recipient]]
ref = "desk"
channel = "file"
address = "out"

[[route]]
topics = ["*"]
severities = ["alert", "watch", "digest", "health"]
to = ["desk"]
"""


@dataclass(slots=True)
class Watched:
    """Runs each stage and keeps what the night decided, for the telling."""

    decided: Decided | None = field(default=None)

    def __call__(self, name: str, work: Callable[[], T]) -> T:
        """Run one stage."""
        value = work()
        if isinstance(value, Decided):
            self.decided = value
        return value


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo; returns the exit code."""
    parser = argparse.ArgumentParser(prog="newsroom.demo", description=__doc__)
    parser.add_argument("--home", type=Path, default=ROOT / "var" / "demo", help="data directory of the demo; emptied first")
    home = parser.parse_args(arguments).home.absolute()
    console = Console(highlight=False)
    try:
        fresh(home)
    except FileExistsError as error:
        console.print(f"demo: {error}", style="red", markup=False)
        return 2
    items = with_past(load_items(HARBOUR), PAST_ENDS)
    with Newsroom(items, styles={"Tideline Markets": "stub"}, now=end_of(LEARN), port_base=PORTS) as room:
        settings = prepare(home, room)
        console.print(telling.opening(room))
        summaries = [run(console, room, settings, night) for night in (LEARN, *NIGHTS)]
    page.write(home / "out" / "index.html", summaries)
    console.print(telling.ending(home, summaries))
    return 0


def fresh(home: Path) -> None:
    """Make an empty data directory; raises FileExistsError for a folder that is not an earlier demo's."""
    if home.exists() and any(home.iterdir()) and not (home / MARKER).exists():
        raise FileExistsError(f"{home} is not empty and not a demo's: choose another --home")
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    (home / MARKER).touch()


def prepare(home: Path, room: Newsroom) -> Settings:
    """Copy seeds/ into the data directory with the newsroom's sources in place of the real ones, and route alerts to files."""
    seeds = home / "seeds"
    shutil.copytree(ROOT / "seeds", seeds)
    (seeds / "sources.toml").write_text(room.sources_toml(), encoding="utf-8")
    (home / "config").mkdir()
    (home / "config" / "routing.toml").write_text(ROUTING, encoding="utf-8")
    return Settings(home=home, seeds=seeds, contact="demo@newsroom.example", allowed_private=room.allowed_private)


def run(console: Console, room: Newsroom, settings: Settings, night: date) -> Summary:
    """Step the clock to the end of one day, run its night, and tell what happened."""
    now = end_of(night)
    room.set_now(now)
    watched = Watched()
    console.print(telling.heading(night, WHAT[night]))
    with bars(console) as progress, open_tools(settings, progress=progress, clock=lambda: now) as tools:
        summary = run_night(tools, plan_night(tools, now), watched)
        console.print(*_telling(tools, summary, watched), sep="\n")
    return summary


def _telling(tools: Tools, summary: Summary, watched: Watched) -> Iterator[object]:
    if watched.decided is not None and summary.mode != "learn":
        seeds = {dossier.seed_id: dossier.title for dossier in tools.seeds.dossiers}
        yield telling.verdicts(watched.decided, seeds)
    yield telling.counts(summary)
    yield from telling.alerts(summary)


@contextmanager
def bars(console: Console) -> Iterator[Told]:
    """Draw one bar a stage while a night runs."""
    columns = (TextColumn("{task.description:<14}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        tasks: dict[str, TaskID] = {}

        def move(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(stage, total=total)
            progress.update(tasks[stage], completed=done, total=total)

        yield move


if __name__ == "__main__":
    sys.exit(main())
