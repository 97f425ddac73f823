"""Nothing moved: one line about who was heard, nothing else."""

from __future__ import annotations

import pytest

from standins.household import Town

pytestmark = pytest.mark.slow


def test_a_quiet_night_is_one_line(town: Town) -> None:
    town.nights("2026-10-05", "2026-10-14")
    silent = town.room.publishers[0].name
    town.room.fail(silent, "503")
    before = len(town.house.files("*.txt"))
    told = town.night("2026-10-15", expect=4)
    assert [a["purpose"] for a in told["alerts"]] == ["digest"]
    heard, *silent_lines = told["notes"]
    total = len(town.room.publishers)
    assert heard.startswith(f"{total - 1} of {total} sources heard")
    assert len(silent_lines) <= 1
    assert len(town.house.files("*.txt")) == before + 1
