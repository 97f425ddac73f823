"""A night that is killed at any moment and started again loses nothing and repeats nothing (FAULTS 75 and 96)."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from newsroom.web import Newsroom
from standins.household import HARBOUR, Household, Town, evening, move_in

pytestmark = pytest.mark.slow
DAYS = ("2026-10-05", "2026-10-06", "2026-10-07")
KILLS = 6
PORTS = 18700  # the same ports for both towns, so that ids can be compared


def told(house: Household) -> dict[str, list[str]]:
    moves = house.run("moves", "--json").json
    alerts = house.run("alerts", "--json").json
    return {
        "moves": sorted(m["move_id"] for m in moves),
        "alerts": sorted(a["alert_id"] for a in alerts if a["purpose"] != "digest"),
        "files": sorted(p.name for p in house.files("*.txt") if "digest" not in p.name and "0 moves" not in p.name),
    }


def test_killed_nights_end_as_the_nights_without_a_kill(tmp_path: Path) -> None:
    with Newsroom(HARBOUR, now=evening(DAYS[0]), port_base=PORTS) as room:
        calm = Town(room, move_in(tmp_path / "calm", room))
        calm.nights(*DAYS)
        wanted = told(calm.house)
    chance = random.Random(7)
    with Newsroom(HARBOUR, now=evening(DAYS[0]), port_base=PORTS) as room:
        wild = Town(room, move_in(tmp_path / "wild", room))
        for day in DAYS:
            room.set_now(evening(day))
            for _ in range(KILLS // len(DAYS)):
                running = wild.house.start("night", "--plain", "--force", "--as-of", day)
                time.sleep(chance.uniform(0.8, 6.0))
                wild.house.kill(running, signal.SIGKILL)
            wild.night(day)
        had = told(wild.house)
    assert had["moves"] == wanted["moves"]
    assert had["alerts"] == wanted["alerts"]
    assert set(Counter(had["files"]).values()) <= {1}
    assert had["files"] == wanted["files"]
