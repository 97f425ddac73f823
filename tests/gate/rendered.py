"""A stream rendered as publishers' sites and read by real nights, beside its replay: the same moves must come out.

PYTHONPATH=tests python -m gate.rendered [--stream nov-2026] [--home DIR]
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.pipeline import Plan, run_night
from flows.settings import read_settings
from flows.wiring import open_tools
from newsroom.web import Newsroom
from training.labelled import ROOT, SHARED, read_jsonl

Told = tuple[str, str, str, tuple[str, ...]]  # night, topic, kind, articles


def rendered(folder: Path, nights: list[str], home: Path) -> tuple[set[Told], dict[str, int]]:
    """Read every night of the stream from the newsroom; gives the moves told and the count of unread articles by reason."""
    shutil.rmtree(home, ignore_errors=True)
    unread: dict[str, int] = {}
    with Newsroom(folder, now=_evening(nights[0]), days=3) as room:
        pairs = ",".join(f"{host}:{port}" for host, port in sorted(room.allowed_private))
        settings = read_settings(
            {"TOPICWATCH_HOME": str(home), "TOPICWATCH_ALLOW_PRIVATE": pairs, "TOPICWATCH_CONTACT": "tests@topicwatch.invalid"}
        )
        with open_tools(settings) as tools:
            catalogue = replace(tools.seeds.catalogue, measures=tuple(replace(m, steps=()) for m in tools.seeds.catalogue.measures))
            own = replace(tools, seeds=replace(tools.seeds, sources=room.sources(), catalogue=catalogue))
            for night in nights:
                room.set_now(_evening(night))
                at = _evening(night)
                summary = run_night(own, Plan(at.date(), at, "night", room.sources(), force=True, armed=True))
                for reason, count in summary.dropped:
                    unread[reason] = unread.get(reason, 0) + count
                print(f"  {night} {summary.outcome} {summary.articles} articles, {len(summary.alerts)} alerts", flush=True)
            with own.store.read() as reads:
                told = {_told(row.move, room) for row in reads.moves(dispositions=("raised", "watch", "late"))}
    return told, unread


def replayed(folder: Path, out: Path) -> set[Told]:
    """The moves of the replay on the command line."""
    command = [
        sys.executable,
        "-c",
        "from flows.cli.main import app; app()",
        "replay",
        str(folder),
        "--out",
        str(out),
        "--baseline",
        "seeds",
    ]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    return {(m["night"], m["topic"], m["kind"], tuple(m["articles"])) for m in read_jsonl(out / "moves.jsonl")}


def _told(move: Any, room: Newsroom) -> Told:
    ids = sorted({i for e in move.evidence if (i := room.article_id_of(e.url))})
    return move.night.isoformat(), move.topic, move.kind, tuple(ids)


def _evening(night: str) -> datetime:
    return datetime.fromisoformat(f"{night}T23:59:59").replace(tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stream", default="nov-2026")
    parser.add_argument("--home", type=Path, default=ROOT / "var" / "rendered")
    options = parser.parse_args()
    folder = SHARED / "streams" / options.stream
    nights = json.loads((folder / "stream.json").read_text(encoding="utf-8"))["nights"]
    told, unread = rendered(folder, nights, options.home)
    wanted = replayed(folder, options.home / "replay")
    print(f"rendered {len(told)} moves, replay {len(wanted)}, the same {len(told & wanted)}; dropped: {unread}")
    for name, rows in (("only rendered", told - wanted), ("only replayed", wanted - told)):
        for row in sorted(rows):
            print(f"  {name}: {row}")


if __name__ == "__main__":
    main()
