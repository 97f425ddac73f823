"""Pages whose words were told lately, and what came of looking at them again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, timedelta

from alerts.lines import ordered
from extractors.limits import TOLD_NIGHTS, TOLD_PAGES
from extractors.model import Look, ToldPage, h
from storage import bulk, rows
from storage.as_of import View
from storage.known_ledger import ledger_changes, retracted
from storage.moves import move_rows
from topics.model import Evidence, Move

_TOLD = "m.disposition IN ('raised', 'late', 'watch') AND m.night > ? AND m.night <= ?"
_NO_MORE = ("gone", "robots")  # a page that answered so is not asked for again


def told_pages(con: bulk.Connection, night: date) -> tuple[ToldPage, ...]:
    """The pages of the press that were quoted in the TOLD_NIGHTS up to a night and whose step stands: latest first, at most TOLD_PAGES.

    Left out: what an earlier run of the night looked at, and pages without a text of their own to compare (stubs, watched lists).
    """
    gone = retracted(ledger_changes(con, View.by_run(bulk.one(con, "SELECT coalesce(max(run_seq), 0) FROM run"))))
    told = [row.move for row in move_rows(con, _TOLD, [night - timedelta(TOLD_NIGHTS), night]) if row.move.ledger_id not in gone]
    quoted: dict[str, list[str]] = {}
    for move in sorted(told, key=lambda m: (-m.night.toordinal(), m.severity, m.move_id)):
        lead = quoted_in(move)
        if lead is not None and not lead.official:
            quoted.setdefault(lead.article_id, []).append(lead.quote)
    pages = _pages(con, quoted, night)
    return tuple(pages[article_id] for article_id in quoted if article_id in pages)[:TOLD_PAGES]


def quoted_in(move: Move) -> Evidence | None:
    """The article that the alert on a move quotes (alerts.lines.line_of)."""
    return next((each for each in ordered(move.evidence) if each.quote), None)


def _pages(con: bulk.Connection, quoted: dict[str, list[str]], night: date) -> dict[str, ToldPage]:
    asked = [sorted(quoted), night, list(_NO_MORE)]
    query = f"""WITH asked AS (SELECT unnest(?::VARCHAR[]) AS article_id),
        looked AS (SELECT k.*, run.night FROM look k JOIN run USING (run_seq) SEMI JOIN asked USING (article_id)
            QUALIFY row_number() OVER (PARTITION BY k.article_id ORDER BY run_seq DESC) = 1),
        latest AS (SELECT * FROM revision SEMI JOIN asked USING (article_id)
            QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY rev DESC) = 1)
        SELECT {rows.ARTICLE}, coalesce(k.etag, ''), coalesce(k.last_modified, ''), coalesce(k.body_hash, '')
        FROM latest r JOIN article a USING (article_id) LEFT JOIN looked k USING (article_id)
        WHERE r.text_kind = 'full' AND k.night IS DISTINCT FROM ? AND coalesce(NOT list_contains(?::VARCHAR[], k.reason), true)"""  # noqa: S608
    found = {}
    for *values, etag, last_modified, body_hash in bulk.fetch(con, query, asked):
        a = rows.to_article(values)
        if a.url and a.article_id == f"p_{h(a.url)}":
            found[a.article_id] = ToldPage(
                a.article_id, a.source_id, a.url, a.publisher, a.lang, a.title, a.published_at, a.precision, f"{a.title}\n\n{a.body}",
                tuple(dict.fromkeys(quoted[a.article_id])), etag, last_modified, body_hash,
            )  # fmt: skip
    return found


def add_looks(con: bulk.Connection, looks: Iterable[Look], run_seq: int) -> None:
    """Remember what came of a run's looks; one that is stored already stays."""
    there = {name for (name,) in bulk.fetch(con, "SELECT article_id FROM look WHERE run_seq = ?", [run_seq])}
    bulk.insert(con, "look", [asdict(look) | {"run_seq": run_seq} for look in looks if look.article_id not in there])
