"""Official numbers: one spelling each, however a text, a catalogue or a register writes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gate.small_night import CATALOGUE, claim, told
from topics.matters import claim_names, matter_book, resolve
from topics.model import Known, Matter, MatterKey
from topics.numbers import congress_on, normal, notices_in
from topics.profiles import Naming, from_article
from topics.values import official_numbers

NAMING = Naming(CATALOGUE)


def with_keys(*keys: tuple[str, str]) -> object:
    measure = CATALOGUE.measures[0]
    return replace(CATALOGUE, measures=(replace(measure, keys=(*measure.keys, *keys)), *CATALOGUE.measures[1:]))


@pytest.mark.parametrize(
    ("spelling", "value"),
    [
        ("hr-8152", "hr-8152"), ("H.R. 8152", "hr-8152"), ("HR 8152", "hr-8152"), ("H.R. 8152 (118th)", "118-hr-8152"),
        ("118-hr-8152", "118-hr-8152"), ("hr-8152-118th", "118-hr-8152"), ("S. 77 (119th)", "119-s-77"), ("s-77", "s-77"),
        ("H.J. Res. 5 (119th)", "119-hjres-5"), ("P.L. 119-60", "pl-119-60"), ("Kansas HB 2313 (2025)", "kansas-hb-2313-2025"),
        ("S. 2296 amendment (119th)", "s-2296-amendment-119th"),
    ],
)  # fmt: skip
def test_one_bill_has_one_spelling(spelling: str, value: str) -> None:
    assert normal("bill", spelling) == value


def test_a_bill_without_congress_is_one_of_the_day_that_tells_it() -> None:
    assert [congress_on(date(*day)) for day in ((2025, 1, 2), (2025, 1, 3), (2027, 1, 2), (2027, 1, 3))] == [118, 119, 119, 120]
    assert normal("bill", "hr-2683", date(2026, 1, 12)) == "119-hr-2683" == normal("bill", "H.R. 2683 (119th)", date(2024, 1, 1))


@pytest.mark.parametrize(
    ("spelling", "value"),
    [
        ("商务部公告2025年第61号", "商务部公告2025年第61号"), ("商务部海关总署公告2025年第70号", "商务部公告2025年第70号"),
        ("工信部公告2026年第3号", "工业和信息化部公告2026年第3号"),
        ("国家互联网信息办公室等七部门令第15号", "国家互联网信息办公室令第15号"),
        ("國務院令第834號", "国务院令第834号"), ("GB 45438-2025", "gb 45438-2025"),
    ],
)  # fmt: skip
def test_one_notice_has_one_spelling(spelling: str, value: str) -> None:
    assert normal("cn_notice", spelling) == value


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("根据商务部公告2025年第61号，出口商须申请许可。", ("商务部公告2025年第61号",)),
        ("商務部2025年第61號公告", ("商务部公告2025年第61号",)),
        ("商务部12月3日发布2024年第46号公告", ("商务部公告2024年第46号",)),
        ("暂停实施商务部、海关总署公告2025年第55号、56号", ("商务部公告2025年第55号", "商务部公告2025年第56号")),
        ("MOFCOM Announcement No. 61 of 2025 takes effect", ("商务部公告2025年第61号",)),
        ("the Ministry of Commerce's Announcements No. 61 and 62 of 2025", ("商务部公告2025年第61号", "商务部公告2025年第62号")),
        ("MOFCOM Notice 2025 No. 18", ("商务部公告2025年第18号",)),
        ("under State Council Decree No. 834, firms", ("国务院令第834号",)),
        ("国务院令第834号公布", ("国务院令第834号",)),
        ("公告2025年第61号", ()),  # of whom?
        ("MOFCOM Announcement No. 61", ()),  # of which year?
        ("Announcement No. 61 of 2025 by a company", ()),
    ],
)
def test_texts_name_notices_in_both_languages(text: str, values: tuple[str, ...]) -> None:
    assert notices_in(text) == values
    assert {number for scheme, number in official_numbers(text) if scheme == "cn_notice"} == set(values)


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        (("bill", "H.R. 2683 (119th)"), "The House passed H.R. 2683 on Monday."),
        (("cn_notice", "商务部公告2025年第61号"), "It cited MOFCOM Announcement No. 61 of 2025 on Monday."),
        (("cn_notice", "商务部海关总署公告2025年第70号"), "商务部2025年第70号公告今日施行。"),
    ],
)
def test_a_sentence_finds_its_matter_of_the_catalogue_by_number(key: tuple[str, str], sentence: str) -> None:
    read = told("a", f"News\n{sentence} So it was.", "adopted")
    made = from_article(read.claims[0], read.article, read.sketch, "", NAMING, official=False)
    found = resolve([made], None, matter_book(Known(), with_keys(key)), NAMING)  # type: ignore[arg-type]
    assert (found.matter_id, found.how) == (CATALOGUE.measures[0].matter_id, "number")


def test_the_same_number_in_another_congress_is_another_bill() -> None:
    book = matter_book(Known(), with_keys(("bill", "H.R. 8152 (118th)")))  # type: ignore[arg-type]
    assert book.number([("bill", "119-hr-8152")]) is None
    assert book.number([("bill", "118-hr-8152")]) == ("bill:118-hr-8152", CATALOGUE.measures[0].matter_id)


def test_a_bill_that_was_learnt_without_its_congress_is_still_found_and_asked_for() -> None:
    known = Known(matters=(Matter("m1", "x"),), keys=(MatterKey("bill", "s-77", "m1"),))
    assert matter_book(known, CATALOGUE).number([("bill", "119-s-77")]) == ("bill:s-77", "m1")
    read = told("a", "News\nThe Senate passed S. 77 today. So.", "adopted")
    made = claim(read.article, "adopted")
    asked = claim_names(replace(made, matter_keys=(("bill", "s-77"),)), date(2026, 11, 9))
    assert {("bill", "s-77"), ("bill", "119-s-77")} <= set(asked)
