"""Where a source that moved for good is asked (FAULTS.md, 34): which address, and what is remembered from one reading to the next."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from extractors.fetched import FetchError
from extractors.listing import Desk, Listing, list_feed
from extractors.model import Cursor, Source
from extractors.moving import ENOUGH, list_where_it_is, remembered
from standins.scripted_web import InlineBox, ScriptedWeb, item, rss

OLD, NEW, OTHER = "https://old.example/feed", "https://new.example/feed", "https://other.example/feed"
FEED = rss(item("https://old.example/1", "Notice of the harbour"))[0]
WIRE = Source("wire", "feed", OLD, "Wire")


def web(*answering: str, **leads: str) -> ScriptedWeb:
    """Addresses that answer with the feed; `leads` of the old, the new one: where they lead on for good."""
    named = {"old": OLD, "new": NEW}
    return ScriptedWeb(dict.fromkeys(answering, (FEED, "application/rss+xml")), moved={named[name]: url for name, url in leads.items()})


def read(town: ScriptedWeb, source: Source, cursor: Cursor) -> tuple[Listing, Cursor]:
    desk = Desk(town, InlineBox(), datetime(2026, 11, 26, tzinfo=UTC), (None, None))
    town.asked.clear()
    listing = asyncio.run(list_where_it_is(list_feed, source, cursor, desk))
    return listing, remembered(source, cursor, listing.cursor, desk.moved_to)


def settled(town: ScriptedWeb) -> Cursor:
    """The cursor after so many readings that the new address is asked."""
    cursor = Cursor()
    for _ in range(ENOUGH):
        _, cursor = read(town, WIRE, cursor)
        assert town.asked == [OLD]
    return cursor


def test_after_three_readings_the_new_address_is_asked_and_stays_remembered() -> None:
    town = web(NEW, old=NEW)
    cursor = settled(town)
    town.moved.clear()
    for _ in range(2):
        listing, cursor = read(town, WIRE, cursor)
        assert (town.asked, listing.not_modified, cursor.moved_to) == ([NEW], True, NEW)


def test_when_the_new_address_gives_nothing_the_old_one_is_asked_in_the_same_reading() -> None:
    town = web(NEW, old=NEW)
    cursor = settled(town)
    town = web(OLD)
    listing, cursor = read(town, WIRE, replace(cursor, body_hash="of another day"))
    assert (town.asked, len(listing.entries)) == ([NEW, OLD], 1)
    assert (cursor.moved_from, cursor.moved_to, cursor.moved_runs) == ("", "", 0)


def test_when_neither_answers_the_reading_fails_for_the_new_ones_reason_and_nothing_is_forgotten() -> None:
    town = web(NEW, old=NEW)
    cursor = settled(town)
    town = web()
    with pytest.raises(FetchError, match=NEW):
        read(town, WIRE, cursor)
    assert town.asked == [NEW, OLD]


def test_another_address_in_sources_toml_makes_what_was_remembered_void() -> None:
    town = web(NEW, OTHER, old=NEW)
    _, cursor = read(town, replace(WIRE, url=OTHER), settled(town))
    assert (town.asked, cursor.moved_to, cursor.moved_runs) == ([OTHER], "", 0)


def test_a_new_address_that_leads_on_or_back_is_counted_anew() -> None:
    town = web(NEW, old=NEW)
    cursor = settled(town)
    _, on = read(web(OTHER, new=OTHER), WIRE, cursor)
    assert (on.moved_to, on.moved_runs) == (OTHER, 1)
    assert read(web(OLD, new=OLD), WIRE, cursor)[1].moved_runs == 0


def test_a_reading_without_the_redirect_begins_the_count_again() -> None:
    town, still = web(NEW, old=NEW), web(OLD)
    _, cursor = read(town, WIRE, Cursor())
    _, cursor = read(town, WIRE, cursor)
    _, cursor = read(still, WIRE, cursor)
    assert read(town, WIRE, cursor)[1].moved_runs == 1


def test_an_api_is_asked_at_its_own_address_always() -> None:
    api = replace(WIRE, kind="federal_register")
    assert remembered(api, Cursor(), Cursor(), NEW) == Cursor()
