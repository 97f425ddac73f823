"""A feed that is well and a page behind it that is not, through the real client and parser (FAULTS.md, 1-38, 66-71).

Whatever the page does, its entry ends in one named way and the other entry's page is read.
"""

from __future__ import annotations

import gzip
from dataclasses import replace

import pytest

from extractors.model import Disposed, Source, SourceReading
from standins.hostile_http import PATIENT, Behaviour, HostileServer, bomb, drip, flood, head, raw, redirect, reply, reset
from standins.scripted_web import SENTENCES, item, page, rss
from standins.source_web import asking, read_live

HASTY = replace(PATIENT, total_s=1.0)
SUMMARY = "These are the words with which the feed itself announced what its page would tell."
GOOD = page("A page that is well")
PACKED = gzip.compress(GOOD)
CHALLENGE = f"<html><head><title>Just a moment...</title></head><body><p>Checking your browser. {'Wait. ' * 60}</p></body></html>"
CONSENT = f"<html><head><title>Before you continue</title></head><body><p>{'We use cookies and data. ' * 12}</p></body></html>"
SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
HTML = "Content-Type: text/html"


def read(*links: str, routes: dict[str, Behaviour], hasty: bool = False) -> tuple[SourceReading, HostileServer]:
    """Read a feed that lists these links (of its own server when they begin with '/') and then one page that is well."""
    servers: list[HostileServer] = []

    def make(server: HostileServer) -> Source:
        servers.append(server)
        return Source("news", "feed", server.url("/feed"), "News", lang="en")

    def feed(_: str) -> Behaviour:
        listed = [servers[0].url(link) if link.startswith("/") else link for link in (*links, "/good")]
        body, kind = rss(*(item(link, f"Title {n} of the list", summary=SUMMARY, guid=f"g{n}") for n, link in enumerate(listed)))
        return reply(body, kind=kind)

    return read_live({"/feed": asking(feed), "/good": reply(GOOD), **routes}, make, policy=HASTY if hasty else PATIENT)


def ends(reading: SourceReading) -> list[Disposed]:
    return sorted(reading.disposed, key=lambda end: end.entry.title)


def squeezed(data: bytes, coding: str = "gzip") -> Behaviour:
    return raw(head(200, HTML, f"Content-Encoding: {coding}", f"Content-Length: {len(data)}") + data)


@pytest.mark.parametrize(
    ("behaviour", "disposition", "reason"),
    [
        pytest.param(drip(head(200, HTML), b"x"), "queued", "deadline", id="1-body-drip"),
        pytest.param(drip(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"), "queued", "deadline", id="2-header-drip"),
        pytest.param(drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "queued", "deadline", id="3-continue"),
        pytest.param(bomb("gzip", 31), "refused", "too_big", id="5-gzip-bomb"),
        pytest.param(bomb("deflate", -15), "refused", "too_big", id="6-deflate-bomb"),
        pytest.param(squeezed(GOOD, "br"), "queued", "bad_encoding", id="7-br"),
        pytest.param(squeezed(gzip.compress(PACKED), "gzip, gzip"), "queued", "bad_encoding", id="8-gzip-2"),
        pytest.param(flood(head(200, HTML), b"x" * 0x4000), "refused", "too_big", id="9-endless"),
        pytest.param(raw(head(200, HTML, "Content-Length: 10000000000")), "refused", "too_big", id="10-length"),
        pytest.param(raw(head(200, HTML, f"Content-Length: {len(GOOD) + 9}") + GOOD), "queued", "truncated", id="11-short"),
        pytest.param(squeezed(PACKED[:-9]), "queued", "truncated", id="12-cut-gzip"),
        pytest.param(flood(b"HTTP/1.1 200 OK\r\nX: ", b"a" * 65536), "refused", "headers_too_big", id="15-header"),
        pytest.param(raw(head(200, "Content-Length: 1", "Content-Length: 2") + b"xx"), "queued", "bad_response", id="16-two-lengths"),
        pytest.param(reset(), "queued", "connection_lost", id="16-rst"),
        pytest.param(redirect("/bad"), "refused", "redirect_loop", id="17-self"),
        pytest.param(redirect("data:text/html,x"), "refused", "bad_scheme", id="18-data"),
        pytest.param(redirect("http://[::ffff:10.0.0.1]/"), "refused", "private_address", id="20-mapped"),
        pytest.param(redirect("http://100.64.0.1/"), "refused", "private_address", id="20-carrier"),
        pytest.param(redirect("http://news.example:22/"), "refused", "bad_port", id="23-ssh"),
        pytest.param(reply("", 429, "Retry-After: 5"), "queued", "throttled", id="32-throttled"),
        pytest.param(reply("", 410), "refused", "gone", id="33-gone"),
        pytest.param(reply(CHALLENGE, 403), "refused", "blocked", id="36-challenge-403"),
        pytest.param(reply(CHALLENGE), "refused", "blocked", id="36-challenge-200"),
        pytest.param(reply(b"x" * 10_000_000), "refused", "too_big", id="66-10-MB"),
        pytest.param(reply(b"<html><body>" + b"<div>" * 3_000), "unreadable", "no_text", id="68-divs"),
        pytest.param(reply(b"%PDF-1.7 abc", kind="application/pdf"), "unreadable", "wrong_type", id="70-pdf"),
        pytest.param(reply(bytes(range(256)) * 40), "unreadable", "wrong_type", id="70-binary"),
        pytest.param(reply('{"title": "x"}'), "unreadable", "wrong_type", id="70-json"),
    ],
)
def test_a_page_that_fails_costs_its_own_text_only(behaviour: Behaviour, disposition: str, reason: str) -> None:
    reading, _ = read("/bad", routes={"/bad": behaviour}, hasty=reason == "deadline")
    bad, good = ends(reading)
    assert (reading.outcome, bad.disposition, bad.reason) == ("ok", disposition, reason)
    assert (good.disposition, good.reason) == ("fetched", "")
    texts = {article.article_id: (article.text_kind, article.body) for article in reading.articles}
    assert texts[good.article_id][0] == "full"
    # What may come yet is waited for; else the feed's own words are all there is, and never what the fault brought.
    assert texts.get(bad.article_id) == (None if disposition == "queued" else ("summary", SUMMARY))
    assert (reading.cursor.body_hash == "") == (disposition == "queued"), "the list is asked whole again while an entry waits"


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(flood(head(302, "Location: /good2"), b"x" * 1024), id="4-endless-hop"),
        pytest.param(squeezed(gzip.compress(GOOD[:400]) + gzip.compress(GOOD[400:])), id="13-members"),
        pytest.param(squeezed(PACKED + b"junk after the end"), id="14-junk"),
    ],
)
def test_a_page_that_can_be_read_whole_is_read_whole(behaviour: Behaviour) -> None:
    other = page("Another page that is well too")
    reading, _ = read("/odd", routes={"/odd": behaviour, "/good2": reply(other)})
    assert [end.disposition for end in ends(reading)] == ["fetched", "fetched"]
    assert all(SENTENCES[-1] in article.body for article in reading.articles)


def test_71_a_consent_page_keeps_the_feeds_own_words() -> None:
    reading, _ = read("/wall", routes={"/wall": reply(CONSENT)})
    (stub,) = [article for article in reading.articles if article.text_kind != "full"]
    assert (stub.text_kind, stub.body) == ("summary", SUMMARY)


INSIDE = [
    "http://127.1/x", "http://0x7f.1/x", "http://2130706433/x", "http://0/x", "http://localhost./x", "http://10.1.2.3/x",
    "http://100.64.0.1/x", "http://169.254.169.254/latest/meta-data", "http://[::1]/x", "http://[::ffff:10.0.0.1]/x",
    "http://[64:ff9b::7f00:1]/x", "http://[2002:7f00:1::]/x", "http://news.example:22/x", "http://news.example:6379/x",
    "file:///etc/passwd", "ftp://news.example/x", "javascript:alert(1)", "data:text/html,x", "http://user:pw@news.example/x",
    "http://[::1", "http://news.example/" + "x" * 70_000, "http://xn--a.\u2028example/x",
]  # fmt: skip


@pytest.mark.parametrize("link", INSIDE, ids=[f"24-{link.strip()[:30]!r}" for link in INSIDE])
def test_18_20_21_23_24_38_a_link_of_a_feed_leads_nowhere_it_must_not(link: str) -> None:
    reading, server = read(link.replace("&", "&amp;"), routes={})
    odd, good = ends(reading)
    assert good.disposition == "fetched"
    assert sorted(server.paths()) == ["/feed", "/good"], "no packet"
    assert odd.disposition == "refused" if odd.entry.url else odd.entry.flags == ("bad_link",)
    (kept,) = [article for article in reading.articles if article.article_id == odd.article_id]
    assert (kept.text_kind, kept.body) == ("summary", SUMMARY)


def test_38_line_breaks_in_a_link_reach_no_request() -> None:
    reading, server = read("http://news.example/a&#13;&#10;Host: 127.0.0.1&#13;&#10;b", routes={})
    assert [end.entry.url for end in ends(reading)] == ["http://news.example/aHost:%20127.0.0.1b", server.url("/good")]
    assert {seen.headers["host"] for seen in server.requests} == {f"127.0.0.1:{server.port}"}


@pytest.mark.parametrize("link", ["http://127.1/x", "http://localhost:{port}/x", "http://[::1]:{port}/x", "http://10.0.0.1/x"])
def test_24_a_sitemap_leads_nowhere_it_must_not(link: str) -> None:
    def make(server: HostileServer) -> Source:
        inside = link.format(port=server.port)
        listed = "".join(f"<url><loc>{loc}</loc><lastmod>2026-11-24</lastmod></url>" for loc in (inside, server.url("/good")))
        routes["/map"] = reply(f"<urlset xmlns='{SITEMAPS}'>{listed}</urlset>", kind="application/xml")
        files = "".join(f"<sitemap><loc>{loc}</loc></sitemap>" for loc in (inside, server.url("/map")))
        routes["/index"] = reply(
            f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{files}</sitemapindex>", kind="text/xml"
        )
        return Source("news", "sitemap", server.url("/index"), "News")

    routes: dict[str, Behaviour] = {"/good": reply(GOOD), "/x": reply(page("From the inside"))}
    reading, server = read_live(routes, make)
    assert [article.title for article in reading.articles] == ["A page that is well"]
    assert sorted(server.paths()) == ["/good", "/index", "/map"]


@pytest.mark.parametrize("claimed", ["http://127.1/x", "http://10.0.0.1/x", "http://[::1]/x", "file:///x", "http://u:p@127.0.0.1/x"])
def test_24_a_canonical_address_leads_nowhere_it_must_not(claimed: str) -> None:
    reading, server = read(
        "/says", routes={"/says": reply(page("It claims another place", head=f"<link rel='canonical' href='{claimed}'>"))}
    )
    assert sorted(article.url for article in reading.articles) == [server.url("/good"), server.url("/says")]
    assert sorted(server.paths()) == ["/feed", "/good", "/says"]
