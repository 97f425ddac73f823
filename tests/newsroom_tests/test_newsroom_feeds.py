"""Feeds parse, validators are honoured, the clock decides what is listed, faults come and go, URLs lead back to the stream."""

from __future__ import annotations

import io
import json
import socket
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.client import IncompleteRead, RemoteDisconnected
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import feedparser
import pytest

from newsroom.model import Publisher
from newsroom.site import Fault
from newsroom.web import Newsroom

Fetch = Callable[..., Any]
END = datetime(2026, 10, 14, 23, 59, 59, tzinfo=UTC)
STYLES = {"Tideline Markets": "stub", "Northgate Wire": "journal", "芯流观察": "zh-column", "Bytegale": "mobile"}


@pytest.fixture
def room(harbour: Path) -> Iterator[Newsroom]:
    with Newsroom(harbour, styles=STYLES, now=END) as running:
        yield running


def _entries(publisher: Publisher, body: bytes) -> list[tuple[str, str]]:
    """(title, link) of each entry."""
    if publisher.style.feed == "json":
        return [(row["title"], row["url"]) for row in json.loads(body)["items"]]
    found = feedparser.parse(io.BytesIO(body))
    assert not found.bozo, (publisher, found.bozo_exception)
    return [(entry.title, entry.link) for entry in found.entries]


def test_every_feed_parses_and_lists_its_publishers_articles(room: Newsroom, get: Fetch) -> None:
    formats = set()
    for source, publisher in zip(room.sources(), room.publishers, strict=True):
        if source.kind != "feed":
            continue
        formats.add(publisher.style.feed)
        got = _entries(publisher, get(source.url).body)
        want = sorted((item for item in room.items if item.publisher == publisher.name), key=lambda item: item.published_at, reverse=True)
        assert [title for title, _ in got] == [item.title for item in want]
        assert [room.article_id_of(link) for _, link in got] == [item.id for item in want]
    assert formats == {"rss", "atom", "rdf", "json"}


def test_dates_and_summaries_survive_the_feed(room: Newsroom, get: Fetch) -> None:
    source = next(source for source in room.sources() if source.publisher == "Estuary Sentinel")
    entry = feedparser.parse(io.BytesIO(get(source.url).body)).entries[-1]
    item = room.items[0]
    assert entry.published_parsed[:6] == item.published_at.utctimetuple()[:6]
    assert item.body.startswith(entry.summary.removesuffix("…"))


def test_validators_give_304_until_something_is_new(room: Newsroom, get: Fetch) -> None:
    room.set_now(datetime(2026, 10, 8, 23, 0, tzinfo=UTC))
    for source, publisher in zip(room.sources(), room.publishers, strict=True):
        first = get(source.url)
        asked = {
            name: first.headers[given]
            for name, given in (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified"))
            if given in first.headers
        }
        again = get(source.url, asked)
        assert (again.status, again.body) == ((304, b"") if asked else (200, first.body)), publisher.style.name
    room.set_now(END)
    silicon = next(source for source in room.sources() if source.publisher == "Silicon Quay")
    assert get(silicon.url, {"If-None-Match": '"stale"'}).status == 200


def test_an_etag_that_holds_wins_over_a_date_that_does_not(room: Newsroom, get: Fetch) -> None:
    source = room.sources()[0]
    tag = get(source.url).headers["etag"]
    assert get(source.url, {"If-None-Match": f'"other", W/{tag}', "If-Modified-Since": "Thu, 01 Jan 2015 00:00:00 GMT"}).status == 304


def test_the_clock_decides_what_is_listed_and_served(room: Newsroom, get: Fetch) -> None:
    wire = next(publisher for publisher in room.publishers if publisher.name == "Northgate Wire")
    source = next(source for source in room.sources() if source.publisher == wire.name)
    late = next(item for item in room.items if item.id == "har-053")
    sizes = []
    for day in (5, 6, 9, 14):
        room.set_now(datetime(2026, 10, day, 23, 59, 59, tzinfo=UTC))
        sizes.append(len(_entries(wire, get(source.url).body)))
    assert sizes == [0, 1, 3, 5]
    room.set_now(late.published_at - timedelta(seconds=1))
    assert get(room.url_of(late)).status == 404
    room.set_now(late.published_at)
    assert get(room.url_of(late)).status == 200


def test_a_listing_goes_back_so_many_days_and_entries(harbour: Path, get: Fetch) -> None:
    with Newsroom(harbour, now=END, days=3, most=1) as room:
        counts = [len(_entries(p, get(s.url).body)) for s, p in zip(room.sources(), room.publishers, strict=True) if s.kind == "feed"]
    assert max(counts) == 1
    assert min(counts) == 0


def test_the_federal_register_answers_as_its_api(room: Newsroom, get: Fetch) -> None:
    source = next(source for source in room.sources() if source.kind == "federal_register")
    assert (source.publisher, source.tier) == ("Federal Register", "official")
    days = {"gte": "2026-10-07", "lte": "2026-10-13"}
    query = "&".join(f"{quote(f'conditions[publication_date][{bound}]')}={day}" for bound, day in days.items())
    first = json.loads(get(f"{source.url}?{query}&per_page=3").body)
    second = json.loads(get(first["next_page_url"]).body)
    assert (first["count"], first["total_pages"]) == (5, 2)
    numbers = [row["document_number"] for row in first["results"] + second["results"]]
    assert numbers == ["2026-20288", "2026-20301", "2026-20114", "2026-19990", "2026-19873"]
    rule = second["results"][-1]
    assert (rule["type"], rule["effective_on"], rule["docket_ids"]) == ("Rule", "2026-11-06", ["240119-0020"])
    assert (rule["regulation_id_numbers"], rule["cfr_references"]) == (["0694-AJ35"], [{"title": 15, "part": 7}])
    assert first["results"][0]["comments_close_on"] == "2026-11-12"
    assert room.article_id_of(rule["html_url"]) == "har-012"


def test_urls_lead_back_to_the_stream(room: Newsroom) -> None:
    for item in room.items:
        served = room.url_of(item)
        assert room.article_id_of(served) == room.article_id_of(item.url) == item.id
        assert room.article_id_of(f"{served}/amp?utm_source=rss#top") == item.id
    assert room.article_id_of("https://elsewhere.example/x") is None


def test_robots_and_unknown_pages(room: Newsroom, get: Fetch) -> None:
    answers = {
        p.style.robots: get(s.url.rsplit("/", 1)[0] + "/robots.txt")
        for s, p in zip(room.sources(), room.publishers, strict=True)
        if s.kind == "feed"
    }
    assert {name: answer.status for name, answer in answers.items()} == {"open": 200, "absent": 404, "polite": 200}
    assert b"Crawl-delay" in answers["polite"].body
    assert get(room.sources()[0].url.rsplit("/", 1)[0] + "/nothing/here").status == 404
    assert get(room.sources()[0].url, method="POST").status == 405


@pytest.mark.parametrize(
    ("how", "status"), [("403", 403), ("404", 404), ("410", 410), ("429", 429), ("500", 500), ("503", 503), ("challenge", 403)]
)
def test_a_publisher_fails_as_told_and_heals(room: Newsroom, get: Fetch, how: Fault, status: int) -> None:
    source = room.sources()[0]
    room.fail(source.publisher, how)
    assert get(source.url).status == status
    assert get(room.sources()[1].url).status == 200
    room.fail(source.source_id, "")
    assert get(source.url).status == 200


def test_malformed_empty_and_cut_answers(room: Newsroom, get: Fetch) -> None:
    source, item = room.sources()[0], room.items[0]
    room.fail(source.publisher, "malformed", "feed")
    assert feedparser.parse(io.BytesIO(get(source.url).body)).bozo
    assert get(room.url_of(item)).status == 200
    room.fail(source.publisher, "empty", "page")
    assert get(room.url_of(item)).body == b""
    room.fail(source.publisher, "reset")
    with pytest.raises((ConnectionError, RemoteDisconnected, IncompleteRead)):
        get(source.url)
    with pytest.raises(KeyError, match="Nobody"):
        room.fail("Nobody", "500")


def test_a_hanging_publisher_does_not_keep_the_newsroom_from_closing(harbour: Path) -> None:
    with Newsroom(harbour, now=END) as room:
        room.fail(room.publishers[0].name, "timeout")
        parts = urlsplit(room.sources()[0].url)
        with socket.create_connection((parts.hostname, parts.port), timeout=5) as line:
            line.sendall(b"GET /feed.xml HTTP/1.1\r\nHost: x\r\n\r\n")
            line.settimeout(0.2)
            with pytest.raises(TimeoutError):
                line.recv(1)


def test_every_request_is_logged(room: Newsroom, get: Fetch) -> None:
    source = room.sources()[0]
    get(source.url)
    get(source.url + "?page=2")
    get(source.url.rsplit("/", 1)[0] + "/gone")
    assert [(hit.publisher, hit.path, hit.status) for hit in room.hits] == [
        (source.publisher, "/feed.xml", 200),
        (source.publisher, "/feed.xml?page=2", 200),
        (source.publisher, "/gone", 404),
    ]
    assert room.hits_of(source.publisher)["/feed.xml"] == 1


def test_sources_are_written_as_toml(room: Newsroom) -> None:
    tables = tomllib.loads(room.sources_toml())["source"]
    assert [(t["id"], t["url"], t["publisher"], t["lang"]) for t in tables] == [
        (s.source_id, s.url, s.publisher, s.lang) for s in room.sources()
    ]
    assert len(room.allowed_private) == len(tables) == 15
