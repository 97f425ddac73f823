"""The disk is lost: last night's backup is restored beside the journal; the missing day is read again, and no alert comes again."""

from __future__ import annotations

from pathlib import Path

import pytest

from standins.channels import message_ids, set_up, told_by_slack
from standins.household import Town
from standins.mail_and_slack import MailServer, SlackServer

pytestmark = pytest.mark.slow


def test_last_nights_backup_and_the_journal_bring_everything_back_and_repeat_nothing(town: Town, tmp_path: Path) -> None:
    with MailServer() as mail, SlackServer() as slack:
        set_up(town, mail, slack)
        town.nights("2026-10-05", "2026-10-06")
        town.house.back_up(tmp_path / "backup")
        lost = town.night("2026-10-07")
        told = message_ids(mail), told_by_slack(slack)
        assert any(a["purpose"] == "new" for a in lost["alerts"])

        town.house.restore(tmp_path / "backup")
        again = town.night("2026-10-07")
        assert again["articles"] == lost["articles"]
        assert again["moves"] == lost["moves"]
        assert (message_ids(mail), told_by_slack(slack)) == told
        assert again["deliveries"].get("known", 0) == 3 * sum(a["purpose"] == "new" for a in lost["alerts"])
