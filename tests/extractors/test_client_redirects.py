"""Faults 17-19, 25, 27, 28: where a redirect may lead and what it may take along."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors.client import Client, Fetched, FetchError, _check_step
from extractors.fetched import Refused
from extractors.transport import read_target
from standins.hostile_http import PATIENT, Behaviour, HostileServer, outcome, play, raw, redirect, refused, reply, visit


def chain(length: int) -> dict[str, Behaviour]:
    return {**{f"/{n}": redirect(f"/{n + 1}", 301) for n in range(length)}, f"/{length}": reply("end")}


def test_17_five_hops_are_followed_and_remembered() -> None:
    ended, server = visit(chain(5), "/0")
    assert isinstance(ended, Fetched)
    assert ended.url == server.url("/5")
    assert ended.hops == tuple((301, server.url(f"/{n}")) for n in range(5))


def test_17_six_hops_are_not() -> None:
    ended, server = visit(chain(6), "/0")
    assert isinstance(ended, FetchError)
    assert ended.reason == "too_many_redirects"
    assert "/6" not in server.paths()


@pytest.mark.parametrize(
    ("routes", "reason"),
    [
        pytest.param({"/": redirect("/")}, "redirect_loop", id="self"),
        pytest.param({"/": redirect("")}, "bad_redirect", id="empty"),
        pytest.param({"/": redirect("  ")}, "bad_redirect", id="blank"),
        pytest.param({"/": redirect(None)}, "bad_redirect", id="none"),
        pytest.param({"/": redirect("/a", 302, "Location: /b")}, "bad_redirect", id="two"),
        pytest.param({"/": redirect("#top")}, "redirect_loop", id="fragment"),
        pytest.param({"/": redirect("/a"), "/a": redirect("/b"), "/b": redirect("/a")}, "redirect_loop", id="circle"),
        pytest.param({"/": redirect("file:///etc/passwd")}, "bad_scheme", id="file"),
        pytest.param({"/": redirect("ftp://example.com/")}, "bad_scheme", id="ftp"),
        pytest.param({"/": redirect("javascript:alert(1)")}, "bad_scheme", id="javascript"),
        pytest.param({"/": redirect("data:text/html,x")}, "bad_scheme", id="data"),
        pytest.param({"/": redirect("//user:pw@example.com/")}, "credentials_in_url", id="credentials"),
        pytest.param({"/": redirect("http://example.com:6379/")}, "bad_port", id="port"),
        pytest.param({"/": redirect("http://[::1")}, "bad_url", id="broken"),
        pytest.param({"/": redirect("http://exa mple.com/")}, "bad_url", id="space"),
        pytest.param({"/": redirect("/" + "x" * 3000)}, "bad_url", id="long"),
        pytest.param({"/": redirect("/\x01")}, "bad_url", id="control"),
    ],
)
def test_17_18_redirects_that_are_refused(routes: dict[str, Behaviour], reason: str) -> None:
    assert refused(routes).reason == reason


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_every_kind_of_redirect_is_followed_with_get(status: int) -> None:
    ended, server = visit({"/": redirect("next?q=1", status), "/next": reply("here")})
    assert isinstance(ended, Fetched)
    assert ended.hops == ((status, server.url("/")),)
    assert {seen.method for seen in server.requests} == {"GET"}


@pytest.mark.parametrize("status", [300, 305, 306])
def test_other_300s_are_not_followed(status: int) -> None:
    assert refused({"/": redirect("/next", status), "/next": reply("here")}).reason == "http_error"


def test_a_location_may_be_utf8() -> None:
    ended, _ = visit({"/": redirect("/中"), "/%E4%B8%AD": reply("here")})
    assert isinstance(ended, Fetched)


def test_19_https_does_not_lead_to_http() -> None:
    secure, plain = (read_target(f"{scheme}://example.com/b", frozenset()) for scheme in ("https", "http"))
    with pytest.raises(Refused) as caught:
        _check_step(secure, plain, set(), 1)
    assert caught.value.reason == "downgrade"
    _check_step(plain, secure, set(), 1)


def test_27_28_keys_and_cookies_stay_with_their_origin() -> None:
    async def scenario(server: HostileServer, client: Client) -> None:
        away = server.url("/b", host="other.test")
        routes["/a"] = redirect(away, 302, "Set-Cookie: id=1; Path=/")
        routes["/b"] = redirect(server.url("/c"), 302, "Set-Cookie: id=2; Domain=test")
        ended = await outcome(
            client, server.url("/start"), "api", headers={"X-Api-Key": "k", "Authorization": "Bearer k", "Accept": "text/csv"}
        )
        assert isinstance(ended, Fetched)
        assert await outcome(client, server.url("/c"), "api")
        by_path = {seen.path: seen.headers for seen in server.requests}
        assert by_path["/start"]["x-api-key"] == by_path["/a"]["x-api-key"] == "k"
        for path in ("/b", "/c"):  # and coming home does not bring it back
            assert not {"x-api-key", "authorization"} & set(by_path[path])
            assert by_path[path]["accept"] == "text/csv" or path == "/c"
        assert not any("cookie" in seen.headers for seen in server.requests)

    routes: dict[str, Behaviour] = {"/start": redirect("/a"), "/c": reply("done", 200, "Set-Cookie: id=3")}
    play(routes, scenario, names=("other.test",))


@pytest.mark.parametrize("name", ["Host", "Cookie", "user-agent", "Accept-Encoding", "Transfer-Encoding", "X Y", "X:Y", ""])
def test_a_caller_may_not_set_what_is_ours(name: str) -> None:
    with pytest.raises(ValueError, match="may not be set"):
        visit({"/": reply("ok")}, headers={name: "x"})


def test_a_header_value_with_a_line_break_is_refused_without_showing_it() -> None:
    with pytest.raises(ValueError, match="'X-Api-Key'") as caught:
        visit({"/": reply("ok")}, headers={"X-Api-Key": "s3cret\r\nX: y"})
    assert "s3cret" not in str(caught.value)


def test_the_request_says_who_asks() -> None:
    _, server = visit({"/": reply("ok")})
    sent = server.requests[-1].headers
    assert sent["user-agent"].startswith("topicwatch/")
    assert sent["user-agent"].endswith(" (+https://operator.test/bot)")
    assert sent["accept-encoding"] == "gzip, deflate"
    assert "if-none-match" not in sent


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"])
def test_25_a_proxy_in_the_environment_is_ignored(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "http://127.0.0.1:9")
    ended, _ = visit({"/": reply("direct")})
    assert isinstance(ended, Fetched)


def test_25_a_configured_proxy_is_used() -> None:
    async def scenario(server: HostileServer, client: Client) -> None:
        async with Client(replace(PATIENT, proxy=f"http://me:pw@127.0.0.1:{server.port}")) as proxied:
            ended = await outcome(proxied, "http://news.example/item", "api")
        assert isinstance(ended, Fetched)
        assert ended.body == b"by proxy"
        assert server.paths() == ["http://news.example/item"]
        assert server.requests[0].headers["proxy-authorization"] == "Basic bWU6cHc="

    play({"http://news.example/item": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nby proxy")}, scenario)
