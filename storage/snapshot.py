"""Copying a closed database file so that readers see either the old or the new one."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from storage.errors import StoreError


def copy_file(closed: Path, target: Path) -> None:
    """Copy a closed, checkpointed file over target: copy beside it, fsync, rename; raises StoreError and leaves the old one.

    A WAL beside the closed file means that it was not checkpointed, so that the copy would lack rows.
    """
    wal = closed.with_name(closed.name + ".wal")
    if wal.exists():
        msg = f"{wal} is still there, the file beside it is not complete: no snapshot was made"
        raise StoreError(msg)
    fresh = target.with_name(target.name + ".new")
    try:
        shutil.copyfile(closed, fresh)
        _sync(fresh)
        fresh.replace(target)
        _sync(target.parent)
    except OSError as fault:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        msg = f"the snapshot {target} cannot be written: {fault.strerror}"
        raise StoreError(msg) from fault


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
