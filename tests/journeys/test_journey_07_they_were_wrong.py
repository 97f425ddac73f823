"""They were wrong: a publisher corrects an article that was quoted, and everyone who has the alert hears of it, in its thread.

We were wrong: `alerts retract ID --why` corrects the ledger, tells everyone who has the alert, in its thread, and exports the label.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from newsroom.feeds import path_of
from newsroom.model import load_items
from newsroom.web import Newsroom
from standins.channels import set_up, told_by_slack
from standins.household import HARBOUR, Town, evening, move_in
from standins.mail_and_slack import MailServer, SlackServer

pytestmark = pytest.mark.slow
WHY = "the notice was a draft that was never published"
CUTBANK, VERMONT = "har-021", "har-034"
NOTE = (
    "Correction: An earlier version of this article said that Cutbank Crossing Logistics agreed to pay $4.1 million. No order was signed."
)


def body_of(town: Town, item_id: str) -> str:
    return next(item.body for item in town.room.items if item.id == item_id)


def asked(town: Town, item_id: str) -> list[int]:
    """How the page of an article was answered, in order."""
    item = next(item for item in town.room.items if item.id == item_id)
    return [hit.status for hit in town.room.hits if (hit.publisher, hit.path.partition("?")[0]) == (item.publisher, path_of(item))]


def loud(night: Any) -> list[dict[str, Any]]:
    return [a for a in night["alerts"] if a["purpose"] not in {"digest", "health"}]


def of_alert(mail: MailServer, alert_id: str) -> tuple[Message, str]:
    """The one mail of an alert, and its words with single spaces."""
    ((found, wire),) = [(m, w) for m, w in zip(mail.mails, mail.wire, strict=True) if str(m["X-Topicwatch-Alert"]) == alert_id]
    return found, " ".join(wire.replace(b"=\r\n", b"").decode().split())


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Town]:
    """A town with four articles, two of which are alone in telling their step, and feeds that list three days only."""
    items = [item for item in load_items(HARBOUR) if item.id in {"har-001", "har-004", CUTBANK, VERMONT}]
    with Newsroom(items, now=evening("2026-10-05"), days=3) as room:
        yield Town(room, move_in(tmp_path, room))


def test_a_publisher_corrects_what_was_quoted_days_later(small: Town) -> None:
    town = small
    with MailServer() as mail, SlackServer() as slack:
        set_up(town, mail, slack)
        _, told, then = town.nights("2026-10-05", "2026-10-08", "2026-10-09")
        (head,), (vermont,) = loud(told), loud(then)
        assert "Cutbank" in head["title"]
        town.nights("2026-10-11", "2026-10-12")
        before = asked(town, CUTBANK)
        assert before[-1] == 304, "a page that did not change costs no more"
        assert len(mail.mails) == 2

        # Five days later the publisher takes the settlement back; the page of another alert is gone, which takes nothing back.
        first, _, *rest = body_of(town, CUTBANK).split("\n\n")
        town.room.rewrite(CUTBANK, "\n\n".join([first, *rest, NOTE]))
        town.room.fail("Commonwealth Statehouse", "404", "page")
        (back,) = loud(town.night("2026-10-13"))
        assert back["purpose"] == "retraction"
        (original, _), (reply, text) = of_alert(mail, head["id"]), of_alert(mail, back["id"])
        assert str(reply["References"]).split()[0] == str(original["References"]).split()[0]
        assert "The Dovetail Review published a correction: Correction: An earlier version of this article said" in text
        assert 'Taken back: "Cutbank Crossing Logistics, a forwarder in Spokane, has agreed to pay $4.1 million' in text
        assert "No order was signed" in told_by_slack(slack)[-1]
        assert asked(town, CUTBANK) == [*before, 200]
        assert asked(town, VERMONT)[-1] == 404

        assert loud(town.night("2026-10-14")) == []
        assert asked(town, CUTBANK) == [*before, 200], "what was taken back is not looked at any more"
        assert len(mail.mails) == 3

    (gone,) = [e for e in town.house.run("ledger", "--json").json if e["retracted"]]
    assert gone["row"]["topic"] == "chip-export-controls"
    listed = {a["alert_id"]: a for a in town.house.run("alerts", "list", "--json").json}
    (move,) = listed[head["id"]]["move_ids"]
    assert f"taken back by run 6: {NOTE}" in town.house.run("explain", move).out
    assert " rev 2, The Dovetail Review" in town.house.run("explain", town.urls()[CUTBANK]).out
    assert vermont["id"] in listed


def test_a_person_takes_an_alert_back(town: Town, tmp_path: Path) -> None:
    with MailServer() as mail, SlackServer() as slack:
        set_up(town, mail, slack)
        town.night("2026-10-05")
        alerts = [a for a in town.night("2026-10-06")["alerts"] if a["purpose"] == "new"]
        wrong = alerts[0]
        first = next(m for m in mail.mails if str(m["X-Topicwatch-Alert"]) == wrong["id"])
        said = town.house.run("alerts", "retract", wrong["id"][:10], "--why", WHY, "--as-of", "2026-10-07T08:00:00Z")
        assert "taken back: " in said.out
        assert "3 sent" in said.out
        assert len(mail.mails) == len(alerts) + 1
        back = mail.mails[-1]
        assert str(back["References"]).split()[0] == str(first["References"]).split()[0]
        assert WHY.encode() in mail.wire[-1].replace(b"=\r\n", b"")
        assert WHY in told_by_slack(slack)[-1]

        again = town.house.run("alerts", "retract", wrong["id"], "--why", WHY, "--as-of", "2026-10-07T09:00:00Z")
        assert "nobody had it" in again.out or "known" in again.out
        assert len(mail.mails) == len(alerts) + 1

    listed = {a["alert_id"]: a for a in town.house.run("alerts", "list", "--json").json}
    moves = listed[wrong["id"]]["move_ids"]
    known = [e for e in town.house.run("ledger", "--json").json if e["retracted"]]
    assert len(known) == len(moves)
    assert f"taken back by run 2: {WHY}" in town.house.run("explain", moves[0]).out

    town.house.run("alerts", "rate", alerts[-1]["id"], "useful", "--as-of", "2026-10-07T10:00:00Z")
    town.house.run("deliver", "--as-of", "2026-10-07T11:00:00Z")
    labels = tmp_path / "labels.jsonl"
    stats = town.house.run("stats", "--json", "--export", str(labels)).json
    total = next(row for row in stats if row["topic"] == "all")
    assert (total["withdrawn"], total["useful"]) == (len(moves), len(listed[alerts[-1]["id"]]["move_ids"]))
    rows = [json.loads(line) for line in labels.read_text(encoding="utf-8").splitlines()]
    gone = [row for row in rows if row["label"] == "withdrawn"]
    assert {row["move"]["id"] for row in gone} == set(moves)
    assert all(part["quote"] in f"{part['title']}\n\n{part['body']}" for row in rows for part in row["articles"] if part["quote"])
