"""Whose page is fetched: always that of an official or special source; of a general one when the caller's net lets its words in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from extractors.model import Article, Cursor, Entry, Source, SourceReading, Tier, h
from extractors.reading import read_source
from standins.scripted_web import NOW, InlineBox, ScriptedWeb, item, page, rss

FEED = "https://news.example/feed"
SOURCE = Source("news", "feed", FEED, "News", lang="en")
CHIPS, SOUP = "https://news.example/a/rule-on-chips", "https://news.example/a/soup-of-the-week"


def about_chips(entry: Entry) -> bool:
    return "chip" in f"{entry.title} {entry.summary}".lower()


def web(*items: str) -> ScriptedWeb:
    listed = items or (item(CHIPS, "Rule on chips issued"), item(SOUP, "Soup of the week"))
    return ScriptedWeb({FEED: rss(*listed), CHIPS: page("Rule on chips issued"), SOUP: page("Soup of the week")})


def read(
    on: ScriptedWeb,
    tier: Tier = "general",
    wanted: Callable[[Entry], bool] = about_chips,
    known_entries: frozenset[str] = frozenset(),
    known_pages: Mapping[str, str] | None = None,
    cursor: Cursor | None = None,
) -> SourceReading:
    return asyncio.run(
        read_source(
            replace(SOURCE, tier=tier), cursor or Cursor(), client=on, box=InlineBox(), known_entries=known_entries,
            known_pages=known_pages or {}, window=(NOW - timedelta(days=2), NOW), now=NOW, wanted=wanted,
        )
    )  # fmt: skip


def kinds(reading: SourceReading) -> dict[str, tuple[str, str, str]]:
    by_id = {article.article_id: article.text_kind for article in reading.articles}
    return {end.entry.title: (end.disposition, end.reason, by_id.get(end.article_id, "")) for end in reading.disposed}


def article_of(reading: SourceReading, title: str) -> Article:
    return next(article for article in reading.articles if article.title == title)


def test_a_general_source_costs_only_the_pages_that_may_matter() -> None:
    on = web()
    reading = read(on)
    assert on.asked == [FEED, CHIPS]
    assert reading.requests == 2
    assert kinds(reading) == {
        "Rule on chips issued": ("fetched", "", "full"),
        "Soup of the week": ("not_fetched", "no_topic_word", "headline"),
    }
    left = article_of(reading, "Soup of the week")
    assert (left.article_id, left.url, left.published_at) == (f"p_{h(SOUP)}", SOUP, NOW - timedelta(hours=3))


@pytest.mark.parametrize("tier", ["official", "special"])
def test_an_official_or_special_source_is_read_whole(tier: Tier) -> None:
    on = web()
    assert {end for end, _, _ in kinds(read(on, tier)).values()} == {"fetched"}
    assert sorted(on.asked) == sorted([FEED, CHIPS, SOUP])


def test_the_summary_counts_too_and_stays_as_evidence() -> None:
    summary = "Buried in the last spoonful: a rule on chips, which the bureau issued while everybody was at lunch."
    on = web(item(SOUP, "Soup of the week", summary=summary))
    assert kinds(read(on)) == {"Soup of the week": ("fetched", "", "full")}
    left = read(on, wanted=lambda _: False)
    assert article_of(left, "Soup of the week").body == summary
    assert article_of(left, "Soup of the week").text_kind == "summary"


def test_one_address_listed_twice_is_fetched_when_either_title_is_wanted() -> None:
    first = item(CHIPS, "Lunch", guid="one")
    second = item(CHIPS, "Rule on chips issued", guid="two")
    for items in ((first, second), (second, first)):
        reading = read(web(*items))
        assert [article.text_kind for article in reading.articles] == ["full"]
        assert sorted(end.disposition for end in reading.disposed) == ["fetched", "known_page"]


def test_a_page_that_was_left_is_still_fetched_for_a_better_source() -> None:
    left = read(web())
    ends = {end.entry.title: end for end in left.disposed}
    known = {key: end.article_id for end in left.disposed for key, _ in end.aliases}
    better = read(web(), "special", known_pages=known)
    assert {article.title: article.text_kind for article in better.articles} == {"Soup of the week": "full"}
    assert article_of(better, "Soup of the week").article_id == ends["Soup of the week"].article_id


def test_a_known_page_is_never_left_twice() -> None:
    reading = read(web(), known_pages={"news.example/a/soup-of-the-week": "p_other"})
    assert kinds(reading)["Soup of the week"] == ("known_page", "same_address", "")


def test_an_entry_whose_words_change_is_looked_at_again() -> None:
    first = read(web())
    known = frozenset(end.entry.entry_id for end in first.disposed)
    changed = web(item(SOUP, "Soup of the week, and a rule on chips"))
    again = read(changed, known_entries=known, cursor=replace(first.cursor, etag="", body_hash=""))
    assert SOUP in changed.asked
    assert [article.text_kind for article in again.articles] == ["full"]
    same = web()
    read(same, known_entries=known, cursor=replace(first.cursor, etag="", body_hash=""))
    assert SOUP not in same.asked
