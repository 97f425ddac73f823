"""Hints for single sites: data that is checked when it is read, and that touches no other site."""

from __future__ import annotations

import pytest
from lxml import html

from extractors.sites import read_rules, shape, site_rules

RULES = read_rules("# a comment\n\nnews.example\tdrop\t//aside\nnews.example\tkeep\t//article\n")
PAGE = "<html><body><div>menu</div><article>text<aside>other</aside></article><p>end</p></body></html>"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.example/a", "text"),
        ("https://www.NEWS.example/a", "text"),
        ("https://oldnews.example/a", "menutextotherend"),
        ("https://news.example.org/a", "menutextotherend"),
        ("not a url", "menutextotherend"),
    ],
)
def test_a_rule_holds_for_its_site_alone(url: str, expected: str) -> None:
    tree = html.document_fromstring(PAGE)
    shape(tree, url, RULES)
    assert tree.text_content() == expected


def test_a_rule_that_finds_nothing_changes_nothing() -> None:
    tree = html.document_fromstring("<html><body><p>only</p></body></html>")
    shape(tree, "https://news.example/", RULES)
    assert tree.text_content() == "only"


@pytest.mark.parametrize("line", ["news.example\tdrop", "news.example\tcut\t//p", "news.example\tdrop\t//p[", "news.example drop //p"])
def test_a_broken_rule_is_named(line: str) -> None:
    with pytest.raises(ValueError, match=r"sites\.tsv, line 2"):
        read_rules(f"# head\n{line}\n")


def test_the_shipped_rules_can_be_read() -> None:
    assert site_rules()
    assert all("/" not in domain and "." in domain for domain in site_rules())
