"""Watched pages: new links, and new passages of a text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors.failures import Unreadable
from extractors.model import Source
from extractors.watched import parse_watched, read_memory
from standins.hostile_http import HostileServer, reply
from standins.source_web import LONG_AGO, article, ends, example, read_live

LINKS = Source(
    "press", "page_watch", "", "Bureau", tier="official",
    params=(("item", "div.views-row"), ("link", "a[href^='/press-release/']"), ("date", "time")),
)  # fmt: skip
TEXT = Source("firms", "page_watch", "https://office.example/firms", "Office", params=(("watch", "text"), ("text", "main")))
BEFORE, AFTER = example("page_watch/firms_before.html"), example("page_watch/firms_after.html")
HTML = "text/html"


def test_new_links_are_fetched_and_old_ones_are_too_old() -> None:
    routes = {
        "/": reply(example("page_watch/press.html")),
        "/press-release/rule-on-cloud-access": article("Bureau issues rule on cloud access"),
    }
    reading, _ = read_live(routes, lambda server: replace(LINKS, url=server.url()))
    assert sorted(ends(reading)) == [
        ("Bureau issues rule on cloud access", "fetched", ""),
        ("Twelve entities added to the Entity List", "too_old", "before_window"),
    ]
    (found,) = reading.articles
    assert f"{found.published_at:%Y-%m-%d} {found.precision}" == "2026-11-24 day"


def test_the_first_look_gives_the_text_and_the_next_only_what_is_new() -> None:
    first = parse_watched(BEFORE, TEXT.url, HTML, TEXT, "")
    assert first.entry is not None
    assert first.entry.body.split("\n\n")[-2:] == ["Harbour Compute", "Lantern Semiconductor"]
    assert "internal note" not in first.entry.body
    assert "12:04" not in first.entry.body
    assert "Rendered" not in first.entry.body
    second = parse_watched(AFTER, TEXT.url, HTML, TEXT, first.memory)
    assert second.entry is not None
    assert (second.entry.title, second.entry.body) == ("Firms under review", "Orchard Cloud of Shenzhen, from 1 December 2026")
    assert second.entry.flags == ("change", "removed:1")
    assert parse_watched(AFTER, TEXT.url, HTML, TEXT, second.memory).entry is None


def test_what_only_went_or_moved() -> None:
    first = parse_watched(BEFORE, TEXT.url, HTML, TEXT, "")
    moved = BEFORE.replace(b"<li>Harbour Compute</li>", b"").replace(b"</ul>", b"<li>Harbour  Compute</li></ul>")
    assert parse_watched(moved, TEXT.url, HTML, TEXT, first.memory).entry is None
    gone = parse_watched(BEFORE.replace(b"<li>Harbour Compute</li>", b""), TEXT.url, HTML, TEXT, first.memory).entry
    assert gone is not None
    assert (gone.title, gone.body) == ("Firms under review: 1 passage removed", "")


def test_a_selector_without_text_and_a_senseless_memory() -> None:
    with pytest.raises(Unreadable, match="no_text"):
        parse_watched(BEFORE, TEXT.url, HTML, replace(TEXT, params=(("watch", "text"), ("text", "article.none"))), "")
    assert read_memory("passages:abc") == read_memory("abcdefghij") == read_memory("") == frozenset()


class _Everything(dict[str, str]):
    """Every address leads to one article: ports differ from server to server."""

    def __init__(self, article_id: str) -> None:
        super().__init__()
        self.article_id = article_id

    def get(self, key: str, default: object = None) -> str:
        return self.article_id


def test_each_change_is_an_article_of_its_own_under_the_pages_address() -> None:
    def make(server: HostileServer) -> Source:
        return replace(TEXT, url=server.url("/firms"))

    first, _ = read_live({"/firms": reply(BEFORE)}, make)
    (whole,) = first.articles
    # The address is known from the first look: the change must not be mistaken for that page.
    reading, server = read_live({"/firms": reply(AFTER)}, make, cursor=first.cursor, pages=_Everything(whole.article_id))
    (change,) = reading.articles
    assert change.article_id != whole.article_id
    assert change.url == server.url("/firms")
    assert (change.text_kind, change.published_at) == ("full", None)
    assert reading.disposed[0].aliases == ()
    quiet, _ = read_live({"/firms": reply(AFTER)}, make, cursor=reading.cursor)
    assert (quiet.outcome, quiet.disposed) == ("not_modified", ())


def test_the_past_of_a_text_is_not_asked() -> None:
    reading, server = read_live({"/firms": reply(BEFORE)}, lambda server: replace(TEXT, url=server.url("/firms")), window=LONG_AGO)
    assert (reading.outcome, server.paths()) == ("not_modified", [])
