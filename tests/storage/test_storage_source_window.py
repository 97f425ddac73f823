"""W1: a source's reading is stored once, whole, and with its cursor."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from extractors.model import Cursor
from storage.errors import BadRecord, StoreError
from storage.store import Store
from storage.window import Window

Make = Any


def table(store: Store, query: str) -> list[tuple[Any, ...]]:
    with store.window() as window:
        return window._open().execute(query).fetchall()


def prints(window: Window, name: str) -> list[tuple[Any, ...]]:
    """Every row of a table as text, sorted."""
    return window._open().execute(f"SELECT t::VARCHAR FROM {name} t ORDER BY 1").fetchall()


def test_a_reading_comes_back_as_it_was(store: Store, make: Make) -> None:
    article = make.article(
        1, official_ids=("fr:2026-1", "docket:X"), tier="official", author="A. Writer", witness="json-ld", published=None
    )
    with store.window() as window:
        run = make.begin(window, make.night(1))
        (stored,) = window.record_source(run.run_seq, make.reading([article]), None, make.now)
        (read,) = window.undecided("night", make.night(1))
        assert stored == read == replace(article, rev=1)
        assert window.cursors() == {"alpha": Cursor(etag='"1"', position="1")}
        assert window.known_entries("alpha") == {make.disposed(article).entry.entry_id}
        assert window.known_pages(["alpha.example/1", "other"]) == {"alpha.example/1": article.article_id}
        assert [(s.source_id, s.outcome, s.entries, s.new) for s in window.run_sources(1)] == [("alpha", "ok", 1, 1)]


def test_changed_text_is_a_new_revision_and_flipping_back_is_none(store: Store, make: Make) -> None:
    first, second = make.article(1), make.article(1, text="Another text.")
    with store.window() as window:
        run = make.begin(window, make.night(1))
        revs = [
            [a.rev for a in window.record_source(run.run_seq, make.reading([article]), None, make.now)]
            for article in (first, second, first, second)
        ]
        assert revs == [[1], [2], [], []]
        assert [a.body for a in window.undecided("night", make.night(1))] == [first.body, second.body]


def test_two_texts_of_one_article_in_one_reading_are_two_revisions(store: Store, make: Make) -> None:
    with store.window() as window:
        run = make.begin(window, make.night(1))
        articles = [make.article(1), make.article(1), make.article(1, text="Other.")]
        assert [a.rev for a in window.record_source(run.run_seq, make.reading(articles), None, make.now)] == [1, 2]


def test_a_missing_content_hash_is_computed(store: Store, make: Make) -> None:
    with store.window() as window:
        run = make.begin(window, make.night(1))
        (stored,) = window.record_source(run.run_seq, make.reading([make.article(1, content_hash="")]), None, make.now)
    assert stored.content_hash == make.article(1).content_hash


def test_the_same_reading_twice_is_stored_once(store: Store, make: Make) -> None:
    reading = make.reading([make.article(n) for n in (1, 2, 3)])
    sketches = {make.article(n).article_id: make.sketch(n) for n in (1, 2, 3)}
    tables = ("source", "entry", "article", "revision", "page_alias", "sketch", "band", "run_source")
    with store.window() as window:
        run = make.begin(window, make.night(1))
        window.record_source(run.run_seq, reading, sketches, make.now)
        once = [prints(window, name) for name in tables]
        assert window.record_source(run.run_seq, reading, sketches, make.now) == ()
        again = [prints(window, name) for name in tables]
    assert once == again
    assert [len(found) for found in once] == [1, 3, 3, 3, 3, 3, 6, 1]


def test_a_queued_entry_is_finished_later_and_keeps_its_text_until_then(store: Store, make: Make) -> None:
    article = make.article(1)
    waiting = make.disposed(article, "queued")
    waiting = replace(waiting, entry=replace(waiting.entry, body="abstract", official_ids=("fr:1",), flags=("cut",)), aliases=())
    with store.window() as window:
        run = make.begin(window, make.night(1))
        window.record_source(run.run_seq, make.reading([], disposed=(waiting,)), None, make.now)
        assert window.known_entries("alpha") == frozenset()
        assert window.queued_entries("alpha") == (waiting.entry,)
        window.record_source(run.run_seq, make.reading([article]), None, make.now)
        assert window.known_entries("alpha") == {waiting.entry.entry_id}
        assert window.queued_entries("alpha") == ()
        refused = make.disposed(article, "refused")
        window.record_source(run.run_seq, make.reading([], disposed=(refused,)), None, make.now)
    assert table(store, "SELECT disposition, reason, body FROM entry") == [("fetched", "", None)]


def test_an_entry_listed_twice_in_one_reading_has_one_end(store: Store, make: Make) -> None:
    article = make.article(1)
    disposed = (make.disposed(article, "queued"), make.disposed(article), make.disposed(article, "too_old"))
    with store.window() as window:
        run = make.begin(window, make.night(1))
        window.record_source(run.run_seq, make.reading([article], disposed=disposed), None, make.now)
    assert table(store, "SELECT disposition FROM entry") == [("fetched",)]


def test_a_failed_reading_moves_the_back_off_and_nothing_else(store: Store, make: Make) -> None:
    with store.window() as window:
        run = make.begin(window, make.night(1))
        window.record_source(run.run_seq, make.reading([make.article(1)]), None, make.now)
        failed = make.reading([], outcome="failed", reason="timeout", cursor=Cursor(etag="new", position="9", next_at=make.now, failures=3))
        window.record_source(run.run_seq, failed, None, make.now)
        assert window.cursors()["alpha"] == Cursor(etag='"1"', position="1", next_at=make.now, failures=3)


def test_the_first_article_keeps_an_alias(store: Store, make: Make) -> None:
    one, two = make.article(1), make.article(2)
    taken = replace(make.disposed(two), aliases=(("alpha.example/1", "redirect"), ("alpha.example/2", "own")))
    with store.window() as window:
        run = make.begin(window, make.night(1))
        window.record_source(run.run_seq, make.reading([one]), None, make.now)
        window.record_source(run.run_seq, make.reading([two], disposed=(taken,)), None, make.now)
        assert window.known_pages(["alpha.example/1", "alpha.example/2"]) == {
            "alpha.example/1": one.article_id,
            "alpha.example/2": two.article_id,
        }


def test_bad_values_are_refused_and_leave_nothing(store: Store, make: Make) -> None:
    nowhere = replace(make.disposed(make.article(7)), article_id="p_gone")
    with store.window() as window:
        run = make.begin(window, make.night(1))
        with pytest.raises(BadRecord, match="neither title nor text"):
            window.record_source(run.run_seq, make.reading([make.article(1), make.article(2, title=" ", body="")]), None, make.now)
        with pytest.raises(BadRecord, match="leads to p_gone"):
            window.record_source(run.run_seq, make.reading([make.article(1)], disposed=(nowhere,)), None, make.now)
        with pytest.raises(BadRecord, match="came in the reading of beta"):
            window.record_source(run.run_seq, make.reading([make.article(1)], source="beta"), None, make.now)
        with pytest.raises(StoreError, match="no run 99"):
            window.record_source(99, make.reading([make.article(1)]), None, make.now)
    counts = "SELECT (SELECT count(*) FROM source), (SELECT count(*) FROM article), (SELECT count(*) FROM entry)"
    assert table(store, counts) == [(0, 0, 0)]


def test_odd_text_is_stored(store: Store, make: Make) -> None:
    odd = "quote ' \" \\ ; DROP TABLE run; -- \x00 \u202e 規則 𝔘 \ud800 end"
    with store.window() as window:
        run = make.begin(window, make.night(1))
        window.record_source(run.run_seq, make.reading([make.article(1, text=odd)]), None, make.now)
        (read,) = window.undecided("night", make.night(1))
    assert read.body == odd.replace("\ud800", "?")


def test_run_numbers_and_bases_follow_each_other(store: Store, make: Make) -> None:
    with store.window() as window:
        first, second = make.begin(window, make.night(1)), make.begin(window, make.night(1))
    assert [(r.run_seq, r.base_run_seq, r.outcome) for r in (first, second)] == [(1, 0, None), (2, 1, None)]
    assert first.night == make.night(1)
    assert first.started_at == make.now


def test_heard_until_is_the_end_of_the_last_good_window(store: Store, make: Make) -> None:
    with store.window() as window:
        run = make.begin(window, make.night(1))
        window.record_source(run.run_seq, make.reading([], window_from=make.now, window_to=make.now), None, make.now)
        window.record_source(run.run_seq, make.reading([], source="beta", outcome="failed", reason="dns"), None, make.now)
        assert window.heard_until() == {"alpha": make.now}


def test_what_one_run_found_too_old_another_that_asks_for_its_day_takes_up(store: Store, make: Make) -> None:
    article, day = make.article(1), timedelta(days=1)
    (entry_id,) = (make.disposed(article).entry.entry_id,)
    with store.window() as window:
        run = make.begin(window, make.night(1))
        skipped = replace(make.reading([]), disposed=(make.disposed(article, "too_old"),))
        window.record_source(run.run_seq, skipped, None, make.now)
        assert window.known_entries("alpha", make.now + 9 * day, make.now + 30 * day) == {entry_id}
        assert window.known_entries("alpha", make.now - 30 * day, make.now - 9 * day) == {entry_id}
        assert window.known_entries("alpha", make.now - 9 * day, make.now + 9 * day) == frozenset()
        assert window.known_entries("alpha") == frozenset()
        run = make.begin(window, make.night(1), mode="backfill")
        window.record_source(run.run_seq, make.reading([article]), None, make.now)
        assert [a.article_id for a in window.undecided("backfill", make.now.date())] == [article.article_id]
        assert window.known_entries("alpha", make.now - 9 * day, make.now + 9 * day) == {entry_id}
        ends = window._open().execute("SELECT disposition, reason, article_id, run_seq FROM entry").fetchall()
        assert ends == [("fetched", "", article.article_id, run.run_seq)]


def test_a_too_old_entry_whose_page_fails_in_its_own_backfill_is_queued_with_its_text(store: Store, make: Make) -> None:
    old = make.disposed(make.article(1), "too_old")
    waiting = replace(old, disposition="queued", reason="timeout", entry=replace(old.entry, body="Its text."))
    with store.window() as window:
        run = make.begin(window, make.night(1))
        for disposed in (old, waiting, old, waiting):
            window.record_source(run.run_seq, replace(make.reading([]), disposed=(disposed,)), None, make.now)
        assert [entry.body for entry in window.queued_entries("alpha")] == ["Its text."]
