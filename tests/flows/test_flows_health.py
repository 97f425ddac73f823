"""How a source is, from its past alone; each change is told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from extractors.model import Source
from flows.health import change_lines, changes, expected_hours, gap_lines, health_of, heard_line, standings
from flows.summary import SourceLine
from storage.model import Gap, Health, RunSource, SourcePast

FIRST = datetime(2026, 11, 1, 2, tzinfo=UTC)
FEED = Source("wire", "feed", "https://wire.example/feed", "Wire")
API = replace(FEED, source_id="register", kind="federal_register")
NEW = "https://new.example/feed"


def night(number: int) -> datetime:
    return FIRST + timedelta(days=number)


def readings(*outcomes: str) -> tuple[RunSource, ...]:
    """One reading a night: 'ok', 'empty', 'failed:reason', 'skipped:reason', 'moved' (heard at a new address)."""
    found = []
    for number, text in enumerate(outcomes):
        outcome, _, reason = text.partition(":")
        moved = NEW if outcome == "moved" else ""
        said = "ok" if moved else outcome
        found.append(RunSource(number + 1, "wire", None, None, said, reason, 1, 1, 1, night(number), moved))  # type: ignore[arg-type]
    return tuple(found)


def past(*outcomes: str, days: int = 1) -> SourcePast:
    """A source with an entry on the day of its last reading, or that many days before the next night."""
    last = night(len(outcomes)).date() - timedelta(days=days)
    return SourcePast(readings(*outcomes), (last,))


@pytest.mark.parametrize(
    ("outcomes", "condition", "since", "detail"),
    [
        (("ok", "not_modified"), "well", None, ""),
        (("ok", "failed:timeout"), "silent", 0, "timeout"),
        (("ok", "failed:timeout", "skipped:backing_off"), "silent", 0, "timeout"),
        (("ok", "failed:timeout", "failed:dns_failed"), "silent", 0, "dns_failed"),
        (("failed:dns_failed", "failed:dns_failed"), "silent", 0, "dns_failed"),
        (("ok", "failed:robots"), "blocked", 0, "robots"),
        (("ok", "failed:forbidden"), "blocked", 0, "forbidden"),
        (("ok", "ok", "failed:gone"), "gone", 1, "gone"),
        (("ok", "failed:partial:cut"), "incomplete", 0, "cut"),
        (("skipped:needs_key:X_KEY", "skipped:needs_key:X_KEY"), "no_key", 0, "X_KEY"),
        (("ok", "empty", "empty"), "empty", 1, ""),
        (("ok", "empty", "ok"), "well", None, ""),
        (("ok", "moved", "moved"), "well", None, ""),
        (("moved", "moved", "failed:timeout", "moved"), "moved", 0, NEW),
        (("moved", "moved", "moved", "ok"), "well", None, ""),
        ((), "well", None, ""),
        (("skipped:not_due",), "well", None, ""),
    ],
)
def test_conditions_are_told_apart(outcomes: tuple[str, ...], condition: str, since: int | None, detail: str) -> None:
    found = health_of(FEED, past(*outcomes), night(len(outcomes)))
    assert found == Health("wire", condition, None if since is None else night(since), detail)  # type: ignore[arg-type]


def test_an_answer_without_entries_is_normal_where_days_are_asked_for() -> None:
    assert health_of(API, past("ok", "empty", "empty"), night(3)).condition == "well"


def test_stale_is_a_source_that_answers_and_has_nothing_new_for_three_times_what_is_expected() -> None:
    assert health_of(FEED, past("ok", "ok", days=3), night(2)).condition == "well"
    stale = health_of(FEED, past("ok", "ok", days=5), night(2))
    assert (stale.condition, stale.detail) == ("stale", "every 24 hours, declared")
    assert stale.since == datetime(2026, 10, 29, tzinfo=UTC)
    weekly = replace(FEED, cadence_hours=168)
    assert health_of(weekly, past("ok", "ok", days=20), night(2)).condition == "well"
    assert health_of(weekly, past("ok", "ok", days=25), night(2)).condition == "stale"
    assert health_of(FEED, SourcePast(readings("ok", "ok")), night(6)).condition == "stale"


def test_the_cadence_is_learnt_from_the_days_with_entries_and_never_shorter_than_declared() -> None:
    def days(*gaps: int) -> tuple[date, ...]:
        found = [date(2026, 1, 1)]
        for gap in gaps:
            found.append(found[-1] + timedelta(days=gap))
        return tuple(found)

    assert expected_hours(FEED, days(7, 7, 7, 7)) == (24, False)
    assert expected_hours(FEED, days(7, 7, 7, 7, 8)) == (8 * 24, True)
    assert expected_hours(FEED, days(1, 1, 1, 1, 1, 1, 1, 1, 1, 30)) == (24, False)
    assert expected_hours(replace(FEED, cadence_hours=400), days(7, 7, 7, 7, 8)) == (400, False)


def test_a_change_is_told_once_and_a_new_address_is_a_change() -> None:
    silent = Health("wire", "silent", night(0), "timeout")
    assert changes([silent], {}) == (silent,)
    assert changes([replace(silent, detail="dns_failed")], {"wire": silent}) == ()
    assert changes([Health("wire", "well")], {}) == ()
    assert changes([Health("wire", "well")], {"wire": silent}) == (Health("wire", "well"),)
    moved = Health("wire", "moved", night(0), NEW)
    assert changes([replace(moved, detail="https://newer.example/")], {"wire": moved}) != ()


def test_the_note_has_one_line_for_all_and_one_for_each_kind_of_change() -> None:
    sources = [SourceLine(name, "ok", "", 0, 0) for name in "abc"] + [
        SourceLine("d", "failed", "timeout", 0, 0), SourceLine("e", "skipped", "backing_off", 0, 0),
        SourceLine("f", "failed", "robots", 0, 0),
        SourceLine("g", "skipped", "needs_key:G_KEY", 0, 0), SourceLine("h", "skipped", "not_due", 0, 0),
    ]  # fmt: skip
    conditions = [
        Health("c", "stale", night(0), "every 24 hours, declared"), Health("d", "silent", night(3), "timeout"),
        Health("e", "silent", night(1), "timeout"), Health("f", "blocked", night(2), "robots"), Health("g", "no_key", night(0), "G_KEY"),
    ]  # fmt: skip
    line = "3 of 7 sources heard, 2 silent since 2026-11-02, 1 blocked since 2026-11-03, 1 without a key"
    assert heard_line(sources, conditions) == line
    again = Health("a", "well")
    told = {"a": Health("a", "stale", night(0), "x")}
    also = replace(conditions[1], source_id="z")
    assert change_lines([*conditions, also, again], told) == (
        "c: nothing new since 2026-11-01, expected every 24 hours, declared",
        "d, z: silent since 2026-11-04: timeout",
        "e: silent since 2026-11-02: timeout",
        "f: blocked since 2026-11-03: robots",
        "g: skipped, as its key G_KEY is not set",
        "a: well again, it was stale since 2026-11-01",
    )


def test_a_gap_is_told_as_read_since_as_tried_again_or_as_lost() -> None:
    gap = Gap("a", night(0), night(4), "dns_failed", ended=True, refilled=False)
    lines = gap_lines([replace(gap, refilled=True), gap, replace(gap, source_id="b"), replace(gap, source_id="c")], {"c": "timeout"})
    span = "not heard from 2026-11-01 to 2026-11-05 (dns_failed)"
    assert lines == (
        f"a: {span}, read since",
        f"a, b: {span}, lost: the list does not reach back so far",
        f"c: {span}, not read yet (timeout), asked again next night",
    )


def test_standings_put_first_what_wants_a_look_and_count_the_days_lost() -> None:
    gap = Gap("wire", night(0), night(4), "dns_failed", ended=True, refilled=False)
    pasts = {"wire": past("ok", "failed:gone"), "register": past("ok")}
    found = standings([API, FEED], pasts, [gap, replace(gap, refilled=True)], night(2))
    assert [(one.source_id, one.condition, one.days_lost, one.last_heard) for one in found] == [
        ("wire", "gone", 4, night(0)),
        ("register", "well", 0, night(0)),
    ]
    assert "give its new address in sources.toml" in found[0].words
