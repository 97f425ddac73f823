"""Which pages are looked at again, and with what of the last look."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from extractors.limits import TOLD_NIGHTS, TOLD_PAGES
from extractors.model import Look, h
from storage.store import Store
from storage.window import Window
from topics.model import LedgerChange

Make = Any
FIRST = 1


def told_night(window: Window, make: Make, numbers: list[int], night: date, **changes: Any) -> None:
    """A night on which each numbered article, a page of its own, tells a move."""
    run = make.begin(window, night)
    articles = [replace(a, article_id=f"p_{h(a.url)}", **changes) for a in map(make.article, numbers)]
    window.record_source(run.run_seq, make.reading(articles), None, make.now)
    found = window.undecided("night", night)
    result = make.result(found, run.run_seq, night)
    window.record_night(run.run_seq, result, make.readings(found), [], [], "done", {}, make.now)


def look(window: Window, make: Make, night: date, *looks: Look) -> None:
    run = make.begin(window, night)
    window.record_source(run.run_seq, make.reading([], looks=looks), None, make.now)
    window.end_run(run.run_seq, "done", {}, make.now)


def urls(window: Window, night: date) -> list[str]:
    return [page.url for page in window.told_pages(night)]


def test_a_told_page_comes_with_its_text_and_quote_for_some_nights(store: Store, make: Make) -> None:
    with store.window() as window:
        told_night(window, make, [1], make.night(FIRST))
        (page,) = window.told_pages(make.night(FIRST + 1))
        article = make.article(1)
        assert (page.article_id, page.url, page.source_id, page.publisher) == (f"p_{h(article.url)}", article.url, "alpha", "alpha news")
        assert page.text == f"{article.title}\n\n{article.body}"
        assert page.quotes == ("The rule number 1 takes effect.",)
        assert (page.etag, page.last_modified, page.body_hash) == ("", "", "")
        last = make.night(FIRST) + timedelta(TOLD_NIGHTS - 1)
        assert urls(window, last) == [article.url]
        assert urls(window, last + timedelta(1)) == []


def test_the_latest_come_first_and_no_more_than_a_run_may_ask_for(store: Store, make: Make) -> None:
    with store.window() as window:
        told_night(window, make, list(range(1, TOLD_PAGES + 1)), make.night(FIRST))
        told_night(window, make, [900, 901], make.night(FIRST + 1))
        found = urls(window, make.night(FIRST + 2))
        assert len(found) == TOLD_PAGES
        assert {url.rpartition("/")[2] for url in found[:2]} == {"900", "901"}


def test_the_last_look_gives_the_validators_and_one_look_a_night_is_enough(store: Store, make: Make) -> None:
    with store.window() as window:
        told_night(window, make, [1], make.night(FIRST))
        (page,) = window.told_pages(make.night(FIRST + 1))
        look(window, make, make.night(FIRST + 1), Look(page.article_id, "holds", "", '"1"', "Mon", "hash"))
        assert window.told_pages(make.night(FIRST + 1)) == ()
        (again,) = window.told_pages(make.night(FIRST + 2))
        assert (again.etag, again.last_modified, again.body_hash) == ('"1"', "Mon", "hash")


@pytest.mark.parametrize(("reason", "asked"), [("gone", False), ("robots", False), ("not_found", True), ("timeout", True)])
def test_what_is_gone_for_good_is_not_asked_for_again(store: Store, make: Make, reason: str, asked: bool) -> None:
    with store.window() as window:
        told_night(window, make, [1], make.night(FIRST))
        (page,) = window.told_pages(make.night(FIRST + 1))
        look(window, make, make.night(FIRST + 1), Look(page.article_id, "unread", reason))
        assert bool(window.told_pages(make.night(FIRST + 2))) == asked


@pytest.mark.parametrize("changes", [{"text_kind": "summary"}, {"url": ""}, {"url": "https://alpha.example/list"}])
def test_stubs_and_watched_lists_are_left_out(store: Store, make: Make, changes: dict[str, Any]) -> None:
    with store.window() as window:
        told_night(window, make, [1], make.night(FIRST), **changes)
        assert window.told_pages(make.night(FIRST + 1)) == ()


def test_what_was_taken_back_is_looked_at_no_more(store: Store, make: Make) -> None:
    with store.window() as window:
        told_night(window, make, [1, 2], make.night(FIRST))
        run = make.begin(window, make.night(FIRST + 1))
        matter, value = "m_1", "value 1"
        gone = LedgerChange(h(matter, make.topic, "in_force", value), "retracted", "p_x:2", "the quoted sentence is gone")
        result = replace(make.result([], run.run_seq, make.night(FIRST + 1)), changes=(gone,))
        window.record_night(run.run_seq, result, [], [], [], "done", {}, make.now)
        assert [url.rpartition("/")[2] for url in urls(window, make.night(FIRST + 2))] == ["2"]


def test_a_text_that_differs_is_the_next_revision_and_the_same_again_is_none(store: Store, make: Make) -> None:
    with store.window() as window:
        told_night(window, make, [1], make.night(FIRST))
        (page,) = window.told_pages(make.night(FIRST + 1))
        run = make.begin(window, make.night(FIRST + 1))
        new = replace(make.article(1, text="Nothing took effect."), article_id=page.article_id)
        seen = replace(make.reading([], looks=(Look(page.article_id, "differs", "x"),)), articles=(new,))
        assert [a.rev for a in window.record_source(run.run_seq, seen, None, make.now)] == [2]
        assert window.record_source(run.run_seq, seen, None, make.now) == ()
        assert [(a.article_id, a.rev) for a in window.undecided("night", make.night(FIRST + 1))] == [(page.article_id, 2)]
