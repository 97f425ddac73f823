"""Wayback CDX: which pages are new in a span, and their bodies from the archive."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from extractors.failures import Unreadable
from extractors.model import Source
from extractors.wayback import captures_url, entries_of, parse_captures
from standins.hostile_http import Behaviour, HostileServer, reply
from standins.scripted_web import NOW, page
from standins.source_web import LAST_WEEK, asking, ends, example, json_reply, read_live

PARAMS = (("site", "www.bis.gov/press-release/"), ("match", "^/press-release/."))
SOURCE = Source("bis-past", "wayback", "https://web.archive.org/cdx/search/cdx", "Bureau", tier="official", params=PARAMS)


def test_the_question() -> None:
    asked = parse_qs(urlsplit(captures_url(SOURCE, datetime(2026, 11, 1, tzinfo=UTC), NOW, "k 1")).query)
    assert (asked["url"], asked["matchType"], asked["collapse"]) == (["www.bis.gov/press-release/"], ["prefix"], ["urlkey"])
    assert (asked["from"], asked["to"], asked["resumeKey"]) == (["20261101000000"], ["20261125060000"], ["k 1"])
    assert asked["filter"] == ["statuscode:200", "mimetype:text/html"]


def test_rows_and_the_key_of_the_next_answer() -> None:
    answer = parse_captures(example("wayback/captures.json"))
    assert [stamp for stamp, _ in answer.rows] == ["20261120081500", "20261121101010"]
    assert answer.resume == "gov,bis)/press-release/old-page 20261121101011"
    assert parse_captures(b"").rows == parse_captures(b"[]").rows == ()


@pytest.mark.parametrize("body", [b"<html>busy</html>", b'{"a": 1}', b"[1, 2]", b"[" * 100_000])
def test_other_answers_are_refused(body: bytes) -> None:
    with pytest.raises(Unreadable, match="wrong_type"):
        parse_captures(body)


def test_hostile_rows_give_no_entry() -> None:
    rows = tuple(
        ("20261120081500", url) for url in ("javascript:x", "http://user:pw@a.example/", "https://a.example/" + "x" * 3_000, "//[::1")
    )
    assert entries_of(rows, frozenset(), Source("s", "wayback", SOURCE.url, "S", params=(("site", "a.example"),))) == ()


def archive(path: str) -> Behaviour:
    asked = parse_qs(urlsplit(path).query)
    if "from" not in asked:
        return json_reply("wayback/older.json")
    return json_reply("wayback/captures_2.json" if "resumeKey" in asked else "wayback/captures.json")


def test_bodies_come_from_the_archive_under_the_pages_own_address() -> None:
    dated = "<meta property='article:published_time' content='2026-11-20T08:00:00Z'>"
    routes = {
        "/cdx/search/cdx": asking(archive),
        "/web/20261120081500id_/https://www.bis.gov/press-release/rule-on-cloud-access": reply(page("Rule on cloud access", head=dated)),
        "/web/20261122081500id_/https://www.bis.gov/press-release/second-thing": reply(page("Second thing")),
    }

    def make(server: HostileServer) -> Source:
        return Source("bis-past", "wayback", server.url("/cdx/search/cdx"), "Bureau", tier="official", params=PARAMS)

    reading, server = read_live(routes, make, window=LAST_WEEK)
    # A page that was captured before the window is an old page, whatever its scheme, host prefix or final slash.
    assert not any("old-page" in path for path in server.paths() if path.startswith("/web/"))
    assert sorted(ends(reading)) == [("", "fetched", ""), ("", "fetched", "")]
    found = {article.url: article for article in reading.articles}
    rule = found["https://www.bis.gov/press-release/rule-on-cloud-access"]
    assert (rule.title, rule.published_at, rule.publisher) == ("Rule on cloud access", datetime(2026, 11, 20, 8, tzinfo=UTC), "Bureau")
    assert found["https://www.bis.gov/press-release/second-thing"].published_at is None  # a capture is no publication
    assert all(key.startswith("bis.gov/") for end in reading.disposed for key, _ in end.aliases)


def test_an_entry_that_waits_is_fetched_from_the_archive_later() -> None:
    routes = {
        "/cdx/search/cdx": asking(archive),
        "/web/20261120081500id_/https://www.bis.gov/press-release/rule-on-cloud-access": reply(b"", 500),
    }

    def make(server: HostileServer) -> Source:
        return Source("bis-past", "wayback", server.url("/cdx/search/cdx"), "Bureau", params=PARAMS)

    reading, _ = read_live(routes, make)
    waiting = next(end.entry for end in reading.disposed if end.disposition == "queued")
    assert any(flag.startswith("fetch:http://127.0.0.1:") for flag in waiting.flags)  # flags are stored with the entry
