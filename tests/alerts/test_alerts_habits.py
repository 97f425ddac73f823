"""Quiet hours on the recipient's clock, held and not dropped; the maximum per night; the grouping window."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.habits import Habits

BERLIN = Habits("Europe/Berlin", (time(22), time(7)))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-06T20:59:00", None),
        ("2026-11-06T21:00:00", "2026-11-07T06:00:00"),  # 22:00 in Berlin
        ("2026-11-07T02:00:00", "2026-11-07T06:00:00"),
        ("2026-11-07T06:00:00", None),
        ("2026-10-24T21:30:00", "2026-10-25T06:00:00"),  # the night in which summer time ends is an hour longer
        ("2026-03-28T22:30:00", "2026-03-29T05:00:00"),  # and an hour shorter when it begins
    ],
)
def test_quiet_hours_span_midnight_on_the_recipients_clock(now: str, until: str | None) -> None:
    assert BERLIN.quiet_until(at(now)) == (at(until) if until else None)


def test_quiet_hours_within_a_day() -> None:
    noon = Habits("Asia/Shanghai", (time(12), time(14)))
    assert noon.quiet_until(at("2026-11-06T04:30:00")) == at("2026-11-06T06:00:00")
    assert noon.quiet_until(at("2026-11-06T06:00:00")) is None
    assert Habits().quiet_until(at("2026-11-06T04:30:00")) is None


@given(
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe"]),
    st.times(),
    st.times(),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis wants them naive
)
def test_what_is_held_is_let_go_within_a_day_and_then_is_not_held_again(zone: str, begins: time, ends: time, now: datetime) -> None:
    begins, ends = begins.replace(second=0, microsecond=0), ends.replace(second=0, microsecond=0)
    habits = Habits(zone, (begins, ends))
    until = habits.quiet_until(now)
    local = now.astimezone(ZoneInfo(zone))
    changes = local.utcoffset() != (local + timedelta(days=2)).utcoffset() or local.utcoffset() != (local - timedelta(days=2)).utcoffset()
    if not changes:
        inside = begins <= local.time() < ends if begins <= ends else local.time() >= begins or local.time() < ends
        assert (until is not None) == inside
    if until is not None:
        assert now < until <= now + timedelta(hours=25)
        assert changes or habits.quiet_until(until) is None


def test_the_grouping_window_opens_with_a_message_and_closes() -> None:
    habits, now = Habits(group_minutes=90), at("2026-11-06T10:00:00")
    assert habits.grouped_until(None, now) is None
    assert habits.grouped_until(now - timedelta(minutes=30), now) == now + timedelta(minutes=60)
    assert habits.grouped_until(now - timedelta(minutes=90), now) is None
    assert Habits().grouped_until(now, now) is None
