"""When a revised text does not stand by its quote any more: dropped, changed in its figures, contradicted by a note; and when it does."""

from __future__ import annotations

import pytest

from topics.corrections import CHANGED, DROPPED, Rewritten, taken_back

QUOTE = "The Commerce Department finalised the rule for 25 data halls on Monday, and it applies from 25 November."
REST = "\n\nIndustry groups had asked for a longer period.\n\nThe department declined to say how many halls report today."
BEFORE = f"Commerce acts\n\n{QUOTE}{REST}"
NOTE = (
    "Correction: An earlier version of this article said that the Commerce Department finalised the rule for data halls. It was proposed."
)


def after(text: str, rest: str = REST) -> str:
    return taken_back([QUOTE], Rewritten(BEFORE, f"Commerce acts\n\n{text}{rest}"))


@pytest.mark.parametrize(
    "kept",
    [
        QUOTE,
        "The  Commerce Department finalised the rule for 25 data halls on Monday – and it applies from 25\u00a0November .",
        "On Monday the Commerce Department finalised its rule for 25 data halls, which applies from November 25.",
        f"{QUOTE} A spokesman said more would follow.",
    ],
)
def test_a_quote_that_stands_or_is_only_reworded_is_not_taken_back(kept: str) -> None:
    assert after(kept) == ""


@pytest.mark.parametrize(
    ("now", "why"),
    [
        ("The department is silent about its plans for 25 data halls, which some had expected on 25 November.", DROPPED),
        ("The Commerce Department did not finalise the rule for 25 data halls on Monday; it was to apply from 25 November.", DROPPED),
        ("The Commerce Department may have finalised the rule for 25 data halls on Monday, and it could apply from 25 November.", DROPPED),
        ("The Commerce Department finalised the rule for 25 data halls on Monday, and it applies from 25 December.", CHANGED),
        ("The Commerce Department finalised the rule for 250 data halls on Monday, and it applies from 25 November.", CHANGED),
    ],
)
def test_a_quote_that_is_gone_denied_weakened_or_has_other_figures_is_taken_back(now: str, why: str) -> None:
    assert after(now) == why


@pytest.mark.parametrize(
    "note",
    [
        NOTE,
        "This article has been retracted.",
        "Editor's note: the Commerce Department has not finalised the rule for data halls; a clerk misread the notice.",
    ],
)
def test_a_new_note_about_the_quote_takes_it_back_although_the_sentence_stands(note: str) -> None:
    assert after(QUOTE, f"{REST}\n\n{note}") == note
    assert taken_back([QUOTE], Rewritten(f"{BEFORE}\n\n{note}", f"{BEFORE}\n\n{note}\n\nMore.")) == "", "the note was there before"


@pytest.mark.parametrize(
    "note",
    [
        "Correction: An earlier version of this article misspelled the name of the Commerce Department's rule on data halls.",
        "Correction: the mayor of Ashford is Ms Reed, not Mr Reed.",
        "Clarification: the picture shows a hall in Ohio.",
    ],
)
def test_a_note_about_something_else_takes_nothing_back(note: str) -> None:
    assert after(QUOTE, f"{REST}\n\n{note}") == ""


def test_a_note_that_repeats_the_quote_does_not_hold_it() -> None:
    assert after("Commerce has proposed a rule.", f"{REST}\n\nCorrection: we wrote wrongly: {QUOTE}").startswith("Correction: we wrote")


def test_a_text_that_was_cut_off_takes_nothing_back() -> None:
    wall = "Commerce acts\n\nIndustry groups had asked for more.\n\nSubscribe to continue reading."
    assert taken_back([QUOTE], Rewritten(BEFORE, wall)) == ""
    assert taken_back([QUOTE], Rewritten(BEFORE, f"{wall}\n\nThis article has been withdrawn.")) != ""


def test_a_quote_that_was_gone_before_is_not_taken_back_again() -> None:
    assert taken_back(["Nobody ever wrote this here."], Rewritten(BEFORE, "Commerce acts\n\nOther words.")) == ""
    assert taken_back([], Rewritten(BEFORE, "x")) == ""


def test_one_of_several_quotes_is_enough_to_stand() -> None:
    other = "The department declined to say how many halls report today."
    assert taken_back([QUOTE, other], Rewritten(BEFORE, f"Commerce acts\n\nSilence.{REST}")) == ""


def test_chinese_texts_are_read_too() -> None:
    quote = "商务部12月5日正式通过了数据中心客户身份识别规则，自12月20日起施行。"
    before = f"商务部通过规则\n\n{quote}\n\n业界此前曾要求延长期限，商务部没有回应有关提问。"
    assert taken_back([quote], Rewritten(before, before.replace("，自12月20日起施行", "， 自12月20日起施行"))) == ""
    assert (
        taken_back([quote], Rewritten(before, before.replace(quote, "商务部尚未通过数据中心客户身份识别规则，12月5日、12月20日均无消息。")))
        == DROPPED
    )
    note = "更正：本文此前称商务部正式通过数据中心客户身份识别规则，有误。"
    assert taken_back([quote], Rewritten(before, f"{before}\n\n{note}")) == note
