"""Why was I (not) told? Everything that hangs on one link, article or move, as of one run."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from extractors.urls import BadUrl, canonical_url, url_key
from storage import bulk, rows
from storage.as_of import View
from storage.cited import cited
from storage.model import Decided, EntryRow, Explanation, MoveRow
from storage.moves import move_rows

_ENTRY = "entry_id, source_id, url, title, epoch_us(published_at), epoch_us(first_seen_at), article_id, disposition, reason, run_seq"


def explain(con: bulk.Connection, asked: str, as_of: int | None) -> Explanation:
    """Gather by link (in any of its forms), or by the id of an article, a move or its step; rows learnt after run as_of are left out."""
    view = View.by_run(as_of if as_of is not None else bulk.one(con, "SELECT coalesce(max(run_seq), 0) FROM run"))
    links = _forms(asked)
    articles = {asked} | _articles_behind(con, view, links)
    moves = _moves(con, view, asked, articles)
    if any(asked in {row.move.move_id, row.move.ledger_id} for row in moves):
        articles |= {part.article_id for row in moves for part in row.move.evidence}
    ids = sorted(articles)
    verdicts = _verdicts(con, view, ids)
    covering = {decided.verdict.covers_id for decided in verdicts} - {""}
    return Explanation(
        asked=asked,
        entries=_entries(con, view, ids, links),
        revisions=tuple(map(rows.to_article, _by_article(con, view, rows.ARTICLE, "revision r JOIN article a USING (article_id)", ids))),
        verdicts=verdicts,
        claims=_claims(con, view, ids),
        moves=moves,
        deliveries=_deliveries(con, view, [row.move.move_id for row in moves]),
        cited=cited(con, view, covering | {i for row in moves for i in (row.move.before_id, row.move.ledger_id)}),
    )


def _forms(asked: str) -> list[str]:
    """The link as asked, canonical, and as alias key."""
    try:
        return sorted({asked, canonical_url(asked), url_key(asked)})
    except BadUrl:
        return [asked]


def _articles_behind(con: bulk.Connection, view: View, links: Sequence[str]) -> set[str]:
    query = f"""SELECT article_id FROM page_alias x WHERE url_key IN (SELECT unnest(?::VARCHAR[])) AND {view.rows("x")}
        UNION SELECT article_id FROM article x WHERE url IN (SELECT unnest(?::VARCHAR[])) AND {view.rows("x")}
        UNION SELECT article_id FROM entry x WHERE url IN (SELECT unnest(?::VARCHAR[])) AND article_id IS NOT NULL AND {view.rows("x")}"""  # noqa: S608
    return {article_id for (article_id,) in bulk.fetch(con, query, [links, links, links])}


def _entries(con: bulk.Connection, view: View, ids: Sequence[str], links: Sequence[str]) -> tuple[EntryRow, ...]:
    query = f"""SELECT {_ENTRY} FROM entry x WHERE {view.rows("x")} AND (article_id IN (SELECT unnest(?::VARCHAR[]))
        OR url IN (SELECT unnest(?::VARCHAR[]))) ORDER BY first_seen_at, entry_id"""  # noqa: S608
    return tuple(_entry(values) for values in bulk.fetch(con, query, [ids, links]))


def _entry(values: Sequence[Any]) -> EntryRow:
    return EntryRow(*rows.read(values, {4: rows.instant, 5: rows.must, 6: lambda article_id: article_id or ""}))


def _verdicts(con: bulk.Connection, view: View, ids: Sequence[str]) -> tuple[Decided, ...]:
    found = _by_article(con, view, f"{rows.VERDICT}, night, run_seq", "verdict r", ids)
    return tuple(Decided(rows.to_verdict(values[:-2]), values[-2], values[-1]) for values in found)


def _by_article(con: bulk.Connection, view: View, columns: str, table: str, ids: Sequence[str]) -> list[tuple[Any, ...]]:
    where = f"r.article_id IN (SELECT unnest(?::VARCHAR[])) AND {view.rows('r')} ORDER BY r.article_id, r.rev, r.run_seq"
    return bulk.fetch(con, f"SELECT {columns} FROM {table} WHERE {where}", [list(ids)])  # noqa: S608


def _claims(con: bulk.Connection, view: View, ids: Sequence[str]) -> tuple[Any, ...]:
    query = f"""SELECT {rows.CLAIM} FROM claim x WHERE origin_id IN (SELECT unnest(?::VARCHAR[])) AND {view.rows("x")}
        QUALIFY row_number() OVER (PARTITION BY claim_id ORDER BY run_seq DESC) = 1 ORDER BY origin_id, rev, quote_start, claim_id"""  # noqa: S608
    return tuple(map(rows.to_claim, bulk.fetch(con, query, [list(ids)])))


def _moves(con: bulk.Connection, view: View, asked: str, articles: Collection[str]) -> tuple[MoveRow, ...]:
    """The moves of that id or step, or all moves that one of the articles is evidence for."""
    found = move_rows(con, view.rows("m"), [])
    exact = tuple(row for row in found if asked in {row.move.move_id, row.move.ledger_id})
    return exact or tuple(row for row in found if any(part.article_id in articles for part in row.move.evidence))


def _deliveries(con: bulk.Connection, view: View, move_ids: Sequence[str]) -> tuple[Any, ...]:
    query = f"""SELECT {rows.DELIVERY} FROM delivery x WHERE {view.rows("x")} AND alert_id IN
        (SELECT alert_id FROM alert WHERE list_has_any(move_ids, ?::VARCHAR[])) ORDER BY run_seq, alert_id, delivery_id"""  # noqa: S608
    return tuple(map(rows.to_delivery, bulk.fetch(con, query, [list(move_ids)])))
