"""Fills a store with a past of N articles, N/10 claims and as many steps in the ledger, by whole tables: a million takes minutes, not days.

Sketches, bodies and the frame of the claims come from a pool of real ones (texts.py read by sketch()); every row has its own ids, bands,
firms, figures and days. 1,500 articles a night, the last night before `until`; every tenth article tells a step, every other one nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

from bench import texts
from extractors.model import h
from storage import bulk, rows
from storage.connection import Limits, open_writer
from storage.facts import _ledger_row as ledger_row
from storage.sketches import pack
from storage.store import Store
from topics.model import Claim, Evidence, LedgerRow, Move
from topics.reader import BuiltinReader
from topics.sketch import BANDS, SCHEME
from training.labelled import repository_catalogue

A_NIGHT = 1500
EVERY = 10  # one article in so many tells a step
STEPS_A_MATTER = 3
POOL = 20 * len(texts.patterns())
BATCH = 20_000
LIMITS = Limits(memory="4GB")  # of the generator; the night itself runs under the store's own


@dataclass(frozen=True, slots=True)
class Past:
    """How much of a past, until which night (exclusive)."""

    articles: int
    until: date

    @property
    def nights(self) -> int:
        """Nights that it spans."""
        return -(-self.articles // A_NIGHT)

    def night(self, article: int) -> date:
        """The night of an article; the last ones are the nearest."""
        return self.until - timedelta(self.nights - article // A_NIGHT)


def fill(store: Store, past: Past) -> None:
    """Fill a fresh store whose baseline stands already (run 1); run k + 2 is the past's night k."""
    con = open_writer(store.database, LIMITS)
    try:
        con.execute("BEGIN")
        _runs(con, past)
        _pool(con)
        _articles(con, past)
        for start in range(0, past.articles // EVERY, BATCH):
            _steps(con, past, range(start, min(start + BATCH, past.articles // EVERY)))
        for table in ("pool", "told"):
            con.execute(f"DROP TABLE {table}")
        con.execute("UPDATE topic SET armed_run_seq = 1")
        con.execute("COMMIT")
        con.execute("CHECKPOINT")
    finally:
        con.close()


def _runs(con: bulk.Connection, past: Past) -> None:
    con.execute(
        """INSERT INTO run (run_seq, run_id, mode, night, base_run_seq, started_at, finished_at, outcome, counts)
        SELECT k + 2, 'past-' || k, 'night', ?::DATE + k::INTEGER, k + 1, now(), now(), 'done', '{}' FROM range(?) t(k)""",
        [past.night(0), past.nights],
    )


def _pool(con: bulk.Connection) -> None:
    """POOL sketches of items that tell a step, with their bodies, and as many of items that tell none."""
    reader, catalogue, night = BuiltinReader(), repository_catalogue(), date(2026, 1, 1)
    con.execute("CREATE TABLE pool AS SELECT *, ''::VARCHAR AS body FROM sketch LIMIT 0")
    told = [texts.brief(10 * n + 1, night, texts.step(n, night)) for n in range(POOL)]
    plain = [texts.brief(10 * n + 2, night) for n in range(POOL)]
    read = [reader.read(article, catalogue, {}) for article in (*told, *plain)]
    kinds = ["told"] * POOL + ["plain"] * POOL
    made = [
        pack(kind, number % POOL, reading.sketch, 0) | {"body": reading.article.body}
        for number, (kind, reading) in enumerate(zip(kinds, read, strict=True))
    ]
    bulk.insert(con, "pool", made)


def _articles(con: bulk.Connection, past: Past) -> None:
    """Every article with its revision, sketch, bands and verdict."""
    con.execute(
        f"""CREATE TABLE told AS SELECT n, 'p_' || left(md5('past' || n), 20) AS article_id, n // {A_NIGHT} + 2 AS run_seq,
            ?::DATE + (n // {A_NIGHT})::INTEGER AS night, n % {EVERY} = 0 AS tells,
            CASE WHEN n % {EVERY} = 0 THEN (n // {EVERY}) % {POOL} ELSE hash(n) % {POOL} END AS look FROM range(?) t(n)""",
        [past.night(0), past.articles],
    )
    at = "night::TIMESTAMPTZ + to_seconds(n * 57 % 86400)"
    con.execute(
        f"""INSERT INTO article SELECT article_id, 'https://outlet-' || n % 200 || '.example/' || n, 'Outlet ' || n % 200, '', 'en', {at},
        run_seq FROM told"""
    )
    con.execute(
        f"""INSERT INTO revision SELECT told.article_id, 1, left(md5('text' || n), 20), 'Item ' || n || ' ' || left(body, 50),
        body || ' ' || md5('body' || n), '', {at}, 'instant', 'feed', 'full', [], '', 'general', 'bench-' || n % 20, 'bench', '1', 1.0,
        NULL, told.run_seq FROM told JOIN pool ON pool.rev = look AND pool.article_id = CASE WHEN tells THEN 'told' ELSE 'plain' END"""
    )
    bands = "||".join(f"printf('%016x', hash(n * {BANDS} + {k}))" for k in range(BANDS))
    con.execute(
        f"""INSERT INTO sketch SELECT told.article_id, 1, scheme, shingles, unhex({bands}), term_keys, term_weights, names, numbers, length,
        told.run_seq FROM told JOIN pool ON pool.rev = look AND pool.article_id = CASE WHEN tells THEN 'told' ELSE 'plain' END"""
    )
    # A sketch holds little-endian numbers: the same eight bytes read from their other end.
    swapped = " | ".join(f"(((b >> {8 * k}) & 255) << {56 - 8 * k})" for k in range(8))
    con.execute(
        f"""INSERT INTO band SELECT '{SCHEME}', {swapped}, article_id, 1
        FROM (SELECT article_id, hash(n * {BANDS} + k) AS b FROM told, range({BANDS}) u(k))"""
    )
    con.execute(
        f"""INSERT INTO verdict SELECT article_id, 1, CASE WHEN tells THEN 'move' ELSE 'off_topic' END, '', article_id,
        CASE WHEN tells THEN [topic] ELSE [] END, ['made by the bench'], night, run_seq
        FROM told LEFT JOIN (SELECT unnest(?::VARCHAR[]) AS topic, unnest(range({len(texts.patterns())})) AS pattern) p
        ON pattern = (n // {EVERY}) % {len(texts.patterns())}""",
        [[topic for topic, _, _ in texts.patterns()]],
    )


def _steps(con: bulk.Connection, past: Past, numbers: range) -> None:
    """One claim, step and move for each number, on three topics' worth of matters with names and dockets."""
    made = [_step(number, past) for number in numbers]
    bulk.insert(con, "claim", [rows.claim_row(claim) | {"night": night, "run_seq": run_seq} for claim, _, _, night, run_seq in made])
    bulk.insert(con, "ledger", [ledger_row(row, run_seq) for _, row, _, _, run_seq in made])
    bulk.insert(con, "move", [rows.move_row(move, run_seq) for _, _, move, _, run_seq in made])
    first = [
        (row, night, run_seq) for number, (_, row, _, night, run_seq) in zip(numbers, made, strict=True) if number % STEPS_A_MATTER == 0
    ]
    bulk.insert(con, "matter", [_matter(row, night, run_seq) for row, night, run_seq in first])
    bulk.insert(con, "matter_key", [_key(row, night, run_seq) for row, night, run_seq in first])


def _step(number: int, past: Past) -> tuple[Claim, LedgerRow, Move, date, int]:
    article = number * EVERY
    night, run_seq = past.night(article), article // A_NIGHT + 2
    told = texts.step(number, night)
    matter_id, value = f"past-{number // STEPS_A_MATTER}", f"{told.firm.lower()} | {told.figure}"
    ledger_id, article_id = h(matter_id, told.topic, told.kind, value), f"p_{hashlib.md5(f'past{article}'.encode()).hexdigest()[:20]}"
    claim = Claim(
        h("article", article_id, 1, told.topic, told.kind, 0), "article", article_id, 1, told.topic, told.kind, "", "",
        (told.firm.lower(), told.other.lower()), (str(told.figure),), (told.day.isoformat(),), "new", "past", told.sentence, 0,
        score=0.7, reader="bench", reader_version="1", ledger_id=ledger_id,
    )  # fmt: skip
    row = LedgerRow(ledger_id, matter_id, told.topic, told.kind, value, (told.firm.lower(),), told.day, "press:1", claim.claim_id, night)
    evidence = Evidence(article_id, 1, claim.claim_id, told.sentence, f"Outlet {article % 200}", "", independent=True)
    move = Move(
        h(told.topic, matter_id, told.kind, value), told.topic, matter_id, told.kind, "alert", ledger_id, "", "", value, 0.7,
        told.sentence[:100], (evidence,), "raised", night,
    )  # fmt: skip
    return claim, row, move, night, run_seq


def _matter(row: LedgerRow, night: date, run_seq: int) -> bulk.Row:
    return {"matter_id": row.matter_id, "name_en": row.value, "name_zh": "", "night": night, "run_seq": run_seq}


def _key(row: LedgerRow, night: date, run_seq: int) -> bulk.Row:
    return {"scheme": "docket", "value": f"bench-{row.matter_id}", "matter_id": row.matter_id, "night": night, "run_seq": run_seq}
