"""Night one at home: `init` asks for a contact, the hour and one channel, sends a test, and shows how the sources answer; then `--live`."""

from __future__ import annotations

import subprocess

import pytest

from standins.household import PATIENCE_S, PROGRAM, ROOT, Town
from standins.mail_and_slack import MailServer

pytestmark = pytest.mark.slow
ANSWERS = "newsdesk@reader.example\n3\nsmtp\nana@reader.example\n127.0.0.1\n"


def test_init_asks_sends_a_test_probes_and_until_it_is_live_only_files_are_written(town: Town) -> None:
    house = town.house
    silent = town.room.publishers[0].name
    town.room.fail(silent, "503")
    with MailServer() as mail:
        words = ["init", "--smtp-port", str(mail.port), "--smtp-security", "plain", "--quiet", "23:30-23:45", "--zone", "Europe/Berlin"]
        environment = house.whole_environment({})
        environment.pop("TOPICWATCH_CONTACT")
        ended = subprocess.run(
            [*PROGRAM, *words], input=ANSWERS, capture_output=True, text=True, env=environment, cwd=ROOT, timeout=PATIENCE_S, check=False
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        assert "test message to me: sent" in ended.stdout
        assert [str(m["Subject"]) for m in mail.mails] == ["Health: test message"]
        rows = [line.split("\t") for line in ended.stdout.splitlines() if "\t" in line]
        assert sum(row[1] == "ok" for row in rows) == len(town.room.publishers) - 1
        assert sum(row[1] not in {"ok", "off"} for row in rows) == 1  # the silent one, by its reason

        secrets = house.home / "config" / "secrets.toml"
        assert oct(secrets.stat().st_mode)[-3:] == "600"
        assert "ana@reader.example" not in (house.home / "config" / "routing.toml").read_text()
        town.room.fail(silent, "")
        house.environment.pop("TOPICWATCH_CONTACT", None)

        town.night("2026-10-05", expect=None)
        second = town.night("2026-10-06", expect=None)
        assert any(a["purpose"] == "new" for a in second["alerts"])
        assert any(note.startswith("not live") for note in second["notes"])
        assert len(mail.mails) == 1  # nothing but the test has left this machine
        assert list((house.home / "out" / "me").glob("*.eml"))

        assert "is there already and stays" in house.run("init", "--channel", "slack", "--no-probe", expect=2).err
        assert "alerts go out from now on" in house.run("init", "--live").out
        third = town.night("2026-10-07", expect=None)
        news = [a for a in third["alerts"] if a["purpose"] == "new"]
        assert len(news) >= 1
        assert {a["id"] for a in news} <= {str(m["X-Topicwatch-Alert"]) for m in mail.mails}
        assert not any(note.startswith("not live") for note in third["notes"])


def test_init_refuses_what_cannot_work_and_writes_nothing(town: Town) -> None:
    words = ("init", "--contact", "me@reader.example", "--hour", "2", "--no-probe")
    for more, said in (
        (("--channel", "fax"), "say files, smtp, slack"),
        (("--channel", "smtp", "--to", "not an address", "--smtp-host", "mail.example"), "one plain mailbox"),
        (("--channel", "files", "--zone", "Mars/Olympus"), "zone 'Mars/Olympus' is not known"),
        (("--channel", "files", "--quiet", "late"), "quiet must be two different times"),
    ):
        answer = town.house.run(*words, *more, expect=2)
        assert said in answer.err
        assert not (town.house.home / "config").exists()
    assert "run `topicwatch init` first" in town.house.run("init", "--live", expect=2).err
