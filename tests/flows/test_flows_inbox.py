"""The inbox (W4): what is dropped is taken in once; a torn or hostile file is set aside with its reason, and nothing else suffers."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerts.control import Action, ControlError, to_json
from flows import inbox
from flows.inbox import InboxFull, drop, refused, take_in, waiting
from storage.store import Store

NOW = datetime(2026, 11, 7, 2, 0, tzinfo=UTC)
MUTE = Action("mute", "matter", "m1", NOW, NOW + timedelta(days=30), "ana", "ana")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "inbox"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def stored(store: Store) -> list[Action]:
    with store.window() as window:
        return list(window.actions())


def test_what_is_dropped_is_taken_in_once(folder: Path, store: Store) -> None:
    assert take_in(store, folder) == inbox.Taken()  # no inbox yet
    assert drop(folder, MUTE) == drop(folder, MUTE)
    assert len(waiting(folder)) == 1
    assert take_in(store, folder).actions == (MUTE,)
    assert waiting(folder) == []
    assert stored(store) == [MUTE]


def test_killed_between_the_commit_and_the_removal_nothing_is_stored_twice(
    folder: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(folder, MUTE)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            take_in(store, folder)
    assert len(waiting(folder)) == 1
    take_in(store, folder)
    assert (waiting(folder), stored(store)) == ([], [MUTE])


HOSTILE = {
    "empty.json": b"",
    "torn.json": to_json(MUTE).encode()[:60],
    "binary.json": b"\xff\xfe\x00" * 50,
    "long.json": b" " * 20_000 + to_json(MUTE).encode(),
    "deep.json": b"[" * 15_000,
    "other.json": b'{"v": 1, "what": "drop table", "scope": "matter", "target": "x"}',
    "escape.json": json.dumps({**json.loads(to_json(MUTE)), "target": "\x1b[2J"}).encode(),
    "note.txt": b"hello",
    "..json": b"{}",
    "\u202egnp.json": b"{}",
}


def test_a_torn_or_hostile_file_is_set_aside_with_its_reason_and_stops_nothing(folder: Path, store: Store, tmp_path: Path) -> None:
    drop(folder, MUTE)
    for name, content in HOSTILE.items():
        (folder / name).write_bytes(content)
    (folder / "unfinished.json.part").write_bytes(b"{")
    secret = tmp_path / "secret.txt"
    secret.write_text(to_json(MUTE), encoding="utf-8")
    (folder / "link.json").symlink_to(secret)
    (folder / "folder.json").mkdir()
    os.mkfifo(folder / "pipe.json")
    taken = take_in(store, folder)
    assert taken.actions == (MUTE,)
    assert {name for name, _ in taken.refused} == {
        *(name.replace("\u202e", "") for name in HOSTILE),
        "link.json",
        "folder.json",
        "pipe.json",
    }
    assert stored(store) == [MUTE]
    assert [p.name for p in folder.iterdir() if p.name != "refused"] == ["unfinished.json.part"]
    assert len(refused(folder)) == len(HOSTILE) + 3
    assert "torn" in (folder / "refused" / "torn.json.why").read_text()
    assert (folder / "refused" / "torn.json").read_bytes() == HOSTILE["torn.json"]  # nothing is lost
    assert secret.exists()
    assert take_in(store, folder) == inbox.Taken()
    (folder / "folder.json").mkdir()
    (folder / ("\u4e2d" * 80)).write_text("x", encoding="utf-8")
    assert len(take_in(store, folder).refused) == 2
    assert len(refused(folder)) == len(HOSTILE) + 5


def test_a_flood_is_refused_at_the_door(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "FULL", 2)
    for n in range(2):
        drop(folder, Action("ack", "alert", f"a{n}", NOW))
    with pytest.raises(InboxFull, match="topicwatch deliver"):
        drop(folder, Action("ack", "alert", "a9", NOW))
    drop(folder, Action("ack", "alert", "a1", NOW))  # the same again is no further file


def test_only_what_makes_sense_is_dropped(folder: Path) -> None:
    with pytest.raises(ControlError, match="until"):
        drop(folder, Action("mute", "matter", "m1", NOW, by="ana"))
    assert not folder.exists()
