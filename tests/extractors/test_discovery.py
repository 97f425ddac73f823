"""Feed autodiscovery and OPML."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.discovery import discover
from extractors.failures import Unreadable
from extractors.model import Source
from extractors.opml import parse_opml, write_opml
from standins.scripted_web import NOW, item, rss
from standins.source_web import example

SITE = "https://juniper.example/news/index.html"


def feeds(head: str, body: str = "") -> list[str]:
    text = f"<html><head>{head}</head><body>{body}</body></html>"
    return [link.url for link in discover(text.encode(), SITE, "text/html", NOW)]


@pytest.mark.parametrize(
    ("head", "found"),
    [
        ("<link rel=alternate type=application/rss+xml href=feed.xml>", ["https://juniper.example/news/feed.xml"]),
        ("<LINK REL='Alternate Home' TYPE='Application/Atom+XML; charset=utf-8' HREF='/a'>", ["https://juniper.example/a"]),
        ("<base href='https://cdn.example/x/'><link rel=alternate type=application/feed+json href=f>", ["https://cdn.example/x/f"]),
        ("<link rel=feed href=//feeds.example/f>", ["https://feeds.example/f"]),
        ("<link rel=alternate type=application/rss+xml href='feed://juniper.example/f'>", ["http://juniper.example/f"]),
        ("<link rel=alternate type=application/json href=/feed.json>", ["https://juniper.example/feed.json"]),
        ("<link rel=alternate type=application/rss+xml href=/f><link rel=alternate type=application/rss+xml href=/f>", ["https://juniper.example/f"]),
    ],
)  # fmt: skip
def test_declared_feeds(head: str, found: list[str]) -> None:
    assert feeds(head) == found


@pytest.mark.parametrize(
    "head",
    [
        "<link rel=alternate hreflang=zh href=/zh/>",
        "<link rel=stylesheet type=application/rss+xml href=/f>",
        "<link rel=alternate type=application/json href=/wp-json/wp/v2/pages/7>",
        "<link rel=alternate type=application/rss+xml href='javascript:alert(1)'>",
        "<link rel=alternate type=application/rss+xml href='http://user:pw@juniper.example/f'>",
        "<!-- <link rel=alternate type=application/rss+xml href=/f> -->",
    ],
)
def test_what_is_no_feed(head: str) -> None:
    with pytest.raises(Unreadable, match="no_feed"):
        feeds(head)


def test_links_that_look_like_feeds_serve_only_without_a_declared_one() -> None:
    body = "<a href='/feed/'>RSS</a><a href='https://other.example/rss.xml'>theirs</a><a href='/feedback'>write to us</a>"
    assert feeds("", body) == ["https://juniper.example/feed/"]
    assert feeds("<link rel=alternate type=application/atom+xml href=/atom>", body) == ["https://juniper.example/atom"]


def test_a_feed_is_its_own() -> None:
    body, kind = rss(item("https://juniper.example/1", "One"))
    (link,) = discover(body, "https://juniper.example/f", kind, NOW)
    assert (link.url, link.title, link.guessed) == ("https://juniper.example/f", "News", False)


@pytest.mark.parametrize("body", [b"", b"\x00\x00", b"%PDF-1.7", b"{}", b"<?xml version='1.0'?><x/>"])
def test_other_documents_have_no_feed(body: bytes) -> None:
    with pytest.raises(Unreadable):
        discover(body, SITE, "", NOW)


def test_subscriptions_in_folders_each_once() -> None:
    found = parse_opml(example("opml/subscriptions.opml"))
    assert [(link.url, link.title, link.lang) for link in found.links] == [
        ("https://juniper.example/feed", "Juniper & Sons: chips", ""),
        ("http://kuaixun.example/rss.xml", "快讯", "zh-CN"),
    ]
    assert found.refused == ("ftp://old.example/feed",)


def test_what_is_written_is_read_again() -> None:
    sources = (
        Source("a", "feed", "https://a.example/f?x=1&y=<2>", 'A "quoted" & <tagged> one'),
        Source("b", "federal_register", "https://b.example/", "no feed"),
        Source("c", "feed", "https://c.example/rss", "量子位", lang="zh"),
    )
    text = write_opml(sources, "mine & yours")
    read = parse_opml(text.encode())
    assert [(link.url, link.title, link.lang) for link in read.links] == [
        ("https://a.example/f?x=1&y=%3C2%3E", 'A "quoted" & <tagged> one', "en"),
        ("https://c.example/rss", "量子位", "zh"),
    ]


BOMB = b"""<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY x SYSTEM "file:///etc/hostname">]><opml><body><outline text="&c;&x;" xmlUrl="https://a.example/f"/></body></opml>"""


def test_entities_are_neither_expanded_nor_fetched() -> None:
    for link in parse_opml(BOMB).links:
        assert len(link.title) <= 200
        assert Path("/etc/hostname").read_text().strip() not in link.title if Path("/etc/hostname").is_file() else True


@pytest.mark.parametrize("body", [b"", b"<html><body>no</body></html>", b"{}", b"\x89PNG"])
def test_other_files_are_no_subscriptions(body: bytes) -> None:
    with pytest.raises(Unreadable, match=r"empty|not_opml"):
        parse_opml(body)


def test_damaged_and_old_encodings_are_read_as_far_as_they_go() -> None:
    cut = example("opml/subscriptions.opml")[:420]
    assert [link.url for link in parse_opml(cut).links][:1] == ["https://juniper.example/feed"]
    old = example("opml/subscriptions.opml").decode().replace("UTF-8", "gb2312").encode("gb18030")
    assert parse_opml(old).links[1].title == "快讯"


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_title_comes_back_as_xml(publisher: str, title: str) -> None:
    text = write_opml((Source("a", "feed", "https://a.example/f", publisher),), title)
    assert [link.url for link in parse_opml(text.encode("utf-8", "replace")).links] == ["https://a.example/f"]
