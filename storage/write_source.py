"""Write window W1: one source's reading, all or nothing, and the same again when it is recorded twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from extractors.model import Article, Disposed, SourceReading, h
from storage import bulk, rows
from storage.errors import BadRecord
from storage.sketches import add_sketches
from storage.told_pages import add_looks
from topics.model import Sketch

_HEARD = ("ok", "not_modified", "empty")
_POSITION = ("etag", "last_modified", "body_hash", '"cursor"', "trusted", "moved_from", "moved_to", "moved_runs")
_OPEN = ("queued", "too_old")  # ends that a later reading may change: a page that failed, a day that its run did not ask for


def add_source_reading(
    con: bulk.Connection, run_seq: int, reading: SourceReading, sketches: Mapping[str, Sketch] | None, now: datetime
) -> tuple[Article, ...]:
    """Store a reading inside the caller's transaction and give back the revisions that are new, with their numbers.

    A text that any revision of its article holds already is not new, so that a page that flips between two texts ends at two revisions.
    Raises BadRecord for an article without text or an entry that leads to no article.
    """
    fresh = _number(con, reading.articles)
    _add_articles(con, fresh, run_seq)
    _check_entries(con, reading)
    new_entries = _add_entries(con, reading.disposed, run_seq, now)
    _add_aliases(con, reading.disposed, run_seq)
    if sketches:
        add_sketches(con, ((a.article_id, a.rev, sketches[a.article_id]) for a in fresh if a.article_id in sketches), run_seq)
    add_looks(con, reading.looks, run_seq)
    _put_cursor(con, reading, run_seq)
    _put_run_source(con, run_seq, reading, new_entries, now)
    return fresh


def _number(con: bulk.Connection, articles: Sequence[Article]) -> tuple[Article, ...]:
    """Give every text that is new to its article the next revision number, in the order of the reading."""
    hashes: dict[str, set[str]] = {}
    last: dict[str, int] = {}
    query = "SELECT article_id, rev, content_hash FROM revision WHERE article_id IN (SELECT unnest(?::VARCHAR[]))"
    for article_id, rev, content_hash in bulk.fetch(con, query, [sorted({a.article_id for a in articles})]):
        hashes.setdefault(article_id, set()).add(content_hash)
        last[article_id] = max(rev, last.get(article_id, 0))
    fresh = []
    for article in articles:
        if not (article.title.strip() or article.body.strip()):
            msg = f"article {article.article_id} of source {article.source_id} has neither title nor text"
            raise BadRecord(msg)
        content_hash = article.content_hash or h(article.title, article.body)
        seen = hashes.setdefault(article.article_id, set())
        if content_hash in seen:
            continue
        seen.add(content_hash)
        last[article.article_id] = last.get(article.article_id, 0) + 1
        fresh.append(replace(article, rev=last[article.article_id], content_hash=content_hash))
    return tuple(fresh)


def _add_articles(con: bulk.Connection, fresh: Sequence[Article], run_seq: int) -> None:
    first = {article.article_id: article for article in fresh if article.rev == 1}
    bulk.insert(con, "article", [rows.article_row(article, run_seq) for article in first.values()])
    bulk.insert(con, "revision", [rows.revision_row(article, run_seq) for article in fresh])


def _check_entries(con: bulk.Connection, reading: SourceReading) -> None:
    wanted = {d.article_id for d in reading.disposed if d.article_id}
    query = "SELECT article_id FROM article WHERE article_id IN (SELECT unnest(?::VARCHAR[]))"
    there = {article_id for (article_id,) in bulk.fetch(con, query, [sorted(wanted)])}
    for disposed in reading.disposed:
        if disposed.entry.source_id != reading.source.source_id:
            msg = f"entry {disposed.entry.entry_id} of {disposed.entry.source_id} came in the reading of {reading.source.source_id}"
            raise BadRecord(msg)
        if disposed.article_id not in there and (disposed.article_id or disposed.disposition in {"fetched", "known_page"}):
            leads = disposed.article_id or "nowhere"
            msg = f"entry {disposed.entry.entry_id} of {reading.source.source_id} is {disposed.disposition} but leads to {leads}"
            raise BadRecord(msg)


def _add_entries(con: bulk.Connection, disposed: Iterable[Disposed], run_seq: int, now: datetime) -> int:
    """Insert what is new, finish what was queued or too old, leave the rest alone; returns how many entries were new."""
    ends = _one_end_each(disposed)
    query = "SELECT entry_id, disposition FROM entry WHERE entry_id IN (SELECT unnest(?::VARCHAR[]))"
    there = dict(bulk.fetch(con, query, [sorted(ends)]))
    new = [d for entry_id, d in ends.items() if entry_id not in there]
    bulk.insert(con, "entry", [_entry_row(d, run_seq, now) for d in new])
    finished = [d for entry_id, d in ends.items() if (before := there.get(entry_id)) in _OPEN and d.disposition != before]
    if finished:
        con.execute(
            # numbered, because DuckDB 1.5 counts the marks of FROM before those of SET
            """UPDATE entry SET disposition = f.disposition, reason = f.reason, article_id = f.article_id, run_seq = $1, body = f.body
            FROM (SELECT unnest($2::VARCHAR[]) AS entry_id, unnest($3::VARCHAR[]) AS disposition, unnest($4::VARCHAR[]) AS reason,
            unnest($5::VARCHAR[]) AS article_id, unnest($6::VARCHAR[]) AS body) f WHERE entry.entry_id = f.entry_id""",
            [
                run_seq,
                [d.entry.entry_id for d in finished],
                [d.disposition for d in finished],
                [d.reason for d in finished],
                [d.article_id or None for d in finished],
                [_kept_body(d) for d in finished],
            ],
        )
    return len(new)


def _kept_body(disposed: Disposed) -> str | None:
    """The text of a queued entry, so that it can be read without its feed."""
    return disposed.entry.body or None if disposed.disposition == "queued" else None


def _one_end_each(disposed: Iterable[Disposed]) -> dict[str, Disposed]:
    """The end of each entry; listed twice in one reading, a final disposition beats queued and the first one stays."""
    ends: dict[str, Disposed] = {}
    for d in disposed:
        before = ends.get(d.entry.entry_id)
        if before is None or (before.disposition == "queued" and d.disposition != "queued"):
            ends[d.entry.entry_id] = d
    return ends


def _entry_row(disposed: Disposed, run_seq: int, now: datetime) -> dict[str, Any]:
    entry = disposed.entry
    return {
        "entry_id": entry.entry_id,
        "source_id": entry.source_id,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "published_at": entry.published_at,
        "published_precision": entry.precision,
        "official_ids": list(entry.official_ids),
        "author": entry.author,
        "lang": entry.lang,
        "flags": list(entry.flags),
        "body": _kept_body(disposed),
        "first_seen_at": now,
        "article_id": disposed.article_id or None,
        "disposition": disposed.disposition,
        "reason": disposed.reason,
        "run_seq": run_seq,
    }


def _add_aliases(con: bulk.Connection, disposed: Iterable[Disposed], run_seq: int) -> None:
    """The first article that a URL key led to keeps it."""
    found: dict[str, tuple[str, str]] = {}
    for d in disposed:
        for key, how in d.aliases if d.article_id else ():
            found.setdefault(key, (d.article_id, how))
    query = "SELECT url_key FROM page_alias WHERE url_key IN (SELECT unnest(?::VARCHAR[]))"
    there = {key for (key,) in bulk.fetch(con, query, [sorted(found)])}
    fresh = [
        {"url_key": key, "article_id": article_id, "how": how, "run_seq": run_seq}
        for key, (article_id, how) in found.items()
        if key not in there
    ]
    bulk.insert(con, "page_alias", fresh)


def _put_cursor(con: bulk.Connection, reading: SourceReading, run_seq: int) -> None:
    """Move the cursor in the entries' own transaction; a reading that failed moves only the back-off, never the position."""
    cursor, heard = reading.cursor, reading.outcome in _HEARD
    moved = ", ".join(f"{name} = excluded.{name}" for name in ("next_at", "failures", *(_POSITION if heard else ())))
    own = (cursor.etag, cursor.last_modified, cursor.body_hash, cursor.position, cursor.trusted)
    position = (*own, cursor.moved_from, cursor.moved_to, cursor.moved_runs) if heard else ("", "", "", "", 0, "", "", 0)
    columns, places = ", ".join(_POSITION), ", ".join("?" * len(position))
    con.execute(
        f"""INSERT INTO source (source_id, run_seq, next_at, failures, {columns}) VALUES (?, ?, ?, ?, {places})
        ON CONFLICT (source_id) DO UPDATE SET {moved}""",  # noqa: S608
        [reading.source.source_id, run_seq, cursor.next_at, cursor.failures, *position],
    )


def _put_run_source(con: bulk.Connection, run_seq: int, reading: SourceReading, new_entries: int, now: datetime) -> None:
    """One row per run and source: a second reading widens the window, adds what was new, and its outcome counts."""
    con.execute(
        """INSERT INTO run_source VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run_seq, source_id) DO UPDATE SET
        window_from = least(run_source.window_from, excluded.window_from), window_to = greatest(run_source.window_to, excluded.window_to),
        outcome = excluded.outcome, reason = excluded.reason, entries = greatest(run_source.entries, excluded.entries),
        new = run_source.new + excluded.new, requests = greatest(run_source.requests, excluded.requests)""",
        [
            run_seq,
            reading.source.source_id,
            reading.window_from,
            reading.window_to,
            reading.outcome,
            reading.reason,
            len(reading.disposed),
            new_entries,
            reading.requests,
            now,
            reading.moved_to,
        ],
    )
