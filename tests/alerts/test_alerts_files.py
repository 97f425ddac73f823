"""The file channel: one set of files per alert, inside its folder whatever the title says (case 102)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alerts.addressing import delivery_of
from alerts.files import FileSender, stem_of
from alerts.model import Alert, Recipient
from alerts.send import Attempt, SendFailed

FILES = Recipient("files", "file", "out")
FIRST = Attempt(1, datetime(2026, 11, 7, 2, 0, tzinfo=UTC))


def send(root: Path, alert: Alert, recipient: Recipient = FILES, attempt: Attempt = FIRST) -> str:
    return FileSender(root).send(alert, recipient, delivery_of(alert, recipient), attempt).provider_ref


def test_mail_slack_message_and_text_lie_side_by_side(tmp_path: Path, alert: Callable[..., Alert]) -> None:
    ref = send(tmp_path, alert())
    assert ref == f"out/2026-11-06-adopted-rule-1-{alert().alert_id}.txt"
    text = tmp_path / ref
    assert text.read_text().startswith("Adopted: rule 1\n")
    assert json.loads(text.with_suffix(".json").read_text())["blocks"]
    assert b"Subject: Adopted: rule 1\r\n" in text.with_suffix(".eml").read_bytes()


def test_a_second_try_writes_the_same_files(tmp_path: Path, alert: Callable[..., Alert]) -> None:
    first = send(tmp_path, alert())
    before = {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()}
    assert send(tmp_path, alert(), attempt=replace(FIRST, number=2, possible_repeat=True)) == first
    assert {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()} == before


@pytest.mark.parametrize("title", ["../../etc/passwd", "/abs/olute", "a\x00b", "..", "中文", "con\\aux:", "x" * 5000, "a\nb", "~/.ssh"])
def test_no_title_leaves_the_folder(title: str, tmp_path: Path, alert: Callable[..., Alert]) -> None:
    home = tmp_path / "home"
    send(home, alert(title=title, topics=(title,), night="2026-11-06/../.."))
    send(home, alert(title=title, alert_id="../../x"))
    assert {p.parent for p in tmp_path.rglob("*") if p.is_file()} == {home / "out"}
    assert all(len(p.name) < 120 for p in (home / "out").iterdir())


@pytest.mark.parametrize("folder", ["../elsewhere", "{root}/elsewhere", "out/../../x"])
def test_a_folder_outside_the_data_directory_is_refused(folder: str, tmp_path: Path, alert: Callable[..., Alert]) -> None:
    with pytest.raises(SendFailed, match="outside the data directory") as caught:
        send(tmp_path / "home", alert(), replace(FILES, address=folder.format(root=tmp_path)))
    assert caught.value.permanent
    assert list(tmp_path.rglob("*")) == []


def test_an_absolute_folder_inside_is_fine(tmp_path: Path, alert: Callable[..., Alert]) -> None:
    assert send(tmp_path, alert(), replace(FILES, address=str(tmp_path / "out"))).startswith("out/")


def test_a_folder_that_cannot_be_written_is_for_now(tmp_path: Path, alert: Callable[..., Alert]) -> None:
    (tmp_path / "out").write_text("a file where the folder should be")
    with pytest.raises(SendFailed, match="file: File exists") as caught:
        send(tmp_path, alert())
    assert not caught.value.permanent


def test_two_alerts_of_one_title_have_two_names(alert: Callable[..., Alert]) -> None:
    assert stem_of(alert(1, title="same")) != stem_of(alert(2, title="same"))
