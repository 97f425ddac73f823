"""Faults 20-24, 26 and 38: addresses that may not be asked. Nothing here leaves loopback; no packet is sent to what is refused."""

from __future__ import annotations

import ipaddress
import logging
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.addresses import choose_addresses, is_public, shown_url
from extractors.client import Client, FetchError, _check_step
from extractors.fetched import Refused
from extractors.transport import read_target
from standins.hostile_http import PATIENT, HostileServer, outcome, play, redirect, reply

PRIVATE = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "0.0.0.0",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:0808:0808::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]
PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "172.32.0.1",
    "100.128.0.1",
    "192.0.1.1",
    "223.255.255.255",
    "2606:4700::1111",
    "2a00:1450:4001::1",
    "2001:200::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_20_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)
    bracketed = f"[{address}]" if ":" in address else address
    with pytest.raises(Refused) as caught:
        read_target(f"http://{bracketed}/", frozenset())
    assert caught.value.reason == "private_address"


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)
    bracketed = f"[{address}]" if ":" in address else address
    assert read_target(f"http://{bracketed}/", frozenset()).host == address


@pytest.mark.parametrize("text", ["", "localhost", "fe80::1%eth0", "2606:4700::1111%1", "127.1", "0x7f.0.0.1", "١٢٧.0.0.1", "8.8.8.8 "])
def test_what_is_no_plain_address_is_not_public(text: str) -> None:
    assert not is_public(text)


@given(st.integers(min_value=0, max_value=2**32 - 1))
def test_no_ipv4_address_becomes_public_by_a_disguise(number: int) -> None:
    v4 = ipaddress.IPv4Address(number)
    for prefix in ("::ffff:0:0/96", "::/96", "64:ff9b::/96", "2002::/16"):
        net = ipaddress.IPv6Network(prefix)
        shift = 80 if prefix.startswith("2002") else 0
        assert not is_public(str(net[int(v4) << shift]))
    if is_public(str(v4)):
        assert v4.is_global
        assert not v4.is_multicast


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.1/", "bad_url"),
        ("http://0x7f.1/", "bad_url"),
        ("http://2130706433/", "bad_url"),
        ("http://0/", "bad_url"),
        ("http://0177.0.0.1/", "bad_url"),
        ("http://8.8.8.08/", "bad_url"),
        ("http://1.2.3/", "bad_url"),
        ("http://example.0x/", "bad_url"),
        ("http://localhost/", "private_address"),
        ("http://localhost./", "private_address"),
        ("http://LOCALHOST/", "private_address"),
        ("http://any.localhost/", "private_address"),
        ("http://127.0.0.1./", "private_address"),
        ("http://127。0。0。1/", "private_address"),
        ("http://①②⑦.0.0.1/", "bad_url"),
        ("http://１２７.0.0.1/", "bad_url"),
        ("http://[fe80::1%25eth0]/", "private_address"),
        ("http://[::1", "bad_url"),
        ("http://[v1.a]/", "bad_url"),
        ("http://example.com:22/", "bad_port"),
        ("http://example.com:6379/", "bad_port"),
        ("https://example.com:8443/", "bad_port"),
        ("http://example.com:99999/", "bad_port"),
        ("http://example.com:x/", "bad_url"),
        ("http://user:pw@example.com/", "credentials_in_url"),
        ("http://user@example.com/", "credentials_in_url"),
        ("http://good.com\\@example.com/", "credentials_in_url"),
        ("ftp://example.com/", "bad_scheme"),
        ("file:///etc/passwd", "bad_scheme"),
        ("javascript:alert(1)", "bad_scheme"),
        ("data:text/html,x", "bad_scheme"),
        ("//example.com/", "bad_scheme"),
        ("example.com", "bad_scheme"),
        ("", "bad_url"),
        ("http:///x", "bad_url"),
        ("http:example.com/", "bad_url"),
        ("http://a..b/", "bad_url"),
        ("http://exa mple.com/", "bad_url"),
        ("http://a%2eb.com/", "bad_url"),
        ("http://-a.com/", "bad_url"),
        ("http://ä-.com/", "bad_url"),
        ("http://xn--/", "bad_url"),
        ("http://a\u200bb.com/", "bad_url"),
        ("http://" + "a" * 64 + ".com/", "bad_url"),
        ("http://" + "a." * 130 + "com/", "bad_url"),
        ("http://example.com/\r\nX-Evil: 1", "bad_url"),
        ("http://example.com/\x00", "bad_url"),
        ("http://example.com/\ud800", "bad_url"),
        ("http://example.com/" + "x" * 70_000, "bad_url"),
        ("http://example.com/" + "中" * 1_000, "bad_url"),
    ],
)
def test_18_21_23_26_38_what_is_refused_before_any_packet(url: str, reason: str) -> None:
    async def scenario(server: HostileServer, client: Client) -> None:
        ended = await outcome(client, url)
        assert isinstance(ended, FetchError)
        assert ended.reason == reason
        assert server.connections == 0

    play({}, scenario)


@given(st.text(max_size=60), st.sampled_from(["", "http://", "https://a.example/", "http://a.example:80/?"]))
def test_38_any_text_is_a_target_or_a_named_refusal(text: str, start: str) -> None:
    try:
        target = read_target(start + text, frozenset())
    except Refused:
        return  # any other exception fails the test
    assert target.url.isascii()
    assert target.url.isprintable()
    assert target.port in {80, 443}
    assert read_target(target.url, frozenset()) == target


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("HTTP://EXAMPLE.com", "http://example.com/"),
        ("https://example.com:443/a?b#c", "https://example.com/a?b"),
        ("http://例え.テスト/中?q=文", "http://xn--r8jz45g.xn--zckzah/%E4%B8%AD?q=%E6%96%87"),
        ("http://faß.de/", "http://xn--fa-hia.de/"),
        ("http://my_site.example.com/", "http://my_site.example.com/"),
    ],
)
def test_ordinary_urls_are_normalised(url: str, normal: str) -> None:
    assert read_target(url, frozenset()).url == normal


LOCATIONS = [
    *PRIVATE[:3],
    "127.1",
    "0x7f.1",
    "2130706433",
    "0",
    "localhost.",
    "[::1]",
    "[::ffff:10.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
]


@pytest.mark.parametrize("host", LOCATIONS)
@pytest.mark.parametrize("purpose", ["feed", "page", "sitemap", "api", "robots"])
def test_20_24_a_redirect_leads_no_purpose_to_a_private_address(host: str, purpose: str) -> None:
    async def scenario(server: HostileServer, client: Client) -> None:
        ended = await outcome(client, server.url("/out"), purpose)  # type: ignore[arg-type]
        assert isinstance(ended, FetchError)
        assert ended.reason in {"private_address", "bad_url"}
        assert ended.status == 302

    play({"/out": redirect(f"http://{host}/latest/meta-data")}, scenario)


def test_only_the_exact_pair_leads_to_loopback() -> None:
    async def scenario(server: HostileServer, client: Client) -> None:
        async with HostileServer({"/": reply("inside")}).running() as other:
            for url in (other.url("/"), f"http://localhost:{server.port}/", f"http://[::1]:{server.port}/", f"http://0:{server.port}/"):
                ended = await outcome(client, url)
                assert isinstance(ended, FetchError)
                assert ended.reason in {"private_address", "bad_url"}
            assert other.connections == 0
        assert server.connections == 0

    play({}, scenario)


def test_a_public_page_may_not_lead_to_an_allowed_private_service() -> None:
    public = read_target("http://example.com/", frozenset())
    private = read_target("http://127.0.0.1:1200/", frozenset({("127.0.0.1", 1200)}))
    with pytest.raises(Refused) as caught:
        _check_step(public, private, set(), 1)
    assert caught.value.reason == "private_address"
    _check_step(private, public, set(), 1)


def test_a_mixed_answer_of_the_resolver_keeps_the_public_part() -> None:
    assert choose_addresses(["10.0.0.1", "8.8.8.8", "::1", "8.8.8.8"], private=False) == ("8.8.8.8",)
    assert choose_addresses(["10.0.0.1"], private=True) == ("10.0.0.1",)
    for found, reason in (([], "dns_failed"), (["10.0.0.1", "::1"], "private_address")):
        with pytest.raises(Refused) as caught:
            choose_addresses(found, private=False)
        assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://user:secret@example.com/a", "http://example.com/a"),
        ("http://user:sec/ret@example.com/a", "http://example.com/a"),
        ("http:\\\\user:secret@example.com/a", "http://example.com/a"),
        ("user:secret@example.com", "user://example.com"),
        ("http://user:secret@[::1", "http://[::1"),
        ("https://example.com/@writer/post", "https://example.com/@writer/post"),
        ("https://example.com/?a=1&api_key=secret&b=2", "https://example.com/?a=1&api_key=...&b=2"),
        ("https://example.com/?X-Amz-Signature=secret", "https://example.com/?X-Amz-Signature=..."),
        ("http://example.com/\r\nX: \x1b[31m", "http://example.com/\\u000d\\u000aX: \\u001b[31m"),
    ],
)
def test_26_what_is_shown_of_a_url(url: str, shown: str) -> None:
    assert shown_url(url) == shown


def test_what_is_shown_is_short() -> None:
    assert len(shown_url("http://example.com/" + "x" * 70_000)) == 200


def test_26_no_credential_and_no_key_reaches_a_log_or_an_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    urls = [
        "http://user:s3cret@example.com/",
        "http://user:s3cret@[::1",
        "http://user:s3/cret@example.com:x/",
        "https://example.com:99/?api_key=s3cret",
    ]

    async def scenario(server: HostileServer, client: Client) -> None:
        for url in [*urls, server.url("/page?api_key=s3cret"), server.url("/gone?api_key=s3cret"), server.url("/out")]:
            ended = await outcome(client, url, headers={"X-Api-Key": "s3cret"})
            if isinstance(ended, FetchError):
                chain = [ended, ended.__cause__, ended.__context__]
                assert "s3" not in "".join(f"{e!s} {e!r} {vars(e) if e else ''}" for e in chain)

    routes = {"/page": reply("ok"), "/gone": reply("", 410), "/out": redirect("http://user:s3cret@example.com/")}
    play(routes, scenario, policy=replace(PATIENT, retries=1))
    assert "s3" not in caplog.text
