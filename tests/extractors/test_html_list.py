"""The ministries' lists in HTML, read with the settings that ship in seeds/sources.toml."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from extractors.box import ParseBox
from extractors.failures import Unreadable
from extractors.list_html import parse_html_list
from extractors.list_walk import page_address
from extractors.model import Entry, Source
from extractors.selectors import to_xpath
from flows.seeding import load_sources
from standins.hostile_http import Behaviour, HostileServer, reply
from standins.scripted_web import NOW
from standins.source_web import LONG_AGO, SEEDS, article, asking, ends, example, read_live

SHIPPED = {source.source_id: source for source in load_sources(SEEDS, SEEDS / "none")}
HTML = "text/html; charset=utf-8"


def listed(name: str, body: bytes) -> tuple[Entry, ...]:
    return parse_html_list(body, SHIPPED[name].url, HTML, SHIPPED[name], NOW).entries


def day(entry: Entry) -> str:
    assert entry.precision == "day"
    return f"{entry.published_at:%Y-%m-%d}"


def test_cac_links_dates_and_numbers() -> None:
    order, notice, comment = listed("cac", example("html_list/cac.html"))
    assert order.url == "https://www.cac.gov.cn/2026-11/20/c_1772000000000001.htm"
    assert order.official_ids == ("cn_notice:国家互联网信息办公室等三部门令第21号",)
    assert (day(order), order.lang) == ("2026-11-20", "zh")
    assert notice.official_ids == ("cn_notice:国信办发〔2026〕7号",)
    assert comment.official_ids == ()


def test_a_date_in_the_address_serves_where_the_row_has_none() -> None:
    assert [day(entry) for entry in listed("cac", example("html_list/cac_2.html"))] == ["2026-10-09", "2026-09-30"]


def test_mofcom_takes_the_whole_title_and_leaves_other_columns() -> None:
    joint, own, interview = listed("mofcom", example("html_list/mofcom.html"))
    assert joint.title == "商务部 海关总署公告2026年第58号 公布对人工智能服务器相关物项实施出口管制的决定"
    assert joint.official_ids == ("cn_notice:商务部海关总署公告2026年第58号",)
    assert own.official_ids == ("cn_notice:商务部公告2026年第57号",)
    assert interview.official_ids == ()
    assert [day(entry) for entry in (joint, own, interview)] == ["2026-11-24", "2026-11-21", "2026-11-21"]


def test_ndrc_rows_of_a_table() -> None:
    first, second = listed("ndrc", example("html_list/ndrc.html"))
    assert first.url == "https://zfxxgk.ndrc.gov.cn/web/iteminfo.jsp?id=20441"
    assert (day(first), day(second)) == ("2026-11-19", "2026-11-12")
    assert second.official_ids == ("cn_notice:国家发展和改革委员会公告2026年第6号",)


def test_the_encoding_of_a_chinese_page_is_found() -> None:
    body = example("html_list/mofcom.html").decode().replace("charset=utf-8", "charset=gb2312").encode("gb18030")
    assert listed("mofcom", body)[1].title.startswith("公告2026年第57号")


def test_a_page_without_the_links_says_so() -> None:
    with pytest.raises(Unreadable, match="no_links"):
        listed("mofcom", b"<html><body><div id='app'></div><p>Please enable scripts</p></body></html>")


@pytest.mark.parametrize("body", [b"%PDF-1.7", b'{"a": 1}', b"<html><head><title>Just a moment...</title></head></html>", b""])
def test_other_things_than_a_page_are_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        listed("mofcom", body)


def test_a_long_page_costs_its_length_and_is_cut() -> None:
    # One box of 20,000 links: quadratic work would take minutes here.
    body = b"<html><body><div>" + b"".join(b"<a href='/p/%d'>Page %d</a>" % (n, n) for n in range(20_000)) + b"</div></body></html>"
    page = parse_html_list(body, "https://a.example/", HTML, Source("s", "html_list", "https://a.example/", "S"), NOW)
    assert (len(page.entries), page.flags) == (1_000, ("cut",))


ROUTES = {
    "/A093703index_1.htm": reply(example("html_list/cac.html").replace(b"//www.cac.gov.cn", b"")),
    "/A093703index_2.htm": reply(example("html_list/cac_2.html")),
    **{f"/2026-{day}/c_177200000000000{n}.htm": article(f"Page {n}") for n, day in enumerate("11/20 11/18 11/18 10/09 09/30".split(), 1)},
}  # fmt: skip


def test_a_night_reads_what_is_new_and_stops_at_the_window() -> None:
    reading, server = read_live(ROUTES, lambda server: replace(SHIPPED["cac"], url=server.url("/A093703index_1.htm")))
    assert (reading.outcome, reading.reason) == ("ok", "")
    # The first page's newest is inside the window, so the second is looked at; nothing there is, so a third is not.
    assert [path for path in server.paths() if "index" in path] == ["/A093703index_1.htm", "/A093703index_2.htm"]
    assert sorted(end[1] for end in ends(reading)) == ["fetched", "fetched", "fetched", "too_old", "too_old"]
    order = next(article for article in reading.articles if article.official_ids and "令" in article.official_ids[0])
    assert (order.tier, order.is_official, order.published_at) == ("official", True, datetime(2026, 11, 20, tzinfo=UTC))


def test_a_backfill_finds_its_span_further_down() -> None:
    reading, server = read_live(ROUTES, lambda server: replace(SHIPPED["cac"], url=server.url("/A093703index_1.htm")), window=LONG_AGO)
    assert ends(reading) == [("个人信息出境认证办法", "fetched", ""), ("未成年人模式建设指南", "fetched", "")]
    assert "/A093703index_3.htm" in server.paths()  # a 404 after the last page is no fault
    assert reading.outcome == "ok"


def test_a_backfill_lists_nothing_that_is_older_than_its_span() -> None:
    window = (datetime(2026, 10, 5, tzinfo=UTC), datetime(2026, 10, 20, tzinfo=UTC))
    reading, _ = read_live(ROUTES, lambda server: replace(SHIPPED["cac"], url=server.url("/A093703index_1.htm")), window=window)
    assert ends(reading) == [("个人信息出境认证办法", "fetched", "")]


def test_a_fault_on_a_later_page_keeps_the_first_and_is_told() -> None:
    routes = {**ROUTES, "/A093703index_2.htm": reply(b"", 500)}
    reading, _ = read_live(routes, lambda server: replace(SHIPPED["cac"], url=server.url("/A093703index_1.htm")))
    assert (reading.outcome, reading.reason) == ("failed", "partial:server_error")
    assert len(reading.articles) == 3


def test_robots_is_obeyed() -> None:
    routes = {**ROUTES, "/robots.txt": reply("User-agent: *\nDisallow: /", kind="text/plain")}
    reading, _ = read_live(routes, lambda server: replace(SHIPPED["cac"], url=server.url("/A093703index_1.htm")))
    assert (reading.outcome, reading.reason) == ("failed", "robots")


@pytest.mark.slow
def test_a_hostile_page_and_a_hostile_pattern_end_in_the_box() -> None:
    deep = b"<html><body>" + b"<p>x" * 200_000 + b"<a href='/a'>" + b"a" * 5_000 + b"!</a></body></html>"
    evil = Source("s", "html_list", "", "S", params=(("skip", "^(a+)+$"),))
    with ParseBox(1, timeout_s=2.0) as box:
        reading, _ = read_live({"/": reply(deep)}, lambda server: replace(evil, url=server.url("/")), box=box)
    assert (reading.outcome, reading.reason) == ("failed", "parse_timeout")


@pytest.mark.parametrize(
    ("base", "template", "number", "address"),
    [
        ("https://a.example/x/index_1.htm", "index_{n}.htm", 3, "https://a.example/x/index_3.htm"),
        ("https://a.example/api?p=1&q=%E4%B8%AD", "?p={n}", 2, "https://a.example/api?q=%E4%B8%AD&p=2"),
        ("https://a.example/api", '?json={"n":{n}}', 2, "https://a.example/api?json=%7B%22n%22%3A2%7D"),
    ],
)
def test_addresses_of_further_pages(base: str, template: str, number: int, address: str) -> None:
    assert page_address(base, template, number) == address


@pytest.mark.parametrize("selector", ["", "a >", "a,,b", "a:hover", "[x", "a{", "> a", "a[b='c\"]"])
def test_a_selector_that_is_not_understood_is_refused(selector: str) -> None:
    with pytest.raises(ValueError, match=r"empty|understood|follows"):
        to_xpath(selector)


def test_a_backfill_that_a_hundred_pages_do_not_carry_far_enough_says_so() -> None:
    def nth(path: str) -> Behaviour:
        return reply(
            f"<html><body><li><a href='/2026-11/20/c_{int(path.rpartition('_')[2][:-4]):05}.htm'>公告 第一页</a></li></body></html>"
        )

    def make(server: HostileServer) -> Source:
        return Source("s", "html_list", server.url("/index_1.htm"), "S", params=(("next", "index_{n}.htm"), ("pages", "no")))

    routes = {f"/index_{n}.htm": asking(nth) for n in range(1, 105)}
    reading, server = read_live(routes, make, window=LONG_AGO)
    assert (reading.outcome, reading.reason, len(server.paths())) == ("failed", "partial:cut", 100)
