"""The alert commands in one process: preview, mute and its list, snooze, ack, rate, resend, retract, stats."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from flows.cli.main import app
from flows.inbox import read, waiting
from standins.told_store import ALERT, MOVE, told_store

ROOT = Path(__file__).resolve().parents[2]
AT = "2026-11-07T08:00:00Z"
ROUTING = """
[[recipient]]
ref = "ana"
channel = "file"
address = "out/ana"
[[recipient]]
ref = "bo"
channel = "file"
address = "out/bo"
[[route]]
to = ["ana"]
severities = ["alert"]
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TOPICWATCH_HOME", str(tmp_path))
    monkeypatch.setenv("TOPICWATCH_SEEDS", str(ROOT / "seeds"))
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "routing.toml").write_text(ROUTING, encoding="utf-8")
    told_store(tmp_path)
    return tmp_path


def run(*words: str, expect: int = 0) -> Result:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == expect, result.output
    return result


def test_preview_shows_the_night_here_and_as_a_page(home: Path) -> None:
    shown = run("alerts", "preview", "--to", "ana").output
    assert "The Bureau adopts the rule." in shown
    assert "\x1b" not in shown
    page = (home / "out" / "preview.html").read_text(encoding="utf-8")
    assert "<iframe sandbox" in page
    assert "<script" not in page
    assert "night of 2026-11-06, 1 messages to ana" in shown
    assert "0 messages to bo" in run("alerts", "preview", "--to", "bo").output  # no route leads there
    assert "there are ana, bo" in run("alerts", "preview", "--to", "cy", expect=2).output


def test_silences_are_dropped_listed_and_lifted(home: Path) -> None:
    source = json.loads(run("sources", "list", "--json").output)[0]
    run("alerts", "mute", ALERT.alert_id[:8], "--until", "2026-12-01", "--for", "ana", "--as-of", AT)
    run("alerts", "mute", "--topic", "cloud-kyc", "--days", "3", "--as-of", AT)
    run("alerts", "mute", "--source", source["source_id"], "--as-of", AT)
    run("alerts", "snooze", ALERT.alert_id, "--as-of", AT)
    listed = run("alerts", "mute", "--as-of", AT).output
    assert [line.split("\t")[:3] for line in listed.splitlines()] == [
        ["mute", "matter", "matter-1"],
        ["mute", "publisher", source["publisher"]],
        ["mute", "topic", "cloud-kyc"],
        ["snooze", "matter", "matter-1"],
    ]
    run("alerts", "mute", "--topic", "cloud-kyc", "--lift", "--as-of", "2026-11-07T09:00:00Z")
    assert run("deliver", "--as-of", "2026-11-07T10:00:00Z").output.strip() == "nothing was pending"
    assert waiting(home / "inbox") == []
    assert "cloud-kyc" not in run("alerts", "mute", "--as-of", AT).output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("mute", "--topic", "no-such"), "topic 'no-such' is not known"),
        (("mute", "--source", "no-such"), "source 'no-such' is not known"),
        (("mute", "--topic", "cloud-kyc", "--publisher", "x"), "name one thing"),
        (("mute", "--topic", "cloud-kyc", "--for", "cy"), "there are ana, bo"),
        (("mute", "--topic", "cloud-kyc", "--until", "2020-01-01"), "a silence ends, after it begins"),
        (("rate", "ID", "boring"), "say useful, not-new or wrong-topic"),
        (("retract", "ID", "--why", " "), "want one line"),
        (("retract", "ID", "--why", "x", "--move", "no-such"), f"name one of its moves with --move: {MOVE.move_id}"),
    ],
)
def test_a_command_that_cannot_mean_anything_is_refused(home: Path, words: tuple[str, ...], said: str) -> None:
    assert said in run("alerts", *(ALERT.alert_id if w == "ID" else w for w in words), expect=2).output
    assert waiting(home / "inbox") == []


def test_an_unknown_alert_is_named(home: Path) -> None:
    assert "there is none" in run("alerts", "ack", "zzz", expect=1).output


def test_ack_and_rate_say_who_and_what(home: Path) -> None:
    run("alerts", "ack", ALERT.alert_id[:8], "--for", "ana", "--as-of", AT)
    run("alerts", "rate", ALERT.alert_id[:8], "not-new", "--why", "told in May", "--as-of", AT)
    actions = sorted((read(p) for p in waiting(home / "inbox")), key=lambda a: a.what)
    assert [(a.what, a.target, a.recipient_ref, a.by, a.label) for a in actions] == [
        ("ack", ALERT.alert_id, "ana", "operator", ""),
        ("feedback", ALERT.alert_id, "", "operator", "not_new"),
    ]
    run("deliver", "--as-of", AT)
    rows = json.loads(run("stats", "--json").output)
    assert [(r["topic"], r["told"], r["not_new"], r["wrong_rate"]) for r in rows] == [("cloud-kyc", 1, 1, 1.0), ("all", 1, 1, 1.0)]


def test_a_test_message_reaches_whom_it_names_and_stores_nothing(home: Path) -> None:
    assert run("alerts", "test", "bo").output.strip() == "bo: sent"
    assert len(list((home / "out" / "bo").glob("*.eml"))) == 1
    assert not (home / "out" / "ana").exists()
    assert not (home / "sent.jsonl").exists()


def test_an_alert_is_sent_again_to_one_who_had_it_not(home: Path) -> None:
    assert run("alerts", "resend", ALERT.alert_id[:8], "--to", "bo", "--as-of", AT).output.strip() == "bo: sent"
    assert run("alerts", "resend", ALERT.alert_id[:8], "--to", "bo", "--as-of", AT).output.strip() == "bo: sent again"
    (line, again) = [json.loads(x) for x in (home / "sent.jsonl").read_text().splitlines()]
    assert (line["recipient_ref"], line["possible_repeat"], again["possible_repeat"]) == ("bo", False, True)
    listed = json.loads(run("alerts", "--json").output)
    assert listed[0]["deliveries"] == "ana sent, bo sent"


def test_a_retraction_goes_to_who_had_the_alert(home: Path) -> None:
    shown = run("alerts", "retract", ALERT.alert_id[:8], "--why", "it was a draft", "--as-of", AT).output
    assert "1 sent" in shown
    assert len(list((home / "out" / "ana").glob("*.eml"))) == 1
    assert not (home / "out" / "bo").exists()
    purposes = [a["purpose"] for a in json.loads(run("alerts", "--json").output)]
    assert sorted(purposes) == ["new", "retraction"]
