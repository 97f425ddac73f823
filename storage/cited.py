"""What an id in a verdict or a move stands for: an article, a seed, a known step, a move; who told it, when, in which words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date
from typing import Any

from storage import bulk, rows
from storage.as_of import View
from storage.known_ledger import ledger_changes, retracted
from storage.model import Cited
from storage.moves import move_rows
from topics.model import Move

# A dossier's step without a day of its own is kept under this one (topics/baseline.py).
UNDATED = date(1970, 1, 1)
Documents = Mapping[str, Cited]


def cited(con: bulk.Connection, view: View, ids: Collection[str]) -> tuple[Cited, ...]:
    """Resolve ids, sorted, to what the view knew of them; one that it did not know is left out."""
    wanted = sorted(set(ids) - {""})
    if not wanted:
        return ()
    steps = _steps(con, view, wanted)
    found = {**_moves(con, view, wanted), **steps, **_documents(con, view, wanted)}
    return tuple(found[i] for i in sorted(found))


def _documents(con: bulk.Connection, view: View, ids: Sequence[str]) -> dict[str, Cited]:
    """Articles in their latest revision, and seeds in their latest rev."""
    articles = f"""SELECT a.article_id, a.publisher, r.title, a.url, epoch_us(coalesce(r.published_at, a.first_seen_at)),
        r.tier = 'official' AND len(r.official_ids) > 0 FROM article a JOIN revision r USING (article_id)
        WHERE a.article_id IN (SELECT unnest(?::VARCHAR[])) AND {view.rows("r")}
        QUALIFY row_number() OVER (PARTITION BY a.article_id ORDER BY r.rev DESC) = 1"""  # noqa: S608
    seeds = f"""SELECT seed_id, publisher, title, epoch_us(published_at) FROM seed s
        WHERE seed_id IN (SELECT unnest(?::VARCHAR[])) AND {view.rows("s")}
        QUALIFY row_number() OVER (PARTITION BY seed_id ORDER BY rev DESC) = 1"""  # noqa: S608
    found = {
        article_id: Cited(article_id, "article", publisher, title, url, _day(at), official=official)
        for article_id, publisher, title, url, at, official in bulk.fetch(con, articles, [list(ids)])
    }
    told = bulk.fetch(con, seeds, [list(ids)])
    return found | {seed_id: Cited(seed_id, "seed", publisher, title, "", _day(at)) for seed_id, publisher, title, at in told}


def _day(microseconds: int | None) -> date | None:
    at = rows.instant(microseconds)
    return at.astimezone(UTC).date() if at else None


def _steps(con: bulk.Connection, view: View, ids: Sequence[str]) -> dict[str, Cited]:
    """Ledger rows with the quote of their claim and the document that told it."""
    query = f"""SELECT x.ledger_id, x.topic, x.kind, x.value, x.support, x.night, coalesce(first(c.quote ORDER BY c.run_seq), ''),
        coalesce(first(c.origin_id ORDER BY c.run_seq), ''), coalesce(first(c.origin ORDER BY c.run_seq), '')
        FROM ledger x LEFT JOIN claim c ON c.claim_id = x.claim_id AND {view.rows("c")}
        WHERE x.ledger_id IN (SELECT unnest(?::VARCHAR[])) AND {view.rows("x")}
        GROUP BY x.ledger_id, x.run_seq, x.topic, x.kind, x.value, x.support, x.night
        QUALIFY row_number() OVER (PARTITION BY x.ledger_id ORDER BY {view.first("x")}) = 1"""  # noqa: S608
    found = bulk.fetch(con, query, [list(ids)])
    documents = _documents(con, view, sorted({values[7] for values in found} - {""}))
    measures = _measures(con, view, sorted({values[7] for values in found if values[8] == "catalogue"}))
    changes = [change for change in ledger_changes(con, view) if change[0].ledger_id in {values[0] for values in found}]
    gone = retracted(changes)
    later: dict[str, list[tuple[str, str, int]]] = {}
    for change, run_seq in changes:
        later.setdefault(change.ledger_id, []).append((change.what, change.reason, run_seq))
    return {
        values[0]: _step(values, documents, measures, tuple(later.get(values[0], ())), gone=values[0] in gone) for values in found
    }  # fmt: skip


def _step(
    values: Sequence[Any], documents: Documents, measures: Mapping[str, str], later: tuple[tuple[str, str, int], ...], *, gone: bool
) -> Cited:
    ledger_id, topic, kind, value, support, night, quote, origin_id, origin = values
    told = documents.get(origin_id)
    return Cited(
        ledger_id,
        "step",
        publisher=told.publisher if told else "the list of measures" if origin == "catalogue" else "",
        title=told.title if told else measures.get(origin_id, ""),
        url=told.url if told else "",
        day=None if night == UNDATED else night,
        quote=quote or value,
        topic=topic,
        kind=kind,
        support=support,
        official=support == "official",
        retracted=gone,
        later=later,
    )


def _measures(con: bulk.Connection, view: View, ids: Sequence[str]) -> dict[str, str]:
    query = f"""SELECT matter_id, name_en FROM matter m WHERE matter_id IN (SELECT unnest(?::VARCHAR[])) AND {view.rows("m")}
        QUALIFY row_number() OVER (PARTITION BY matter_id ORDER BY run_seq DESC) = 1"""  # noqa: S608
    return dict(bulk.fetch(con, query, [list(ids)]))


def _moves(con: bulk.Connection, view: View, ids: Sequence[str]) -> dict[str, Cited]:
    found = move_rows(con, f"list_contains(?::VARCHAR[], m.move_id) AND {view.rows('m')}", [list(ids)])
    return {row.move.move_id: _move(row.move) for row in found}


def _move(move: Move) -> Cited:
    """A move as its leading evidence told it."""
    lead = next((part for part in move.evidence if part.quote), move.evidence[0] if move.evidence else None)
    return Cited(
        move.move_id,
        "move",
        publisher=lead.publisher if lead else "",
        title=move.headline,
        url=lead.url if lead else "",
        day=move.night,
        quote=lead.quote if lead else "",
        topic=move.topic,
        kind=move.kind,
        support=move.disposition,
        official=any(part.official for part in move.evidence),
    )
