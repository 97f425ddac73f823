"""Text blocks, their features and the trees that judge them."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from extractors.block_context import context
from extractors.block_features import features
from extractors.block_model import judge, read_model, shipped
from extractors.block_texts import PageFacts
from extractors.block_trees import Nested, read_forest, write_forest
from extractors.block_words import CLASS_NAMES, FUNCTION_WORDS, TEXT_BITS, class_bits
from extractors.blocks import MAX_BLOCKS, Block, cut, visible
from standins.scripted_web import SENTENCES

LONG = " ".join(SENTENCES)


def blocks(body: str) -> list[Block]:
    return cut(html.document_fromstring(f"<html><body>{body}</body></html>"))


def texts(body: str) -> list[str]:
    return [block.text for block in blocks(body)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>One <b>two</b> three</p><p>four</p>", ["One two three", "four"]),
        ("before<div>in<p>side</p>after</div>end", ["before", "in", "side", "after", "end"]),
        ("<p>a<script>x()</script> b<!-- c --> d</p>", ["a b d"]),
        ("<div>first<br>line<br><br>second</div>", ["first line", "second"]),
        ("<div>one<br> <br> <br>two</div>", ["one", "two"]),
        ("<tr><td>1</td><td>2</td></tr>", ["1 2"]),
        ("<button>Share</button><button><p>Kept</p></button>", ["Kept"]),
        ("<p> \n </p>", []),
    ],
)
def test_a_block_is_the_text_inside_one_block_element(body: str, expected: list[str]) -> None:
    assert texts(body) == expected


def test_a_block_knows_its_links_and_its_place() -> None:
    block = blocks("<article class='story-body'><p class='lead'>Read <a href='/x'>this <em>now</em></a></p></article>")[0]
    assert (block.text, block.linked, block.strong, block.tag) == ("Read this now", 7, 3, "p")
    assert block.look == "p.lead<article.story-body"
    assert block.near & class_bits("story-body")
    assert len(block.path) == 4


@pytest.mark.parametrize(
    ("name", "groups"),
    [
        ("Cards", "related"),
        ("post-card__link", "related content"),
        ("discard", ""),
        ("cardigan", ""),
        ("read-more", "related"),
        ("readmore", "related"),
        ("read_more", ""),
        ("article-____body", "body content"),
        ("main_text", "body content"),
        ("download", ""),
        ("ad", "advert"),
        ("entry-title is-hidden", "unseen content headline"),
        ("", ""),
    ],
)
def test_a_class_name_is_told_by_its_pieces(name: str, groups: str) -> None:
    bits = class_bits(name)
    assert {group for place, group in enumerate(CLASS_NAMES) if bits >> place & 1} == set(groups.split())


def test_capitals_and_digits_count_in_every_script() -> None:
    facts = PageFacts()
    found = features(blocks("<p>AB12</p><p>ÄЖ٣2</p><p>ab—c</p>"), facts)
    assert found["capitals"].tolist() == [0.5, 0.5, 0.0]
    assert found["digits"].tolist() == [0.5, 0.5, 0.0]


@pytest.mark.parametrize(
    ("text", "count"), [("One. Two?! \u201cThree.\u201d", 3), ("一句。两句！好", 2), ("v1.2 at x.org", 0), ("End...)", 1)]
)
def test_sentences_end_at_their_marks(text: str, count: int) -> None:
    assert features(blocks(f"<p>{text}</p>"), PageFacts())["sentences"].tolist() == [count]


def test_runs_of_the_description_and_of_the_script_are_found_again() -> None:
    found = features(blocks("<p>a b c d e</p><p>x y z</p>"), PageFacts(description="b c d e", script_body="q a b c d"))
    assert found["in_description"].tolist() == [0.5, 0.0]
    assert found["in_script"].tolist() == [0.5, 0.5]
    assert features(blocks("<p>a b c d e</p>"), PageFacts(description="b c d e"))["in_script"].tolist() == [-1.0]


def test_73_hidden_blocks_go_unless_a_script_shows_the_page() -> None:
    shown = visible(blocks(f"<p>{LONG}</p><div style='display:none'><p>Hidden words.</p></div><p hidden>More.</p>"))
    assert [block.text for block in shown] == [LONG]
    revealed = visible(blocks(f"<p>Loading</p><div style='visibility: hidden'><p>{LONG}</p><p>{LONG}</p></div>"))
    assert [block.text for block in revealed] == ["Loading", LONG, LONG]


def test_hostile_pages_have_bounded_blocks() -> None:
    assert len(blocks("<p>x</p>" * (MAX_BLOCKS + 50))) <= MAX_BLOCKS + 1
    assert texts("<div>" * 5_000 + "deep")[-1:] in ([], ["deep"])


@given(
    st.lists(
        st.sampled_from(["<p>", "</p>", "<br>", "text ", "<div class='ad'>", "</div>", "<a href='/'>", "</a>", "<li>", "\u4e2d\u6587"])
    )
)
def test_every_visible_word_is_in_one_block(parts: list[str]) -> None:
    tree = html.document_fromstring(f"<html><body>{''.join(parts)}</body></html>")
    found = "".join("".join(block.text for block in cut(tree)).split())
    assert found == "".join("".join(tree.find("body").itertext()).split())


def test_features_are_finite_and_as_many_as_blocks() -> None:
    some = blocks(f"<h1>Rule</h1><p>{LONG}</p><ul><li><a href='/'>Home</a></li></ul><p>出口管制的公告，自公布之日起施行。</p>")
    columns = features(some, PageFacts("Rule on chips", SENTENCES[0], "News Desk", LONG))
    columns |= context(some, columns, np.linspace(0, 1, len(some)))
    assert {len(column) for column in columns.values()} == {len(some)}
    assert all(np.isfinite(column.astype(float)).all() for column in columns.values())
    assert columns["in_script"][1] == 1.0


def test_the_weights_ask_only_for_features_that_exist() -> None:
    some = blocks(f"<p>{LONG}</p>")
    columns = features(some, PageFacts())
    model = shipped()
    assert set(model.first.names) <= set(columns)
    assert set(model.second.names) <= set(columns | context(some, columns, np.array([0.5])))


def test_the_weights_are_small() -> None:
    folder = files("extractors").joinpath("weights")
    assert sum(len(item.read_bytes()) for item in folder.iterdir()) < 400_000


def test_function_words_and_marks_are_single_words() -> None:
    assert all(word.isalpha() for word in FUNCTION_WORDS)
    assert all(word.isalpha() for word in TEXT_BITS)


leaves = st.floats(-2, 2, width=32).map(float)
trees = st.recursive(
    leaves, lambda inner: st.tuples(st.sampled_from("abc"), st.floats(-5, 5, width=16).map(float), inner, inner), max_leaves=12
)


def odds(tree: Nested, row: dict[str, float]) -> float:
    if isinstance(tree, float):
        return tree
    name, threshold, low, high = tree
    return odds(high if row[name] > threshold else low, row)


@given(st.lists(trees, min_size=1, max_size=4), st.lists(st.integers(-6, 6), min_size=3, max_size=3))
def test_a_written_forest_reads_back_and_sums_its_trees(forest: list[Nested], values: list[int]) -> None:
    row = dict(zip("abc", map(float, values), strict=True))
    read = read_forest(write_forest(forest, 0.25), "here")
    told = read.probabilities({name: np.array([value]) for name, value in row.items()}) if read.names else None
    if told is not None:
        assert told[0] == pytest.approx(1 / (1 + np.exp(-(0.25 + sum(odds(tree, row) for tree in forest)))), abs=1e-3)


@pytest.mark.parametrize("line", ["length:3 =1", "length:3 =1 =2 =3", "length =1 =2", "=x", "base"])
def test_a_broken_tree_is_named(line: str) -> None:
    with pytest.raises(ValueError, match=r"blocks\.txt, line 2: not a tree"):
        read_forest(["base 0", line], "blocks.txt")


def test_no_tree_at_all_is_an_error() -> None:
    with pytest.raises(ValueError, match="no tree"):
        read_forest(["# nothing"], "blocks.txt")


def test_the_model_keeps_the_article_and_says_how_sure_it_is() -> None:
    related = "".join(f"<li><a href='/{n}'>Another headline of the day, number {n}</a></li>" for n in range(6))
    page = (
        f"<header><nav><a href='/'>Home</a> <a href='/w'>World</a></nav></header><main><article><h1>Rule on chips issued</h1>"
        f"{''.join(f'<p>{sentence}</p>' for sentence in SENTENCES * 2)}</article>"
        f"<aside class='related'><h3>Read more</h3><ul>{related}</ul></aside>"
        f"</main><footer><p>© 2026 News. All rights reserved.</p></footer>"
    )
    judged = judge(blocks(page), PageFacts("Rule on chips issued"), shipped())
    assert judged.text.split("\n\n")[:6] == list(SENTENCES)
    assert "Another headline" not in judged.text
    assert "rights reserved" not in judged.text
    assert 0.8 < judged.certainty <= 1.0
    assert judge([], PageFacts(), shipped()).certainty == 0.0


def test_the_curves_of_trust_rise() -> None:
    model = read_model(files("extractors").joinpath("weights"))
    for curve in (model.own, model.other):
        values = [curve.at(raw / 50) for raw in range(51)]
        assert values == sorted(values)
        assert 0.0 <= values[0] < values[-1] <= 1.0
