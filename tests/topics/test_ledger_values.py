"""Words, days, official numbers and names read by rules."""

from __future__ import annotations

from datetime import date

import pytest

from gate.small_night import CATALOGUE
from topics import values
from topics.figures import days_in_figures
from topics.profiles import Naming

DAY = date(2026, 11, 9)  # a Monday


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("through November 9, 2027", "2027-11-09", "2027-11-09"),
        ("on 2 January", "2027-01-02", "2027-01-02"),
        ("in October 2025", "2025-10-01", "2025-10-31"),
        ("since May", "2026-05-01", "2026-05-31"),
        ("on Friday", "2026-11-06", "2026-11-06"),
        ("three weeks ago", "2026-10-16", "2026-10-22"),
        ("four days after the hub closed", "2026-11-05", "2026-11-05"),
        ("last week", "2026-10-27", "2026-11-08"),
        ("2026年12月31日前", "2026-12-31", "2026-12-31"),
        ("去年3月", "2025-03-01", "2025-03-31"),
        ("上周五", "2026-11-06", "2026-11-06"),
        ("两周前", "2026-10-23", "2026-10-29"),
    ],
)
def test_spans(text: str, start: str, end: str) -> None:
    assert values.Span(date.fromisoformat(start), date.fromisoformat(end)) in values.spans(text, DAY)


@pytest.mark.parametrize(
    "text", ["fıve days ago", "two fortnıghts earlier", "THİS WEEK", "laſt week", "9" * 5000 + " days ago", "9" * 5000 + "天前"]
)
def test_what_only_looks_like_a_day_breaks_nothing(text: str) -> None:
    values.spans(text, DAY)


def test_a_day_in_words_is_read_in_plain_letters_only() -> None:
    assert days_in_figures("January Fifteen, January twenty-five") == "January 15, January 25"
    assert days_in_figures("January fıfteen, January ſix") == "January fıfteen, January ſix"


def test_a_bare_month_may_be_the_last_or_the_next_one() -> None:
    months = [span.start for span in values.spans("it starts in March", DAY)]
    assert months == [date(2026, 3, 1), date(2027, 3, 1)]


def test_official_numbers() -> None:
    text = "H.R. 8152 and S. 2177, RIN 0694-AJ35, FR Doc. 2026-12345, 90 FR 4544, Executive Order 14110, case 1:26-cv-01234"
    assert dict(values.official_numbers(text)) == {
        "bill": "s-2177", "rin": "0694-aj35", "fr_doc": "2026-12345", "fr_cite": "90-4544", "eo": "14110", "case": "1:26-cv-01234",
    }  # fmt: skip
    assert ("bill", "hr-8152") in values.official_numbers(text)


def test_names_leave_out_what_only_opens_a_sentence() -> None:
    text = "Officials met Quill Ventures on Friday. Then the Model Weights Custody Act was read. OpenAI left. 《智能体办法》出台"
    assert values.names(text) == ("quill ventures", "model weights custody act", "openai", "智能体办法")


def test_words_of_both_scripts_meet() -> None:
    assert {"list"} <= values.words("美国商务部将其列入实体清单") & values.words("It was put on the Entity List by the department")


def test_figures_leave_out_sections_and_single_digits() -> None:
    assert values.figures("It adds 140 firms to Supplement No. 4 to part 744, and 5 more") == frozenset({"140"})


def test_names_meet_word_by_word_and_places_by_country() -> None:
    naming = Naming(CATALOGUE)
    assert naming.parts(["quill ventures lp", "nvidia"]) == ("quill", "ventures", "nvidia")
    assert set(naming.places_of("Dutch rules, 荷兰 rules, rules in Texas, OR else")) == {"place:nl", "place:us-tx"}
    assert naming.weight("nvidia") > naming.weight("china") > naming.weight("bis")
