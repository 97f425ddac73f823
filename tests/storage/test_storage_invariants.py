"""SCHEMA.md's invariants 1, 2 and 9 under readings that somebody made up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.model import Cursor
from storage.errors import BadRecord, StoreError
from storage.store import Store

Make = Any
SOURCES = ("alpha", "beta")
ONE_LISTING = st.tuples(
    st.integers(1, 4), st.sampled_from(["", "v2", "v3"]), st.sampled_from(["fetched", "queued", "refused", "unreadable"])
)
ONE_READING = st.tuples(
    st.sampled_from(SOURCES), st.sampled_from(["ok", "failed", "not_modified"]), st.lists(ONE_LISTING, max_size=4), st.booleans()
)
TABLES = ("source", "entry", "article", "revision", "page_alias", "sketch", "band", "run_source")


def spoil(reading: Any) -> Any:
    """The same reading with a listing that W1 must refuse at its end, when all else is written."""
    if not reading.disposed:
        return None
    return replace(reading, disposed=(*reading.disposed, replace(reading.disposed[0], article_id="p_nowhere", disposition="fetched")))


def reading_of(make: Make, number: int, source: str, outcome: str, listings: list[tuple[int, str, str]]) -> Any:
    disposed, articles = [], []
    for entry, text, disposition in listings:
        article = make.article(entry, text=text, source=source, article_id=f"p_{source}_{entry}")
        disposed.append(make.disposed(article, disposition))
        if disposition == "fetched":
            articles.append(article)
    cursor = Cursor(etag=f"e{number}", position=str(number), failures=number)
    return make.reading(articles, source=source, disposed=tuple(disposed), outcome=outcome, cursor=cursor)


@pytest.mark.slow
@given(st.lists(ONE_READING, min_size=1, max_size=6))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_readings_keep_the_invariants(
    tmp_path_factory: pytest.TempPathFactory, make: Make, readings: list[tuple[str, str, list[tuple[int, str, str]], bool]]
) -> None:
    """One disposition per entry that only ever leaves `queued`; a cursor moves with its entries or not at all; twice is once."""
    store = Store(tmp_path_factory.mktemp("invariants"))
    with store.window() as window:
        con = window._open()

        def rows(name: str) -> list[tuple[Any, ...]]:
            return con.execute(f"SELECT t::VARCHAR FROM {name} t ORDER BY 1").fetchall()

        def dispositions() -> dict[str, str]:
            return dict(con.execute("SELECT entry_id, disposition FROM entry").fetchall())

        run = make.begin(window, make.night(1))
        for number, (source, outcome, listings, spoilt) in enumerate(readings, 1):
            reading = reading_of(make, number, source, outcome, listings)
            before, cursors, ends = {name: rows(name) for name in TABLES}, window.cursors(), dispositions()
            bad = spoil(reading) if spoilt else None
            if bad is not None:
                with pytest.raises(BadRecord):
                    window.record_source(run.run_seq, bad, None, make.now)
                assert {name: rows(name) for name in TABLES} == before
            sketches = {article.article_id: make.sketch(number) for article in reading.articles}
            stored = window.record_source(run.run_seq, reading, sketches, make.now)
            once = {name: rows(name) for name in TABLES}
            assert window.record_source(run.run_seq, reading, sketches, make.now) == ()
            assert {name: rows(name) for name in TABLES} == once

            assert all(dispositions()[entry_id] == end for entry_id, end in ends.items() if end != "queued")
            assert {d.entry.entry_id for d in reading.disposed} <= set(dispositions())
            position = str(number) if outcome != "failed" else cursors.get(source, Cursor()).position
            assert (window.cursors()[source].position, window.cursors()[source].failures) == (position, number)
            assert set(before["revision"]) <= set(once["revision"]), "revisions are added, never changed"
            assert len(once["revision"]) == len(before["revision"]) + len(stored)
        revisions = con.execute(
            "SELECT article_id, list(rev ORDER BY rev), count(DISTINCT content_hash) FROM revision GROUP BY 1"
        ).fetchall()
        assert all(revs == list(range(1, hashes + 1)) for _, revs, hashes in revisions)
        found = window.undecided("night", make.night(1))
        assert [(a.article_id, a.rev) for a in found] == sorted({(a.article_id, a.rev) for a in found})
        assert len(found) == len(rows("revision"))


@pytest.mark.slow
@given(st.integers(0, 40), st.integers(1, 40), st.text(max_size=6), st.booleans())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_quote_is_a_substring_or_is_not_stored(
    tmp_path_factory: pytest.TempPathFactory, make: Make, start: int, length: int, change: str, of_title: bool
) -> None:
    """Invariant 9: cut a quote out of the text, perhaps change it; it is stored exactly when the text holds it."""
    store = Store(tmp_path_factory.mktemp("quotes"))
    with store.window() as window:
        run = make.begin(window, make.night(1))
        window.record_source(run.run_seq, make.reading([make.article(1)]), None, make.now)
        (article,) = window.undecided("night", make.night(1))
        text = article.title if of_title else article.body
        quote = text[start : start + length] + change
        result = make.result([article], run.run_seq, make.night(1))
        result = replace(result, claims=(replace(result.claims[0], quote=quote),))
        holds = quote in article.title or quote in article.body
        try:
            window.record_night(run.run_seq, result, make.readings([article]), (), (), "done", {}, make.now)
        except StoreError:
            stored = False
        else:
            stored = True
        assert stored == holds
        assert window._open().execute("SELECT count(*) FROM claim").fetchall() == [(int(holds),)]
