"""The run counter beside the database: a cut or lost WAL opens silently with fewer rows, so what was acknowledged is noted outside."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from storage.errors import StoreDamaged, StoreError


@dataclass(frozen=True, slots=True)
class SideRecord:
    """Counters that only ever grow; `writes` counts committed transactions, so that one lost commit already shows."""

    run_seq: int = 0
    writes: int = 0
    article: int = 0
    delivery: int = 0


def read_side(path: Path) -> SideRecord | None:
    """The record beside the database, None when there is none; raises StoreDamaged when it is no record."""
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        return SideRecord(**{field.name: int(table[field.name]) for field in fields(SideRecord)})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as fault:
        msg = f"the run counter {path} cannot be read; delete it when you trust the database beside it"
        raise StoreDamaged(msg) from fault


def write_side(path: Path, record: SideRecord) -> None:
    """Replace the record in one step (new file, fsync, rename); raises StoreError when the disk refuses."""
    fresh = path.with_name(path.name + ".new")
    try:
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(asdict(record), file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as fault:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        msg = f"the run counter {path} cannot be written: {fault.strerror}"
        raise StoreError(msg) from fault


def missing(known: SideRecord, found: SideRecord) -> dict[str, tuple[int, int]]:
    """What the database lacks: counter -> (acknowledged, found), empty when it holds everything that was acknowledged."""
    pairs = {field.name: (getattr(known, field.name), getattr(found, field.name)) for field in fields(SideRecord)}
    return {name: pair for name, pair in pairs.items() if pair[1] < pair[0]}
