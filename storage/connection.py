"""Opening DuckDB: UTC, bounded memory, nothing outside the data directory, no extension download, configuration locked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from storage.errors import SchemaError, StoreDamaged, StoreError

COMPATIBILITY = "v1.5.0"  # files stay readable by every DuckDB that pyproject.toml allows
_MAGIC_AT, _MAGIC = 8, b"DUCK"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one connection may use."""

    memory: str = "1GB"
    threads: int = 2


DEFAULT_LIMITS = Limits()


def open_writer(path: Path, limits: Limits) -> duckdb.DuckDBPyConnection:
    """Open or create the database for writing; raises StoreDamaged, SchemaError or StoreError with advice."""
    return _open(path, limits, read_only=False)


def open_reader(path: Path, limits: Limits) -> duckdb.DuckDBPyConnection:
    """Open a snapshot read-only; raises StoreDamaged, SchemaError or StoreError with advice."""
    return _open(path, limits, read_only=True)


def _open(path: Path, limits: Limits, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    _check_magic(path)
    # Extensions are switched off before the file is looked at: a SQLite file would make DuckDB ask its server for one.
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    if not read_only:
        config["storage_compatibility_version"] = COMPATIBILITY
    try:
        con = duckdb.connect(str(path), read_only=read_only, config=config)
    except duckdb.Error as fault:
        raise _explain(fault, path) from fault
    try:
        _confine(con, path.parent, limits)
    except duckdb.Error as fault:
        con.close()
        raise _explain(fault, path) from fault
    return con


def _confine(con: duckdb.DuckDBPyConnection, folder: Path, limits: Limits) -> None:
    con.execute("SET TimeZone = 'UTC'")
    con.execute("SET enable_progress_bar = false")  # it would stand in the middle of a command's JSON when a query takes two seconds
    con.execute(f"SET memory_limit = {quoted(limits.memory)}")
    con.execute(f"SET threads = {int(limits.threads)}")
    con.execute(f"SET allowed_directories = [{quoted(str(folder))}]")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")


def quoted(text: str) -> str:
    """The text as an SQL string literal, for the few statements that take no parameters."""
    return "'" + text.replace("'", "''") + "'"


def _check_magic(path: Path) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(_MAGIC_AT + len(_MAGIC))
    except FileNotFoundError:
        return
    except OSError as fault:
        msg = f"{path} cannot be opened: {fault.strerror}"
        raise StoreError(msg) from fault
    if head[_MAGIC_AT:] != _MAGIC:
        what = "is empty" if not head else "is not a DuckDB file"
        msg = f"{path} {what}; {MEND}"
        raise StoreDamaged(msg)


MEND = "restore a backup over it, or accept the loss (Store.accept_damage) and run again: what is missing is fetched again"


def _explain(fault: duckdb.Error, path: Path) -> StoreError:
    text = str(fault)
    if "newer version of DuckDB" in text or "newer DuckDB" in text:
        return SchemaError(f"{path} was written by a newer DuckDB: install the topicwatch that wrote it, or restore a backup")
    if "set lock on file" in text:
        return StoreError(f"{path} is open in another program: {text.splitlines()[0]}")
    if any(sign in text for sign in ("WAL", "Corrupt", "checksum", "not a valid DuckDB")):
        return StoreDamaged(f"{path} is damaged ({text.splitlines()[0]}); {MEND}")
    if isinstance(fault, duckdb.IOException):
        return StoreError(f"{path} cannot be opened: {text.splitlines()[0]}")
    return StoreDamaged(f"{path} cannot be opened ({text.splitlines()[0]}); {MEND}")
