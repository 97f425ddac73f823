"""A date that nothing marks as one: near the heading, alone in its element, and asked only when the page says no other."""

from __future__ import annotations

import pytest

from extractors.date_text import lone_date
from extractors.metadata import read_metadata
from extractors.page_tree import read_tree

BODY = "<p>The harbour office opened its long register of ships and cargo to the public for the first time.</p>" * 3


def read(markup: str, head: str = "") -> tuple[str, list[tuple[str, str]]]:
    tree = read_tree(f"<!doctype html><html><head>{head}</head><body><main>{markup}{BODY}</main></body></html>".encode(), "text/html")
    return lone_date(tree), list(read_metadata(tree, "https://a.example/x").witnesses)


@pytest.mark.parametrize(
    "markup",
    [
        "<h1>A register</h1><p class='k7'>Published on: February 14, 2025</p>",
        "<h1>A register</h1><div><div>Published</div><div>February 14, 2025</div></div>",
        "<p><b>Friday, February 14, 2025</b> - 4 min read</p><h1>A register</h1>",
        "<h1>A register</h1><h5>February 14, 2025</h5>",
    ],
)
def test_a_date_alone_near_the_heading_is_the_pages(markup: str) -> None:
    assert read(markup) == ("February 14, 2025", [("text", "February 14, 2025")])


@pytest.mark.parametrize(
    "markup",
    [
        "<h1>A register</h1><p>Copyright February 14, 2025</p>",
        "<h1>A register</h1><p>Last updated: February 14, 2025</p>",
        "<h1>A register</h1><p>It opened on February 14, 2025 at noon, the office said</p>",
        "<h1>A register</h1><div class='related'><p>February 14, 2025</p></div>",
        "<h1>One story</h1><p>February 14, 2025</p><h1>Another story</h1><p>February 13, 2025</p>",
        "<p>February 14, 2025</p>",
        "<h1>A register</h1>" + "<p>A line of it.</p>" * 50 + "<p>February 14, 2025</p>",
    ],
)
def test_no_other_date_is_taken_for_it(markup: str) -> None:
    assert read(markup) == ("", [])


def test_what_the_page_declares_comes_alone() -> None:
    declared = "<meta property='article:published_time' content='2025-02-01'>"
    assert read("<h1>A register</h1><p>February 14, 2025</p>", declared)[1] == [("meta", "2025-02-01")]


@pytest.mark.parametrize("frame", ["elementor-element elementor-widget elementor-widget-post-info", "widget Blog"])
def test_a_site_builders_widget_holds_the_article_itself(frame: str) -> None:
    assert ("text", "February 14, 2025") in read(f"<div class='{frame}'><time>February 14, 2025</time></div>")[1]
    assert read("<div class='widget recent'><time>February 14, 2025</time></div>")[1] == []
