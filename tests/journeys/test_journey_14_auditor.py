"""The auditor asks what was known on an evening: the ledger as of then is the one of then, and that night comes out byte-equal again."""

from __future__ import annotations

import re

import pytest

from standins.household import Town

pytestmark = pytest.mark.slow
ASKED = "2026-10-06"


def test_what_was_known_on_an_evening_is_told_later_as_it_was_then(town: Town) -> None:
    house = town.house
    town.night("2026-10-05")
    wrong = next(a for a in town.night(ASKED)["alerts"] if a["purpose"] == "new")
    then = house.run("ledger", "--json").json
    page = town.urls()["har-006"]
    story = house.run("explain", page, "--json", "--as-of", "2").json
    assert story["verdicts"]

    town.night("2026-10-07")
    house.run("alerts", "retract", wrong["id"], "--why", "it was a draft", "--as-of", "2026-10-08T08:00:00Z")
    town.night("2026-10-08")
    now = house.run("ledger", "--json").json
    assert len(now) > len(then)
    assert any(row["retracted"] for row in now)

    assert house.run("ledger", "--as-of", ASKED, "--json").json == then
    assert house.run("ledger", "--as-of", "2", "--json").json == then  # by the run's number
    later = house.run("explain", page, "--json", "--as-of", "2").json
    for part in ("verdicts", "moves", "cited"):
        assert later[part] == story[part]

    asked = len(town.room.hits)
    again = house.run("replay", "--from-archive", ASKED).out
    assert re.fullmatch(rf"night {ASKED}, run 2: [1-9]\d* decisions, byte-equal", again.strip())
    assert len(town.room.hits) == asked  # nobody on the web
