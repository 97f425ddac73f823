"""Dates: the right day, or none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.dates import in_range, pick_date, read_date

NOW = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected", "precision"),
    [
        ("Mon, 02 Mar 2026 10:30:00 GMT", "2026-03-02T10:30:00", "instant"),
        ("Mon, 2 Mar 2026 10:30:00 -0500", "2026-03-02T15:30:00", "instant"),
        ("Mon, 02 Mar 2026 10:30:00 -0000", "2026-03-02T10:30:00", "instant"),
        ("2026-03-02T10:30:00.5+08:00", "2026-03-02T02:30:00", "instant"),
        ("2026-03-02", "2026-03-02T00:00:00", "day"),
        ("20260302", "2026-03-02T00:00:00", "day"),
        ("2026年3月2日", "2026-03-02T00:00:00", "day"),
        ("2026年3月2日 09:30", "2026-03-02T01:30:00", "instant"),
        ("2026年3月2日 下午3:20", "2026-03-02T07:20:00", "instant"),
        ("发布时间:2026-03-02 09:30:15", "2026-03-02T01:30:15", "instant"),
        ("二〇二六年三月二十一日", "2026-03-21T00:00:00", "day"),
        ("2. März 2026", "2026-03-02T00:00:00", "day"),
        ("Di, 3. Dezember 2025, 14:05 Uhr", "2025-12-03T14:05:00", "instant"),
        ("2 août 2026 à 14h30", "2026-08-02T14:30:00", "instant"),
        ("mar., 03 mars 2026 08:00:00 +0100", "2026-03-03T07:00:00", "instant"),
        ("March 2, 2026 4:20 pm PST", "2026-03-03T00:20:00", "instant"),
        ("July 1, 2026 | 8:45 AM ET", "2026-07-01T12:45:00", "instant"),
        ("Sun, 08 Mar 2026 02:30:00 America/New_York", "2026-03-08T07:30:00", "instant"),
        ("Thu, 29 Feb 2024 23:59:59 Z", "2024-02-29T23:59:59", "instant"),
        ("Mon Mar 02 2026 10:00:00 GMT+0100 (Central European Standard Time)", "2026-03-02T09:00:00", "instant"),
        ("Nov. 2026", "2026-11-01T00:00:00", "month"),
        ("2026", "2026-01-01T00:00:00", "year"),
        ("03/25/2026", "2026-03-25T00:00:00", "day"),
        ("25/03/2026", "2026-03-25T00:00:00", "day"),
        ("Wed, 03/04/2026", "2026-03-04T00:00:00", "day"),
    ],
)
def test_read(text: str, expected: str, precision: str) -> None:
    reading = read_date(text)
    assert reading.at is not None
    assert reading.at.replace(microsecond=0) == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert reading.precision == precision


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0000-01-01",
        "9999-12-31T23:59:59Z",
        "10000-01-01",
        "2026-02-30",
        "2026-02-29",
        "Mon, 30 Feb 2026 10:00:00 GMT",
        "2026-03-02T10:14:61Z",
        "2026-03-02T25:14:00Z",
        "2026-03-02T10:00:00+9999",
        "1970-01-01T00:00:00Z",
        "0",
        "1772445600",
        "1772445600000",
        "03/04/2026",
        "4:20 pm PST",
        "3月2日",
        "2026年13月2日",
        "2026年2月30日",
        "Copyright 2019",
        "© 2019 News",
        "yesterday",
        "Mon, 02 Mar 2026 10:00:00 XYZ",
        "2026-W10-1",
        "1.2.3",
        "2026-03-02 2026-03-03",
        "March",
        "the 2nd of never",
        "2026-03-02" * 40,
    ],
)
def test_refused(text: str) -> None:
    assert read_date(text).at is None


def test_what_needs_a_reference_or_a_language_is_refused_without() -> None:
    assert read_date("3月2日", reference=NOW).at == datetime(2026, 3, 2, tzinfo=UTC)
    assert read_date("12月30日", reference=NOW).at == datetime(2025, 12, 30, tzinfo=UTC)
    assert read_date("昨天 09:30", reference=NOW).at == datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
    assert read_date("2小时前", reference=NOW).at == datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
    assert read_date("03/04/2026", lang="en-US").at == datetime(2026, 3, 4, tzinfo=UTC)
    assert read_date("03/04/2026", lang="de").at == datetime(2026, 4, 3, tzinfo=UTC)
    assert read_date("03/04/2026", lang="en").at is None
    assert read_date("Mon Mar 02 10:00:00 CST 2026", lang="zh-CN").at == datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
    assert read_date("Mon Mar 02 10:00:00 CST 2026").at == datetime(2026, 3, 2, 16, 0, tzinfo=UTC)


def test_range() -> None:
    assert in_range(NOW + timedelta(hours=47), NOW) is not None
    assert in_range(NOW + timedelta(hours=49), NOW) is None
    assert in_range(datetime(1994, 12, 31, tzinfo=UTC), NOW) is None
    assert in_range(None, NOW) is None


def test_agreeing_witnesses_win_over_a_lone_one() -> None:
    told = [("json-ld", "2026-03-02"), ("feed", "2026-11-25T05:00:00+00:00"), ("url", "2026-03-02")]
    assert pick_date(told, NOW) == (datetime(2026, 3, 2, tzinfo=UTC), "day", "json-ld")


def test_the_clock_time_comes_from_whoever_has_one() -> None:
    told = [("json-ld", "2026-11-24"), ("feed", "2026-11-24T22:10:00+00:00"), ("text", "November 24, 2026")]
    assert pick_date(told, NOW) == (datetime(2026, 11, 24, 22, 10, tzinfo=UTC), "instant", "feed")


def test_a_re_sent_article_is_as_old_as_its_page_says() -> None:
    told = [("json-ld", "2021-05-03T08:00:00Z"), ("feed", "2026-11-25T05:00:00+00:00")]
    assert pick_date(told, NOW)[0] == datetime(2021, 5, 3, 8, 0, tzinfo=UTC)


def test_nobody_or_nonsense_gives_none() -> None:
    assert pick_date([], NOW) == (None, "none", "")
    assert pick_date([("json-ld", "soon"), ("meta", "2026"), ("feed", "2031-01-01T00:00:00Z")], NOW) == (None, "none", "")


def test_an_api_is_believed_alone() -> None:
    assert pick_date([("api", "2026-11-20"), ("url", "2026-11-25"), ("text", "2026-11-25")], NOW)[2] == "api"


@given(
    st.permutations(
        [
            ("json-ld", "2026-11-01"),
            ("meta", "2026-11-20T10:00:00Z"),
            ("feed", "2026-11-20T11:00:00Z"),
            ("text", "2026-11-01"),
            ("url", "2026-11-09"),
        ]
    )
)
def test_the_order_of_witnesses_changes_nothing(told: list[tuple[str, str]]) -> None:
    assert pick_date(told, NOW) == pick_date(sorted(told), NOW)


@given(st.datetimes(min_value=datetime(1996, 1, 1), max_value=datetime(2030, 1, 1)))  # noqa: DTZ001
def test_what_programs_write_is_read_back(at: datetime) -> None:
    moment = at.replace(microsecond=0, tzinfo=UTC)
    for text in (
        moment.isoformat(),
        f"{moment:%a, %d %b %Y %H:%M:%S} GMT",
        f"{moment:%Y-%m-%d %H:%M:%S}",
        f"{moment:%B} {moment.day}, {moment:%Y %H:%M:%S} UTC",
    ):
        assert read_date(text).at == moment


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    reading = read_date(text, reference=NOW)
    assert reading.at is None or 1995 <= reading.at.year <= 2201
