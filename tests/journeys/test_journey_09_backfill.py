"""Three months of one source are read, killed in the middle and resumed: no alert, one summary; the next night knows what it found."""

from __future__ import annotations

import re
import signal
import time
from pathlib import Path

import pytest

from newsroom.catalogue import catalogue
from newsroom.model import load_items
from newsroom.web import Newsroom
from standins.household import HARBOUR, Town, evening, move_in

pytestmark = pytest.mark.slow
LAST, NEXT = "2026-10-06", "2026-10-07"
SINCE, DAYS = "2026-07-09", 90


def test_three_months_killed_and_resumed(tmp_path: Path) -> None:
    stream = load_items(HARBOUR)
    past = catalogue(evening(LAST), n_feeds=1, days=DAYS, per_feed=60)
    with Newsroom((*past, *stream), now=evening("2026-10-05"), days=DAYS + 5) as room:
        town = Town(room, move_in(tmp_path, room))
        house = town.house
        slug = next(p.slug for p in room.publishers if p.name == past[0].publisher)
        off = f'[[source]]\nid = "{slug}"\nenabled = {{}}\n'
        house.config("sources.toml", off.format("false"))
        town.nights("2026-10-05", LAST)
        sent, alerts = house.files("*"), house.run("alerts", "--json").json
        assert [a for a in alerts if a["purpose"] != "digest"]
        house.config("sources.toml", off.format("true"))

        words = ("backfill", "--source", slug, "--since", SINCE, "--until", LAST)
        running = house.start(*words)
        assert running.stderr is not None
        line = running.stderr.readline()  # the first week is done
        assert re.fullmatch(r"backfill: 7 of 90 days, [\d.,]+ a minute, \d+:\d\d left\n", line), line
        time.sleep(0.5)
        house.kill(running, signal.SIGKILL)
        resumed = house.run(*words)
        steps = [int(n) for n in re.findall(r"backfill: (\d+) of 90 days", resumed.err)]
        assert (steps[0], steps[-1]) == (7, DAYS)
        (summary,) = resumed.out.splitlines()
        days = re.match(r"2026-07-\d\d to 2026-10-06: (\d+) days, .* no alert", summary)
        assert days is not None, summary
        assert int(days[1]) < DAYS, "what was finished before the kill is not done again"
        assert "nothing to do" in house.run(*words).out

        assert house.files("*") == sent
        assert house.run("alerts", "--json").json == alerts
        dated = [item for item in past if SINCE <= item.published_at.date().isoformat() <= LAST]
        asked = room.hits_of(past[0].publisher)
        found = {item.id: house.run("explain", room.url_of(item), "--json").json for item in dated[:: len(dated) // 5]}
        assert all(one["verdicts"] for one in found.values())

        told = town.night(NEXT)
        moves = {m["move_id"]: m["disposition"] for m in house.run("moves", "--json").json if slug in str(m["evidence"])}
        assert not set(moves.values()) & {"raised", "late"}
        again = room.hits_of(past[0].publisher) - asked
        pages = {room.url_of(item).partition("127.0.0.1")[2].partition("/")[2] for item in dated}
        recent = {
            room.url_of(item).partition("127.0.0.1")[2].partition("/")[2] for item in dated if item.published_at > evening("2026-10-05")
        }
        assert not {path.strip("/") for path in again} & (pages - recent), "a page that the backfill read is not read again"
        assert told["notes"][0] == f"{len(room.publishers)} of {len(room.publishers)} sources heard"
