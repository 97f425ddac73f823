"""A user's home with topicwatch in it: its own data directory, seeds that know the newsroom only, and the command line as a process."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from newsroom.web import Newsroom

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = [sys.executable, "-c", "from flows.cli.main import app; app()"]
DATABASE = ("topicwatch.duckdb", "topicwatch.counter.json", "read.duckdb")
PATIENCE_S = 900  # for one command; a bound for what hangs, not a measure


@dataclass(frozen=True, slots=True)
class Answer:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it said, read as JSON."""
        return json.loads(self.out)


@dataclass(slots=True)
class Household:
    """Run commands against one data directory."""

    home: Path
    seeds: Path
    environment: dict[str, str] = field(default_factory=dict)

    def back_up(self, folder: Path) -> None:
        """Copy the database files into a new folder."""
        folder.mkdir()
        for name in DATABASE:
            shutil.copy2(self.home / name, folder / name)

    def restore(self, folder: Path) -> None:
        """Put the files of a backup in place of the database."""
        for name in DATABASE:
            (self.home / name).unlink()
            shutil.copy2(folder / name, self.home / name)

    def run(self, *words: str, expect: int | None = 0, **extra: str) -> Answer:
        """Run `topicwatch WORDS` to its end; expect names the exit code that must come, None any."""
        ended = subprocess.run(
            [*PROGRAM, *words], capture_output=True, text=True, env=self.whole_environment(extra), cwd=ROOT, timeout=PATIENCE_S, check=False
        )
        answer = Answer(ended.returncode, ended.stdout, ended.stderr)
        if expect is not None:
            assert answer.code == expect, f"{' '.join(words)} ended with {answer.code}\n{answer.out}\n{answer.err}"
        return answer

    def night(self, as_of: str, *words: str, expect: int | None = 0) -> Any:
        """Watch one night without Prefect and give its JSON."""
        return self.run("night", "--plain", "--force", "--json", "--as-of", as_of, *words, expect=expect).json

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command and leave it running."""
        return subprocess.Popen(
            [*PROGRAM, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.whole_environment(), cwd=ROOT,
            start_new_session=True,
        )  # fmt: skip

    def kill(self, running: subprocess.Popen[str], number: signal.Signals = signal.SIGKILL) -> int:
        """Send a signal, wait for the end and give the exit code."""
        if number == signal.SIGKILL:
            os.killpg(running.pid, number)  # with the servers and workers that it started, as a service manager kills
        else:
            running.send_signal(number)
        running.wait(PATIENCE_S)
        for pipe in (running.stdout, running.stderr):
            if pipe is not None:
                pipe.close()
        return running.returncode

    def config(self, name: str, text: str) -> None:
        """Write one file of the user's overlay."""
        folder = self.home / "config"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")

    def files(self, pattern: str) -> list[Path]:
        """Find what was written into the outbox folder."""
        return sorted((self.home / "out").rglob(pattern))

    def whole_environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """Give the environment that a command of this home runs in."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("TOPICWATCH_", "PREFECT_"))}
        own = {"TOPICWATCH_HOME": str(self.home), "TOPICWATCH_SEEDS": str(self.seeds), "TOPICWATCH_CONTACT": "tests@topicwatch.invalid"}
        return {**kept, **own, **self.environment, **(extra or {})}


def move_in(folder: Path, room: Newsroom) -> Household:
    """Make a home whose only sources are the newsroom's."""
    seeds = folder / "seeds"
    shutil.copytree(ROOT / "seeds", seeds)
    (seeds / "sources.toml").write_text(room.sources_toml(), encoding="utf-8")
    pairs = ",".join(f"{host}:{port}" for host, port in sorted(room.allowed_private))
    return Household(folder / "home", seeds, {"TOPICWATCH_ALLOW_PRIVATE": pairs})


HARBOUR = ROOT / "tests" / "data" / "streams" / "harbour"


def evening(day: str) -> datetime:
    """Give the last second of a day, UTC: what the command line makes of `--as-of DAY`."""
    return datetime.fromisoformat(f"{day}T23:59:59").replace(tzinfo=UTC)


@dataclass(slots=True)
class Town:
    """The newsroom and a household in it; its nights step both clocks."""

    room: Newsroom
    house: Household

    def night(self, day: str, *words: str, expect: int | None = 0) -> Any:
        """Watch one night of the stream and give its JSON."""
        self.room.set_now(evening(day))
        return self.house.night(day, *words, expect=expect)

    def nights(self, *days: str) -> list[Any]:
        """Watch several nights."""
        return [self.night(day) for day in days]

    def urls(self) -> dict[str, str]:
        """Give where each article of the stream is served, by its id in the stream."""
        return {item.id: self.room.url_of(item) for item in self.room.items}
