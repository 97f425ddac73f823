"""Dates in a text, as they stand to the publication day."""

from __future__ import annotations

from datetime import date

import pytest

from topics.daywords import day_words, distance

PUBLISHED = date(2026, 11, 6)  # a Friday


@pytest.mark.parametrize(
    ("text", "day", "near"),
    [
        ("on Friday", date(2026, 11, 6), "today"),
        ("on Thursday", date(2026, 11, 5), "today"),
        ("on Tuesday", date(2026, 11, 3), "recent"),
        ("last Friday", date(2026, 10, 30), "past"),
        ("next Monday", date(2026, 11, 9), "future"),
        ("Nov. 4, 2026", date(2026, 11, 4), "recent"),
        ("the 13th of November", date(2026, 11, 13), "future"),
        ("January 19, 2021", date(2021, 1, 19), "longago"),
        ("on December 31", date(2026, 12, 31), "future"),
        ("2026-11-06", date(2026, 11, 6), "today"),
        ("11月6日", date(2026, 11, 6), "today"),
        ("2026年12月31日前", date(2026, 12, 31), "future"),
        ("今日", date(2026, 11, 6), "today"),
        ("yesterday", date(2026, 11, 5), "today"),
    ],
)
def test_a_named_day(text: str, day: date, near: str) -> None:
    assert [(w.day, w.distance) for w in day_words(text, PUBLISHED)] == [(day, near)]


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("in 2024", "longago"),
        ("in 2027", "future"),
        ("last month", "past"),
        ("two years ago", "longago"),
        ("in November 2026", "thismonth"),
        ("去年", "longago"),
        ("近日", "recent"),
    ],
)
def test_a_stretch_has_a_distance_but_no_day(text: str, near: str) -> None:
    assert [(w.day, w.distance) for w in day_words(text, PUBLISHED)] == [(None, near)]


@pytest.mark.parametrize("text", ["30 February 2026", "the march went on", "it may rain", "by 20 percent", "2月30日"])
def test_what_is_no_day_is_not_invented(text: str) -> None:
    assert not [w for w in day_words(text, PUBLISHED) if w.day]


def test_around_new_year_the_nearest_year_is_meant() -> None:
    assert day_words("December 30", date(2027, 1, 2))[0].day == date(2026, 12, 30)
    assert day_words("January 4", date(2026, 12, 30))[0].day == date(2027, 1, 4)


def test_yesterday_counts_as_today_because_news_is_told_the_day_after() -> None:
    assert distance(date(2026, 11, 5), PUBLISHED) == "today"
    assert distance(date(2026, 11, 4), PUBLISHED) == "recent"
    assert distance(date(2026, 9, 1), PUBLISHED) == "longago"
