"""Fault 37 and the rules of RFC 9309: what a robots.txt, or its absence, lets the client do."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors import limits
from extractors.client import Client, Fetched, FetchError
from extractors.fetched import Refused
from extractors.robots import read_rules, rules_after
from standins.hostile_http import (
    PATIENT,
    Behaviour,
    HostileServer,
    bomb,
    drip,
    fetched,
    flood,
    head,
    in_turn,
    outcome,
    play,
    raw,
    redirect,
    refused,
    reply,
    reset,
    visit,
)

URL = "http://example.com/news/item"
NO = "User-agent: *\nDisallow: /\n"


def robots(text: str | bytes, status: int = 200, kind: str = "text/plain") -> Behaviour:
    return reply(text, status, kind=kind)


def allows(text: str, url: str = URL) -> bool:
    try:
        read_rules(text.encode(), "text/plain", "topicwatch").check(url, "topicwatch")
    except Refused:
        return False
    return True


@pytest.mark.parametrize("purpose", ["feed", "page", "sitemap"])
def test_what_is_disallowed_is_not_fetched(purpose: str) -> None:
    ended, server = visit({"/robots.txt": robots(NO), "/": reply("ok")}, "/", purpose)  # type: ignore[arg-type]
    assert isinstance(ended, FetchError)
    assert ended.reason == "robots"
    assert server.paths() == []


def test_a_documented_api_is_not_a_crawl() -> None:
    ended, server = visit({"/robots.txt": robots(NO), "/": reply("{}")}, "/", "api")
    assert isinstance(ended, Fetched)
    assert [seen.path for seen in server.requests] == ["/"]


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow:\n", True),
        ("User-agent: *\nDisallow: /news/\n", False),
        ("User-agent: *\nDisallow: /news/\nAllow: /news/item\n", True),
        ("User-agent: *\nDisallow: /*.pdf$\n", True),
        ("User-agent: *\nDisallow: /*item$\n", False),
        ("User-agent: topicwatch\nDisallow: /\n\nUser-agent: *\nAllow: /\n", False),
        ("User-agent: TopicWatch\nAllow: /\n\nUser-agent: *\nDisallow: /\n", True),
        ("User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n", True),
        ("User-agent: GPTBot\nUser-agent: topicwatch\nDisallow: /\n", False),
        ("User-agent: topicwatch\nUser-agent: GPTBot\nDisallow: /\n", False),
        ("User-agent: GPTBot\nDisallow: /\nUser-agent: *\nDisallow: /old\n", True),
        ("User-agent: GPTBot # theirs\nDisallow: /\nUser-agent: CCBot\nDisallow: /old\n", True),
        ("user-agent:*\ndisallow:/news", False),
        ("\ufeffUser-agent: *\nDisallow: /news\n", False),
        ("User-agent: *\r\nDisallow: /news\r\n", False),
        ("Disallow: /\n", True),
        ("User-agent: *\nDisallow: /\x00news\n", False),
    ],
)
def test_rules(text: str, allowed: bool) -> None:
    assert allows(text) is allowed


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_37_no_file_allows(status: int) -> None:
    assert fetched({"/robots.txt": robots(NO, status), "/": reply("ok")}).body == b"ok"


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(robots(NO, 500), id="500"),
        pytest.param(robots(NO, 503), id="503"),
        pytest.param(robots(NO, 429), id="429"),
        pytest.param(reset(), id="rst"),
        pytest.param(raw(b"no http\r\n\r\n"), id="no-http"),
        pytest.param(raw(head(200, "Content-Length: 99") + b"User-agent: *"), id="short"),
        pytest.param(raw(head(200, "Content-Encoding: br") + b"xx"), id="br"),
        pytest.param(redirect("http://127.0.0.1:22/robots.txt"), id="to-a-private-port"),
    ],
)
def test_37_a_failing_file_forbids_for_this_run(behaviour: Behaviour) -> None:
    async def scenario(server: HostileServer, client: Client) -> None:
        for _ in range(2):
            ended = await outcome(client, server.url("/"))
            assert isinstance(ended, FetchError)
            assert ended.reason in {"robots_unreachable", "private_address"}
        assert [seen.path for seen in server.requests] == ["/robots.txt"]

    play({"/robots.txt": behaviour, "/": reply("ok")}, scenario)


def test_37_a_file_that_never_ends_forbids() -> None:
    error = refused({"/robots.txt": drip(head(200), b"#"), "/": reply("ok")}, policy=replace(PATIENT, total_s=0.3))
    assert error.reason in {"robots_unreachable", "deadline"}


def test_a_dead_host_is_named_as_such_not_as_a_robots_fault() -> None:
    async def scenario(_server: HostileServer, client: Client) -> None:
        ended = await outcome(client, "http://nowhere.example/")
        assert isinstance(ended, FetchError)
        assert ended.reason == "dns_failed"

    play({}, scenario)


def test_37_html_in_its_place_allows() -> None:
    assert fetched({"/robots.txt": robots("<html>User-agent: *\nDisallow: /</html>", kind="text/html"), "/": reply("ok")}).body == b"ok"
    assert fetched({"/robots.txt": robots("\n<!DOCTYPE html>\nUser-agent: *\nDisallow: /"), "/": reply("ok")}).body == b"ok"


@pytest.mark.parametrize(
    "tail",
    [
        pytest.param(flood(head(200, "Content-Type: text/plain") + NO.encode(), b"# more\n" * 1000), id="endless"),
        pytest.param(raw(head(200, "Content-Type: text/plain", "Content-Length: 10000000") + NO.encode() + b"#" * 10_000_000), id="10-MB"),
    ],
)
def test_37_only_the_first_512_kib_are_read(tail: Behaviour) -> None:
    assert refused({"/robots.txt": tail, "/": reply("ok")}).reason == "robots"


def test_37_a_rule_beyond_512_kib_does_not_count() -> None:
    text = b"#" * limits.ROBOTS_BYTES + b"\n" + NO.encode()
    assert fetched({"/robots.txt": robots(text), "/": reply("ok")}).body == b"ok"


def test_37_a_bomb_is_cut_and_holds_no_rules() -> None:
    assert fetched({"/robots.txt": bomb("gzip", 31, kind="text/plain"), "/": reply("ok")}).body == b"ok"


@pytest.mark.parametrize(
    ("asked", "delay"),
    [("5", 5.0), ("0.5", 0.5), ("99999999", 60.0), ("1e308", 60.0), ("nan", 0.0), ("inf", 0.0), ("-5", 0.0), ("soon", 0.0), ("", 0.0)],
)
def test_37_crawl_delay_is_clamped(asked: str, delay: float) -> None:
    assert read_rules(f"User-agent: *\nCrawl-delay: {asked}\n".encode(), "", "topicwatch").delay("topicwatch") == delay


def test_the_file_is_asked_once_per_origin_however_many_wait() -> None:
    async def scenario(server: HostileServer, client: Client) -> None:
        urls = [server.url(f"/{n}", host) for n in range(5) for host in ("127.0.0.1", "other.test")]
        assert all(isinstance(ended, FetchError) for ended in await asyncio.gather(*(outcome(client, url) for url in urls)))
        assert [seen.path for seen in server.requests].count("/robots.txt") == 2

    play({}, scenario, names=("other.test",))


def test_every_hop_of_a_redirect_is_asked() -> None:
    async def scenario(server: HostileServer, client: Client) -> None:
        routes["/to"] = redirect(server.url("/secret", "other.test"))
        ended = await outcome(client, server.url("/to"))
        assert isinstance(ended, FetchError)
        assert ended.reason == "robots"
        assert server.paths() == ["/to"]
        assert [seen.headers["host"].split(":")[0] for seen in server.requests] == ["127.0.0.1", "127.0.0.1", "other.test"]

    rules = "User-agent: *\nDisallow: /secret\n"
    routes = {"/robots.txt": robots(rules)}
    play(routes, scenario, names=("other.test",))


@pytest.mark.parametrize("location", ["/real", "/robots.txt", ""])
def test_a_redirected_file_is_followed_and_a_loop_means_no_file(location: str) -> None:
    ended, _ = visit({"/robots.txt": redirect(location), "/real": robots(NO), "/": reply("ok")})
    assert isinstance(ended, FetchError if location == "/real" else Fetched)


def test_the_first_answer_holds_for_the_whole_run() -> None:
    async def scenario(server: HostileServer, client: Client) -> None:
        assert isinstance(await outcome(client, server.url("/")), Fetched)
        assert isinstance(await outcome(client, server.url("/")), Fetched)

    play({"/robots.txt": in_turn(robots(""), robots(NO)), "/": reply("ok")}, scenario)


def test_thousands_of_agents_before_thousands_of_rules_stay_small() -> None:
    # 225 million rule copies if every agent kept its own.
    text = "".join(f"User-agent: a{n}\n" for n in range(15_000)) + "Disallow: /x\n" * 15_000 + "User-agent: *\nDisallow: /news\n"
    assert not allows(text)


@given(st.text(alphabet="UserAgnt-:*Dislow/ \n#ctpicwah.$%", max_size=300))
def test_any_text_gives_rules(text: str) -> None:
    allows(text)


def test_a_redirect_fault_is_no_file_and_a_fault_of_the_wire_is_no_fetch() -> None:
    assert rules_after(FetchError("redirect_loop", URL)).failure is None
    for reason, told in (("timeout", "robots_unreachable"), ("tls_failed", "tls_failed"), ("unexpected", "robots_unreachable")):
        with pytest.raises(Refused) as caught:
            rules_after(FetchError(reason, URL)).check(URL, "topicwatch")  # type: ignore[arg-type]
        assert caught.value.reason == told
