"""Who wrote a page: what it claims in <meta>, and the byline that stands near its heading."""

from __future__ import annotations

import pytest

from extractors.byline import byline, clean_names
from extractors.metadata import read_metadata
from extractors.page_tree import read_tree

TITLE = "Rule on chips issued today"
HEADING = f"<h1>{TITLE}</h1>"
FAR = "<p>A paragraph of the text.</p>" * 30


def seen(body: str) -> str:
    """The byline alone: where it finds none, read_metadata asks trafilatura too."""
    return ", ".join(byline(read_tree(f"<html><body>{body}</body></html>".encode(), "text/html"), TITLE))


def author(body: str, head: str = "") -> str:
    page = f"<html><head><title>{TITLE}</title>{head}</head><body>{body}</body></html>"
    return read_metadata(read_tree(page.encode(), "text/html; charset=utf-8"), "https://news.example/rule").author


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p class='byline'>By <a href='/x'>Ada Example</a> <i>Senior Chips Reporter</i></p>", "Ada Example"),
        ("<p class='byline'>BY <a>Ada Example</a> , <a>Ben van der Sample</a></p>", "Ada Example, Ben van der Sample"),
        ("<p class='byline'>By Ada Example, Senior Analyst</p>", "Ada Example"),
        ("<p class='byline'>By ADA EXAMPLE and BEN SAMPLE</p>", "ADA EXAMPLE, BEN SAMPLE"),
        ("<div class='meta author'><b>Updated January 8</b><b>Written by Ada (Eve) Example</b></div>", "Ada (Eve) Example"),
        ("<div class='blog_author'><span>Łucja Özil</span></div>", "Łucja Özil"),
        ("<p class='author'><b>Reviewed by</b> <a>Ben Sample</a></p>", ""),
        ("<p class='authorization'>Data Protection</p>", ""),
        ("<p class='author'>Themen bearbeiten</p>", ""),
    ],
)
def test_the_first_name_of_a_byline_and_those_tied_to_it(body: str, expected: str) -> None:
    assert seen(HEADING + body) == expected


def test_a_name_after_the_heading_comes_before_one_of_the_menu() -> None:
    columnists = "".join(f"<li><a href='/author/{n}'>Columnist Number{n}</a></li>" for n in "abcdefgh")
    assert author(f"<ul>{columnists}</ul>{HEADING}<a href='/author/ada'>Ada Example</a>") == "Ada Example"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<span>by Ada Example</span>", "Ada Example"),
        ("<p>Von <a>Ada Example</a></p>", "Ada Example"),
        ("<img alt='Photo of Ada Example'><p>Ada Example</p>", "Ada Example"),
        ("<img alt='Ada Example on the stairs'><p>Stairs Company</p>", ""),
        ("<p>By the Harbour Office</p>", ""),
        (f"{FAR}<span>by Ada Example</span>", ""),
        (f"{FAR}<img alt='Ada Example'><p>Ada Example</p>", ""),
    ],
)
def test_what_nothing_marks_counts_near_the_heading_only(body: str, expected: str) -> None:
    assert seen(HEADING + body) == expected


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("<a href='/author/ada/'>Ada</a>", "Ada"),
        ("<a href='/author/the-chip-team'>The Chip Team</a>", "The Chip Team"),
        ("<a href='/people/our-faculty'>Our Faculty</a>", ""),
        ("<a rel='author' href='/u/17'>ada</a>", "ada"),
        ("<a href='/author/17'>Ada</a>", ""),
        ("<a href='/authors/'>Authors</a>", ""),
    ],
)
def test_a_single_word_needs_its_own_page(link: str, expected: str) -> None:
    assert seen(HEADING + link) == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("<meta name='twitter:label1' content='Written by'><meta name='twitter:data1' content='Ada Example'>", "Ada Example"),
        ("<meta name='twitter:label1' content='Price'><meta name='twitter:data1' content='Ten Pounds'>", ""),
        ("<meta name='cXenseParse:author' content='Ada Example'>", "Ada Example"),
        (
            "<meta property='article:author' content='https://x.example/a'><meta name='sailthru.author' content='Ada Example'>",
            "Ada Example",
        ),
        ("<meta name='author' content='Ada Example'><meta name='author' content='Ben Sample'>", "Ada Example, Ben Sample"),
        (
            "<meta name='citation_author' content='Example, Ada'><meta name='citation_author' content='Sample, B.'>",
            "Ada Example, B. Sample",
        ),
        ("<meta property='article:author' content='262588213843476'>", ""),
    ],
)
def test_what_meta_elements_claim(head: str, expected: str) -> None:
    assert author(HEADING, head) == expected


@pytest.mark.parametrize(
    ("claimed", "site"),
    [
        ("Harbour", "<meta property='og:site_name' content='Harbour.com'>"),
        ("HCN", "<meta property='og:site_name' content='Harbour Chip News'>"),
        ("Harbour", "<meta property='og:url' content='https://www.harbour.org/rule'>"),
        ("Harbour", "<meta name='application-name' content='HARBOUR'>"),
    ],
)
def test_a_claim_that_names_the_publisher_gives_way_to_a_byline(claimed: str, site: str) -> None:
    head = f"<meta name='author' content='{claimed}'>{site}"
    assert author(f"{HEADING}<p class='byline'>By Ada Example</p>", head) == "Ada Example"
    assert author(f"{HEADING}<p class='byline'>By {claimed}</p>", head) == claimed


@pytest.mark.parametrize("url", ["http://[::1", "javascript:alert(1)", "https://", "\x00"])
def test_a_broken_address_of_its_own_costs_nothing(url: str) -> None:
    assert author(HEADING, f"<meta name='author' content='Ada Example'><meta property='og:url' content='{url}'>") == "Ada Example"


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("Ada Example - Harbour Editorial Team", ["Ada Example"]),
        ("Ada Example (Content Manager)", ["Ada Example"]),
        ("Harbour (Office)", ["Harbour (Office)"]),
        ("This post was written by Ada Example", ["Ada Example"]),
        ("By: Ada Example", ["Ada Example"]),
        ("Byron Example", ["Byron Example"]),
        ("undefined", []),
    ],
)
def test_clean_names(said: str, names: list[str]) -> None:
    assert clean_names((said,)) == names
