"""The first night over 60 feeds with 30-day back catalogues alerts nothing: one report, watching from now."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsroom.catalogue import catalogue
from newsroom.model import load_items
from newsroom.web import Newsroom
from standins.household import HARBOUR, move_in

END = datetime(2026, 10, 14, 23, 59, 59, tzinfo=UTC)
pytestmark = pytest.mark.slow


def test_a_cold_start_over_sixty_feeds_is_one_report(tmp_path: Path) -> None:
    items = catalogue(END, n_feeds=60, days=30, per_feed=25, extra=load_items(HARBOUR))
    with Newsroom(items, now=END) as room:
        house = move_in(tmp_path, room)
        told = house.night("2026-10-14")
        again = house.night("2026-10-15")
    assert (told["mode"], told["outcome"]) == ("learn", "done")
    assert len(told["sources"]) >= 60
    assert told["articles"] > 1000
    assert [a["purpose"] for a in told["alerts"]] == ["digest"]
    assert any("watching from now" in note for note in told["notes"])
    assert set(told["moves"]) <= {"learnt", "watch"}
    assert len(house.files("*.eml")) <= 2  # the report, and the next night's line
    assert (again["mode"], again["articles"]) == ("night", 0)
    assert [a["purpose"] for a in again["alerts"]] == ["digest"]
