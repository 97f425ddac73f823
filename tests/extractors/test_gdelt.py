"""GDELT DOC 2.0: questions, answers, and halving the window until an answer is whole."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from extractors.failures import Unreadable
from extractors.gdelt import parse_articles, query_url
from extractors.model import Source
from standins.hostile_http import Behaviour, HostileServer, reply
from standins.scripted_web import NOW
from standins.source_web import article, asking, ends, example, json_reply, read_live

PARAMS = (("query", '"chip rule" sourcelang:english'), ("pause_s", "0"))
SOURCE = Source("gdelt", "gdelt", "https://api.gdeltproject.org/api/v2/doc/doc", "GDELT", params=PARAMS)


def made(server: HostileServer) -> Source:
    return Source("gdelt", "gdelt", server.url("/doc"), "GDELT", params=PARAMS)


def test_the_question() -> None:
    asked = parse_qs(urlsplit(query_url(SOURCE, datetime(2026, 11, 20, tzinfo=UTC), NOW)).query)
    assert asked["query"] == ['"chip rule" sourcelang:english']
    assert (asked["startdatetime"], asked["enddatetime"]) == (["20261120000000"], ["20261125060000"])
    assert (asked["mode"], asked["maxrecords"], asked["format"]) == (["ArtList"], ["250"], ["json"])


def test_articles_name_their_publisher_language_and_instant() -> None:
    first, second = parse_articles(example("gdelt/articles.json"), SOURCE, NOW).entries
    assert first.flags == ("publisher:juniper.example",)
    assert (first.published_at, first.precision, first.lang) == (datetime(2026, 11, 24, 20, 15, tzinfo=UTC), "instant", "en")
    assert (second.title, second.lang) == ("商务部 回应 芯片 新规", "zh")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (example("gdelt/too_fast.txt"), "rate_limited"),
        (example("gdelt/bad_query.txt"), "bad_query"),
        (b"", "empty"),
        (b"<html>", "wrong_type"),
        (b'{"articles": 7}', "wrong_type"),
        (b'{"articles": [' + b"[" * 100_000, "wrong_type"),
    ],
)
def test_faults_come_with_status_200_and_are_named(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        parse_articles(body, SOURCE, NOW)


def test_broken_escapes_and_bad_dates_cost_nothing_else() -> None:
    body = b'{"articles": [{"url": "https://a.example/1", "title": "back\\slash \x01 here", "seendate": "20261399T000000Z"}]}'
    (entry,) = parse_articles(body, SOURCE, NOW).entries
    assert (entry.title, entry.published_at) == ("back\\slash here", None)
    assert parse_articles(example("gdelt/none.json"), SOURCE, NOW).entries == ()


def test_an_article_is_read_at_its_publisher_and_bears_its_name() -> None:
    routes = {"/story": article("Chip rule")}

    def answer(server: HostileServer) -> Source:
        listed = [{"url": server.url("/story"), "title": "Chip rule", "seendate": "20261124T201500Z", "language": "English"}]
        routes["/doc"] = reply(json.dumps({"articles": listed}), kind="application/json")
        return made(server)

    reading, _ = read_live(routes, answer)
    assert ends(reading) == [("Chip rule", "fetched", "")]
    assert (reading.articles[0].publisher, reading.articles[0].text_kind) == ("127.0.0.1", "full")


def full(start: str) -> Behaviour:
    listed = [{"url": f"https://a.example/{start}/{n}", "title": f"t{n}", "seendate": "20261124T201500Z"} for n in range(250)]
    return reply(json.dumps({"articles": listed}), kind="application/json")


def test_a_full_answer_is_asked_again_by_halves() -> None:
    def answer(path: str) -> Behaviour:
        asked = parse_qs(urlsplit(path).query)
        since, until = (datetime.strptime(asked[name][0], "%Y%m%d%H%M%S").replace(tzinfo=UTC) for name in ("startdatetime", "enddatetime"))
        return full(asked["startdatetime"][0]) if until - since > timedelta(days=2) else json_reply("gdelt/none.json")

    reading, server = read_live({"/doc": asking(answer)}, made, window=(NOW - timedelta(days=4), NOW), max_entries=0)
    assert len(server.paths()) == 3
    assert reading.reason == ""


def test_out_of_reach_is_said() -> None:
    routes = {"/doc": json_reply("gdelt/none.json")}
    long_ago, _ = read_live(routes, made, window=(NOW - timedelta(days=400), NOW - timedelta(days=300)))
    assert (long_ago.outcome, long_ago.reason, long_ago.requests) == ("failed", "out_of_reach", 0)
    partly, _ = read_live(routes, made, window=(NOW - timedelta(days=100), NOW - timedelta(days=80)))
    assert (partly.outcome, partly.reason) == ("failed", "partial:out_of_reach")
