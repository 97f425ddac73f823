"""We were wrong: `alerts retract ID --why` corrects the ledger, tells everyone who has the alert, in its thread, and exports the label."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from standins.channels import set_up, told_by_slack
from standins.household import Town
from standins.mail_and_slack import MailServer, SlackServer

pytestmark = pytest.mark.slow
WHY = "the notice was a draft that was never published"


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
