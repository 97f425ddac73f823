"""Values to rows and back. Instants are read as epoch microseconds, because DuckDB 1.5 needs pytz to hand out a TIMESTAMPTZ."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from alerts.model import Alert, Delivery, Line
from extractors.model import Article, Cursor, Entry
from topics.model import Claim, Evidence, LedgerRow, Move, Verdict

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant(microseconds: int | None) -> datetime | None:
    """An aware UTC datetime from epoch microseconds."""
    return None if microseconds is None else _EPOCH + timedelta(microseconds=microseconds)


def must(microseconds: int) -> datetime:
    """The same for a column that is never null."""
    return _EPOCH + timedelta(microseconds=microseconds)


def known(values: Iterable[Any] | None) -> tuple[Any, ...]:
    """A list column as a tuple."""
    return tuple(values or ())


# ---------------------------------------------------------------- articles

ARTICLE = """r.article_id, r.rev, a.url, a.publisher, a.lang, r.title, r.body, epoch_us(r.published_at), epoch_us(a.first_seen_at), r.author,
    r.published_precision, r.published_witness, r.text_kind, r.official_ids, r.family, r.tier, r.source_id, r.content_hash, r.extractor,
    r.extractor_version, r.confidence"""  # over revision r JOIN article a USING (article_id)


def to_article(values: Sequence[Any]) -> Article:
    """The article revision behind the values of ARTICLE."""
    return Article(*values[:7], instant(values[7]), must(values[8]), *values[9:13], known(values[13]), *values[14:])


def revision_row(article: Article, run_seq: int) -> dict[str, Any]:
    """A row of the table revision."""
    return {
        "article_id": article.article_id,
        "rev": article.rev,
        "content_hash": article.content_hash,
        "title": article.title,
        "body": article.body,
        "author": article.author,
        "published_at": article.published_at,
        "published_precision": article.precision,
        "published_witness": article.witness,
        "text_kind": article.text_kind,
        "official_ids": list(article.official_ids),
        "family": article.family,
        "tier": article.tier,
        "source_id": article.source_id,
        "extractor": article.extractor,
        "extractor_version": article.extractor_version,
        "confidence": article.confidence,
        "run_seq": run_seq,
    }


def article_row(article: Article, run_seq: int) -> dict[str, Any]:
    """A row of the table article: what never changes with the text."""
    by_document = article.article_id.startswith("d_") and article.official_ids
    return {
        "article_id": article.article_id,
        "url": article.url,
        "publisher": article.publisher,
        "official_id": article.official_ids[0] if by_document else "",
        "lang": article.lang,
        "first_seen_at": article.first_seen_at,
        "run_seq": run_seq,
    }


# ---------------------------------------------------------------- sources and entries

ENTRY = """entry_id, source_id, url, title, summary, epoch_us(published_at), published_precision, official_ids, author, lang, body, flags"""
CURSOR = """etag, last_modified, body_hash, "cursor", epoch_us(next_at), failures, armed_run_seq"""


def to_entry(values: Sequence[Any]) -> Entry:
    """The entry behind the values of ENTRY."""
    lists = known(values[7]), *values[8:10], values[10] or "", known(values[11])
    return Entry(*values[:5], instant(values[5]), values[6], *lists)


def to_cursor(values: Sequence[Any]) -> Cursor:
    """The cursor behind the values of CURSOR."""
    return Cursor(*values[:4], instant(values[4]), *values[5:])


# ---------------------------------------------------------------- decisions

CLAIM = """claim_id, origin, origin_id, rev, topic, kind, actor, measure, targets, numbers, dates, modality, tense, quote, quote_start,
    official_ids, matter_keys, score, topic_score, "position", reader, reader_version"""
LEDGER = "ledger_id, matter_id, topic, kind, value, targets, applies_on, support, claim_id, night"
VERDICT = "article_id, rev, outcome, covers_id, story_id, topics, reasons"
MOVE = """move_id, topic, matter_id, kind, severity, ledger_id, before_id, "before", value, confidence, headline, evidence, disposition, night"""


def key_text(key: tuple[str, str]) -> str:
    """A matter key as one string; schemes hold no colon."""
    return f"{key[0]}:{key[1]}"


def to_claim(values: Sequence[Any]) -> Claim:
    """The claim behind the values of CLAIM."""
    keys = tuple((scheme, value) for scheme, _, value in (text.partition(":") for text in values[16] or ()))
    lists = (known(part) for part in values[8:11])
    return Claim(*values[:8], *lists, *values[11:15], known(values[15]), keys, *values[17:])


def claim_row(claim: Claim) -> dict[str, Any]:
    """A row of the table claim without night and run."""
    row = {name: getattr(claim, name) for name in Claim.__slots__}
    row |= {name: list(row[name]) for name in ("targets", "numbers", "dates", "official_ids")}
    return row | {"matter_keys": [key_text(key) for key in claim.matter_keys]}


def to_ledger(values: Sequence[Any]) -> LedgerRow:
    """The ledger row behind the values of LEDGER."""
    return LedgerRow(*values[:5], known(values[5]), *values[6:])


def to_verdict(values: Sequence[Any]) -> Verdict:
    """The verdict behind the values of VERDICT."""
    return Verdict(*values[:5], known(values[5]), known(values[6]))


def to_move(values: Sequence[Any]) -> Move:
    """The move behind the values of MOVE."""
    evidence = tuple(Evidence(**part) for part in json.loads(values[11]))
    return Move(*values[:11], evidence, *values[12:])


def move_row(move: Move, run_seq: int) -> dict[str, Any]:
    """A row of the table move."""
    row = {name: getattr(move, name) for name in Move.__slots__}
    return row | {"evidence": _json([asdict(part) for part in move.evidence]), "run_seq": run_seq}


# ---------------------------------------------------------------- alerts

DELIVERY = "delivery_id, alert_id, channel, recipient_ref, payload, status, tries, epoch_us(next_at), provider_ref, epoch_us(updated_at)"


def to_delivery(values: Sequence[Any]) -> Delivery:
    """The delivery behind the values of DELIVERY."""
    return Delivery(*values[:7], instant(values[7]), values[8], instant(values[9]))


def alert_text(alert: Alert) -> str:
    """An alert as JSON."""
    return _json(asdict(alert))


def to_alert(text: str) -> Alert:
    """The alert behind its JSON."""
    table = json.loads(text)
    lines = tuple(Line(**{**line, "others": tuple(line["others"])}) for line in table.pop("lines"))
    lists = {name: tuple(table.pop(name)) for name in ("topics", "move_ids", "notes")}
    return Alert(**table, **lists, lines=lines)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
