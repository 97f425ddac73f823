"""Copies: small edits are caught, a changed fact is not a copy, and official texts have an identity of their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.model import Article
from topics.model import Known, Reading
from topics.shelf import Shelf, overlap
from topics.similar import as_known, find_copies, find_copy
from topics.sketch import sketch

DAY = datetime(2026, 11, 6, 12, tzinfo=UTC)
BODY = """WASHINGTON, Nov 6 (Harbour Wire) - The Commerce Department on Friday proposed that companies which lease data-center space
must establish who their foreign tenants are, a duty that until now fell on cloud providers.

The proposal would cover leases of more than 5 megawatts of computing load, or 1,000 or more accelerators, to a foreign person.

Lessors would have to name any owner who holds 25 percent or more of a tenant and to turn away those who refuse to say.

Comments are due by Nov. 20. Existing leases would have 90 days once a rule becomes final, and fines could reach twice the rent.

Shares of two listed landlords in Virginia fell about 2 percent before the market opened, and a trade group called the plan a burden."""
BODY = BODY.replace("space\nmust", "space must")
PARAGRAPHS = tuple(BODY.split("\n\n"))
TITLE = "US proposes identity checks on foreign tenants of data centers"
REWRITE_TITLE = "Landlords of Server Halls May Soon Check Passports"
REWRITE = """America's Commerce Department has floated a plan that makes firms renting out data halls learn who their overseas clients
are. Up to this point that burden rested on cloud firms. Anybody leasing above five megawatts of compute to a foreigner is in, or at
least one thousand chips. They must find every shareholder with a quarter or more of the tenant and refuse clients who won't open up. The
public may respond through November 20. Contracts already signed get a 90-day grace period once the regulation is finalized, and
offenders might be fined double the rent. A pair of listed landlords in Virginia dipped roughly two percent.""".replace("\n", " ")
SWAPPED = (
    BODY.replace("proposed that companies which lease", "floated rules under which firms that rent out")
    .replace("must establish who", "would have to find out who")
    .replace("a duty that until now fell on", "something so far asked of")
    .replace("would cover leases of", "takes in rentals of")
    .replace("to a foreign person", "to someone abroad")
    .replace("Lessors would have to name any owner who holds", "Landlords must list each holder of")
    .replace("and to turn away those who refuse to say", "and send off whoever keeps quiet")
    .replace("Comments are due by", "Opinions can be sent until")
    .replace("Shares of two listed landlords in Virginia fell", "Two listed landlords in Virginia lost")
    .replace("before the market opened, and a trade group called the plan", "before the opening, and a lobby spoke of")
    .replace("Existing leases would have", "Running contracts get")
    .replace("once a rule becomes final", "after the text is settled")
)
FACTS = "The ministry in Kuala Lumpur adopted its own rule on December 3, and 41 operators in Johor lost 1,750 contracts worth $620m."
VOICES = """"We will take this to the Fifth Circuit before Christmas," said the landlords' counsel. "Nobody drafted this with colocation
in mind," a former official added. "Expect injunctions, appeals and years of argument," a lawyer in Houston said.""".replace("\n", " ")
LOCAL = "No hall of that size stands in the valley, the county's planning office told us this morning."


def told(name: str, title: str, body: str, at: datetime = DAY, *, official: bool = False, publisher: str = "Harbour Wire") -> Reading:
    ids, tier = ((f"fr:{name}",), "official") if official else ((), "general")
    article = Article(name, 1, f"https://{name}.example", publisher, "en", title, body, at, at, official_ids=ids, tier=tier)  # type: ignore[arg-type]
    return Reading(article, (), (), sketch(title, body, "en", ["doc"] if "Commerce" in body else []), "en")


FIRST = told("first", TITLE, BODY)


def copy_of(body: str, *, title: str = TITLE, days: int = 0, official: bool = False) -> str:
    later = told("later", title, body, DAY + timedelta(days, hours=1), official=official, publisher="Valley Gazette")
    copy = find_copy(later, [as_known(FIRST)])
    return copy.how if copy else ""


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("the same", BODY),
        ("a paragraph cut", "\n\n".join(PARAGRAPHS[:4])),
        ("another dateline", BODY.replace("WASHINGTON, Nov 6 (Harbour Wire)", "NEW YORK, Nov 6 (Valley Gazette)")),
        ("a credit added", BODY + "\n\nThis story first appeared in the Harbour Wire."),
        (
            "a local paragraph added",
            BODY + "\n\n" + LOCAL,
        ),
        ("house spelling", BODY.replace("data-center", "data-centre")),
        ("paragraphs in another order", "\n\n".join((PARAGRAPHS[0], PARAGRAPHS[3], PARAGRAPHS[1], PARAGRAPHS[2], PARAGRAPHS[4]))),
    ],
)
def test_small_edits_are_still_the_same_text(what: str, body: str) -> None:
    assert copy_of(body) == "near_duplicate", what


@pytest.mark.parametrize(
    ("what", "before", "after"),
    [
        ("a figure", "5 megawatts", "50 megawatts"),
        ("a day", "Nov. 20", "Dec. 15"),
        ("a count", "would have 90 days", "would have seven days"),
        ("a stage word", "on Friday proposed that", "on Friday suspended, for companies that"),
        ("names", "in Virginia fell", "in Johor and Penang fell"),
    ],
)
def test_a_changed_fact_in_a_shared_sentence_is_no_copy(what: str, before: str, after: str) -> None:
    assert before in BODY
    assert copy_of(BODY.replace(before, after)) == "", what


def test_items_of_one_template_or_with_one_footer_are_no_copies() -> None:
    footer = " ".join(PARAGRAPHS)
    column, other = (
        told("a", "On raising owls in small flats", f"Owls sleep by day. {footer}"),
        told("b", "Why trams hum", f"It is wires. {footer}"),
    )
    assert find_copy(other, [as_known(column)]) is None
    first = told("a", "东湖光电递表港交所", "据港交所文件，东湖光电股份有限公司向港交所主板提交上市申请书，独家保荐人为海岸证券。")
    later = told(
        "b",
        "西岭药业递表港交所",
        "据港交所文件，西岭药业控股有限公司向港交所主板提交上市申请书，联席保荐人为山川资本和云石证券。",
        DAY + timedelta(2),
    )
    assert find_copy(later, [as_known(first)]) is None


def test_chinese_figures_that_change_are_seen() -> None:
    text = "港股午后走强，恒生科技指数涨幅扩大至{}，成交额超过{}亿港元，海岸证券认为短期资金仍将流入大型互联网公司。"
    first = as_known(told("a", "恒生科技指数涨幅扩大", text.format("2.1%", "1500")))
    assert find_copy(told("b", "恒生科技指数涨幅扩大", text.format("2.1%", "1500"), DAY + timedelta(1)), [first])
    assert find_copy(told("b", "恒生科技指数涨幅扩大", text.format("3.4%", "1900"), DAY + timedelta(1)), [first]) is None


def test_an_official_text_is_never_a_copy_but_can_be_copied() -> None:
    assert copy_of(BODY, official=True) == ""
    notice = as_known(told("notice", TITLE, BODY, official=True))
    copy = find_copy(told("later", TITLE, BODY), [notice])
    assert copy
    assert copy.covers_id == "notice"


def test_new_facts_in_a_copy_that_adds_much_are_no_copy() -> None:
    added = "The ministry in Kuala Lumpur named 41 operators in Johor, and its own rule is due on December 3. " * 3
    assert copy_of(BODY + "\n\n" + LOCAL) == "near_duplicate"
    assert copy_of("\n\n".join(PARAGRAPHS[:2]) + "\n\n" + added) == ""


def test_a_text_in_other_words_is_a_rewrite_on_the_same_night_too() -> None:
    assert copy_of(REWRITE, title=REWRITE_TITLE, days=1) == "rewrite"
    assert copy_of(SWAPPED, days=0) == "rewrite"


def test_swapped_words_with_another_figure_or_stage_are_no_rewrite() -> None:
    assert copy_of(SWAPPED.replace("5 megawatts", "50 megawatts"), days=0) == ""
    assert copy_of(SWAPPED.replace("Landlords must list", "After the repeal landlords must list"), days=0) == ""


def test_new_facts_make_a_rewrite_a_report_of_its_own() -> None:
    assert copy_of(f"{REWRITE} {FACTS}", title=REWRITE_TITLE, days=1) == ""


def test_voices_of_its_own_make_a_report() -> None:
    assert copy_of(f"{REWRITE} {VOICES}", title=REWRITE_TITLE, days=1) == ""


def test_a_text_of_a_few_words_is_not_asked_as_an_article_is() -> None:
    assert copy_of(REWRITE[:240], title=REWRITE_TITLE, days=1) == ""


def test_a_correction_is_never_a_copy() -> None:
    assert copy_of(REWRITE, title=f"Correction: {REWRITE_TITLE}", days=1) == ""
    assert copy_of("\n\n".join(PARAGRAPHS[1:3]) + "\n\n" + LOCAL, title="CORRECTED-Rents in the valley") == ""


def test_the_first_teller_of_a_night_is_the_one_that_is_covered() -> None:
    night = [told(name, TITLE, BODY, DAY + timedelta(minutes=n)) for n, name in enumerate(("b", "a", "c"))]
    found = find_copies(night, Known())
    assert {key[0]: copy.covers_id for key, copy in found.items()} == {"a": "b", "c": "b"}


def test_another_revision_of_the_same_article_is_not_its_copy() -> None:
    assert find_copy(told("first", TITLE, BODY), [as_known(FIRST)]) is None


def test_sketches_of_another_scheme_are_never_compared() -> None:
    known = as_known(FIRST)
    old = replace(known, sketch=replace(known.sketch, scheme="tw-sketch-0"))
    assert find_copy(told("later", TITLE, BODY), [old]) is None


VOCABULARY = "rule chip order ban Alibaba court 38m 5 license export cloud Tuesday China weights model".split()
WORDS = st.lists(st.sampled_from(VOCABULARY), min_size=3, max_size=200)


@given(WORDS, WORDS)
@settings(max_examples=60, deadline=None)
def test_overlap_is_symmetric_and_full_with_itself(left: list[str], right: list[str]) -> None:
    first, second = sketch("", " ".join(left), "en"), sketch("", " ".join(right), "en")
    assert overlap(first, second) == overlap(second, first)[::-1]
    assert overlap(first, first) == (1.0, 1.0)


@given(st.permutations(range(4)))
@settings(max_examples=24, deadline=None)
def test_the_order_of_known_documents_changes_no_cosine(order: list[int]) -> None:
    documents = [as_known(told(f"d{n}", f"{TITLE} {n}", PARAGRAPHS[n])) for n in range(4)]
    by_id: dict[str, float] = {}
    for shelf in (Shelf(documents), Shelf(documents[n] for n in order)):
        values = {shelf.documents[i].doc_id: round(value, 9) for i, value in shelf.cosines(FIRST.sketch).items()}
        assert by_id in ({}, values)
        by_id = values


def test_cosine_is_symmetric_and_one_with_itself() -> None:
    other = told("other", REWRITE_TITLE, REWRITE)
    assert Shelf([as_known(FIRST)]).cosines(FIRST.sketch)[0] == pytest.approx(1, abs=1e-4)
    there, back = Shelf([as_known(FIRST)]).cosines(other.sketch)[0], Shelf([as_known(other)]).cosines(FIRST.sketch)[0]
    assert there == pytest.approx(back)
