"""Sitemaps: which pages of a whole site are new, told by news dates, lastmod, or by not having been there."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from extractors import limits
from extractors.failures import Unreadable
from extractors.model import Cursor, Source
from extractors.sitemaps import Sitemap, parse_sitemap
from standins.examples import NOW, ExampleWeb, example
from standins.hostile_http import reply
from standins.scripted_web import page

BASE = "https://post.example"
SOURCE = Source("post", "sitemap", "/sitemap.xml", "Example Post", params=(("keep", "/news/"),))
WEEK_AGO = NOW - timedelta(days=7)


def urlset(*pages: str) -> bytes:
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(pages)}</urlset>'.encode()


def url(path: str, lastmod: str = "") -> str:
    return f"<url><loc>{{base}}{path}</loc>{f'<lastmod>{lastmod}</lastmod>' if lastmod else ''}</url>"


def site(**more: Any) -> ExampleWeb:
    routes = {
        "/sitemap.xml": example("sitemap", "index.xml"),
        "/sitemap-news.xml": example("sitemap", "news.xml"),
        "/sitemap-pages.xml.gz": example("sitemap", "pages.xml"),
        "/news/chip-rule-issued": page("Chip rule issued &amp; explained"),
        "/news/a-model-released": page("A model released"),
        "/news/undated-two": page("Undated two"),
        "/news/fresh": page("A fresh page"),
    }
    return ExampleWeb({**routes, **more})


def parsed(body: bytes, *, since: datetime = WEEK_AGO, params: Sequence[tuple[str, str]] = ()) -> Sitemap:
    return parse_sitemap(body.replace(b"{base}", BASE.encode()), f"{BASE}/sitemap.xml", replace(SOURCE, params=tuple(params)), since, NOW)


def paths(entries: Sequence[Any]) -> list[str]:
    return [entry.url.removeprefix(BASE) for entry in entries]


def test_an_index_leads_to_the_files_that_changed_and_they_to_new_pages() -> None:
    server = site()
    reading = server.read(SOURCE)
    assert (reading.outcome, reading.reason) == ("ok", "")
    assert server.asked[:3] == ["/sitemap.xml", "/sitemap-news.xml", "/sitemap-pages.xml.gz"]
    assert sorted(server.asked[3:]) == ["/news/a-model-released", "/news/chip-rule-issued"]
    told = {a.title: a for a in reading.articles}
    assert set(told) == {"Chip rule issued & explained", "A model released"}
    assert told["Chip rule issued & explained"].published_at == datetime(2026, 11, 25, 2, 30, tzinfo=UTC)
    assert all(a.text_kind == "full" for a in reading.articles)


def test_an_undated_page_is_new_when_its_file_did_not_list_it_before() -> None:
    more = example("sitemap", "pages.xml").replace(b"</urlset>", b"<url><loc>{base}/news/undated-two</loc></url></urlset>")
    first, second, third = site().read_in_turn(SOURCE, {"/sitemap-pages.xml.gz": more}, {})
    assert not [end for end in first.disposed if "undated" in end.entry.flags]
    assert [a.title for a in second.articles if a.title.startswith("Undated")] == ["Undated two"]
    assert not [end for end in third.disposed if "undated" in end.entry.flags]


def test_a_file_that_was_not_fetched_keeps_its_pages_and_a_new_file_is_only_remembered() -> None:
    undated = replace(SOURCE, params=())
    index = b"<sitemapindex><sitemap><loc>{base}/other.xml</loc></sitemap></sitemapindex>"
    _, second, third = site(**{"/sitemap.xml": urlset(url("/a"), url("/b"))}).read_in_turn(
        undated,
        {"/sitemap.xml": index, "/other.xml": urlset(url("/c"), url("/d"))},
        {"/sitemap.xml": urlset(url("/a"), url("/b"), url("/news/fresh"))},
    )
    assert second.disposed == ()
    assert [end.entry.url.rpartition("/")[2] for end in third.disposed] == ["fresh"]


def test_a_past_window_takes_dated_pages_and_no_undated_ones() -> None:
    server = site(**{"/sitemap.xml": urlset(url("/news/fresh", "2026-11-03"), url("/news/undated-two"), url("/news/old", "2026-09-01"))})
    past = (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 7, 23, 59, 59, tzinfo=UTC))
    before = Cursor(position="fabu", etag='"e"')
    reading = server.read(SOURCE, before, window=past)
    assert server.asked == ["/sitemap.xml", "/news/fresh"]
    assert (reading.cursor.position, reading.cursor.etag) == ("fabu", '"e"')


def test_keep_drop_and_files_choose() -> None:
    body = urlset(url("/news/a", "2026-11-24"), url("/news/live/b", "2026-11-24"), url("/about", "2026-11-24"))
    assert paths(parsed(body).entries) == ["/news/a", "/news/live/b", "/about"]
    assert paths(parsed(body, params=(("keep", "/news/"), ("drop", "/news/live,/x"))).entries) == ["/news/a"]
    names = ("tags", "news")
    index = "".join(f"<sitemap><loc>{{base}}/sitemap-{name}.xml</loc></sitemap>" for name in names).join(
        ["<sitemapindex>", "</sitemapindex>"]
    )
    assert [child.url for child in parsed(index.encode(), params=(("files", "/sitemap-news"),)).children] == [f"{BASE}/sitemap-news.xml"]


def test_pages_and_files_of_other_hosts_are_left_out() -> None:
    assert paths(parsed(example("sitemap", "pages.xml")).entries) == ["/news/a-model-released"]
    assert [child.url for child in parsed(example("sitemap", "index.xml")).children] == [
        f"{BASE}/sitemap-news.xml", f"{BASE}/sitemap-pages.xml.gz", f"{BASE}/sitemap-2019.xml",
    ]  # fmt: skip


def test_the_day_of_the_file_is_no_date_of_its_pages() -> None:
    lying = urlset(*(url(f"/news/{n}", "2026-11-25") for n in range(400)), url("/news/true", "2026-11-24"))
    found = parsed(lying)
    assert paths(found.entries) == ["/news/true"]
    assert len(found.undated) == 400


def test_a_gzip_file_is_unpacked_within_the_limit() -> None:
    assert paths(parsed(gzip.compress(urlset(url("/news/a", "2026-11-24")).replace(b"{base}", BASE.encode()))).entries) == ["/news/a"]
    with pytest.raises(Unreadable, match="too_big"):
        parsed(gzip.compress(b"<urlset>" + b" " * (limits.SITEMAP_BYTES + 10)))
    with pytest.raises(Unreadable, match="truncated"):
        parsed(gzip.compress(urlset(*(url(f"/news/{n}") for n in range(1000))))[:-20])
    with pytest.raises(Unreadable, match="not_a_sitemap"):
        parsed(b"\x1f\x8b" + b"junk" * 100)


def test_a_text_sitemap_lists_addresses() -> None:
    found = parsed(b"\xef\xbb\xbf{base}/news/a\r\n{base}/news/b\r\nhttps://elsewhere.example/c\r\nftp://x/\r\n")
    assert (paths(found.undated), found.entries) == (["/news/a", "/news/b"], ())


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;">]>'


def test_entities_of_its_own_are_not_resolved() -> None:
    files = b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
    for head in (BOMB, files):
        body = head + urlset("<url><loc>{base}/news/&c;&f;a</loc><lastmod>2026-11-24</lastmod></url>")
        assert paths(parsed(body).entries) == ["/news/"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"), (b" \n", "empty"), (b"<html><body>x</body></html>", "not_a_sitemap"), (b'{"a": 1}', "not_a_sitemap"),
        (b"<", "not_a_sitemap"),
        (b"<rss><channel/></rss>", "not_a_sitemap"), (b"\x00\x01\x02", "not_a_sitemap"), (b"<!-- only -->", "not_a_sitemap"),
    ],
)  # fmt: skip
def test_what_is_no_sitemap_is_named(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        parsed(body)


def test_a_sitemap_that_is_cut_gives_its_whole_pages() -> None:
    body = urlset(url("/news/a", "2026-11-24"), url("/news/b", "2026-11-24"))
    assert "/news/a" in paths(parsed(body[:-60]).entries)


def test_a_child_that_is_gone_does_not_fail_the_source_but_one_that_passes_does() -> None:
    gone = site(**{"/sitemap-news.xml": reply("no", 404)}).read(SOURCE)
    assert (gone.outcome, [a.title for a in gone.articles]) == ("ok", ["A model released"])
    busy = site(**{"/sitemap-news.xml": reply("busy", 500)}).read(SOURCE, Cursor(position="before"))
    assert (busy.outcome, busy.reason, busy.cursor.position) == ("failed", "partial:server_error", "before")
    alone = site(**{"/sitemap-news.xml": reply("no", 404), "/sitemap-pages.xml.gz": b"<html/>"}).read(SOURCE)
    assert (alone.outcome, alone.reason) == ("failed", "not_a_sitemap")


def test_robots_are_obeyed() -> None:
    server = site(**{"/robots.txt": reply("User-agent: *\nDisallow: /sitemap", kind="text/plain")})
    reading = server.read(SOURCE)
    assert (reading.outcome, reading.reason, server.asked) == ("failed", "robots", [])


def test_an_unchanged_file_is_not_parsed_again_but_an_index_always_is() -> None:
    leaf = {"/sitemap.xml": urlset(url("/news/fresh", "2026-11-24"))}
    first = site(**leaf).read(SOURCE)
    assert first.cursor.body_hash != ""
    assert site().read(SOURCE).cursor.body_hash == ""
