"""Bulk inserts by column, and the reading that belongs to them: one statement a table instead of one a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb

Row = Mapping[str, Any]
Connection = duckdb.DuckDBPyConnection


def insert(con: Connection, table: str, rows: Sequence[Row]) -> None:
    """Insert rows, each a mapping of the same column names, through one unnest per column."""
    if not rows:
        return
    types = _types(con, table)
    names = list(rows[0])
    picks = ", ".join(f"unnest({_cast(types[name])})" for name in names)
    values = [_bind(types[name], [row[name] for row in rows]) for name in names]
    columns = ", ".join(f'"{name}"' for name in names)
    con.execute(f"INSERT INTO {table} ({columns}) SELECT {picks}", values)


def fetch(con: Connection, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    return con.execute(query, list(values)).fetchall()


def one(con: Connection, query: str, values: Sequence[Any] = ()) -> Any:
    """The single value of a query that always has one row."""
    return fetch(con, query, values)[0][0]


def numbers(values: Iterable[int]) -> str:
    """Unsigned 64-bit integers as the text that INTS reads: DuckDB 1.5 binds a list of them 200 times slower than it splits a string."""
    return ",".join(map(str, values))


INTS = "string_split(?, ',')::UBIGINT[]"


def _types(con: Connection, table: str) -> dict[str, str]:
    found = con.execute("SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ?", [table]).fetchall()
    return dict(found)


def _cast(kind: str) -> str:
    return INTS if kind == "UBIGINT" else f"?::{kind}[]"


def _bind(kind: str, values: list[Any]) -> Any:
    if kind == "UBIGINT":
        return numbers(values)
    if kind == "VARCHAR":
        return [storable(value) for value in values]
    if kind == "VARCHAR[]":
        return [None if value is None else [storable(item) for item in value] for value in values]
    return values


def storable(text: str | None) -> str | None:
    """The text with lone surrogates replaced: they are no Unicode text, and DuckDB refuses them."""
    if text is None:
        return None
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
