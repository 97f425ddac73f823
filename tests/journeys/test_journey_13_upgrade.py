"""A new version with a new reader and a migration: no alert by itself, a printed difference, old backups open, and there is no way back."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from standins.channels import message_ids, set_up
from standins.household import PATIENCE_S, ROOT, Answer, Town, evening
from standins.mail_and_slack import MailServer, SlackServer

pytestmark = pytest.mark.slow
# The next version as it may be: one more migration, and a reader of another name that no longer reads Chinese.
NEXT = """
from storage import schema
schema.MIGRATIONS += (("ALTER TABLE source ADD COLUMN next_thing VARCHAR DEFAULT 'new'",),)
schema.SCHEMA_VERSION += 1
from dataclasses import replace
from topics.reader import BuiltinReader
BuiltinReader.version, before = "builtin-next", BuiltinReader.read
def read(*given):
    reading = before(*given)
    return replace(reading, claims=() if reading.language == "zh" else reading.claims)
BuiltinReader.read = read
from flows.cli.main import app
app()
"""


def newer(town: Town, *words: str, expect: int = 0) -> Answer:
    """Run a command of the next version."""
    ended = subprocess.run(
        [sys.executable, "-c", NEXT, *words], capture_output=True, text=True, env=town.house.whole_environment(), cwd=ROOT,
        timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    assert ended.returncode == expect, ended.stdout + ended.stderr
    return Answer(ended.returncode, ended.stdout, ended.stderr)


def newer_night(town: Town, day: str) -> dict[str, object]:
    town.room.set_now(evening(day))
    night: dict[str, object] = json.loads(newer(town, "night", "--plain", "--force", "--json", "--as-of", day).out)
    return night


def test_an_upgrade_tells_nothing_by_itself_and_says_what_it_would_decide_otherwise(town: Town, tmp_path: Path) -> None:
    house = town.house
    with MailServer() as mail, SlackServer() as slack:
        set_up(town, mail, slack)
        town.nights("2026-10-05", "2026-10-06")
        house.back_up(tmp_path / "backup")
        told, ledger = message_ids(mail), house.run("ledger", "--json").json

        early = newer(town, "moves", expect=1).err  # the snapshot is of the old version until a night has been
        assert "was written before the last upgrade: the next night" in early
        quiet = newer_night(town, "2026-10-06")
        assert (quiet["outcome"], quiet["moves"]) == ("done", {})
        assert message_ids(mail) == told
        assert json.loads(newer(town, "ledger", "--json").out) == ledger
        said = newer(town, "replay", "--from-archive", "2026-10-06", expect=1).out
        assert "changed since: reader" in said
        assert any(line.startswith("- ") for line in said.splitlines())
        assert any(line.startswith("+ ") for line in said.splitlines())

        back = house.run("night", "--plain", "--as-of", "2026-10-07", expect=1).err
        assert "install the topicwatch that wrote it, or restore a backup made before the upgrade" in back
        assert "Traceback" not in back

        house.restore(tmp_path / "backup")
        opened = newer_night(town, "2026-10-07")
        assert opened["outcome"] == "done"
        after = message_ids(mail)
        assert len(after) > len(told)  # the new night's news; of the nights before each message is there once
        assert told <= after
        assert max(after.values()) == 1
