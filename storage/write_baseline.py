"""The baseline: seeds with their sketches and claims, the catalogue's matters and keys, the topics that are watched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from storage import bulk
from storage.facts import add_changes, add_claims, add_keys, add_ledger, add_matters
from storage.known_ledger import BASELINE
from storage.sketches import add_sketches
from topics.model import Catalogue, Claim, LedgerChange, LedgerRow, Matter, MatterKey
from topics.numbers import normal
from topics.seeds import Dossier


def add_baseline(
    con: bulk.Connection,
    dossiers: Sequence[Dossier],
    catalogue: Catalogue,
    ledger: Sequence[LedgerRow],
    claims: Sequence[Claim],
    run_seq: int,
) -> None:
    """Bring the stored baseline to this one inside the caller's transaction; what is the same already is left alone.

    An edited dossier is a new rev and retires the old one, a dossier that is gone retires its seed, a step that is gone is retracted and
    one that comes back is confirmed; nothing is changed or deleted. `claims` of origin seed are taken from the dossiers.
    """
    there = _in_force(con)
    digests = {dossier.seed_id: dossier.digest for dossier in dossiers}
    _retire(con, [seed_id for seed_id, (_, digest) in there.items() if digests.get(seed_id) != digest], run_seq)
    for dossier in dossiers:
        if there.get(dossier.seed_id, (0, ""))[1] != dossier.digest:
            _add_seed(con, dossier, run_seq)
    add_matters(con, [Matter(m.matter_id, m.name_en, m.name_zh) for m in catalogue.measures], None, run_seq)
    add_keys(con, _keys(catalogue), None, run_seq)
    add_claims(con, [claim for claim in claims if claim.origin != "seed"], None, run_seq)
    add_changes(con, _changes(con, {row.ledger_id for row in ledger}), None, run_seq)
    add_ledger(con, ledger, run_seq)
    _add_topics(con, [topic.topic_id for topic in catalogue.topics], run_seq)


def _in_force(con: bulk.Connection) -> dict[str, tuple[int, str]]:
    found = bulk.fetch(con, "SELECT seed_id, rev, dossier_digest FROM seed WHERE retired_run_seq IS NULL")
    return {seed_id: (rev, digest) for seed_id, rev, digest in found}


def _retire(con: bulk.Connection, seed_ids: Sequence[str], run_seq: int) -> None:
    if seed_ids:
        con.execute(
            "UPDATE seed SET retired_run_seq = ? WHERE retired_run_seq IS NULL AND seed_id IN (SELECT unnest(?::VARCHAR[]))",
            [run_seq, sorted(seed_ids)],
        )


def _add_seed(con: bulk.Connection, dossier: Dossier, run_seq: int) -> None:
    rev = bulk.one(con, "SELECT coalesce(max(rev), 0) + 1 FROM seed WHERE seed_id = ?", [dossier.seed_id])
    row: Mapping[str, Any] = {
        "seed_id": dossier.seed_id,
        "rev": rev,
        "dossier_digest": dossier.digest,
        "publisher": dossier.publisher,
        "title": dossier.title,
        "published_at": dossier.published_at,
        "night": published_day(dossier.published_at),
        "topics": list(dossier.topics),
        "run_seq": run_seq,
    }
    bulk.insert(con, "seed", [row])
    add_sketches(con, [(dossier.seed_id, rev, dossier.sketch)], run_seq)
    add_claims(con, dossier.claims, published_day(dossier.published_at), run_seq)


def published_day(at: datetime | None) -> date | None:
    """The UTC day of an instant."""
    return at.astimezone(UTC).date() if at else None


def _changes(con: bulk.Connection, wanted: set[str]) -> list[LedgerChange]:
    """What becomes of the steps that an earlier baseline told: retracted when this one does not, confirmed when it does again."""
    query = """SELECT ledger_id, arg_max(what, c.run_seq) FROM ledger
        LEFT JOIN (SELECT * FROM ledger_change WHERE "by" = 'baseline') c USING (ledger_id)
        WHERE claim_id IN (SELECT claim_id FROM claim WHERE origin <> 'article') GROUP BY ledger_id ORDER BY ledger_id"""
    changes = []
    for ledger_id, last in bulk.fetch(con, query):
        if ledger_id not in wanted and last != "retracted":
            changes.append(LedgerChange(ledger_id, "retracted", BASELINE, "no longer in the baseline"))
        if ledger_id in wanted and last == "retracted":
            changes.append(LedgerChange(ledger_id, "confirmed", BASELINE, "in the baseline again"))
    return changes


def _keys(catalogue: Catalogue) -> Iterable[MatterKey]:
    for measure in catalogue.measures:
        for scheme, value in measure.keys:
            yield MatterKey(scheme, normal(scheme, value), measure.matter_id)


def _add_topics(con: bulk.Connection, topic_ids: Sequence[str], run_seq: int) -> None:
    there = {topic_id for (topic_id,) in bulk.fetch(con, "SELECT topic_id FROM topic")}
    bulk.insert(con, "topic", [{"topic_id": t, "run_seq": run_seq} for t in dict.fromkeys(topic_ids) if t not in there])
