"""The ledger's part of a slice: matters that a topic or key touches, with all their steps, keys and later changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from storage import bulk, rows
from storage.as_of import View
from storage.model import LedgerEntry
from topics.model import LedgerChange, LedgerRow, Matter, MatterKey, Probes, by_person
from topics.recall import OldStep, recall

# A ledger of ordinary length (two steps a night for five years) is known whole. Beyond, the steps that nothing told since probes.since are
# asked for by what tonight's claims say, so that a night costs the same however long the past is.
OLD_STEPS = 4000
BASELINE = "baseline"  # who made a change, when a new baseline did


class _Placed(NamedTuple):
    ledger_id: str
    matter_id: str
    topic: str
    night: date


@dataclass(frozen=True, slots=True)
class LedgerPart:
    """Ledger rows in force, and those that a person took back, with what belongs to them, each sorted by id."""

    ledger: tuple[LedgerRow, ...]
    changes: tuple[LedgerChange, ...]
    matters: tuple[Matter, ...]
    keys: tuple[MatterKey, ...]
    hidden: frozenset[str]  # steps that are gone, and the claims that told them
    hidden_claims: frozenset[str]


def slice_ledger(con: bulk.Connection, view: View, probes: Probes) -> LedgerPart:
    """The part of the ledger that the probes touch, as the view knew it.

    Of more than OLD_STEPS steps that nothing told since probes.since only those come that a key leads to, that recall() finds, or that were
    retracted.
    """
    keys, matters = _keys(con, view), _matters(con, view)
    keyed = {key.matter_id for key in keys if (key.scheme, key.value) in probes.keys}
    placed = _placed(con, view)
    touched = {step.matter_id for step in placed if step.topic in probes.topics} | keyed
    said = frozenset(key for each in probes.told for key in each.keys)
    named = ({key.matter_id for key in keys if (key.scheme, key.value) in said} | keyed) & touched
    steps = [step for step in placed if step.matter_id in touched]
    changed = ledger_changes(con, view)
    # What was taken back is known for ever: a step of that very value is another one.
    ids = _asked_for(steps, named, con, view, probes) | (retracted(changed) & {step.ledger_id for step in steps})
    rows_of = ledger_rows(con, view, ids)
    changes = [change for change in changed if change[0].ledger_id in ids]
    gone = retracted(changes)
    # What a person took back is known on, so that the press that tells it again is met; the rest of what is gone is not.
    hidden = gone - {change.ledger_id for change, _ in changes if change.what == "retracted" and by_person(change)}
    near = {row.matter_id for row in rows_of} | keyed | named
    return LedgerPart(
        ledger=tuple(row for row in rows_of if row.ledger_id not in hidden),
        changes=tuple(change for change, _ in changes if change.what != "retracted" or change.ledger_id in gone),
        matters=tuple(matter for matter in matters if matter.matter_id in touched),
        keys=tuple(key for key in keys if key.matter_id in near),
        hidden=frozenset(hidden),
        hidden_claims=frozenset(row.claim_id for row in rows_of if row.ledger_id in hidden),
    )


def _placed(con: bulk.Connection, view: View) -> list[_Placed]:
    query = f"""SELECT ledger_id, matter_id, topic, night FROM ledger x WHERE {view.rows("x")}
        QUALIFY row_number() OVER (PARTITION BY x.ledger_id ORDER BY {view.first("x")}) = 1"""  # noqa: S608
    return [_Placed(*values) for values in bulk.fetch(con, query)]


def _asked_for(steps: Sequence[_Placed], named: Collection[str], con: bulk.Connection, view: View, probes: Probes) -> frozenset[str]:
    """The ledger ids to bring: all of a ledger of ordinary length, else the young ones and what keys and words ask for."""
    old = {step.ledger_id for step in steps if step.night < probes.since}
    if len(old) > OLD_STEPS:
        old -= _told_since(con, view, probes.since) | {step.ledger_id for step in steps if step.matter_id in named}
    if len(old) <= OLD_STEPS:
        return frozenset(step.ledger_id for step in steps)
    query = f"""SELECT x.ledger_id, x.topic, x.kind, coalesce(c.quote, ''), list_concat(x.targets, c.targets)
        FROM ledger x LEFT JOIN claim c ON c.claim_id = x.claim_id AND {view.rows("c")} WHERE {view.rows("x")} AND x.night < ?
        QUALIFY row_number() OVER (PARTITION BY x.ledger_id ORDER BY {view.first("x")}, c.run_seq) = 1"""  # noqa: S608
    found = bulk.fetch(con, query, [probes.since])
    described = [OldStep(step, topic, kind, quote, rows.known(names)) for step, topic, kind, quote, names in found if step in old]
    return frozenset(step.ledger_id for step in steps if step.ledger_id not in old) | recall(probes.told, described)


def _told_since(con: bulk.Connection, view: View, since: date) -> set[str]:
    """The steps of the baseline, which are known at every time, and those that a claim told since that night."""
    query = f"""SELECT ledger_id FROM claim c WHERE {view.rows("c")} AND c.night >= ? AND c.ledger_id <> ''
        UNION SELECT x.ledger_id FROM ledger x
        SEMI JOIN (SELECT claim_id FROM claim c WHERE c.origin <> 'article' AND {view.rows("c")}) USING (claim_id)"""  # noqa: S608
    return {ledger_id for (ledger_id,) in bulk.fetch(con, query, [since])}


def ledger_rows(con: bulk.Connection, view: View, ids: Collection[str] | None = None) -> list[LedgerRow]:
    """The steps that the view knew, all or those of the ids, retracted ones too, by ledger_id."""
    named = "" if ids is None else "AND x.ledger_id IN (SELECT unnest(?::VARCHAR[]))"
    query = f"""SELECT {rows.LEDGER} FROM ledger x WHERE {view.rows("x")} {named}
        QUALIFY row_number() OVER (PARTITION BY x.ledger_id ORDER BY {view.first("x")}) = 1"""  # noqa: S608
    found = bulk.fetch(con, query, [] if ids is None else [sorted(ids)])
    return sorted(map(rows.to_ledger, found), key=lambda row: row.ledger_id)


def ledger_changes(con: bulk.Connection, view: View) -> list[tuple[LedgerChange, int]]:
    """All changes that the view knew with their run, by ledger_id, oldest first, a retraction after a confirmation of the same run."""
    query = f"""SELECT ledger_id, what, "by", reason, run_seq FROM ledger_change x WHERE {view.rows("x")}
        ORDER BY ledger_id, {view.first("x")}, what, "by" """  # noqa: S608
    return [(LedgerChange(*values[:4]), values[4]) for values in bulk.fetch(con, query)]


def retracted(changes: Iterable[tuple[LedgerChange, int]]) -> set[str]:
    """The ledger ids that are taken back; only the baseline undoes a retraction, its own: who tells a step again tells another one."""
    gone: dict[str, set[str]] = {}
    for change, _ in changes:
        if change.what == "retracted":
            gone.setdefault(change.ledger_id, set()).add(change.by)
        elif change.what == "confirmed" and change.by == BASELINE:
            gone.get(change.ledger_id, set()).discard(BASELINE)
    return {ledger_id for ledger_id, by in gone.items() if by}


def _keys(con: bulk.Connection, view: View) -> list[MatterKey]:
    query = f"""SELECT scheme, value, matter_id FROM matter_key x WHERE {view.rows("x")}
        QUALIFY row_number() OVER (PARTITION BY scheme, value ORDER BY {view.first("x")}) = 1"""  # noqa: S608
    return sorted((MatterKey(*values) for values in bulk.fetch(con, query)), key=lambda key: (key.scheme, key.value))


def _matters(con: bulk.Connection, view: View) -> list[Matter]:
    """Every matter under the names that were learnt last."""
    query = f"""SELECT matter_id, name_en, name_zh FROM matter x WHERE {view.rows("x")}
        QUALIFY row_number() OVER (PARTITION BY matter_id ORDER BY run_seq DESC) = 1"""  # noqa: S608
    return sorted((Matter(*values) for values in bulk.fetch(con, query)), key=lambda matter: matter.matter_id)


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
