"""Sketches: the same bytes for ever, normal forms of figures, and names that capitals alone do not make."""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import blake2b

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.figures import read_figures
from topics.sketch import BANDS, SAMPLE_BELOW, SCHEME, SMALL, hash64, sketch
from topics.terms import terms_of
from topics.words import fold, is_chinese, stages, stem, tokens

TITLE = "Agency proposes tenant checks for data centers"
BODY = """The agency on Friday proposed that landlords verify tenants who lease more than 5 megawatts. Comments close on Nov. 13, 2026.

Fines reach $38 million."""
ZH = "商务部11月13日公布草案，拟对1.5亿元以上的租赁实施审批。《数据安全法》同时适用。"


def digest(title: str, body: str, lang: str) -> str:
    return blake2b(repr(sketch(title, body, lang, ["bis", "doc"])).encode(), digest_size=8).hexdigest()


def test_sketch_bytes_never_change_under_one_scheme_name() -> None:
    # A new value here means a new SCHEME: stored sketches would no longer compare.
    assert SCHEME == "tw-sketch-2"
    assert digest(TITLE, BODY, "en") == "acbde886fb79671f"
    assert digest("草案公布", ZH, "zh") == "4be907e82e976b53"


@pytest.mark.slow
def test_sketch_does_not_depend_on_the_hash_seed() -> None:
    code = f"from topics.sketch import sketch; print(repr(sketch({TITLE!r}, {BODY!r}, 'en', {{'a', 'b', 'c'}})))"
    seen = {
        subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True).stdout
        for seed in ("0", "1", "2")
    }
    assert len(seen) == 1


def test_short_texts_keep_every_shingle_and_long_ones_a_half() -> None:
    short = sketch(TITLE, "", "en")
    assert len(short.shingles) == short.length <= SMALL
    long = sketch(TITLE, " ".join(f"word{n} follows word{n + 1}." for n in range(300)), "en")
    assert long.length > SMALL
    assert max(long.shingles) < SAMPLE_BELOW
    assert long.bands == long.shingles[:BANDS]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("a fine of $38m", "a fine of 38 million dollars"),
        ("38 million yuan", "3800万元"),
        ("150 million", "1.5亿"),
        ("37 firms", "将37家企业列入"),
        ("640 boards", "查获六百四十块"),
        ("2,350 firms", "两千三百五十家"),
        ("three million", "三百万台"),
        ("up 6.3%", "扩大至6.3%"),
        ("5 gigawatts", "five gigawatts"),
        ("24,000 accelerators", "two dozen thousand chips"),
        ("fifty thousand chips", "50,000 chips"),
        ("due on Nov. 13", "due on the thirteenth of November"),
        ("13 November 2026", "2026-11-13"),
        ("11月13日", "November 13"),
        ("twenty-five firms", "25 firms"),
    ],
)
def test_one_figure_told_in_two_ways_is_one_figure(left: str, right: str) -> None:
    first, second = read_figures(fold(left)), read_figures(fold(right))
    assert first.values | first.weak | first.days
    assert (first.values | first.weak, first.days) == (second.values | second.weak, second.days)


def test_numbers_of_the_page_are_no_figures() -> None:
    figures = read_figures(fold("3 min read | updated 2 hours ago\n1. Who is covered?\n2. When?\nIn the 1980s, at 10:15 a.m."))
    assert not figures.values | figures.weak | figures.days | figures.years


def test_months_days_and_sizes_are_no_figures() -> None:
    figures = read_figures(fold("本报16日讯，自10月起，第十四条十分重要；百分之五的35nm产线"))
    assert not figures.values | figures.weak | figures.days


def test_small_counts_are_kept_apart_from_figures() -> None:
    figures = read_figures("four firms and 140 others")
    assert (set(figures.weak), set(figures.values)) == ({"4"}, {"140"})


def test_a_capital_that_opens_a_sentence_makes_no_name() -> None:
    names = sketch("Chips Go Abroad", "Shipments rose. Buyers in Penang waited.", "en").names
    assert hash64("w:penang") in names
    assert hash64("w:shipment") not in names
    assert hash64("w:chip") not in names


def test_entities_and_chinese_titles_are_names() -> None:
    made = sketch("草案公布", ZH, "zh", ["mofcom"])
    assert {hash64("e:mofcom"), hash64("w:数据安全法")} <= set(made.names)


def test_words_that_a_paraphrase_swaps_share_a_term_in_both_languages() -> None:
    assert terms_of(["forbids"]) == terms_of(["prohibited"])
    assert terms_of(["uncle", "sam"])[-1] == terms_of(["american"])[0]
    assert terms_of(["prohibited"])[0] in terms_of(["禁止"])


def test_stems_keep_names_and_fold_spelling() -> None:
    assert stem("licences") == stem("licensing") == stem("license")
    assert stem("nexperia") == "nexperia"
    assert stem("alibaba") == "alibaba"


def test_stages_are_read_in_both_languages() -> None:
    assert stages("The bureau finalised the rule and postponed the rest") == {"final", "delay"}
    assert stages("公布草案，暂停执行") == {"propose", "stay"}


@given(st.text(max_size=300), st.text(max_size=1500), st.sampled_from(["en", "zh", "de"]))
@settings(max_examples=80, deadline=None)
def test_any_text_gives_a_sorted_normalised_sketch(title: str, body: str, lang: str) -> None:
    made = sketch(title, body, lang)
    for field in (made.shingles, made.names, made.numbers, tuple(term for term, _ in made.terms)):
        assert list(field) == sorted(set(field))
    assert not made.terms or abs(sum(w * w for _, w in made.terms) - 1) < 1e-3
    assert all(0 <= value < 2**64 for value in (*made.shingles, *made.names, *made.numbers))
    assert made == sketch(title, body, lang)
    assert is_chinese(title) in (True, False)
    assert all(tokens(fold(body)))
