"""The night's page: what was read, kept, dropped and why, and what was told; nothing of the input acts on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from alerts.briefing import night_page
from alerts.compose import compose
from alerts.model import Route
from extractors.model import Article, Cursor, Disposed, Entry, Source, SourceReading
from topics.model import Catalogue, Move, NightResult, Outcome, Verdict

AT = datetime(2026, 11, 6, 9, tzinfo=UTC)
ALL = (Route(frozenset({"*"}), frozenset({"alert", "watch", "digest", "health"}), ("files",)),)


class Page(HTMLParser):
    """Collects tags, links and words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.words = ""
        self.feed(html)
        self.close()
        self.words = " ".join(self.words.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self.words += data


def article(article_id: str, title: str, url: str = "https://gazette.example/a") -> Article:
    return Article(article_id, 1, url, "Harbour Gazette", "en", title, "Body.", AT, AT)


def verdict(article_id: str, outcome: Outcome, covers: str = "", *reasons: str) -> Verdict:
    return Verdict(article_id, 1, outcome, covers, article_id, ("cloud-kyc",), reasons)


@pytest.fixture
def reading() -> SourceReading:
    source = Source("gazette", "feed", "https://gazette.example/feed", "Harbour Gazette")
    dropped = [Disposed(Entry(f"e{n}", "gazette", "https://gazette.example/x", "t"), "too_old", "older than 14 days") for n in range(3)]
    return SourceReading(source, "failed", "deadline", tuple(dropped), (), Cursor())


def test_the_page_tells_what_was_kept_and_why_the_rest_was_dropped(
    move: Callable[..., Move], night: Callable[..., NightResult], catalogue: Catalogue, reading: SourceReading
) -> None:
    articles = [article("a1", "The bureau adopts its rule"), article("a2", "Rule adopted, says bureau"), article("a3", "A football match")]
    verdicts = (verdict("a1", "move"), verdict("a2", "rewrite", "a1", "same names and numbers"), verdict("a3", "off_topic"))
    result = night(move(), verdicts=verdicts)
    page = Page(night_page(result, articles, compose(result, catalogue, ALL, ()), ["1 of 2 sources heard"], [reading]))
    assert "3 articles read, 1 kept, 2 dropped, 1 message." in page.words
    assert "Adopted: Customer identification rule" in page.words
    assert (
        "Rule adopted, says bureau Harbour Gazette the same news reworded as The bureau adopts its rule: same names and numbers"
        in page.words
    )
    assert "1 of 2 sources heard" in page.words
    assert "3 too_old (older than 14 days)" in page.words
    assert "failed: deadline" in page.words
    assert page.words.index("A football match") > page.words.index("Dropped, and why")


def test_nothing_of_the_input_acts(night: Callable[..., NightResult]) -> None:
    bad = "<script>alert(1)</script><img src=x onerror=alert(2)>\x1b[31m"
    result = night(verdicts=(verdict("a1", "off_topic", "", bad),))
    html = night_page(result, [article("a1", bad, "javascript:alert(3)")], (), [bad])
    page = Page(html)
    assert not {"script", "img", "svg", "iframe", "link"} & set(page.tags)
    assert page.links == []
    assert page.words.count("<script>alert(1)</script>") == 3
    assert "\x1b" not in html
    assert "default-src 'none'" in html


def test_an_empty_night_has_a_page(night: Callable[..., NightResult]) -> None:
    assert "0 articles read, 0 kept, 0 dropped, 0 messages." in Page(night_page(night(), (), ())).words
