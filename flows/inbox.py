"""The inbox of SCHEMA.md, W4: what people say back is a file until the next window takes it in; a file that is no action is set aside."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from alerts.control import Action, ControlError, checked, from_json, to_json
from alerts.files import write_whole
from alerts.plain import one_line
from storage.store import Store

FILE_LIMIT = 16_384  # bytes of one action
FULL = 1_000  # waiting files; more than that is no reader but a flood
REFUSED = "refused"


class InboxFull(RuntimeError):  # noqa: N818 (reads as what it says)
    """Too much waits to be taken in."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a round of taking in did."""

    actions: tuple[Action, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()  # (file name, reason)


def drop(folder: Path, action: Action) -> Path:
    """Put one action into the inbox, whole and on disk, and give its path; the same action twice is one file.

    Raises ControlError, OSError, and InboxFull.
    """
    checked(action)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{action.at:%Y%m%dT%H%M}-{action.action_id}.json"
    if not path.exists() and len(os.listdir(folder)) >= FULL:  # noqa: PTH208 - names are enough
        raise InboxFull(f"{FULL:,} files wait in {folder}; run `topicwatch deliver` to have them taken in")
    write_whole(path, to_json(action).encode())
    return path


def take_in(store: Store, folder: Path) -> Taken:
    """Store what waits, in one transaction, then remove the files; one that is no action moves to inbox/refused with its reason beside it.

    Killed between the two, the next round finds the same files and stores nothing twice.
    """
    good: list[tuple[Path, Action]] = []
    refused: list[tuple[str, str]] = []
    for path in waiting(folder):
        try:
            good.append((path, read(path)))
        except ControlError as fault:
            refused.append((one_line(path.name, 120), str(fault)))
            _set_aside(path, str(fault))
    actions = tuple(action for _, action in good)
    if actions:
        with store.window() as window:
            window.take_in(actions)
    for path, _ in good:
        path.unlink(missing_ok=True)
    return Taken(actions, tuple(refused))


def waiting(folder: Path) -> list[Path]:
    """Give what lies in the inbox, oldest name first; unfinished files (.part) and the refused ones are left alone."""
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if p.name != REFUSED and not p.name.endswith(".part"))[:FULL]


def refused(folder: Path) -> list[Path]:
    """Give what was set aside."""
    return sorted(p for p in (folder / REFUSED).glob("*") if p.suffix != ".why")


def read(path: Path) -> Action:
    """Read one file without following a link or waiting on a pipe; raises ControlError."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as fault:
        raise ControlError(f"cannot be read ({fault.strerror})") from fault
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise ControlError("is no plain file")
        raw = os.read(handle, FILE_LIMIT + 1)
    finally:
        os.close(handle)
    if len(raw) > FILE_LIMIT:
        raise ControlError(f"is longer than {FILE_LIMIT:,} bytes")
    try:
        return from_json(raw.decode("utf-8"))
    except UnicodeDecodeError as fault:
        raise ControlError(f"not UTF-8 at byte {fault.start}") from fault


def _set_aside(path: Path, reason: str) -> None:
    place = path.parent / REFUSED
    place.mkdir(exist_ok=True)
    stem = os.fsdecode(os.fsencode(path.name)[:200])  # names are limited in bytes
    free = next(n for n in range(FULL * FULL) if not os.path.lexists(place / f"{stem}{f'.{n}' * bool(n)}"))
    name = f"{stem}{f'.{free}' * bool(free)}"
    path.rename(place / name)
    write_whole(place / f"{name}.why", f"{reason}\n".encode("utf-8", "replace"))
