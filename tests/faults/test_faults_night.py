"""Nights over one site whose feeds play tricks, through client, parser, store and decision (FAULTS.md, 54-59, 63)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep
from typing import Self

import pytest

from extractors.model import Source
from flows.listening import policy_of
from flows.pipeline import run_night
from flows.settings import ROOT, read_settings
from flows.summary import QUIET, Summary
from flows.tools import Tools
from flows.wiring import open_tools, plan_night
from newsroom.model import Reply, Request
from newsroom.serving import LOOPBACK, Serving
from standins.plain_reader import PlainReader
from standins.scripted_web import InlineBox, item, page, rss

pytestmark = pytest.mark.slow
DAY = timedelta(days=1)
PATIENCE = 0.3  # seconds that the client waits for an answer in the night that has a silent source
FIRST = datetime(2026, 11, 2, 23, 59, 59, tzinfo=UTC)
TITLE = "US Commerce issues rule that requires licences for AI chip exports to China"
RULE = (
    "WASHINGTON - The US Commerce Department on Tuesday issued a final rule that requires a licence for exports of AI chips to China.",
    "The Bureau of Industry and Security said the licence requirement takes effect at once and covers advanced AI accelerators.",
    "Members of the trade association had asked for a longer period in which to adapt their contracts with customers.",
    "The rule was sent to the printers on the same day and appears in the register within the week, according to the office.",
)
HARBOUR = (
    "The harbour office reminds skippers that the north basin is closed for dredging until the end of the month.",
    "Boats that lie at the outer pier move to the fishing quay, where water and power are laid on.",
    "Fees for the season stay as they were, and are due before the first of next month.",
)
LATER = "On Wednesday the Commerce Department postponed the licence rule for AI chip exports to China to March 1, 2027."
REWORDED = (*RULE[:3], "The rule went to the printers that day, and the register is to show it within the week, the office said.")


BODY = "<p>The harbour office noted another item in its long register of ships.</p>" * 40


class Inline(InlineBox):
    """The parse box without its processes: the tests of the box have those."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None


@dataclass(slots=True)
class Site:
    """Feeds by path, each a list of items, and pages by path; what is not there is 404, what is broken answers with a fault."""

    feeds: dict[str, list[str]] = field(default_factory=dict)
    pages: dict[str, bytes] = field(default_factory=dict)
    broken: dict[str, int] = field(default_factory=dict)  # path -> status; 0: no answer in time

    def answer(self, request: Request) -> Reply:
        if request.path in self.broken:
            if not self.broken[request.path]:
                sleep(4 * PATIENCE)
            return Reply(self.broken[request.path] or 200)
        if request.path in self.feeds:
            return Reply(200, rss(*self.feeds[request.path])[0], (("Content-Type", "application/rss+xml"),))
        if request.path in self.pages:
            return Reply(200, self.pages[request.path], (("Content-Type", "text/html; charset=utf-8"),))
        return Reply(404)


@dataclass(slots=True)
class World:
    site: Site
    tools: Tools
    base: str

    def sources(self, *paths: str) -> None:
        """Let the nights read the feeds at these paths."""
        found = tuple(Source(p.strip("/"), "feed", self.base + p, p.strip("/").title(), tier="special", cadence_hours=400) for p in paths)
        self.tools = replace(self.tools, seeds=replace(self.tools.seeds, sources=found, dossiers=()))

    def night(self, number: int) -> Summary:
        now = FIRST + number * DAY
        return run_night(self.tools, plan_night(self.tools, now, force=True))

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with self.tools.store.window() as window:
            return window._open().execute(query).fetchall()


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr("flows.listening.ParseBox", Inline)
    site = Site()
    serving = Serving([site.answer])
    serving.start()
    try:
        shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
        port = serving.ports[0]
        settings = read_settings({"TOPICWATCH_HOME": str(tmp_path / "home"), "TOPICWATCH_ALLOW_PRIVATE": f"{LOOPBACK}:{port}"})
        with open_tools(replace(settings, parallel=1, archive_nights=0)) as found:
            yield World(site, replace(found, reader=PlainReader()), f"http://{LOOPBACK}:{port}")
    finally:
        serving.stop()


def at(number: int, hour: int = 8) -> datetime:
    return (FIRST + number * DAY).replace(hour=hour, minute=0, second=0)


def alerts(summary: Summary) -> list[str]:
    return [alert.purpose for alert in summary.alerts if alert.purpose not in QUIET]


def test_54_56_57_58_a_feed_that_changes_its_mind_alerts_on_new_facts_only(world: World) -> None:
    site, old = world.site, [item(f"{world.base}/old/{n}", f"An old notice of harbour {n}", when=at(-1), guid=f"o{n}") for n in range(3)]
    site.pages = {f"/old/{n}": page(f"An old notice of harbour {n}", sentences=HARBOUR) for n in range(3)}
    site.feeds["/feed"] = old
    world.sources("/feed")
    world.night(0)
    story = item(f"{world.base}/rule", TITLE, when=at(1), guid="rule")
    site.pages["/rule"] = page(TITLE, sentences=RULE)
    site.feeds["/feed"] = [story, *old]
    first = world.night(1)
    assert len(alerts(first)) == 1, first
    texts = "SELECT article_id, max(rev), count(*) FROM revision GROUP BY article_id ORDER BY article_id"
    before = world.rows(texts)

    site.pages["/rule"] = page(TITLE, sentences=REWORDED)
    site.feeds["/feed"] = [*reversed(old), story.replace("<description>", "<description>Now in other words. ")]
    assert alerts(world.night(2)) == [], "54, 58: other words for the same fact, the items the other way round"
    assert sorted(str(rev) for _, rev, _ in world.rows(texts)) == ["1", "1", "1", "2"]

    site.feeds["/feed"] = [story]
    assert (alerts(world.night(3)), len(world.rows(texts))) == ([], len(before)), "56: shrunk to one item"
    site.feeds["/feed"] = []
    empty = world.night(4)
    assert (alerts(empty), empty.sources[0].outcome, len(world.rows(texts))) == ([], "empty", len(before)), "56: shrunk to none"

    long_ago = item(f"{world.base}/past", "A rule of five years ago on chip export controls", when=at(0) - 5 * 365 * DAY, guid="past")
    site.pages["/past"] = page("A rule of five years ago on chip export controls", sentences=RULE)
    site.feeds["/feed"] = [long_ago, story, *old]
    assert alerts(world.night(5)) == [], "57: news of five years ago"
    assert world.rows("SELECT count(*) FROM entry WHERE title LIKE 'A rule of five%'") == [(1,)]


def test_54_the_same_id_with_a_new_fact_is_a_revision_that_alerts(world: World) -> None:
    site, old = world.site, item(f"{world.base}/old", "An old notice of harbour", when=at(-1), guid="old", body=BODY)
    site.feeds["/feed"] = [old]
    world.sources("/feed")
    world.night(0)
    for number, sentences, words in ((1, RULE, ""), (6, (LATER, *REWORDED), "Now with a later day. ")):
        site.pages["/rule"] = page(TITLE, sentences=sentences)
        story = item(f"{world.base}/rule", TITLE, when=at(1), guid="rule").replace("<description>", f"<description>{words}")
        site.feeds["/feed"] = [story, old]
        night = world.night(number)
        assert len(alerts(night)) == 1, world.rows("SELECT rev, reasons FROM verdict ORDER BY run_seq DESC LIMIT 1")
    assert world.rows("SELECT count(DISTINCT article_id), max(rev) FROM revision WHERE title LIKE 'US%'") == [(1, 2)]


def test_35_a_source_that_fails_for_a_week_is_told_once_and_asked_less_often(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not found, broken and silent in turn; the other source goes on, and the messages of the week name the failing one once."""
    monkeypatch.setattr("flows.listening.policy_of", lambda settings: replace(policy_of(settings), total_s=PATIENCE, retries=0))
    site = world.site
    site.feeds = {path: [item(f"{world.base}{path}/1", f"Notice of {path}", when=at(-1), body=BODY)] for path in ("/good", "/bad")}
    world.sources("/good", "/bad")
    world.night(0)
    naming, reasons = [], []
    for number, status in enumerate((404, 500, 0, 404, 500, 0, 500), 1):
        site.broken["/bad"] = status
        night = world.night(number)
        naming.append([note for alert in night.alerts for note in alert.notes if note.startswith("bad: ")])
        reasons.append([(s.outcome, s.reason) for s in night.sources if s.source_id == "bad"])
        (waits,) = world.rows("SELECT failures, epoch(next_at)::BIGINT FROM source WHERE source_id = 'bad'")
        assert waits == (number, int((FIRST + number * DAY).timestamp()) + 3600 * min(2 ** (number - 1), 20)), "1, 2, 4 .. 20 hours"
    week = ("not_found", "server_error", "deadline", "not_found", "server_error", "deadline", "server_error")
    assert reasons == [[("failed", reason)] for reason in week]
    assert naming == [["bad: silent since 2026-11-02: not_found"], *[[]] * 6]
    site.broken.clear()
    back = world.night(8)
    assert [note for alert in back.alerts for note in alert.notes if note.startswith("bad: ")] == [
        "bad: not heard from 2026-11-02 to 2026-11-10 (server_error), lost: the list does not reach back so far"
    ]
    assert world.rows("SELECT failures, next_at FROM source WHERE source_id = 'bad'") == [(0, None)]


def test_59_one_story_in_five_feeds_is_one_article_of_five_sources(world: World) -> None:
    secure = world.base.replace("http:", "https:")
    links = {
        "/one": f"{world.base}/rule", "/two": f"{world.base}/rule?utm_source=feed&amp;utm_medium=rss", "/three": f"{secure}/rule",
        "/four": f"{world.base}/rule/amp", "/five": f"{world.base}/rule?fbclid=abc#comments",
    }  # fmt: skip
    world.site.pages["/rule"] = page(TITLE, sentences=RULE)
    world.site.feeds = {path: [item(link, TITLE, when=at(0), guid=path)] for path, link in links.items()}
    world.sources(*links)
    world.night(0)
    assert len(world.rows("SELECT * FROM article")) == 1
    found = world.rows("SELECT source_id, count(*), count(DISTINCT article_id) FROM entry WHERE article_id <> '' GROUP BY source_id")
    assert sorted(found) == [(name, 1, 1) for name in ("five", "four", "one", "three", "two")]


def test_63_nights_that_end_at_midnight_leave_nothing_out_and_read_nothing_twice(world: World) -> None:
    """Every ninety minutes an item, over midnight UTC and over the hour that comes twice in New York on 1 November 2026."""
    start = datetime(2026, 10, 31, 18, 0, tzinfo=UTC)
    stamps = [start + timedelta(minutes=90 * n) for n in range(24)]
    eastern = ("Sun, 01 Nov 2026 01:30:00 EDT", "Sun, 01 Nov 2026 01:30:00 EST")
    world.sources("/feed")
    for number, now in enumerate(start.replace(hour=23, minute=59, second=59) + n * DAY for n in range(3)):
        listed = [
            item(f"{world.base}/{n}", f"Item {n}", when=when, guid=f"i{n}", body=BODY) for n, when in enumerate(stamps) if when <= now
        ]
        for n, said in enumerate(eastern):
            made = item(f"{world.base}/dst{n}", f"Hour {n}", when=None, guid=f"d{n}", body=BODY)
            listed += [made.replace("</item>", f"<pubDate>{said}</pubDate></item>")] if number else []
        world.site.feeds["/feed"] = listed
        run_night(world.tools, plan_night(world.tools, now, force=True))
    rows = world.rows("SELECT title, count(*) FROM entry WHERE disposition = 'fetched' GROUP BY title")
    assert sorted(rows) == sorted((title, 1) for title in (*(f"Item {n}" for n in range(24)), "Hour 0", "Hour 1"))
    assert world.rows("SELECT max(rev) FROM revision") == [(1,)]
    hours = world.rows("SELECT published_at AT TIME ZONE 'UTC' FROM entry WHERE title LIKE 'Hour%' ORDER BY title")
    assert [str(hour) for (hour,) in hours] == ["2026-11-01 05:30:00", "2026-11-01 06:30:00"]
