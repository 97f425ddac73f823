"""How far a source is believed: its validators, its address, and how far back its list goes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from extractors.fetched import Fetched
from extractors.listing import moved_to
from extractors.model import Cursor, Source, SourceReading
from extractors.reading import ADAPTERS, BY_DATE, BY_PAGES, can_look_back, read_source
from standins.scripted_web import NOW, InlineBox, ScriptedWeb, item, rss

FEED, NEW = "https://news.example/feed", "https://new.example/feed"
SOURCE = Source("news", "feed", FEED, "News", params=(("pages", "no"),))


def read(web: ScriptedWeb, cursor: Cursor | None = None) -> SourceReading:
    return asyncio.run(
        read_source(
            SOURCE, cursor or Cursor(), client=web, box=InlineBox(), known_entries=frozenset(), known_pages={}, window=(None, None), now=NOW
        )
    )


def test_a_server_that_says_not_modified_for_ever_is_not_believed_every_tenth_time() -> None:
    """Its tag never changes, its list does."""
    web = ScriptedWeb({FEED: rss(item("https://news.example/1", "One"))}, etags={FEED: '"same"'})
    cursor, outcomes = Cursor(), []
    for number in range(11):
        if number == 1:
            web.answers[FEED] = rss(item("https://news.example/2", "Two"))
        reading = read(web, cursor)
        cursor = reading.cursor
        outcomes.append((reading.outcome, [end.entry.title for end in reading.disposed]))
    assert outcomes == [("ok", ["One"]), *[("not_modified", [])] * 9, ("ok", ["Two"])]
    assert cursor.trusted == 0


def test_a_whole_list_with_the_known_body_is_not_modified_and_starts_the_count_anew() -> None:
    web = ScriptedWeb({FEED: rss(item("https://news.example/1", "One"))}, etags={FEED: '"same"'})
    first = read(web)
    full = read(web, replace(first.cursor, trusted=9))
    assert (full.outcome, full.cursor.trusted) == ("not_modified", 0)
    assert read(web, first.cursor).cursor.trusted == 1


def answer_after(*hops: tuple[int, str]) -> Fetched:
    return Fetched("https://final.example/feed?api_key=secret", 200, {}, b"", hops, False, "", "", "")


def test_a_permanent_redirect_of_the_source_is_told_and_a_passing_one_is_not() -> None:
    pages = "https://news.example/1"
    web = ScriptedWeb({NEW: rss(item(pages, "One"))}, moved={FEED: NEW, pages: "https://x.example/"})
    assert read(web).moved_to == NEW
    assert moved_to(answer_after((301, FEED), (302, NEW))) == NEW
    assert moved_to(answer_after((302, FEED), (301, NEW))) == ""
    assert moved_to(answer_after()) == ""
    assert "secret" not in moved_to(answer_after((308, FEED)))


def test_a_reading_says_how_far_its_list_goes_back() -> None:
    dated = [item(f"https://news.example/{n}", f"No {n}", when=NOW - timedelta(days=n)) for n in (1, 2, 3, 300)]
    assert read(ScriptedWeb({FEED: rss(*dated)})).window_from == NOW - timedelta(days=3), "the oldest entry may be pinned"
    undated = [item(f"https://news.example/{n}", f"No {n}", when=None) for n in (1, 2, 3)]
    assert read(ScriptedWeb({FEED: rss(*undated)})).window_from is None


def test_only_sources_that_answer_for_past_days_are_asked_for_them() -> None:
    kinds = (SOURCE, replace(SOURCE, kind="html_list"), replace(SOURCE, kind="html_list", params=(("next", "?p={n}"),)))
    assert [can_look_back(source) for source in (*kinds, replace(SOURCE, kind="federal_register"))] == [False, False, True, True]
    assert ADAPTERS.keys() >= (BY_DATE | BY_PAGES)
