"""One source, from its list to articles, dispositions and cursor."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from extractors.model import Cursor, Entry, Source, SourceReading, h
from extractors.reading import backed_off, read_source
from extractors.urls import url_key
from standins.scripted_web import NOW, SENTENCES, InlineBox, ScriptedWeb, failing, item, page, rss

FEED = "https://news.example/feed"
SOURCE = Source("news", "feed", FEED, "News", lang="en")


def read(
    web: ScriptedWeb,
    *,
    source: Source = SOURCE,
    cursor: Cursor | None = None,
    known_entries: frozenset[str] = frozenset(),
    known_pages: Mapping[str, str] | None = None,
    window: tuple[datetime | None, datetime | None] = (NOW - timedelta(days=2), NOW),
    now: datetime = NOW,
    **more: Any,
) -> SourceReading:
    return asyncio.run(
        read_source(
            source, cursor or Cursor(), client=web, box=InlineBox(), known_entries=known_entries,
            known_pages=known_pages or {}, window=window,
            now=now, **more,
        )
    )  # fmt: skip


def ends(reading: SourceReading) -> list[tuple[str, str, str]]:
    return [(end.entry.title, end.disposition, end.reason) for end in reading.disposed]


def test_a_page_becomes_an_article_and_the_cursor_advances() -> None:
    web = ScriptedWeb(
        {
            FEED: rss(item("https://news.example/a/rule-on-chips", "Rule on chips issued")),
            "https://news.example/a/rule-on-chips": page("Rule on chips issued"),
        }
    )
    web.etags[FEED] = '"1"'
    reading = read(web)
    assert (reading.outcome, reading.reason, reading.requests) == ("ok", "", 2)
    (article,) = reading.articles
    assert article.article_id == "p_" + h("https://news.example/a/rule-on-chips")
    assert (article.rev, article.text_kind, article.lang, article.publisher) == (0, "full", "en", "News")
    assert SENTENCES[0] in article.body
    assert "Copyright" not in article.body
    assert article.published_at == NOW - timedelta(hours=3)
    assert article.witness == "feed"
    assert ends(reading) == [("Rule on chips issued", "fetched", "")]
    assert reading.disposed[0].aliases == (("news.example/a/rule-on-chips", "listed"),)
    assert reading.cursor.etag == '"1"'


def test_an_unchanged_feed_reads_nothing_and_loses_nothing() -> None:
    web = ScriptedWeb({FEED: rss(item("https://news.example/a/one", "One thing happened"))}, etags={FEED: '"1"'})
    reading = read(web, cursor=Cursor(etag='"1"', body_hash="x", position="keep", failures=2))
    assert (reading.outcome, reading.disposed, reading.articles) == ("not_modified", (), ())
    assert (reading.cursor.etag, reading.cursor.position, reading.cursor.failures) == ('"1"', "keep", 0)


def test_a_feed_that_fails_backs_off_and_keeps_its_validators() -> None:
    reading = read(ScriptedWeb({FEED: failing("server_error")}), cursor=Cursor(etag='"1"', failures=1))
    assert (reading.outcome, reading.reason) == ("failed", "server_error")
    assert (reading.cursor.failures, reading.cursor.next_at, reading.cursor.etag) == (2, NOW + timedelta(hours=2), '"1"')


def test_back_off_doubles_to_less_than_a_day_and_obeys_the_server() -> None:
    cursor, waits = Cursor(), []
    for _ in range(8):
        cursor = backed_off(cursor, NOW)
        assert cursor.next_at is not None
        waits.append((cursor.next_at - NOW) / timedelta(hours=1))
    assert waits == [1, 2, 4, 8, 16, 20, 20, 20]
    assert backed_off(Cursor(), NOW, 7200.0).next_at == NOW + timedelta(hours=2)
    assert backed_off(Cursor(), NOW, 1e9).next_at == NOW + timedelta(hours=24)


@pytest.mark.parametrize("reason", ["gone", "parse_timeout", "parse_memory", "parse_crash"])
def test_33_44_what_is_gone_or_kills_the_parser_twice_rests_for_a_week(reason: str) -> None:
    once = backed_off(Cursor(), NOW, reason=reason)
    assert once.next_at == NOW + timedelta(hours=1), "once may be chance"
    assert backed_off(once, NOW, 60.0, reason).next_at == NOW + timedelta(days=7)
    assert backed_off(once, NOW, reason="server_error").next_at == NOW + timedelta(hours=2)


def test_html_in_place_of_a_feed_and_an_empty_body_are_named() -> None:
    assert read(ScriptedWeb({FEED: page("Not a feed")})).reason == "not_a_feed"
    assert read(ScriptedWeb({FEED: (b"", "application/rss+xml")})).reason == "empty"
    silent = read(ScriptedWeb({FEED: rss()}))
    assert (silent.outcome, silent.reason) == ("empty", "no_entries")


def test_a_passing_fault_queues_the_entry_and_drops_the_validators() -> None:
    web = ScriptedWeb(
        {FEED: rss(item("https://news.example/a/slow", "A slow page")), "https://news.example/a/slow": failing("timeout")},
        etags={FEED: '"1"'},
    )
    reading = read(web)
    assert ends(reading) == [("A slow page", "queued", "timeout")]
    assert reading.articles == ()
    assert (reading.cursor.etag, reading.cursor.body_hash) == ("", "")
    web.answers["https://news.example/a/slow"] = page("A slow page")
    again = read(web, cursor=reading.cursor)
    assert ends(again) == [("A slow page", "fetched", "")]
    assert again.cursor.etag == '"1"'


def test_a_queued_entry_that_left_the_feed_is_read_all_the_same() -> None:
    waiting = Entry("e1", "news", "https://news.example/a/slow", "A slow page", published_at=NOW - timedelta(days=1), precision="instant")
    web = ScriptedWeb({FEED: rss(), "https://news.example/a/slow": page("A slow page")})
    assert ends(read(web, queued=(waiting,))) == [("A slow page", "fetched", "")]


def test_a_lasting_refusal_keeps_the_entrys_own_words() -> None:
    summary = "The ministry published a list of forty items that need a licence from December."
    web = ScriptedWeb(
        {
            FEED: rss(item("https://news.example/a/closed", "A closed page", summary=summary)),
            "https://news.example/a/closed": failing("robots"),
        }
    )
    reading = read(web)
    assert ends(reading) == [("A closed page", "refused", "robots")]
    assert [(a.text_kind, a.body) for a in reading.articles] == [("summary", summary)]
    assert reading.disposed[0].article_id == reading.articles[0].article_id


def test_a_page_without_text_is_unreadable_with_its_reason() -> None:
    answers: dict[str, tuple[Any, str]] = {
        "pdf": ((b"%PDF-1.7 ...", "application/pdf"), "wrong_type"),
        "json": ((b'{"a": 1}', "text/html"), "wrong_type"),
        "wait": (b"<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>", "challenge"),
        "bare": (b"<html><body></body></html>", "no_text"),
    }
    items = [item(f"https://news.example/a/{name}", f"Title of {name}") for name in answers]
    web = ScriptedWeb({FEED: rss(*items), **{f"https://news.example/a/{name}": answer for name, (answer, _) in answers.items()}})
    reading = read(web)
    assert {end.entry.title[9:]: (end.disposition, end.reason) for end in reading.disposed} == {
        name: ("unreadable", reason) for name, (_, reason) in answers.items()
    }
    assert {article.text_kind for article in reading.articles} == {"headline"}
    assert all(article.body for article in reading.articles)


def test_full_text_in_the_feed_needs_no_page() -> None:
    body = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES * 2)
    web = ScriptedWeb({FEED: rss(item("https://news.example/a/full", "Full text", body=body))})
    reading = read(web)
    assert web.asked == [FEED]
    assert reading.articles[0].text_kind == "full"
    assert reading.articles[0].body.split("\n\n")[0] == SENTENCES[0]


def test_old_entries_are_too_old_and_cost_no_request() -> None:
    old = item("https://news.example/a/old", "Old news", when=NOW - timedelta(days=1900))
    reading = read(ScriptedWeb({FEED: rss(old)}))
    assert ends(reading) == [("Old news", "too_old", "before_window")]
    assert reading.requests == 1


def test_an_undated_entry_is_judged_by_its_page() -> None:
    head = "<meta property='article:published_time' content='2020-03-01T10:00:00Z'>"
    web = ScriptedWeb(
        {
            FEED: rss(item("https://news.example/a/undated", "Undated thing", when=None)),
            "https://news.example/a/undated": page("Undated thing", head=head),
        }
    )
    assert ends(read(web)) == [("Undated thing", "too_old", "page_before_window")]


def test_one_page_under_many_addresses_is_one_article() -> None:
    links = [
        "https://www.news.example/a/rule-on-chips?utm_source=x",
        "http://news.example/a/rule-on-chips",
        "https://news.example/a/rule-on-chips/amp",
        "https://m.news.example/a/rule-on-chips#top",
    ]
    canonical = "<link rel='canonical' href='https://news.example/a/rule-on-chips'>"
    text = page("Rule on chips issued", head=canonical)
    web = ScriptedWeb({FEED: rss(*(item(link, f"Rule on chips issued {n}", guid=str(n)) for n, link in enumerate(links)))})
    web.answers |= dict.fromkeys((*links, *(link.partition("?")[0].partition("#")[0] for link in links)), text)
    reading = read(web)
    assert len(reading.articles) == 1
    assert sorted(end.disposition for end in reading.disposed) == ["fetched", "known_page", "known_page", "known_page"]
    assert {end.article_id for end in reading.disposed} == {reading.articles[0].article_id}


def test_a_redirect_leads_to_the_article_and_becomes_an_alias() -> None:
    short, full = "https://short.example/x1", "https://news.example/a/rule-on-chips"
    web = ScriptedWeb({FEED: rss(item(short, "Rule on chips issued")), full: page("Rule on chips issued")}, moved={short: full})
    reading = read(web)
    assert reading.articles[0].url == full
    assert dict(reading.disposed[0].aliases) == {"short.example/x1": "listed", "news.example/a/rule-on-chips": "redirect"}
    known = read(web, known_pages={url_key(full): "p_before"})
    assert [(end.disposition, end.article_id) for end in known.disposed] == [("known_page", "p_before")]
    assert known.articles == ()


def test_one_canonical_for_every_page_does_not_merge_them() -> None:
    head = "<link rel='canonical' href='https://news.example/technology-section'>"
    links = ["https://news.example/a/first-long-slug", "https://news.example/a/second-long-slug"]
    web = ScriptedWeb(
        {
            FEED: rss(*(item(link, f"Story {link[-16:]}") for link in links)),
            **{link: page(f"Story {link[-16:]}", head=head) for link in links},
        }
    )
    assert len({article.article_id for article in read(web).articles}) == 2


def test_a_session_token_in_the_guid_does_not_bring_an_entry_back() -> None:
    def feed(token: str) -> ScriptedWeb:
        url = f"https://news.example/a/token?id=4&amp;PHPSESSID={token}"
        return ScriptedWeb({FEED: rss(item(url, "Token story", guid=url)), "https://news.example/a/token?id=4": page("Token story")})

    first, second = read(feed("a1b2c3d4e5f6a7b8c9")), read(feed("f9e8d7c6b5a4f3e2d1"))
    assert first.disposed[0].entry.entry_id == second.disposed[0].entry.entry_id
    assert first.articles[0].article_id == second.articles[0].article_id


def test_a_changed_entry_is_read_again_under_the_same_article() -> None:
    url = "https://news.example/a/corrected"
    web = ScriptedWeb(
        {FEED: rss(item(url, "The rule", guid="g", when=NOW - timedelta(days=5), summary="Forty firms are listed.")), url: page("The rule")}
    )
    first = read(web, window=(NOW - timedelta(days=9), NOW))
    known = frozenset(end.entry.entry_id for end in first.disposed)
    pages = {key: end.article_id for end in first.disposed for key, _ in end.aliases}
    same = read(web, cursor=replace(first.cursor, body_hash=""), known_entries=known, known_pages=pages)
    assert (same.articles, same.disposed, same.requests) == ((), (), 1)
    web.answers[FEED] = rss(item(url, "The rule (corrected)", guid="g", when=NOW - timedelta(days=5), summary="Thirty firms are listed."))
    web.answers[url] = page("The rule (corrected)", extra="<p>An earlier version of this article gave a wrong number of firms.</p>")
    second = read(web, cursor=first.cursor, known_entries=known, known_pages=pages)
    assert [article.article_id for article in second.articles] == [first.articles[0].article_id]
    assert second.articles[0].content_hash != first.articles[0].content_hash
    assert second.disposed == ()


def test_the_order_of_items_changes_nothing() -> None:
    items = [item(f"https://news.example/a/story-{n}", f"Story number {n}", guid="same" if n < 2 else str(n)) for n in range(5)]
    pages = {f"https://news.example/a/story-{n}": page(f"Story number {n}") for n in range(5)}
    forth, back = read(ScriptedWeb({FEED: rss(*items), **pages})), read(ScriptedWeb({FEED: rss(*reversed(items)), **pages}))
    assert forth.disposed == back.disposed
    assert forth.articles == back.articles
    assert len(forth.articles) == 5


def test_a_feed_that_shrinks_takes_nothing_back() -> None:
    items = [item(f"https://news.example/a/story-{n}", f"Story number {n}") for n in range(3)]
    pages = {f"https://news.example/a/story-{n}": page(f"Story number {n}") for n in range(3)}
    first = read(ScriptedWeb({FEED: rss(*items), **pages}))
    known = frozenset(end.entry.entry_id for end in first.disposed)
    quiet = replace(SOURCE, params=(("revisit_hours", "0"),))
    second = read(ScriptedWeb({FEED: rss(items[0]), **pages}), source=quiet, known_entries=known, cursor=first.cursor)
    assert (second.outcome, second.disposed, second.articles) == ("ok", (), ())


def test_what_is_over_the_limit_waits_for_the_next_run() -> None:
    items = [item(f"https://news.example/a/story-{n}", f"Story number {n}", when=NOW - timedelta(hours=n + 1)) for n in range(4)]
    pages = {f"https://news.example/a/story-{n}": page(f"Story number {n}") for n in range(4)}
    web = ScriptedWeb({FEED: rss(*items), **pages}, etags={FEED: '"1"'})
    reading = read(web, max_entries=3)
    assert [end.entry.title[-1] for end in reading.disposed] == ["0", "1", "2"]
    assert reading.cursor.etag == ""
    rest = read(web, cursor=reading.cursor, known_entries=frozenset(end.entry.entry_id for end in reading.disposed), max_entries=3)
    assert [end.entry.title[-1] for end in rest.disposed] == ["3"]
    assert rest.cursor.etag == '"1"'


def test_a_window_in_the_past_leaves_later_entries_and_the_cursor_alone() -> None:
    items = [
        item("https://news.example/a/new-one", "New one"),
        item("https://news.example/a/then-one", "Then one", when=NOW - timedelta(days=20)),
    ]
    web = ScriptedWeb({FEED: rss(*items), "https://news.example/a/then-one": page("Then one")}, etags={FEED: '"2"'})
    before = Cursor(etag='"2"', position="p")
    reading = read(web, cursor=before, window=(NOW - timedelta(days=21), NOW - timedelta(days=19)))
    assert ends(reading) == [("Then one", "fetched", "")]
    assert reading.cursor == before


def test_a_host_that_keeps_failing_is_left_for_the_next_run() -> None:
    items = [item(f"https://news.example/a/story-{n}", f"Story number {n}", when=NOW - timedelta(hours=n + 1)) for n in range(12)]
    web = ScriptedWeb({FEED: rss(*items), **{f"https://news.example/a/story-{n}": failing("connect_failed") for n in range(12)}})
    reading = read(web)
    assert {end.disposition for end in reading.disposed} == {"queued"}
    assert {end.reason for end in reading.disposed} == {"connect_failed", "host_failing"}
    assert reading.requests < 9


def test_an_entry_without_a_usable_link_keeps_its_text() -> None:
    summary = "A notice that has no page of its own, with enough words in it to be read."
    reading = read(ScriptedWeb({FEED: rss(item("javascript:alert(1)", "A notice", summary=summary))}))
    assert ends(reading) == [("A notice", "fetched", "")]
    assert (reading.articles[0].url, reading.articles[0].body, reading.articles[0].text_kind) == ("", summary, "summary")


def test_a_disabled_and_an_unknown_source_are_named() -> None:
    assert read(ScriptedWeb({}), source=replace(SOURCE, enabled=False)).outcome == "skipped"
    odd = read(ScriptedWeb({}), source=replace(SOURCE, kind="telex"))
    assert (odd.outcome, odd.reason) == ("failed", "unknown_kind")


def test_a_day_counts_until_its_end() -> None:
    feed = rss("<item><title>By day</title><link>https://news.example/a/by-day</link><pubDate>2026-11-24</pubDate></item>")
    web = ScriptedWeb({FEED: feed, "https://news.example/a/by-day": page("By day")})
    assert ends(read(web, window=(NOW - timedelta(hours=12), NOW)))[0][1] == "fetched"
    assert ends(read(web, window=(NOW - timedelta(hours=3), NOW)))[0][1] == "too_old"


def test_an_item_listed_twice_is_one_article() -> None:
    linked = item("https://news.example/a/twice", "Listed twice")
    bare = item("", "No link at all", summary="Words of a notice that has no page of its own but is long enough.")
    reading = read(ScriptedWeb({FEED: rss(linked, linked, bare, bare), "https://news.example/a/twice": page("Listed twice")}))
    assert len(reading.articles) == 2
    assert sorted(end.disposition for end in reading.disposed) == ["fetched", "fetched", "known_page", "known_page"]


def test_a_fault_of_ours_is_the_sources_failure_and_not_the_nights() -> None:
    def broken() -> bytes:
        raise RuntimeError("no name yet")

    reading = read(ScriptedWeb({FEED: broken}))
    assert (reading.outcome, reading.reason, reading.cursor.failures) == ("failed", "unexpected:RuntimeError", 1)
