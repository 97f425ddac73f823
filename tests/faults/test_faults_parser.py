"""Documents made to hold a parser up or to make it look elsewhere, through the real parse box (FAULTS.md, 42-44, 51, 67)."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from extractors.box import ParseBox, Unreadable
from extractors.feeds import FeedDocument, parse_feed
from extractors.model import Cursor, Entry, Source
from extractors.pages import read_page
from standins.hostile_http import HostileServer, reply
from standins.scripted_web import NOW, SENTENCES, item, page, rss
from standins.source_web import ends, read_live

pytestmark = pytest.mark.slow
SHORT_S = 2.0  # in place of the 20 s that a document has; a parser that is held up longer is killed just the same
WORDS = "These words of the entry itself are all that may be kept of it."
PATIENCE_S = 120.0  # for what must be read, however busy the machine is
WELL = rss(item("https://news.example/a", "A title", body="<p>Words of the feed itself.</p>" * 80))[0]
LISTED = rss(item("https://news.example/a", "A title", summary=WORDS))[0]


def feed_of(inner: bytes) -> bytes:
    return b"<rss version='2.0'><channel>" + inner + b"</channel></rss>"


FEEDS = {
    "40k-attributes": feed_of(b"<item " + b" ".join(b'a%d="x"' % n for n in range(40_000)) + b"><title>x</title></item>"),
    "nest-1e5": feed_of(b"<item>" + b"<a>" * 100_000 + b"</item>"),
    "comments-1e5": feed_of(b"<item><title>x</title><description>" + b"&lt;!--" * 100_000 + b"</description></item>"),
    "attribute-20-MB": feed_of(b"<item a='" + b"x" * 20_000_000 + b"'><title>x</title></item>"),
}
PAGES = {
    "br-1e5": b"<html><body>" + b"x<br>" * 100_000,
    "p-1e5": b"<html><body>" + b"<p>x" * 100_000,
    "attributes-1e5": b"<html><body " + b" ".join(b"a%d=1" % n for n in range(100_000)) + b">hello",
}


@pytest.fixture(scope="module")
def one_box() -> Iterator[ParseBox]:
    with ParseBox(workers=1) as found:
        yield found


@pytest.fixture
def box(one_box: ParseBox) -> ParseBox:
    """A box whose one process is there and has read a feed and a page already."""
    one_box.timeout_s = PATIENCE_S
    one_box.run(parse_feed, WELL, "https://news.example/feed", "", "news", NOW)
    one_box.run(read_page, page("A page"), "https://news.example/a", "text/html", Entry("", "", "", ""), NOW)
    return one_box


def feed(server: HostileServer) -> Source:
    return Source("news", "feed", server.url("/feed"), "News", lang="en")


@pytest.mark.parametrize("name", FEEDS)
def test_44_a_feed_that_holds_the_parser_up_costs_its_own_reading(name: str, box: ParseBox) -> None:
    box.timeout_s = SHORT_S
    reading, _ = read_live({"/feed": reply(FEEDS[name], kind="text/xml")}, feed, box=box)
    allowed = {
        "40k-attributes": {("failed", "parse_timeout")},
        "nest-1e5": {("failed", "parse_timeout"), ("ok", "")},
        "comments-1e5": {("failed", "parse_timeout"), ("ok", "")},
        "attribute-20-MB": {("failed", "too_big")},
    }
    assert (reading.outcome, reading.reason) in allowed[name]
    assert reading.cursor.failures == (reading.outcome == "failed")
    box.timeout_s = PATIENCE_S
    after, _ = read_live({"/feed": reply(WELL, kind="text/xml")}, feed, box=box)
    assert (after.outcome, len(after.articles)) == ("ok", 1)


def test_44_a_feed_that_kills_the_parser_night_after_night_is_in_quarantine(box: ParseBox) -> None:
    box.timeout_s, cursor = SHORT_S, Cursor()
    for rest in (timedelta(hours=1), timedelta(days=7)):
        reading, _ = read_live({"/feed": reply(FEEDS["40k-attributes"], kind="text/xml")}, feed, box=box, cursor=cursor)
        cursor = reading.cursor
        assert (reading.reason, cursor.next_at) == ("parse_timeout", NOW + rest)


@pytest.mark.parametrize("name", PAGES)
def test_67_a_page_that_holds_the_parser_up_ends_with_its_reason(name: str, box: ParseBox) -> None:
    def make(server: HostileServer) -> Source:
        listed = LISTED.replace(b"https://news.example/a", server.url("/page").encode())
        routes["/feed"] = reply(listed, kind="text/xml")
        return feed(server)

    routes = {"/page": reply(PAGES[name])}
    box.timeout_s = SHORT_S
    reading, _ = read_live(routes, make, box=box)
    assert ends(reading) == [("A title", "unreadable", "parse_timeout")]
    assert [(a.text_kind, a.body) for a in reading.articles] == [("summary", WORDS)]
    box.timeout_s = PATIENCE_S
    routes["/page"] = reply(page("A page that is well"))
    after, _ = read_live(routes, make, box=box)
    assert SENTENCES[-1] in after.articles[0].body


def test_42_43_no_feed_makes_the_parser_open_a_file_or_a_connection(box: ParseBox, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)  # whoever opens it waits for ever, whatever library it is
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
        laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
        quadratic = f'<!ENTITY l9 "{"a" * 50_000}">'
        heads = [
            f'<!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}]>', f"<!DOCTYPE rss [{quadratic}]>",
            *(f'<!DOCTYPE rss [<!ENTITY l9 SYSTEM "{to}">]>' for to in (f"file://{pipe}", str(pipe), address)),
            *(f'<!DOCTYPE rss SYSTEM "{to}">' for to in (f"file://{pipe}", address)),
            *(f'<!DOCTYPE rss [<!ENTITY % d SYSTEM "{to}"> %d;]>' for to in (f"file://{pipe}", address)),
            f'<?xml-stylesheet href="{address}"?>',
        ]  # fmt: skip
        named = "&l9;" * 10_000
        bombs = [f"{head}<rss version='2.0'><channel><item><title>A title</title><a>{named}</a></item></channel></rss>" for head in heads]
        for text in bombs:
            document: FeedDocument = box.run(parse_feed, text.encode(), address, "text/xml", "news", NOW)
            assert [entry.title for entry in document.entries] == ["A title"]
        for text in ("/etc/passwd", str(pipe), f"file://{pipe}", address, f"feed:{address}"):
            with pytest.raises(Unreadable, match="not_a_feed"):
                box.run(parse_feed, text.encode(), address, "text/xml", "news", NOW)
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_51_of_a_hundred_thousand_items_the_newest_thousand_are_taken_and_the_reading_says_so(box: ParseBox) -> None:
    """The newest stand in the middle; the rest has no date, which counts as old."""

    def listed(n: int) -> str:
        date = f"<pubDate>Tue, 24 Nov 2026 10:{n % 60:02d}:{n // 60 % 60:02d} GMT</pubDate>" if 50_000 <= n < 51_000 else ""
        return f"<item><title>T{n}</title><guid>g{n}</guid>{date}</item>"

    body = feed_of("".join(map(listed, range(100_000))).encode())
    document: FeedDocument = box.run(parse_feed, body, "https://news.example/feed", "", "news", NOW)
    assert {entry.title for entry in document.entries} == {f"T{n}" for n in range(50_000, 51_000)}
    reading, _ = read_live({"/feed": reply(body, kind="text/xml")}, feed, box=box)
    assert (reading.outcome, reading.reason, len(reading.disposed)) == ("ok", "cut", 1_000)
