"""Text from outside, made safe to show."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.plain import cut_quote, one_line, safe_url, shorten, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m alert", "red alert"),
        ("\x1b]0;title\x07text", "text"),
        ("a\x9b31mb", "ab"),
        ("two\r\nlines\u2028three", "two lines three"),
        ("nul\x00 and \ud800", "nul and \ufffd"),
        ("\u202egnp.exe", "gnp.exe"),
        ("  wide \t space ", "wide space"),
        ("中文标题，保持不变 👩‍👩‍👧", "中文标题，保持不变 👩‍👩‍👧"),
    ],
)
def test_one_line(text: str, shown: str) -> None:
    assert one_line(text) == shown


@given(st.text())
def test_nothing_that_controls_survives(text: str) -> None:
    assert all(c == "\n" or unicodedata.category(c) not in {"Cc", "Cs", "Zl", "Zp"} for c in visible(text))
    assert "\n" not in one_line(text)
    assert len(one_line(text, 40)) <= 40


@given(st.text(min_size=1), st.integers(min_value=2, max_value=60))
def test_a_cut_quote_is_a_verbatim_beginning(text: str, limit: int) -> None:
    kept, cut = cut_quote(text, limit)
    assert text.startswith(kept)
    assert len(kept) <= limit
    assert cut is (kept != text)


def test_a_quote_is_cut_at_a_word_or_a_chinese_mark() -> None:
    assert cut_quote("The bureau adopts", 12) == ("The bureau", True)
    assert cut_quote("商务部宣布新规，自明年起施行", 10) == ("商务部宣布新规，", True)
    assert shorten("The bureau adopts", 12) == "The bureau…"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "data:text/html,x", "https://a.example/\r\nx", "https://a.example/<b>", 'https://a.example/"x', "",
        "https://user:pw@bank.example/", "https://a.example/" + "x" * 3000, "//a.example", "ftp://a.example/x", "https://中文.example/",
    ],
)  # fmt: skip
def test_what_is_not_a_plain_web_address_is_no_link(url: str) -> None:
    assert safe_url(url) == ""


def test_a_web_address_stays_as_it_is() -> None:
    url = "https://a.example/rule?id=1&lang=en#top"
    assert safe_url(url) == url
