"""Pages that were told, looked at again: what costs nothing, what takes something back, and what must take nothing back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from extractors.listing import GIVE_UP_HOST
from extractors.model import Cursor, Look, Source, SourceReading, ToldPage, h
from extractors.rechecking import Seen, look_again
from extractors.settling import HOST_FAILING
from flows.looking import weigh, with_seen
from standins.scripted_web import NOW, SENTENCES, InlineBox, ScriptedWeb, failing, page
from topics.corrections import DROPPED

SOURCE = Source("news", "feed", "https://news.example/feed", "News", lang="en")
URL = "https://news.example/2026/chips-rule"
TITLE = "Chips rule is final"
QUOTE = f"{SENTENCES[0]} {SENTENCES[0].lower()[:40]} is what it says in part 0."
NOTE = "Correction: an earlier version said that the Bureau of Industry and Security issued a final rule on advanced computing chips."


async def _all(pages: list[ToldPage], web: ScriptedWeb) -> list[Seen]:
    return [seen async for seen in look_again(pages, SOURCE, web, InlineBox(), NOW)]


def looks(web: ScriptedWeb, *pages: ToldPage) -> list[Seen]:
    return asyncio.run(_all(list(pages), web))


def told(**changes: Any) -> ToldPage:
    (seen,) = looks(ScriptedWeb({URL: page(TITLE)}), replace(BLANK, **changes))
    assert seen.article is not None
    return replace(BLANK, text=f"{seen.article.title}\n\n{seen.article.body}", **changes)


BLANK = ToldPage(f"p_{h(URL)}", "news", URL, "News", "en", TITLE, NOW, "instant", "", (QUOTE,))


def outcome(web: ScriptedWeb, told_page: ToldPage) -> tuple[Look, bool]:
    (seen,) = looks(web, told_page)
    look, article = weigh(seen)
    return look, article is not None


def test_the_first_look_is_whole_and_the_next_one_conditional() -> None:
    web = ScriptedWeb({URL: page(TITLE)}, etags={URL: '"1"'})
    first, _ = outcome(web, told())
    assert (first.outcome, first.etag) == ("holds", '"1"')
    again, stored = outcome(web, replace(told(), etag=first.etag, body_hash=first.body_hash))
    assert (again.outcome, again.etag, again.body_hash, stored) == ("unchanged", first.etag, first.body_hash, False)


def test_a_sentence_that_is_gone_becomes_a_revision_of_the_same_article() -> None:
    web = ScriptedWeb({URL: page(TITLE, sentences=("Nothing has been issued so far, the office says.", *SENTENCES[1:]))})
    (seen,) = looks(web, told())
    look, article = weigh(seen)
    assert (look.outcome, look.reason) == ("differs", DROPPED)
    assert article is not None
    assert (article.article_id, article.url, article.rev, article.source_id) == (BLANK.article_id, URL, 0, "news")


def test_a_new_correction_note_does_too() -> None:
    look, stored = outcome(ScriptedWeb({URL: page(TITLE, extra=f"<p>{NOTE}</p>")}), told())
    assert (look.outcome, look.reason, stored) == ("differs", NOTE, True)


@pytest.mark.parametrize(
    "changed",
    [
        page(TITLE, sentences=(*SENTENCES, "Ministers are to meet on it next week, a person at the talks said.")),
        page(TITLE, sentences=tuple(reversed(SENTENCES)), extra=f"<p>{QUOTE}</p>"),
        # What is shown of the article is other words, but the sentence stands on the page: a redesign, or another extractor.
        page(TITLE, sentences=("Nothing here.", *SENTENCES[1:])).replace(b"<footer>", f"<aside><b>{QUOTE}</b></aside><footer>".encode()),
    ],
)
def test_any_other_change_is_left_alone(changed: bytes) -> None:
    look, stored = outcome(ScriptedWeb({URL: changed}), told())
    assert (look.outcome, stored) == ("holds", False)


@pytest.mark.parametrize("reason", ["not_found", "gone", "blocked", "forbidden", "robots", "timeout", "server_error"])
def test_a_page_that_cannot_be_read_takes_nothing_back_and_keeps_its_validators(reason: Any) -> None:
    before = replace(told(), etag='"7"', last_modified="x", body_hash="h")
    assert outcome(ScriptedWeb({URL: failing(reason)}), before) == (Look(BLANK.article_id, "unread", reason, '"7"', "x", "h"), False)


def test_a_stub_or_a_challenge_takes_nothing_back() -> None:
    wall = page(TITLE, sentences=(), extra="<p>Subscribe to continue reading.</p>")
    challenge = b"<html><head><title>Just a moment...</title></head><body><p>Checking your browser.</p></body></html>"
    cut = page(TITLE, sentences=SENTENCES[3:5], extra="<p>Subscribe to continue reading.</p>")
    for body in (wall, challenge, cut):
        look, stored = outcome(ScriptedWeb({URL: body}), told())
        assert (look.outcome in {"unread", "holds"}, stored) == (True, False), look


def test_a_host_that_fails_is_left_in_peace() -> None:
    web = ScriptedWeb({URL: failing("timeout")})
    seen = looks(web, *[told()] * (GIVE_UP_HOST + 2))
    assert [each.fault for each in seen] == ["timeout"] * GIVE_UP_HOST + [HOST_FAILING] * 2
    assert len(web.asked) == GIVE_UP_HOST


def test_a_reading_carries_every_look_and_only_the_text_that_counts() -> None:
    gone = ScriptedWeb({URL: page(TITLE, sentences=("Nothing has been issued so far, the office says.", *SENTENCES[1:]))})
    seen = [*looks(ScriptedWeb({URL: page(TITLE)}), told()), *looks(gone, replace(told(), article_id="p_2"))]
    reading = with_seen(SourceReading(SOURCE, "not_modified", "", (), (), Cursor(), requests=1), seen)
    assert [look.outcome for look in reading.looks] == ["holds", "differs"]
    assert [article.article_id for article in reading.articles] == ["p_2"]
    assert (reading.outcome, reading.requests) == ("not_modified", 3)
