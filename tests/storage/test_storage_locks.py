"""Two processes, one store."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from storage import locks
from storage.errors import Locked, StoreError
from storage.store import Store

Make = Any
ROOT = Path(__file__).resolve().parents[2]
HOLDER = """
import sys, os, time; from pathlib import Path
from storage.store import Store
store = Store(Path(sys.argv[1]))
with (store.run_lock() if sys.argv[2] == "run" else store.window()):
    if sys.argv[3] == "orphan" and os.fork() == 0:
        time.sleep(60)
        os._exit(0)
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def holder(store: Store, which: str, how: str = "plain") -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(store.data_dir), which, how],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdin.close()
        process.stdout.close()


def test_a_second_run_is_told_who_holds_the_lock(store: Store) -> None:
    with holder(store, "run") as other:
        with pytest.raises(Locked, match=f"locked by PID {other.pid} on host {socket.gethostname()} since 20"), store.run_lock():
            pass
        with store.window():
            pass
        other.kill()
        other.wait()
        with store.run_lock():
            card = json.loads((store.data_dir / "run.lock").read_text())
            assert card["pid"] == os.getpid()
    with store.run_lock():
        pass


def test_a_window_waits_for_another_process_and_then_says_who(store: Store, tmp_path: Path) -> None:
    with holder(store, "window") as other:
        with pytest.raises(Locked, match=f"PID {other.pid} "), Store(store.data_dir, lock_wait_s=0.2).window():
            pass
        assert other.stdin is not None
        other.stdin.close()
        with store.window() as window:
            assert window.cursors() == {}


def test_the_lock_of_a_dead_process_is_ignored_even_when_its_orphan_keeps_it(store: Store) -> None:
    with holder(store, "run", "orphan") as other:
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
        with pytest.raises(Locked), locks.hold(store.data_dir / "run.lock"):
            pass
        with locks.hold(store.data_dir / "run.lock", wait_s=5):
            pass


def test_a_leftover_card_is_no_lock(store: Store) -> None:
    path = store.data_dir / "run.lock"
    for text in (
        '{"pid": 999999999, "host": "h", "since": "x"}',
        "",
        "not json",
        json.dumps({"pid": os.getpid(), "host": "h", "since": "x"}),
    ):
        path.write_text(text)
        with store.run_lock():
            pass


def test_the_lock_is_released_after_an_exception(store: Store) -> None:
    with pytest.raises(RuntimeError), store.run_lock():
        raise RuntimeError
    with store.run_lock():
        pass


def test_two_holders_in_one_process_exclude_each_other(store: Store) -> None:
    with store.run_lock(), pytest.raises(Locked, match=f"PID {os.getpid()}"), store.run_lock():
        pass


def test_a_lock_file_that_cannot_be_made(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"), locks.hold(tmp_path / "nowhere" / "run.lock"):
        pass
