"""Who is asked for an author: our own search of the byline, and trafilatura's where anything is named as it expects."""

from __future__ import annotations

import pytest
from lxml import html
from trafilatura.metadata import extract_author

from extractors.byline import is_signed

NAME = "Ada Example"


@pytest.mark.parametrize(
    "markup",
    [
        f"<a rel='author'>{NAME}</a>",
        f"<p id='author'>{NAME}</p>",
        f"<span class='AuthorName'>{NAME}</span>",
        f"<div data-testid='AuthorCard'>{NAME}</div>",
        f"<author>{NAME}</author>",
        f"<span class='byl'>{NAME}</span>",
        f"<span class='BBL'>{NAME}</span>",
        f"<p class='username'>{NAME}</p>",
        f"<span itemprop='author name'>{NAME}</span>",
        f"<span id='zuozhe'>{NAME}</span>",
        f"<span class='xiaobian'>{NAME}</span>",
        f"<div class='bianji'>{NAME}</div>",
        f"<div class='channel-name'>{NAME}</div>",
        f"<div class='submitted-by'>{NAME}</div>",
        f"<div class='posted-by'>{NAME}</div>",
        f"<div class='journalist-name'>{NAME}</div>",
        f"<section data-component='Byline'>{NAME}</section>",
        f"<section class='screenname'>{NAME}</section>",
        f"<section class='writer'>{NAME}</section>",
    ],
)
def test_where_trafilatura_finds_an_author_the_page_is_signed(markup: str) -> None:
    tree = html.document_fromstring(f"<html><body><h1>A title</h1>{markup}<p>Text.</p></body></html>")
    assert extract_author(tree) == NAME
    assert is_signed(tree)


def test_a_page_where_nobody_is_named_is_not_signed() -> None:
    tree = html.document_fromstring("<html><body><!-- author --><h1 class='title'>A title</h1><a href='/author/x'>x</a></body></html>")
    assert extract_author(tree) is None
    assert not is_signed(tree)
