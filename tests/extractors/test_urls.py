"""The canonical form of addresses, and what refuses to be one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.urls import BadUrl, canonical_url, url_key

SAME = [
    ("HTTPS://News.Example:443/a/../b/./c", "https://news.example/b/c"),
    ("https://news.example", "https://news.example/"),
    ("https://news.example/a?utm_source=x&id=4&fbclid=y#part", "https://news.example/a?id=4"),
    ("https://news.example/%7Euser/%e4%b8%ad?q=%41", "https://news.example/~user/%E4%B8%AD?q=A"),
    ("https://news.example/中文?q=出口", "https://news.example/%E4%B8%AD%E6%96%87?q=%E5%87%BA%E5%8F%A3"),
    ("https://新闻.example/", "https://xn--efvy88h.example/"),
    ("https://news.example/a;jsessionid=0A1B2C?p=1", "https://news.example/a?p=1"),
    ("http://127.1/x", "http://127.0.0.1/x"),
    ("http://0x7f.1/", "http://127.0.0.1/"),
    ("http://[::FFFF:127.0.0.1]/", "http://[::ffff:7f00:1]/"),
    ("  https://news.example/a b\n ", "https://news.example/a%20b"),
    ("https:\\\\news.example\\a", "https://news.example/a"),
]


@pytest.mark.parametrize(("given_url", "expected"), SAME)
def test_canonical(given_url: str, expected: str) -> None:
    assert canonical_url(given_url) == expected


@pytest.mark.parametrize(
    "kept", ["id=4", "p=2", "page=3", "ref=abc", "source=world", "mod=hp", "sid=12", "story_id=9", "a=1&a=2", "b=2&a=1", "q=a+b"]
)
def test_parameters_that_select_content_stay(kept: str) -> None:
    assert canonical_url(f"https://news.example/a?{kept}") == f"https://news.example/a?{kept}"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("javascript:alert(1)", "scheme"),
        ("data:text/html,x", "scheme"),
        ("mailto:desk@news.example", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("https://user:pw@news.example/", "userinfo"),
        ("https://user@news.example/", "userinfo"),
        ("https://[::1", "host"),
        ("https://a b/", "host"),
        ("https://news.example:99999/", "port"),
        ("https:///", "host"),
        ("", "empty"),
        ("  \n", "empty"),
        ("/relative", "relative"),
        ("//news.example/a", "relative"),
        ("https://news.example/" + "a" * 70_000, "too_long"),
    ],
)
def test_refused(url: str, reason: str) -> None:
    with pytest.raises(BadUrl) as caught:
        canonical_url(url)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("url", "base", "expected"),
    [
        ("../b?x=1", "https://news.example/a/c/d", "https://news.example/a/b?x=1"),
        ("//other.example/a", "https://news.example/", "https://other.example/a"),
        ("/b", "http://news.example:8080/a", "http://news.example:8080/b"),
        ("?p=2", "https://news.example/a?p=1", "https://news.example/a?p=2"),
        ("../../../../x", "https://news.example/a/", "https://news.example/x"),
    ],
)
def test_relative_addresses(url: str, base: str, expected: str) -> None:
    assert canonical_url(url, base) == expected


@pytest.mark.parametrize("base", ["javascript:1", "about:blank", "https://u:p@x.example/", "https://[::1"])
def test_a_hostile_base_refuses_the_relative_and_never_escapes(base: str) -> None:
    with pytest.raises(BadUrl):
        canonical_url("a/b", base)


@pytest.mark.parametrize(
    "alias",
    [
        "https://news.example/2026/rule",
        "http://news.example/2026/rule/",
        "https://www.news.example/2026/rule",
        "https://m.news.example/2026/rule",
        "https://amp.news.example/2026/rule",
        "https://news.example/2026/rule/amp",
        "https://news.example/2026/rule/amp/",
        "https://news.example/amp/2026/rule",
        "https://news.example/2026/rule.amp",
        "https://news.example/2026/rule?amp=1",
        "https://news.example/2026/rule?outputType=amp&utm_medium=rss",
        "https://www.google.com/amp/s/news.example/2026/rule",
        "https://news-example.cdn.ampproject.org/c/s/news.example/2026/rule?amp=1",
        "https://news.example/2026/rule/index.html",
    ],
)
def test_all_addresses_of_a_page_share_its_key(alias: str) -> None:
    assert url_key(alias) == "news.example/2026/rule"


def test_different_pages_have_different_keys() -> None:
    urls = [
        "https://news.example/a",
        "https://news.example/a?id=1",
        "https://news.example/a?id=2",
        "https://news.example/b",
        "https://m.example/a",
    ]
    assert len({url_key(url) for url in urls}) == len(urls)
    assert url_key("https://news.example/a?x=1&y=2") == url_key("https://news.example/a?y=2&x=1")


def _canonical(url: str) -> str | None:
    try:
        return canonical_url(url)
    except BadUrl:
        return None


@given(
    st.text(max_size=80),
    st.sampled_from(["", "https://", "http://news.example/", "https://news.example/?", "//", "https://[", "https://1."]),
)
def test_canonical_is_idempotent_and_raises_nothing_else(text: str, head: str) -> None:
    once = _canonical(head + text)
    if once is not None:
        assert canonical_url(once) == once
        assert once.isascii()
        assert once.startswith(("http://", "https://"))
        assert url_key(once)


@given(
    st.lists(
        st.sampled_from(["%", "2", "e", "E", "4", "1", "/", ".", "?", "&", "=", "a", ";", "#", "\\", "中", "+", " "]), max_size=30
    ).map("".join)
)
def test_percent_and_dots_settle_at_once(tail: str) -> None:
    once = _canonical("https://news.example/" + tail)
    assert once is not None
    assert canonical_url(once) == once
