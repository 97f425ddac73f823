"""A story grows: planned, proposed, adopted, in force, postponed, postponed again, all in one thread; on the day a reminder comes alone."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from newsroom.model import load_items
from newsroom.web import Newsroom
from standins.channels import DESK, set_up
from standins.household import ROOT, Town, evening, move_in
from standins.mail_and_slack import MailServer, SlackServer

pytestmark = pytest.mark.slow
STORY = ROOT / "tests" / "data" / "story"
STEPS = {
    "2026-10-09": "proposed", "2026-10-13": "adopted", "2026-10-20": "in_force", "2026-10-22": "eased", "2026-10-27": "eased",
}  # fmt: skip


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Town]:
    with Newsroom(load_items(STORY), now=evening("2026-10-05")) as room:
        yield Town(room, move_in(tmp_path, room))


def threads(mail: MailServer) -> dict[str, list[Message]]:
    found: dict[str, list[Message]] = {}
    for message in mail.mails:
        if str(message["To"]) == DESK and message["References"]:
            found.setdefault(str(message["References"]).split()[0], []).append(message)
    return found


def test_six_steps_are_one_thread_and_the_other_articles_raise_nothing(story: Town) -> None:
    told: dict[str, list[Any]] = {}
    with MailServer() as mail, SlackServer() as slack:
        set_up(story, mail, slack)
        routing = (story.house.home / "config" / "routing.toml").read_text(encoding="utf-8")
        story.house.config("routing.toml", routing.replace('["alert"]', '["alert", "watch", "digest"]'))
        quiet = ("2026-10-05", "2026-10-07", "2026-10-23", "2026-10-28")
        for day in sorted({*quiet, *STEPS}):
            told[day] = [a for a in story.night(day)["alerts"] if a["purpose"] != "digest"]
        assert {day: len(alerts) for day, alerts in told.items()} == {**dict.fromkeys(quiet, 0), **dict.fromkeys(STEPS, 1)}
        assert [told[day][0]["purpose"] for day in STEPS] == ["update"] * 5  # of the plan, which the digest told
        (thread,) = threads(mail).values()
        assert [str(message["X-Topicwatch-Alert"]) for message in thread] == [told[day][0]["id"] for day in STEPS]

        moves = story.house.run("moves", "--json").json
        kinds = [(m["night"], m["kind"]) for m in moves if m["severity"] == "alert"]
        assert kinds == list(STEPS.items())
        assert [(m["night"], m["disposition"]) for m in moves if m["severity"] == "watch"] == [("2026-10-07", "watch")], "the plan"
        assert len({m["matter_id"] for m in moves if m["severity"] == "alert"}) == 1

        before = len(mail.mails)
        reminder = story.night("2027-02-01")["alerts"]
        assert [a["title"] for a in reminder] == ["2027-02-01: 1 date(s) ahead"]
        assert len(mail.mails) == before + 1
        assert b"[today]" in mail.wire[-1]
