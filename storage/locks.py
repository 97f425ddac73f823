"""One writer at a time: lock files with the holder's PID, host and start, held by flock so that death releases them."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from storage.errors import Locked, StoreError

_POLL_S = 0.05


@contextmanager
def hold(path: Path, *, wait_s: float = 0.0) -> Iterator[None]:
    """Hold the lock file for the length of the with block, waiting up to wait_s seconds for it.

    A file left behind by a dead process is no lock; one that a dead process's orphan keeps flocked is replaced.
    Raises Locked when somebody else holds it, StoreError when the file cannot be written.
    """
    deadline = time.monotonic() + wait_s
    while (handle := _try(path)) is None:
        if time.monotonic() >= deadline:
            raise Locked(_held_by(path))
        time.sleep(_POLL_S)
    try:
        yield
    finally:
        try:
            os.ftruncate(handle, 0)
        finally:
            os.close(handle)  # closing releases the flock


def _try(path: Path) -> int | None:
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as fault:
        msg = f"the lock file {path} cannot be opened: {fault.strerror}"
        raise StoreError(msg) from fault
    if not _flock(handle, path):
        os.close(handle)
        _drop_if_orphaned(path)
        return None
    if not _same_file(handle, path):  # somebody replaced the file between our open and our flock
        os.close(handle)
        return None
    try:
        os.ftruncate(handle, 0)
        os.pwrite(handle, _card().encode(), 0)
    except OSError:  # a full disk: the flock holds all the same, only the card with our name is missing
        pass
    return handle


def _flock(handle: int, path: Path) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as fault:
        if fault.errno in {errno.EWOULDBLOCK, errno.EACCES}:
            return False
        os.close(handle)
        msg = f"the file system of {path} does not support locks: {fault.strerror}"
        raise StoreError(msg) from fault
    return True


def _same_file(handle: int, path: Path) -> bool:
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    ours = os.fstat(handle)
    return (ours.st_dev, ours.st_ino) == (there.st_dev, there.st_ino)


def _card() -> str:
    since = datetime.now(UTC).isoformat(timespec="seconds")  # for people; no decision reads it
    return json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": since})


def _read_card(path: Path) -> tuple[int, str, str] | None:
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
        return int(card["pid"]), str(card["host"]), str(card["since"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _held_by(path: Path) -> str:
    card = _read_card(path)
    if card is None:
        return f"{path.name} is locked by another process, which left no name in it"
    return f"locked by PID {card[0]} on host {card[1]} since {card[2]} ({path.name})"


def _drop_if_orphaned(path: Path) -> None:
    """A forked child inherits a flock and keeps it when its parent is killed; the lock is the parent's, who is dead."""
    card = _read_card(path)
    if card is not None and card[1] == socket.gethostname() and not _alive(card[0]):
        path.unlink(missing_ok=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's process
        return True
    return True
