"""The ledger's part of a slice: matters that a topic or key touches, with all their steps, keys and later changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from storage import bulk, rows
from storage.as_of import View
from storage.model import LedgerEntry
from topics.model import LedgerChange, LedgerRow, Matter, MatterKey


@dataclass(frozen=True, slots=True)
class LedgerPart:
    """Ledger rows in force with what belongs to them, each sorted by id."""

    ledger: tuple[LedgerRow, ...]
    changes: tuple[LedgerChange, ...]
    matters: tuple[Matter, ...]
    keys: tuple[MatterKey, ...]
    retracted: frozenset[str]
    retracted_claims: frozenset[str]


def slice_ledger(con: bulk.Connection, view: View, topics: Sequence[str], probed: Collection[tuple[str, str]]) -> LedgerPart:
    """The part of the ledger that the probes touch, as the view knew it; a merged matter brings the one it was merged into."""
    keys, matters = _keys(con, view), _matters(con, view)
    ledger = ledger_rows(con, view)
    touched = {row.matter_id for row in ledger if row.topic in set(topics)}
    touched |= {key.matter_id for key in keys if (key.scheme, key.value) in probed}
    touched = _merged(touched, matters)
    rows_of = [row for row in ledger if row.matter_id in touched]
    ids = {row.ledger_id for row in rows_of}
    changes = [change for change in ledger_changes(con, view) if change[0].ledger_id in ids]
    gone = retracted(changes)
    return LedgerPart(
        ledger=tuple(row for row in rows_of if row.ledger_id not in gone),
        changes=tuple(change for change, _ in changes if change.what != "retracted" or change.ledger_id in gone),
        matters=tuple(matter for matter in matters if matter.matter_id in touched),
        keys=tuple(key for key in keys if key.matter_id in touched),
        retracted=frozenset(gone),
        retracted_claims=frozenset(row.claim_id for row in rows_of if row.ledger_id in gone),
    )


def ledger_rows(con: bulk.Connection, view: View) -> list[LedgerRow]:
    """All steps that the view knew, retracted ones too, by ledger_id."""
    query = f"""SELECT {rows.LEDGER} FROM ledger x WHERE {view.rows("x")}
        QUALIFY row_number() OVER (PARTITION BY x.ledger_id ORDER BY {view.first("x")}) = 1"""  # noqa: S608
    return sorted(map(rows.to_ledger, bulk.fetch(con, query)), key=lambda row: row.ledger_id)


def ledger_changes(con: bulk.Connection, view: View) -> list[tuple[LedgerChange, int]]:
    """All changes that the view knew with their run, by ledger_id, oldest first, a retraction after a confirmation of the same run."""
    query = f"""SELECT ledger_id, what, "by", reason, run_seq FROM ledger_change x WHERE {view.rows("x")}
        ORDER BY ledger_id, {view.first("x")}, what, "by" """  # noqa: S608
    return [(LedgerChange(*values[:4]), values[4]) for values in bulk.fetch(con, query)]


def retracted(changes: Iterable[tuple[LedgerChange, int]]) -> set[str]:
    """The ledger ids whose last word is a retraction; a later confirmation takes it back."""
    gone: set[str] = set()
    for change, _ in changes:
        if change.what == "retracted":
            gone.add(change.ledger_id)
        elif change.what == "confirmed":
            gone.discard(change.ledger_id)
    return gone


def _keys(con: bulk.Connection, view: View) -> list[MatterKey]:
    query = f"""SELECT scheme, value, matter_id FROM matter_key x WHERE {view.rows("x")}
        QUALIFY row_number() OVER (PARTITION BY scheme, value ORDER BY {view.first("x")}) = 1"""  # noqa: S608
    return sorted((MatterKey(*values) for values in bulk.fetch(con, query)), key=lambda key: (key.scheme, key.value))


def _matters(con: bulk.Connection, view: View) -> list[Matter]:
    """Every matter under the names and merge that were learnt last."""
    query = f"""SELECT matter_id, name_en, name_zh, merged_into FROM matter x WHERE {view.rows("x")}
        QUALIFY row_number() OVER (PARTITION BY matter_id ORDER BY run_seq DESC) = 1"""  # noqa: S608
    return sorted((Matter(*values) for values in bulk.fetch(con, query)), key=lambda matter: matter.matter_id)


def _merged(touched: set[str], matters: Iterable[Matter]) -> set[str]:
    """The matters with all those that merges join them to, in either direction."""
    joined: dict[str, set[str]] = {}
    for matter in matters:
        if matter.merged_into:
            joined.setdefault(matter.matter_id, set()).add(matter.merged_into)
            joined.setdefault(matter.merged_into, set()).add(matter.matter_id)
    found, queue = set(touched), sorted(touched)
    while queue:
        for other in joined.get(queue.pop(), set()) - found:
            found.add(other)
            queue.append(other)
    return found


def ledger_entries(con: bulk.Connection, view: View) -> tuple[LedgerEntry, ...]:
    """All steps that the view knew with quote and later changes, by night, matter and id; retracted ones marked."""
    changes = ledger_changes(con, view)
    gone = retracted(changes)
    query = f"""SELECT x.ledger_id, x.run_seq, coalesce(first(c.quote ORDER BY c.run_seq), '') FROM ledger x
        LEFT JOIN claim c ON c.claim_id = x.claim_id AND {view.rows("c")} WHERE {view.rows("x")}
        GROUP BY x.ledger_id, x.run_seq, x.night
        QUALIFY row_number() OVER (PARTITION BY x.ledger_id ORDER BY {view.first("x")}) = 1"""  # noqa: S608
    found = {ledger_id: (run_seq, quote) for ledger_id, run_seq, quote in bulk.fetch(con, query)}
    told: dict[str, list[tuple[str, str, str, int]]] = {}
    for change, run_seq in changes:
        told.setdefault(change.ledger_id, []).append((change.what, change.by, change.reason, run_seq))
    entries = (
        LedgerEntry(row, *found[row.ledger_id], tuple(told.get(row.ledger_id, ())), row.ledger_id in gone) for row in ledger_rows(con, view)
    )
    return tuple(sorted(entries, key=lambda entry: (entry.row.night, entry.row.matter_id, entry.row.ledger_id)))
