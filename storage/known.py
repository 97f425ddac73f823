"""The slice of history that one night is decided on: one pass a table, everything sorted, the same bytes for the same view."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from storage import bulk, rows, sketches
from storage.as_of import View
from storage.candidates import TOLD
from storage.known_ledger import LedgerPart, slice_ledger
from storage.known_outlets import outlet_pasts
from storage.moves import told_moves
from topics.model import Claim, Known, KnownDocument, Probes

COVERAGE_NIGHTS = 28
_Pair = tuple[str, int]


def slice_known(con: bulk.Connection, view: View, probes: Probes) -> Known:
    """What the view knew that matters to these probes.

    Ledger, changes, matters and keys: of every matter that a probed topic or key touches, less of a very long ledger (slice_ledger).
    Claims: behind, linked to or confirming those rows, of the seeds, of the documents that share a band, with a probed key, or on a
    probed topic since probes.since. Documents: all seeds, those behind these claims or sharing a band, of any age, and those on a probed
    topic since probes.since. Coverage: distinct families a topic and night, copies and rewrites left out, over the last 28 nights that
    the view decided anything on (nights).
    """
    topics = sorted(probes.topics)
    nights = _nights(con, view)
    sharing = _band_sharers(con, probes.bands)
    part = slice_ledger(con, view, probes)
    claims = _claims(con, view, probes, sharing, part)
    telling = {(claim.origin_id, claim.rev) for claim in claims if claim.origin == "article"}
    documents = [*_articles(con, view, topics, probes.since, sorted({*sharing, *telling})), *_seeds(con, view)]
    return Known(
        documents=tuple(sorted(documents, key=lambda d: (d.doc_id, d.rev))),
        claims=claims,
        ledger=part.ledger,
        changes=part.changes,
        matters=part.matters,
        keys=part.keys,
        move_ids=told_moves(con, view),
        coverage=_coverage(con, view, topics, nights),
        outlets=outlet_pasts(con, view, probes.publishers),
        former=_former(con, view, probes.revised),
        nights=nights,
        unarmed_sources=_unarmed(con, "source", view, probes.sources),
        unarmed_topics=_unarmed(con, "topic", view, probes.topics),
    )


def _band_sharers(con: bulk.Connection, bands: Collection[int]) -> list[_Pair]:
    if not bands:
        return []
    query = f"SELECT DISTINCT article_id, rev FROM band JOIN (SELECT unnest({bulk.INTS}) AS key) USING (key) ORDER BY ALL"  # noqa: S608
    return bulk.fetch(con, query, [bulk.numbers(sorted(bands))])


def _articles(con: bulk.Connection, view: View, topics: Sequence[str], since: date, sharing: Sequence[_Pair]) -> list[KnownDocument]:
    """Decided revisions with a sketch; where a revision was decided or sketched again, what the view knew last.

    Their night is the day of telling: the deciding run's may be a day later, as one at 02:00 decides what was published the day before.
    """
    query = f"""
        WITH wanted AS (
            SELECT unnest(?::VARCHAR[]) AS article_id, unnest(?::BIGINT[]) AS rev
            UNION SELECT v.article_id, v.rev FROM verdict v WHERE {view.rows("v")} AND v.night >= ? AND list_has_any(v.topics, ?::VARCHAR[])
        ), decided AS (
            SELECT * FROM verdict v SEMI JOIN wanted USING (article_id, rev) WHERE {view.rows("v")}
            QUALIFY row_number() OVER (PARTITION BY article_id, rev ORDER BY run_seq DESC) = 1
        ), sketched AS (
            SELECT * FROM sketch s SEMI JOIN wanted USING (article_id, rev) WHERE {view.learnt("s")}
            QUALIFY row_number() OVER (PARTITION BY article_id, rev ORDER BY run_seq DESC, scheme DESC) = 1
        )
        SELECT article_id, rev, a.publisher, r.family, least(d.night, {TOLD}::DATE), d.topics, d.story_id, r.title,
            r.tier = 'official' AND len(r.official_ids) > 0,
            {", ".join(f"s.{name.strip()}" for name in sketches.COLUMNS.split(","))}
        FROM decided d JOIN sketched s USING (article_id, rev) JOIN revision r USING (article_id, rev) JOIN article a USING (article_id)"""  # noqa: S608
    found = bulk.fetch(con, query, [*_columns(sharing), since, list(topics)])
    return [_article_document(values) for values in found]


def _article_document(values: Sequence[Any]) -> KnownDocument:
    doc_id, rev, publisher, family, night, topics, story_id, title, official = values[:9]
    sketch = sketches.unpack(values[9:])
    return KnownDocument(doc_id, rev, "article", publisher, family, night, rows.known(topics), story_id, sketch, title, bool(official))


def _seeds(con: bulk.Connection, view: View) -> list[KnownDocument]:
    query = f"""SELECT d.seed_id, d.rev, d.publisher, d.night, d.topics, d.title, {sketches.COLUMNS}
        FROM seed d JOIN sketch s ON s.article_id = d.seed_id AND s.rev = d.rev AND {view.learnt("s")}
        WHERE {view.seeds("d")}
        QUALIFY row_number() OVER (PARTITION BY d.seed_id, d.rev ORDER BY s.run_seq DESC, s.scheme DESC) = 1"""  # noqa: S608
    return [
        KnownDocument(seed_id, rev, "seed", publisher, "", night, rows.known(topics), seed_id, sketches.unpack(sketch), title)
        for seed_id, rev, publisher, night, topics, title, *sketch in bulk.fetch(con, query)
    ]


def _claims(con: bulk.Connection, view: View, probes: Probes, sharing: Sequence[_Pair], part: LedgerPart) -> tuple[Claim, ...]:
    """The claims that matter, less those that told a step which a text took back."""
    query = f"""
        WITH sharing AS (SELECT unnest(?::VARCHAR[]) AS origin_id, unnest(?::BIGINT[]) AS rev),
        read AS (SELECT * FROM claim c WHERE c.origin <> 'seed' AND {view.rows("c")} AND (
            (c.night >= ? AND list_contains(?::VARCHAR[], c.topic)) OR list_has_any(c.matter_keys, ?::VARCHAR[])
            OR c.claim_id IN (SELECT unnest(?::VARCHAR[])) OR c.ledger_id IN (SELECT unnest(?::VARCHAR[]))
            OR (c.origin_id, c.rev) IN (SELECT (origin_id, rev) FROM sharing))
            QUALIFY row_number() OVER (PARTITION BY c.claim_id ORDER BY c.run_seq DESC) = 1)
        SELECT {rows.CLAIM} FROM read
        UNION ALL SELECT {rows.CLAIM} FROM claim c WHERE c.origin = 'seed'
            AND (c.origin_id, c.run_seq) IN (SELECT (d.seed_id, d.run_seq) FROM seed d WHERE {view.seeds("d")})"""  # noqa: S608
    keys = sorted(map(rows.key_text, probes.keys))
    behind = {row.claim_id for row in part.ledger} | {change.by for change in part.changes if change.what == "confirmed"}
    steps = [row.ledger_id for row in part.ledger]
    found = bulk.fetch(con, query, [*_columns(sharing), probes.since, sorted(probes.topics), keys, sorted(behind), steps])
    told = (claim for claim in map(rows.to_claim, found) if claim.claim_id not in part.hidden_claims and claim.ledger_id not in part.hidden)
    return tuple(sorted(told, key=lambda claim: claim.claim_id))


def _former(con: bulk.Connection, view: View, revised: Sequence[_Pair]) -> tuple[tuple[str, str], ...]:
    """Title and body of each revised article as the view decided it last."""
    query = f"""WITH asked AS (SELECT unnest(?::VARCHAR[]) AS article_id, unnest(?::BIGINT[]) AS rev)
        SELECT r.article_id, r.title, r.body FROM revision r JOIN asked q ON q.article_id = r.article_id AND r.rev < q.rev
        SEMI JOIN (SELECT * FROM verdict v WHERE {view.rows("v")}) d ON d.article_id = r.article_id AND d.rev = r.rev
        QUALIFY row_number() OVER (PARTITION BY r.article_id ORDER BY r.rev DESC) = 1"""  # noqa: S608
    found = bulk.fetch(con, query, [*_columns(revised)]) if revised else []
    return tuple(sorted((article_id, f"{title}\n\n{body}") for article_id, title, body in found))


def _nights(con: bulk.Connection, view: View) -> tuple[date, ...]:
    query = f"SELECT DISTINCT v.night FROM verdict v WHERE {view.rows('v')} AND v.night IS NOT NULL ORDER BY v.night DESC LIMIT ?"  # noqa: S608
    return tuple(sorted(night for (night,) in bulk.fetch(con, query, [COVERAGE_NIGHTS])))


def _coverage(con: bulk.Connection, view: View, topics: Sequence[str], nights: Sequence[date]) -> tuple[tuple[str, date, int], ...]:
    if not nights:
        return ()
    query = f"""
        WITH decided AS (
            SELECT v.article_id, v.rev, v.night, v.topics, v.outcome FROM verdict v WHERE {view.rows("v")} AND v.night >= ?
            QUALIFY row_number() OVER (PARTITION BY v.article_id, v.rev ORDER BY v.run_seq DESC) = 1
        ), told AS (SELECT article_id, rev, night, unnest(topics) AS topic FROM decided WHERE outcome NOT IN ('near_duplicate', 'rewrite'))
        SELECT topic, night, count(DISTINCT coalesce(nullif(r.family, ''), a.publisher))
        FROM told JOIN revision r USING (article_id, rev) JOIN article a USING (article_id)
        WHERE list_contains(?::VARCHAR[], topic) GROUP BY topic, night"""  # noqa: S608
    found = bulk.fetch(con, query, [nights[0], list(topics)])
    return tuple(sorted((topic, night, count) for topic, night, count in found))


def _unarmed(con: bulk.Connection, table: str, view: View, asked: Collection[str]) -> frozenset[str]:
    """What is still in its learning phase: not armed as of the view, or not heard of by it at all."""
    query = f"SELECT {table}_id, {view.unarmed('x')} FROM {table} x WHERE {view.learnt('x')}"  # noqa: S608
    found = dict(bulk.fetch(con, query))
    return frozenset(name for name, unarmed in found.items() if unarmed) | (frozenset(asked) - found.keys())


def _columns(pairs: Sequence[_Pair]) -> tuple[list[str], list[int]]:
    return [name for name, _ in pairs], [rev for _, rev in pairs]
