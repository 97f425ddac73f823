"""Adding claims, matters, keys and ledger rows: a fact that is there already is not added again, one that is new to its night is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from storage import bulk, rows
from topics.model import Claim, LedgerChange, LedgerRow, Matter, MatterKey


def add_claims(con: bulk.Connection, claims: Iterable[Claim], night: date | None, run_seq: int) -> None:
    """Insert claims; the same claim read again by a later run is a row of its own."""
    fresh = {claim.claim_id: claim for claim in claims}
    there = _there(con, "claim", "claim_id", sorted(fresh), f"x.run_seq = {run_seq:d}")
    bulk.insert(
        con, "claim", [rows.claim_row(c) | {"night": night, "run_seq": run_seq} for c in fresh.values() if (c.claim_id,) not in there]
    )


def add_matters(con: bulk.Connection, matters: Iterable[Matter], night: date | None, run_seq: int) -> None:
    """Insert matters that are new, and those whose names changed, as rows with a later run_seq."""
    wanted = {matter.matter_id: matter for matter in matters}
    there = _there(con, "matter", "matter_id, name_en, name_zh", sorted(wanted), _covers(night))
    fresh = [m for m in wanted.values() if (m.matter_id, m.name_en, m.name_zh) not in there]
    taken = _there(con, "matter", "matter_id", sorted(wanted), f"x.run_seq = {run_seq:d}")
    stored = [
        {
            "matter_id": m.matter_id,
            "name_en": m.name_en,
            "name_zh": m.name_zh,
            "night": night,
            "run_seq": run_seq,
        }
        for m in fresh
        if (m.matter_id,) not in taken
    ]
    bulk.insert(con, "matter", stored)


def add_keys(con: bulk.Connection, keys: Iterable[MatterKey], night: date | None, run_seq: int) -> None:
    """Insert keys that no earlier row leads to a matter; the first matter that a key met keeps it."""
    wanted = {(key.scheme, key.value): key for key in reversed(list(keys))}
    values = sorted({value for _, value in wanted})
    there = _there(con, "matter_key", "scheme, value", values, f"({_covers(night)} OR x.run_seq = {run_seq:d})", of="value")
    fresh = [key for pair, key in sorted(wanted.items()) if pair not in there]
    bulk.insert(
        con,
        "matter_key",
        [{"scheme": k.scheme, "value": k.value, "matter_id": k.matter_id, "night": night, "run_seq": run_seq} for k in fresh],
    )


def add_ledger(con: bulk.Connection, ledger: Iterable[LedgerRow], run_seq: int) -> None:
    """Insert steps that are new, or known only from a later night than now found."""
    wanted = {row.ledger_id: row for row in reversed(list(ledger))}
    query = "SELECT ledger_id, min(night), bool_or(run_seq = ?) FROM ledger WHERE ledger_id IN (SELECT unnest(?::VARCHAR[])) GROUP BY 1"
    there = {ledger_id: (night, taken) for ledger_id, night, taken in bulk.fetch(con, query, [run_seq, sorted(wanted)])}
    fresh = [row for _, row in sorted(wanted.items()) if _is_earlier(row, there.get(row.ledger_id))]
    bulk.insert(con, "ledger", [_ledger_row(row, run_seq) for row in fresh])


def add_changes(con: bulk.Connection, changes: Sequence[LedgerChange], night: date | None, run_seq: int) -> None:
    """Insert what happened to ledger rows; the same change twice in one run is one."""
    fresh = {(c.ledger_id, c.what, c.by): c for c in reversed(changes)}
    where = f"x.run_seq = {run_seq:d}"
    there = _there(con, "ledger_change", 'ledger_id, what, "by"', sorted({c.ledger_id for c in changes}), where, of="ledger_id")
    stored = [
        {"ledger_id": c.ledger_id, "what": c.what, "by": c.by, "reason": c.reason, "night": night, "run_seq": run_seq}
        for key, c in sorted(fresh.items())
        if key not in there
    ]
    bulk.insert(con, "ledger_change", stored)


def _is_earlier(row: LedgerRow, there: tuple[date, bool] | None) -> bool:
    return there is None or (row.night < there[0] and not there[1])


def _ledger_row(row: LedgerRow, run_seq: int) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in LedgerRow.__slots__}
    return values | {"targets": list(row.targets), "run_seq": run_seq}


def _covers(night: date | None) -> str:
    """The rows that a look back from this night's morrow would see."""
    return "x.night IS NULL" if night is None else f"(x.night IS NULL OR x.night <= DATE '{night.isoformat()}')"


def _there(con: bulk.Connection, table: str, columns: str, ids: Sequence[str], where: str, *, of: str = "") -> set[tuple[Any, ...]]:
    column = of or columns.split(",", maxsplit=1)[0]
    query = f"SELECT {columns} FROM {table} x WHERE x.{column} IN (SELECT unnest(?::VARCHAR[])) AND {where}"  # noqa: S608
    return set(bulk.fetch(con, query, [list(ids)]))
