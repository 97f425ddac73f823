"""The journal: survives torn lines, knows a step by other ids, lets one process send."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from alerts.addressing import delivery_of
from alerts.compose import retraction
from alerts.journal import Journal, JournalBusy, entry_of
from alerts.model import Alert, Line, Recipient

ROOM = Recipient("room", "slack", "https://hooks.example/s3cr3t")


def tell(journal: Journal, alert: Alert, now: datetime, recipient: Recipient = ROOM) -> str:
    delivery = delivery_of(alert, recipient)
    journal.append([entry_of(alert, delivery, "ref", now, repeat=False)])
    return delivery.delivery_id


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "sent.jsonl"


def test_what_was_appended_is_known_after_a_restart(path: Path, alert: Callable[..., Alert], now: datetime) -> None:
    delivery_id = tell(Journal(path), alert(), now)
    again = Journal(path)
    assert again.provider_ref(delivery_id) == "ref"
    assert again.already_sent(alert(), "room", delivery_id)
    assert not again.already_sent(alert(), "ana", "other")
    assert not again.already_sent(alert(2), "room", "other")
    assert again.sent_ids() == {alert().alert_id, "matter-1", *alert().move_ids}
    assert "s3cr3t" not in path.read_text()


@pytest.mark.parametrize("keep", [1, 40, -1])
def test_a_torn_last_line_is_left_out_and_harms_no_later_one(keep: int, path: Path, alert: Callable[..., Alert], now: datetime) -> None:
    journal = Journal(path)
    first = tell(journal, alert(1), now)
    whole = path.stat().st_size
    tell(journal, alert(2), now)
    raw = path.read_bytes()
    path.write_bytes(raw[: whole + keep] if keep > 0 else raw[:-2])
    torn = Journal(path)
    assert (torn.damaged, torn.already_sent(alert(2), "room", "x")) == (1, False)
    third = tell(torn, alert(3), now)
    last = Journal(path)
    assert last.provider_ref(first) == last.provider_ref(third) == "ref"
    assert last.damaged == 1


def test_a_line_that_only_lost_its_line_feed_counts(path: Path, alert: Callable[..., Alert], now: datetime) -> None:
    first = tell(Journal(path), alert(1), now)
    path.write_bytes(path.read_bytes()[:-1])
    journal = Journal(path)
    second = tell(journal, alert(2), now)
    again = Journal(path)
    assert (again.provider_ref(first), again.provider_ref(second), again.damaged) == ("ref", "ref", 0)


@pytest.mark.parametrize("junk", [b"[]\n", b"{}\n", b"\xff\xfe\n", b'{"lines":[{}]}\n', b"null\n", b"\0\0\0\n"])
def test_junk_lines_are_counted(junk: bytes, path: Path, alert: Callable[..., Alert], now: datetime) -> None:
    delivery_id = tell(Journal(path), alert(), now)
    with path.open("ab") as file:
        file.write(junk)
    assert (Journal(path).damaged, Journal(path).provider_ref(delivery_id)) == (1, "ref")


def test_a_step_is_known_by_matter_kind_value_and_page_when_ids_were_lost(
    path: Path, alert: Callable[..., Alert], line: Callable[..., Line], now: datetime
) -> None:
    journal = Journal(path)
    told = line(keys=("docket:D-1",))
    tell(journal, alert(lines=(told,)), now)
    new_ids = replace(told, move_id="other", matter_id="minted anew")
    for same in (new_ids, replace(told, move_id="other", keys=())):
        assert journal.untold(alert(lines=(same,)), "room") is None
    for different in (
        replace(new_ids, keys=()),
        replace(new_ids, kind="eased"),
        replace(new_ids, value="another"),
        replace(new_ids, urls=("https://gazette.example/second-postponement",)),
    ):
        assert journal.untold(alert(lines=(different,)), "room") is not None
    assert journal.untold(alert(lines=(new_ids,)), "ana") is not None


def test_only_the_untold_lines_of_a_digest_remain(
    path: Path, alert: Callable[..., Alert], line: Callable[..., Line], now: datetime
) -> None:
    journal = Journal(path)
    tell(journal, alert(1), now)
    digest = alert(9, purpose="digest", lines=(*alert(1).lines, *alert(2).lines))
    rest = journal.untold(digest, "room")
    assert rest is not None
    assert (rest.lines, rest.move_ids) == (alert(2).lines, alert(2).move_ids)


def test_a_retraction_of_a_told_move_is_told_once(path: Path, alert: Callable[..., Alert], now: datetime) -> None:
    journal = Journal(path)
    tell(journal, alert(), now)
    back = retraction(alert(), "wrong", "2026-11-08")
    assert journal.untold(back, "room") == back
    tell(journal, back, now)
    assert journal.untold(back, "room") is None


def test_an_alert_without_lines_is_known_by_its_delivery_only(path: Path, alert: Callable[..., Alert], now: datetime) -> None:
    journal = Journal(path)
    quiet = alert(purpose="digest", lines=(), move_ids=())
    delivery_id = tell(journal, quiet, now)
    assert journal.already_sent(quiet, "room", delivery_id)
    assert not journal.already_sent(quiet, "room", "tomorrow's")


def test_one_process_sends_at_a_time(path: Path) -> None:
    code = "import sys, pathlib, alerts.journal as j\nwith j.Journal(pathlib.Path(sys.argv[1])).exclusive(): print('in')"
    with Journal(path).exclusive():
        with pytest.raises(JournalBusy), Journal(path).exclusive():
            pass
        refused = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False)
        assert "another process is sending" in refused.stderr
    allowed = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False)
    assert allowed.stdout == "in\n"


def test_a_failed_sync_is_an_error_and_not_an_acknowledgement(
    path: Path, alert: Callable[..., Alert], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(path)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        tell(journal, alert(), now)
    assert not journal.sent_ids()
