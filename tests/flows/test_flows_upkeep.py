"""Nights over sources that fail, move and come back: gaps are refilled where a source can be asked, and each change is told once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from extractors import transport
from extractors.fetched import ClientPolicy, Fetched, FetchError
from extractors.model import Source
from extractors.warc_writer import read_members
from flows import listening
from flows.archive import path_of
from flows.archived import ArchiveError
from flows.pipeline import run_night
from flows.rederive import rederive
from flows.settings import ROOT, read_settings
from flows.summary import Summary
from flows.tools import Tools
from flows.wiring import open_tools, plan_night
from newsroom.model import Reply, Request
from newsroom.serving import LOOPBACK, Serving
from standins.plain_reader import PlainReader
from standins.scripted_web import item, rss

pytestmark = pytest.mark.slow
DAY = timedelta(days=1)
NIGHTS = [datetime(2026, 11, 2, 23, 59, 59, tzinfo=UTC) + n * DAY for n in range(10)]


@dataclass(slots=True)
class Town:
    """A site with a feed of the last two days and a paged list of all days; both can be broken, and moved."""

    now: datetime = NIGHTS[0]
    broken: str = ""
    feed_moved: bool = False
    new_feed_gone: bool = False
    asked: list[str] = field(default_factory=list)
    list_broken: bool = False

    def answer(self, request: Request) -> Reply:
        if request.path == "/robots.txt":
            return Reply(404)
        self.asked.append(request.path)
        if request.path == "/new-feed" and self.new_feed_gone:
            return Reply(410)
        if self.broken:
            return Reply(int(self.broken))
        if request.path == "/feed" and self.feed_moved:
            return Reply(301, b"", (("Location", "/new-feed"),))
        if request.path.endswith("feed"):
            found = [item(f"http://wire.example/{d:%m%d}", f"News of {d:%B %d}", when=d, body=words(d)) for d in self.days(3)]
            return Reply(200, rss(*found)[0], (("Content-Type", "application/rss+xml"),))
        page = int(parse_qs(request.query).get("p", ["1"])[0])
        if self.list_broken and page > 1:
            return Reply(500)
        rows = self.days(60)[(page - 1) * 2 : page * 2]
        lines = "".join(f"<li><a href='/item/{d:%Y%m%d}'>Notice of {d:%B %d}</a><span>{d:%Y-%m-%d}</span></li>" for d in rows)
        if request.path == "/list":
            return Reply(200, f"<html><body><ul>{lines}</ul></body></html>".encode(), (("Content-Type", "text/html"),))
        day = request.path.rpartition("/")[2]
        text = words(datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC))
        return Reply(200, f"<html><head><title>Notice {day}</title></head><body><article>{text}</article></body></html>".encode())

    def days(self, most: int) -> list[datetime]:
        """The days up to now, newest first, at eight in the morning."""
        return [self.now.replace(hour=8, minute=0, second=0) - n * DAY for n in range(most)]


def words(day: datetime) -> str:
    return "".join(f"<p>On {day:%B %d} the harbour office noted item {n} in its long register of ships and cargo.</p>" for n in range(9))


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
def tools(town: Town, tmp_path: Path) -> Iterator[Tools]:
    serving = Serving([town.answer])
    serving.start()
    try:
        shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
        base = f"http://{LOOPBACK}:{serving.ports[0]}"
        feed = Source("wire", "feed", f"{base}/feed", "Wire", tier="official", cadence_hours=240)
        paged = Source(
            "notices", "html_list", f"{base}/list", "Office", tier="official", cadence_hours=240,
            params=(("item", "li"), ("date", "span"), ("next", "?p={n}"), ("max_pages", "1")),
        )  # fmt: skip
        settings = read_settings({"TOPICWATCH_HOME": str(tmp_path / "home"), "TOPICWATCH_ALLOW_PRIVATE": f"{LOOPBACK}:{serving.ports[0]}"})
        with open_tools(settings) as found:
            yield replace(found, reader=PlainReader(), seeds=replace(found.seeds, sources=(feed, paged), dossiers=()))
    finally:
        serving.stop()


def night(tools: Tools, town: Town, number: int) -> Summary:
    town.now = NIGHTS[number]
    return run_night(tools, plan_night(tools, NIGHTS[number], force=True))


def refuse(*_: object, **__: object) -> None:
    pytest.fail("the network was asked")


def listed(tools: Tools, source_id: str) -> set[str]:
    with tools.store.window() as window:
        found = window._open().execute("SELECT DISTINCT title FROM entry WHERE source_id = ?", [source_id]).fetchall()
    return {title for (title,) in found}


def test_an_outage_is_refilled_where_the_source_can_be_asked_and_stated_as_lost_where_not(tools: Tools, town: Town) -> None:
    night(tools, town, 0)
    town.broken = "500"
    silent = [night(tools, town, number).notes for number in (1, 2, 3, 4)]
    town.broken = ""
    back = night(tools, town, 5)
    assert silent[0] == ("0 of 2 sources heard, 2 silent since 2026-11-02", "wire, notices: silent since 2026-11-02: server_error")
    assert silent[1:] == [("0 of 2 sources heard, 2 silent since 2026-11-02",)] * 3
    span = "not heard from 2026-11-02 to 2026-11-07 (server_error)"
    assert back.notes == (
        "2 of 2 sources heard",
        f"notices: {span}, read since",
        f"wire: {span}, lost: the list does not reach back so far",
    )
    missed = {f"November {day:02d}" for day in (3, 4)}
    assert {f"Notice of {day}" for day in missed} <= listed(tools, "notices")
    assert not {f"News of {day}" for day in missed} & listed(tools, "wire")
    assert night(tools, town, 6).notes == ("2 of 2 sources heard",)
    with tools.store.read() as reads:
        assert [(gap.source_id, gap.refilled) for gap in reads.gaps()] == [("notices", True), ("wire", False)]


def test_a_refill_that_fails_leaves_the_night_as_it_was_and_is_tried_again(tools: Tools, town: Town) -> None:
    night(tools, town, 0)
    town.broken = "500"
    night(tools, town, 1)
    night(tools, town, 2)
    night(tools, town, 3)
    town.broken, town.list_broken = "", True
    back = night(tools, town, 4)
    assert (back.outcome, [s.outcome for s in back.sources]) == ("done", ["ok", "ok"])
    span = "notices: not heard from 2026-11-02 to 2026-11-06 (server_error)"
    assert f"{span}, not read yet (partial:server_error), asked again next night" in back.notes
    town.list_broken = False
    assert night(tools, town, 5).notes == ("2 of 2 sources heard", f"{span}, read since")
    assert "Notice of November 03" in listed(tools, "notices")


def test_nights_that_asked_for_missed_days_are_decided_again_from_their_archives(
    tools: Tools, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two nights with a second look the first one failed half way; both come out byte by byte with the network closed."""
    night(tools, town, 0)
    town.broken = "500"
    for number in (1, 2, 3):
        night(tools, town, number)
    town.broken, town.list_broken = "", True
    night(tools, town, 4)
    town.list_broken = False
    night(tools, town, 5)
    with tools.store.window() as window:
        found = window._open().execute("SELECT article_id FROM revision WHERE title LIKE '%2026110_' AND run_seq = 6").fetchall()
    monkeypatch.setattr(transport, "look_up", refuse)
    monkeypatch.setattr("socket.socket.connect", refuse)
    for number in (4, 5):
        (run,) = rederive(tools, NIGHTS[number].date())
        assert run.differing == ()
        assert "\n".join(run.again).encode() == "\n".join(run.recorded).encode()
        assert run.since == ()
    read_then = [article_id for (article_id,) in found if any(f'"{article_id}"' in line for line in run.recorded)]
    assert len(read_then) >= 3, "the missed days were decided that night"
    path = path_of(tools.settings, NIGHTS[5].date())
    with path.open("rb") as file:
        last = list(read_members(file))[-1]
    path.write_bytes(path.read_bytes()[: last.start])
    with pytest.raises(ArchiveError, match="run 6: no record of the second look at source 'notices'"):
        rederive(tools, NIGHTS[5].date())


class Late:
    """A client to whom every answer comes too late."""

    def __init__(self, policy: ClientPolicy) -> None:
        self.policy = policy

    async def __aenter__(self) -> Late:
        return self

    async def __aexit__(self, *_: object) -> None:
        return

    async def fetch(self, url: str, **_: object) -> Fetched:
        raise FetchError("deadline", url, None)


def test_a_night_whose_answers_came_too_late_is_decided_again(tools: Tools, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "Client", Late)
    assert {(s.outcome, s.reason) for s in night(tools, town, 0).sources} == {("failed", "deadline")}
    (run,) = rederive(tools, NIGHTS[0].date())
    assert run.is_equal


def test_34_a_source_that_moved_for_good_is_told_once_and_asked_at_its_new_address(tools: Tools, town: Town) -> None:
    """Told on the third night, asked there from the fourth on; the old one again when the new one is gone, under the same source."""
    asked, told = [], []

    def look(number: int) -> None:
        town.asked.clear()
        told.append(night(tools, town, number).notes[-1])
        asked.append([path for path in town.asked if path.endswith("feed")])

    town.feed_moved = True
    for number in range(4):
        look(number)
    assert asked == [["/feed", "/new-feed"]] * 3 + [["/new-feed"]]
    assert told[2].startswith("wire: moved for good to http://127.0.0.1:")
    assert told[2].endswith("/new-feed and is asked there from now on; sources.toml still has the old address")
    assert [told[1], told[3]] == ["2 of 2 sources heard"] * 2
    town.feed_moved, town.new_feed_gone = False, True
    look(4)
    assert (asked[4], told[4]) == (["/new-feed", "/feed"], "wire: well again, it was moved since 2026-11-02")
    assert len(listed(tools, "wire")) == 7, "one history: three days of the first night, one more each night"
    for number in (3, 4):
        (run,) = rederive(tools, NIGHTS[number].date())
        assert run.is_equal, "from the archive, the new address and the old one"


def test_a_source_that_is_gone_is_told_rests_for_weeks_and_is_heard_when_it_is_back(tools: Tools, town: Town) -> None:
    night(tools, town, 0)
    town.broken = "410"

    def unforced(number: int) -> Summary:
        town.now = NIGHTS[number]
        return run_night(tools, plan_night(tools, NIGHTS[number]))

    gone = [unforced(number) for number in range(1, 9)]
    asked = [{s.outcome for s in told.sources} for told in gone]
    assert asked == [{"failed"}] * 2 + [{"skipped"}] * 6, "410 twice in a row: disabled for a week"
    assert gone[0].notes[1].startswith("wire, notices: gone since 2026-11-02 (410);")
    assert all(told.notes == ("0 of 2 sources heard, 2 gone since 2026-11-02",) for told in gone[1:])
    town.broken = ""
    assert unforced(9).notes[0] == "2 of 2 sources heard"
