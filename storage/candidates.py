"""What is there to decide: the fetched revisions without a verdict, or those of a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from extractors.model import Article
from storage import bulk, rows
from topics.model import Mode

TOLD = "coalesce(r.published_at, a.first_seen_at)"


def undecided(con: bulk.Connection, mode: Mode, night: date) -> tuple[Article, ...]:
    """The revisions to decide, official ones first, then by the time they tell, then by id.

    night and learn: whatever has no verdict and was brought by no backfill, however old. backfill: what backfills brought of that UTC day.
    reread: what was decided for that night before.
    """
    where, values = _where(mode, night)
    keys = f"SELECT r.rowid FROM revision r JOIN article a USING (article_id) JOIN run ON run.run_seq = r.run_seq WHERE {where}"  # noqa: S608
    found = _texts(con, [rowid for (rowid,) in bulk.fetch(con, keys, values)])
    return tuple(sorted(found, key=lambda article: (not article.is_official, article.told_at, article.article_id, article.rev)))


def told_on(con: bulk.Connection, day: date) -> tuple[Article, ...]:
    """The articles that tell on a UTC day, each in its first revision, by id."""
    start = datetime.combine(day, time(), UTC)
    keys = f"""SELECT r.rowid FROM revision r JOIN article a USING (article_id)
        WHERE r.rev = 1 AND {TOLD} >= ? AND {TOLD} < ?"""  # noqa: S608
    found = _texts(con, [rowid for (rowid,) in bulk.fetch(con, keys, [start, start + timedelta(days=1)])])
    return tuple(sorted(found, key=lambda article: article.article_id))


def _texts(con: bulk.Connection, ids: Sequence[int]) -> list[Article]:
    """The revisions by row number, because a join over the texts themselves reads all of them (5 s of a million articles)."""
    query = f"""SELECT {rows.ARTICLE} FROM revision r JOIN article a USING (article_id)
        WHERE r.rowid IN (SELECT unnest(?::BIGINT[])) AND r.rowid BETWEEN ? AND ?"""  # noqa: S608
    return [rows.to_article(values) for values in (bulk.fetch(con, query, [list(ids), min(ids), max(ids)]) if ids else ())]


def _where(mode: Mode, night: date) -> tuple[str, list[datetime] | list[date]]:
    verdict = "FROM verdict v WHERE v.article_id = r.article_id AND v.rev = r.rev"
    if mode == "reread":
        return f"EXISTS (SELECT 1 {verdict} AND v.night = ?)", [night]
    unseen = f"NOT EXISTS (SELECT 1 {verdict})"
    if mode != "backfill":
        return f"run.mode <> 'backfill' AND {unseen}", []
    start = datetime.combine(night, time(), UTC)
    return f"run.mode = 'backfill' AND {TOLD} >= ? AND {TOLD} < ? AND {unseen}", [start, start + timedelta(days=1)]
