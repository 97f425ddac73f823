"""Lists in JSON (MIIT) and in HTML inside JSON (SAMR), read with the settings that ship in seeds/sources.toml."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from extractors.failures import Unreadable
from extractors.list_json import parse_json_html_list, parse_json_list, rows_at
from extractors.list_page import read_row_date
from extractors.model import Source
from flows.seeding import load_sources
from standins.hostile_http import Behaviour, reply
from standins.scripted_web import NOW
from standins.source_web import LONG_AGO, SEEDS, asking, ends, example, json_reply, read_live

SHIPPED = {source.source_id: source for source in load_sources(SEEDS, SEEDS / "none")}
JSON = "application/json"
MIIT, SAMR = SHIPPED["miit"], SHIPPED["samr"]


def test_miit_rows_numbers_and_both_date_forms() -> None:
    first, second = parse_json_list(example("json_list/miit.json"), MIIT.url, JSON, MIIT, NOW).entries
    assert first.title == "八部门关于印发《人工智能+制造专项行动实施意见》的通知"
    assert first.official_ids == ("cn_notice:工信部联科〔2026〕279号",)
    assert first.url.startswith("https://www.miit.gov.cn/zwgk/zcwj/wjfb/tz/art/2026/")
    assert (first.published_at, first.precision) == (datetime(2026, 11, 23, tzinfo=UTC), "day")
    # Milliseconds at midnight in Shanghai are a day there, not an instant of the day before.
    assert (second.published_at, second.precision) == (datetime(2026, 11, 11, tzinfo=UTC), "day")
    assert second.official_ids == ("cn_notice:工业和信息化部公告2026年第31号",)


def test_samr_rows_are_html_inside_json() -> None:
    order, case = parse_json_html_list(example("json_html_list/samr.json"), SAMR.url, JSON, SAMR, NOW).entries
    assert order.official_ids == ("cn_notice:国家市场监督管理总局令第112号",)
    assert [f"{entry.published_at:%m-%d}" for entry in (order, case)] == ["11-22", "11-20"]
    assert case.url.startswith("https://www.samr.gov.cn/zw/zfxxgk/")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"<html>", "wrong_type"),
        (b"{}", "no_list"),
        (b'{"data": {"searchResult": []}}', "no_list"),
        (b"[" * 100_000, "wrong_type"),
    ],
)
def test_other_answers_are_refused(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        parse_json_list(body, MIIT.url, JSON, MIIT, NOW)
    with pytest.raises(Unreadable, match=reason):
        parse_json_html_list(body, SAMR.url, JSON, SAMR, NOW)


def test_rows_of_the_wrong_form_cost_themselves_only() -> None:
    good = {"title": "公告", "url": "/a/1"}
    rows: list[object] = [
        None,
        7,
        [],
        {},
        {"title": "x"},
        {"url": "/b"},
        {"title": "x", "url": "javascript:alert(1)"},
        {"title": ["x"], "url": {}},
        good,
    ]
    source = Source("s", "json_list", "https://a.example/api", "S", params=(("items", "rows"),))
    page = parse_json_list(json.dumps({"rows": rows}).encode(), source.url, JSON, source, NOW)
    assert [entry.url for entry in page.entries] == ["https://a.example/a/1"]
    assert page.flags == ("bad_item",)


def test_inner_lists_are_joined() -> None:
    answer = {"a": [{"b": [1, 2]}, {"c": 0}, None, {"b": [3]}]}
    assert rows_at(answer, "a.*.b") == [1, 2, 3]
    with pytest.raises(Unreadable, match="no_list"):
        rows_at(answer, "x.*.b")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1794326400000", "2026-11-11 day"),
        ("1794380400", "2026-11-11 instant"),
        ("[2026-11-24]", "2026-11-24 day"),
        ("发布时间:2026年11月24日 19:36 来源", "2026-11-24 instant"),
        ("2026-02-30", "none"),
        ("9999999999999", "2286-11-20 instant"),
    ],
)
def test_dates_of_rows(text: str, shown: str) -> None:
    reading = read_row_date(text, "zh")
    assert (f"{reading.at:%Y-%m-%d} {reading.precision}" if reading.at else reading.precision) == shown


def page_of(path: str) -> Behaviour:
    number = path.rpartition("p=")[2]
    return json_reply({"2": "json_list/miit_2.json", "3": "json_list/miit_none.json"}.get(number, "json_list/miit.json"))


def test_pages_follow_by_query_until_the_list_ends() -> None:
    routes = {"/api": asking(page_of)}
    reading, server = read_live(routes, lambda server: replace(MIIT, url=server.url("/api?q=&p=1")), window=LONG_AGO)
    assert [path for path in server.paths() if path.startswith("/api")] == ["/api?q=&p=1", "/api?q=&p=2", "/api?q=&p=3"]
    assert (reading.outcome, reading.reason) == ("ok", "")
    assert [end[1] for end in ends(reading) if end[0] == "关于公布行业标准的公告"] == ["refused"]  # its page is a 404 here


def test_an_unchanged_list_is_not_parsed_again() -> None:
    routes = {"/api": json_reply("json_html_list/samr.json")}
    first, _ = read_live(routes, lambda server: replace(SAMR, url=server.url("/api")))
    assert first.cursor.body_hash
    again, server = read_live(routes, lambda server: replace(SAMR, url=server.url("/api")), cursor=replace(first.cursor, next_at=None))
    assert (again.outcome, server.paths()) == ("not_modified", ["/api"])


def test_the_same_page_again_ends_the_paging() -> None:
    routes = {"/api": reply(example("json_html_list/samr.json"), kind=JSON)}
    _, server = read_live(routes, lambda server: replace(SAMR, url=server.url("/api?pageNo=1")), window=LONG_AGO)
    assert [path for path in server.paths() if path.startswith("/api")] == ["/api?pageNo=1", "/api?pageNo=2"]
