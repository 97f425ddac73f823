"""What storage remembers to judge a source's health: its nights, the days of its entries, and what was told last."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from extractors.model import Cursor
from storage.model import Health
from storage.store import Store

Make = Any
DAY = timedelta(days=1)


def test_the_past_of_a_source_is_its_nights_and_the_days_of_its_entries(store: Store, make: Make) -> None:
    with store.window() as window:
        for number, outcome in enumerate(("ok", "failed"), 1):
            run = make.begin(window, make.night(number))
            articles = [make.article(number, published=make.now - 3 * DAY), make.article(7 + number, published=None)] if number == 1 else []
            reading = make.reading(articles, outcome=outcome, reason="" if outcome == "ok" else "gone", moved_to="https://new.example/")
            window.record_source(run.run_seq, reading, None, make.now + number * DAY)
        run = make.begin(window, make.night(3), mode="backfill")
        window.record_source(run.run_seq, make.reading([], outcome="failed", reason="timeout"), None, make.now)
        past = window.pasts()["alpha"]
        assert [(r.outcome, r.reason, r.moved_to) for r in past.readings] == [
            ("ok", "", "https://new.example/"), ("failed", "gone", "https://new.example/"),
        ]  # fmt: skip
        assert past.days == ((make.now - 3 * DAY).date(), (make.now + DAY).date())
        (gap,) = window.gaps()
        assert (gap.reason, gap.ended) == ("gone", False), "a backfill that fails is no silence"


def test_what_was_told_last_is_one_row_a_change(store: Store, make: Make) -> None:
    silent, well = Health("alpha", "silent", make.now, "timeout"), Health("alpha", "well")
    previous = None
    with store.window() as window:
        for number, told in enumerate([(silent, replace(silent, source_id="beta")), (), (well,)], 1):
            run = make.begin(window, make.night(number))
            assert window.last_night() == previous
            window.record_night(
                run.run_seq, make.result([], run.run_seq, make.night(number)), (), (), (), "done", {}, make.now, health=told
            )
            previous = window.last_night()
            assert previous is not None
            assert previous.run_seq == run.run_seq
        assert window.last_told() == {"alpha": well, "beta": replace(silent, source_id="beta")}
        assert window._open().execute("SELECT count(*) FROM health").fetchall() == [(3,)]


def test_a_night_that_fails_to_be_stored_tells_nothing(store: Store, make: Make) -> None:
    with store.window() as window:
        run = make.begin(window, make.night(1))
        result = make.result([], run.run_seq, make.night(1))
        with pytest.raises(Exception, match="duplicate key"):
            window.record_night(run.run_seq, result, (), (), (), "done", {}, make.now, health=[Health("alpha", "gone")] * 2)
        assert window.last_told() == {}
        assert window.last_night() is None


def test_how_long_a_server_was_believed_is_remembered(store: Store, make: Make) -> None:
    with store.window() as window:
        run = make.begin(window, make.night(1))
        window.record_source(run.run_seq, make.reading([], cursor=Cursor(etag="1", trusted=4)), None, make.now)
        assert window.cursors()["alpha"].trusted == 4
        window.record_source(run.run_seq, make.reading([], outcome="failed", reason="x", cursor=Cursor()), None, make.now)
        assert window.cursors()["alpha"].trusted == 4


def test_34_where_a_source_has_moved_to_outlasts_a_reading_that_failed(store: Store, make: Make) -> None:
    moved = Cursor(moved_from="0" * 20, moved_to="https://new.example/feed", moved_runs=3)
    with store.window() as window:
        run = make.begin(window, make.night(1))
        window.record_source(run.run_seq, make.reading([], cursor=moved), None, make.now)
        window.record_source(run.run_seq, make.reading([], outcome="failed", reason="x", cursor=Cursor()), None, make.now)
        found = window.cursors()["alpha"]
        assert (found.moved_from, found.moved_to, found.moved_runs) == ("0" * 20, "https://new.example/feed", 3)
