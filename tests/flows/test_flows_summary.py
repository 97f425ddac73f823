from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest

from alerts.model import Alert, Line
from flows import page, summary
from flows.cli.show import clean, plain_lines, rate_of
from flows.summary import Exit, SourceLine, Summary, health_lines, judge

EVIL = "<script>alert(1)</script> & [b](javascript:x) \x1b[31m"
LINE = Line(
    move_id="m", topic="cloud-kyc", kind="adopted", severity="alert", headline=EVIL, quote=EVIL, quote_lang="en", publisher=EVIL,
    url="javascript:alert(1)", known_before="", others=(), official=False, confidence=0.9, night="2026-01-02",
)  # fmt: skip
ALERT = Alert("a1", "m1", "new", EVIL, ("cloud-kyc",), (LINE,), ("m",), "2026-01-02")
SOURCE = SourceLine("wire", "ok", "", 5, 2)
NIGHT = Summary(date(2026, 1, 2), "night", 7, "done", (SOURCE,), (("near_duplicate", 3),), 5, 2, (("raised", 1),), (ALERT,))


def line(name: str, outcome: str, reason: str = "") -> SourceLine:
    return SourceLine(name, outcome, reason, 0, 0)


@pytest.mark.parametrize(
    ("sources", "late", "outcome"),
    [
        ([line("a", "ok"), line("b", "not_modified")], 0, "done"),
        ([line("a", "ok"), line("b", "failed", "timeout")], 0, "partial"),
        ([line("a", "ok")], 1, "partial"),
        ([line("a", "failed", "dns_failed"), line("b", "skipped", "not_due")], 0, "blind"),
        ([line("a", "skipped", "not_due")], 0, "done"),
        ([line("silent", "skipped", "backing_off")], 0, "blind"),
        ([], 0, "done"),
    ],
)
def test_a_run_is_blind_only_when_nobody_was_heard_and_somebody_fails(sources: list[SourceLine], late: int, outcome: str) -> None:
    assert judge(sources, {"silent"}, late) == outcome


def test_each_outcome_has_its_exit_code() -> None:
    codes = {o: replace(NIGHT, outcome=o).exit_code for o in ("done", "partial", "blind", "failed")}
    assert codes == {"done": Exit.OK, "partial": Exit.PARTIAL, "blind": Exit.BLIND, "failed": Exit.FAILURE}


def test_health_names_who_was_not_heard_and_leaves_out_who_was_not_due() -> None:
    told = health_lines([line("a", "ok"), line("b", "failed", "timeout"), line("c", "skipped", "not_due")])
    assert told == ("1 of 2 sources heard", "b: timeout")


def test_lines_say_what_was_kept_dropped_and_told() -> None:
    text = "\n".join(summary.lines(NIGHT))
    assert "fetched 5 entries, read 5 articles, kept 2; 1 alert" in text
    assert "near_duplicate 3" in text
    assert "unread" not in text


def test_pages_that_were_left_are_counted() -> None:
    night = replace(NIGHT, dropped=(("no_topic_word", 1234), ("near_duplicate", 3)))
    assert "left 1,234 pages of general sources unread: no word of a topic in title and summary" in summary.lines(night)
    assert summary.as_json(night)["pages_left"] == 1234


def test_the_json_form_is_json() -> None:
    assert json.loads(json.dumps(summary.as_json(NIGHT)))["dropped"] == {"near_duplicate": 3}


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.links: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.links += [value for name, value in attrs if name in {"href", "src"}]


def test_the_page_escapes_what_comes_from_the_web_and_links_only_to_the_web() -> None:
    tags = Tags()
    tags.feed(page.render((NIGHT,)))
    assert "script" not in tags.seen
    assert tags.links == []
    tags.feed(page.render((replace(NIGHT, alerts=(replace(ALERT, lines=(replace(LINE, url="https://wire.example/a"),)),)),)))
    assert tags.links == ["https://wire.example/a"]


def test_the_terminal_gets_no_control_bytes() -> None:
    assert clean("a\x1b[31mb\nc\u202ed") == "a [31mb c d"


def test_long_work_says_how_fast_it_goes_and_how_long_it_takes() -> None:
    said: list[str] = []
    clock = iter([100.0, 130.0, 160.0])
    progress = plain_lines(said.append, lambda: next(clock))
    progress("backfill", 7, 91)
    progress("read sources", 1, 2)
    progress("backfill", 14, 91)
    assert said == ["backfill: 7 of 91 days, 14.0 a minute, 6:00 left", "backfill: 14 of 91 days, 14.0 a minute, 5:30 left"]
    assert rate_of(3, 9, 50.0, 3, 60.0) == ""
