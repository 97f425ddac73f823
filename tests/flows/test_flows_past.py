from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from flows.listening import window_of
from flows.past import CHUNK, chunks

DAY = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@settings(deadline=None)
@given(DAY, st.integers(0, 200))
def test_chunks_cover_the_span_once_in_order(since: date, length: int) -> None:
    until = since + timedelta(length)
    days = [day for chunk in chunks(since, until) for day in chunk]
    assert days == [since + timedelta(n) for n in range(length + 1)]
    assert all(0 < len(chunk) <= CHUNK for chunk in chunks(since, until))


@given(DAY, st.integers(0, 30))
def test_windows_of_neighbours_touch_and_do_not_overlap(since: date, length: int) -> None:
    until = since + timedelta(length)
    first, last = window_of(since, until)
    after, _ = window_of(until + timedelta(1), until + timedelta(1))
    assert first is not None
    assert last is not None
    assert after is not None
    assert first.date() == since
    assert last < after
    assert after - last == timedelta(microseconds=1)
