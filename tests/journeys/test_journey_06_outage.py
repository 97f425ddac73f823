"""Four days without network, then a run: one longer night, late items marked, gaps told per source and refilled where it can be asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from newsroom.web import Newsroom
from standins.household import HARBOUR, Town, evening, move_in

pytestmark = pytest.mark.slow
BEFORE, DARK, AFTER = ("2026-10-05", "2026-10-06"), ("2026-10-07", "2026-10-08", "2026-10-09", "2026-10-10"), "2026-10-11"
LISTED_DAYS = 3  # of a feed; the Federal Register answers for any day


def named(lines: Iterable[str]) -> dict[str, str]:
    """Give each source's line."""
    return {name: line for line in lines for name in line.partition(": ")[0].split(", ")}


def test_an_outage_is_one_longer_night(tmp_path: Path) -> None:
    with Newsroom(HARBOUR, now=evening(BEFORE[0]), days=LISTED_DAYS) as room:
        town = Town(room, move_in(tmp_path, room))
        town.nights(*BEFORE)
        for publisher in room.publishers:
            room.fail(publisher.name, "reset")
        dark = [town.night(day, expect=3) for day in DARK]
        for publisher in room.publishers:
            room.fail(publisher.name, "")
        back = town.night(AFTER)
        calm = town.night("2026-10-12")
        moves = town.house.run("moves", "--json").json
        standing = town.house.run("sources", "--json").json
    names = {publisher.slug for publisher in room.publishers}

    assert all(night["notes"][0] == f"0 of {len(names)} sources heard, {len(names)} silent since 2026-10-06" for night in dark)
    # The API is asked without robots.txt, so it is lost for another reason than the others.
    assert [len(night["notes"]) for night in dark] == [3, 1, 1, 1]
    assert set(named(dark[0]["notes"][1:])) == names

    assert back["notes"][0] == f"{len(names)} of {len(names)} sources heard"
    told = named(line for line in back["notes"][1:] if "not heard from" in line)
    assert set(told) == names
    assert "not heard from 2026-10-06 to 2026-10-11" in told["federalregister"]
    assert told["federalregister"].endswith("read since")
    assert told["trendmagnet"].endswith("lost: the list does not reach back so far")

    final = town.urls()["har-012"]  # the final rule of 7 October
    by_url = {part["url"]: move for move in moves for part in move["evidence"] if part["official"]}
    assert by_url[final]["disposition"] == "late"
    (alert,) = [a for a in town.house.run("alerts", "--json").json if any(line["url"] == final for line in a["lines"])]
    assert {line["mark"] for line in alert["lines"] if line["url"] == final} == {"late"}
    assert max(Counter(move["move_id"] for move in moves).values()) == 1
    sent = [a["id"] for night in (back, calm) for a in night["alerts"]]
    assert len(sent) == len(set(sent))
    assert calm["notes"][0] == f"{len(names)} of {len(names)} sources heard"
    # A feed of three days may hold nothing today; of the outage nothing is said again.
    assert all("empty" in line for line in calm["notes"][1:])
    assert {one["source_id"]: one["days_lost"] > 0 for one in standing} == {name: name != "federalregister" for name in names}
