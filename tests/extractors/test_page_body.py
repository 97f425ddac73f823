"""Who gives the body: the block model, trafilatura beside it, or a script."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from extractors.block_model import BlockModel, Curve
from extractors.block_trees import read_forest
from extractors.dates import pick_date
from extractors.metadata import own_day, read_metadata
from extractors.model import Entry
from extractors.page_body import agreement, read_body
from extractors.page_tree import read_tree
from extractors.pages import read_page
from extractors.script_body import script_body
from standins.scripted_web import NOW, SENTENCES, page

URL = "https://news.example/2026/rule-on-chips"
KIND = "text/html; charset=utf-8"
HINT = Entry("e", "news", URL, "Rule on chips")
PARAGRAPHS = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)


def with_script(kind: str, value: object) -> bytes:
    script = f"<script {kind}>{json.dumps(value)}</script>"
    return f"<html><head><title>Rule on chips</title>{script}</head><body><div id='app'></div></body></html>".encode()


def doubtful(odds: float) -> BlockModel:
    """A model that keeps everything and is never sure."""
    forest = read_forest([f"base {odds}", "length:10 =0 =0"], "test")
    return BlockModel(forest, forest, Curve(((0.0, 0.1), (1.0, 0.9))), Curve(((0.0, 0.2), (1.0, 0.8))))


def test_a_plain_page_is_read_by_the_blocks() -> None:
    text = read_page(page("Rule on chips issued", sentences=SENTENCES * 2), URL, KIND, HINT, NOW)
    assert (text.extractor, text.extractor_version) == ("blocks", "1")
    assert text.confidence > 0.9


def test_in_doubt_trafilatura_reads_the_page_and_agreement_is_the_measure() -> None:
    body = page("Rule on chips issued", extra="<p hidden>Nobody sees this sentence of the page, and no reader is told of it.</p>")
    tree = read_tree(body, KIND)
    found = read_body(tree, read_metadata(tree, URL), URL, doubtful(0.5))
    assert found.extractor == "trafilatura"
    assert SENTENCES[0] in found.text
    assert "Nobody sees" not in found.text
    assert 0.2 < found.trust < 0.8


def test_agreement_is_a_share_of_words() -> None:
    assert agreement("a b c d", "a b c d") == 1.0
    assert agreement("a b", "c d") == 0.0
    assert agreement("a b", "a b c d") == pytest.approx(2 / 3)
    assert agreement("", "") == 0.0


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("type='application/json' id='__NEXT_DATA__'", {"props": {"pageProps": {"article": {"body": PARAGRAPHS}}}}),
        (
            "type='application/json'",
            {"props": {"blocks": [{"type": "paragraph", "text": sentence} for sentence in SENTENCES], "related": [{"body": "x. " * 900}]}},
        ),
        ("type='application/ld+json'", {"@type": "NewsArticle", "headline": "Rule on chips", "articleBody": "\n".join(SENTENCES)}),
    ],
)
def test_a_body_that_only_a_script_holds_is_read(kind: str, value: object) -> None:
    text = read_page(with_script(kind, value), URL, KIND, HINT, NOW)
    assert text.text_kind == "full"
    assert all(sentence in text.body for sentence in SENTENCES)
    assert "<p>" not in text.body


@pytest.mark.parametrize("value", ["[" * 50_000, "{", "null", '{"body": 3}', '{"body": "short"}', '{"text": "' + "x" * 900 + '"}'])
def test_a_script_without_a_body_gives_none(value: str) -> None:
    tree = read_tree(f"<html><body><p>Text</p><script type='application/json'>{value}</script></body></html>".encode(), KIND)
    assert script_body(tree, "") == ""


def test_bbc_and_other_two_word_kinds_are_articles() -> None:
    node = {"@type": "ReportageNewsArticle", "datePublished": "2026-11-24T22:30:00Z"}
    head = f"<script type='application/ld+json'>{json.dumps(node)}</script>"
    assert read_page(page("Rule on chips issued", head=head), URL, KIND, HINT, NOW).witness == "json-ld"


@pytest.mark.parametrize(
    ("author", "publisher", "byline", "expected"),
    [
        ("News Daily", "News Daily", "<p class='author'>By Ada Example</p>", "Ada Example"),
        ("News Daily", "News Daily", "<p class='author'>Agencies</p>", "News Daily"),
        ("Ada Example and Ben Sample", "", "", "Ada Example, Ben Sample"),
        ("Ada Example Oct 3", "", "", "Ada Example"),
        ("Ada May", "", "", "Ada May"),
        ("Authors", "", "", ""),
    ],
)
def test_authors_are_people_first(author: str, publisher: str, byline: str, expected: str) -> None:
    node = {"@type": "NewsArticle", "headline": "Rule on chips issued", "author": {"name": author}, "publisher": {"name": publisher}}
    head = f"<script type='application/ld+json'>{json.dumps(node)}</script>"
    assert read_page(page("Rule on chips issued", head=head, extra=byline), URL, KIND, HINT, NOW).author == expected


@pytest.mark.parametrize(
    ("said", "day"), [("2026-11-24T07:30:00+09:00", "2026-11-24"), ("2026-11-23T22:30:00Z", "2026-11-23"), ("2026-11-23", "2026-11-23")]
)
def test_the_day_is_that_of_the_place(said: str, day: str) -> None:
    at, _, witness = pick_date([("meta", said)], NOW)
    assert at is not None
    assert own_day(at, witness, [("meta", said)]) == day
    assert own_day(at + timedelta(days=1), witness, [("meta", said)]) == (at + timedelta(days=1)).date().isoformat()


def test_a_date_at_the_end_of_the_title_is_a_witness() -> None:
    text = read_page(
        b"<html><head><title>Kurze Meldung | Blatt | 24.11.2026</title></head>" + page("Kurze Meldung")[6:], URL, KIND, HINT, NOW
    )
    assert text.day == "2026-11-24"
