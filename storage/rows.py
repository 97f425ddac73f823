"""Values to rows and back. Instants are read as epoch microseconds, because DuckDB 1.5 needs pytz to hand out a TIMESTAMPTZ."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
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


def read(values: Sequence[Any], convert: Mapping[int, Callable[[Any], Any]]) -> list[Any]:
    """The values with those at the given places converted."""
    return [convert[place](value) if place in convert else value for place, value in enumerate(values)]


# ---------------------------------------------------------------- articles

ARTICLE = """r.article_id, r.rev, a.url, a.publisher, a.lang, r.title, r.body, epoch_us(r.published_at), epoch_us(a.first_seen_at),
    r.author, r.published_precision, r.published_witness, r.text_kind, r.official_ids, r.family, r.tier, r.source_id, r.content_hash,
    r.extractor, r.extractor_version, r.confidence"""  # over revision r JOIN article a USING (article_id)


def to_article(values: Sequence[Any]) -> Article:
    """The article revision behind the values of ARTICLE."""
    return Article(*read(values, {7: instant, 8: must, 13: known}))


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
CURSOR = """etag, last_modified, body_hash, "cursor", epoch_us(next_at), failures, armed_run_seq, trusted, moved_from,
    moved_to, moved_runs"""


def to_entry(values: Sequence[Any]) -> Entry:
    """The entry behind the values of ENTRY."""
    return Entry(*read(values, {5: instant, 7: known, 10: lambda body: body or "", 11: known}))


def to_cursor(values: Sequence[Any]) -> Cursor:
    """The cursor behind the values of CURSOR."""
    return Cursor(*read(values, {4: instant}))


# ---------------------------------------------------------------- decisions

CLAIM = """claim_id, origin, origin_id, rev, topic, kind, actor, measure, targets, numbers, dates, modality, tense, quote, quote_start,
    official_ids, matter_keys, score, topic_score, "position", reader, reader_version, ledger_id"""
LEDGER = "ledger_id, matter_id, topic, kind, value, targets, applies_on, support, claim_id, night"
VERDICT = "article_id, rev, outcome, covers_id, story_id, topics, reasons"
MOVE = """move_id, topic, matter_id, kind, severity, ledger_id, before_id, "before", value, confidence, headline, evidence,
    disposition, night"""


def key_text(key: tuple[str, str]) -> str:
    """A matter key as one string; schemes hold no colon."""
    return f"{key[0]}:{key[1]}"


def to_keys(texts: Iterable[str] | None) -> tuple[tuple[str, str], ...]:
    """Matter keys from their strings."""
    parts = (text.partition(":") for text in texts or ())
    return tuple((scheme, value) for scheme, _, value in parts)


def to_claim(values: Sequence[Any]) -> Claim:
    """The claim behind the values of CLAIM."""
    return Claim(*read(values, {8: known, 9: known, 10: known, 15: known, 16: to_keys}))


def claim_row(claim: Claim) -> dict[str, Any]:
    """A row of the table claim without night and run."""
    row = {name: getattr(claim, name) for name in Claim.__slots__}
    row |= {name: list(row[name]) for name in ("targets", "numbers", "dates", "official_ids")}
    return row | {"matter_keys": [key_text(key) for key in claim.matter_keys]}


def to_ledger(values: Sequence[Any]) -> LedgerRow:
    """The ledger row behind the values of LEDGER."""
    return LedgerRow(*read(values, {5: known}))


def to_verdict(values: Sequence[Any]) -> Verdict:
    """The verdict behind the values of VERDICT."""
    return Verdict(*read(values, {5: known, 6: known}))


def to_move(values: Sequence[Any]) -> Move:
    """The move behind the values of MOVE."""
    return Move(*read(values, {11: _evidence}))


def _evidence(text: str) -> tuple[Evidence, ...]:
    return tuple(Evidence(**part) for part in json.loads(text))


def move_row(move: Move, run_seq: int) -> dict[str, Any]:
    """A row of the table move."""
    row = {name: getattr(move, name) for name in Move.__slots__}
    return row | {"evidence": _json([asdict(part) for part in move.evidence]), "run_seq": run_seq}


# ---------------------------------------------------------------- alerts

DELIVERY = "delivery_id, alert_id, channel, recipient_ref, payload, status, tries, epoch_us(next_at), provider_ref, epoch_us(updated_at)"


def to_delivery(values: Sequence[Any]) -> Delivery:
    """The delivery behind the values of DELIVERY."""
    return Delivery(*read(values, {7: instant, 9: instant}))


def alert_text(alert: Alert) -> str:
    """An alert as JSON."""
    return _json(asdict(alert))


def to_alert(text: str) -> Alert:
    """The alert behind its JSON."""
    table: dict[str, Any] = {name: _frozen(value) for name, value in json.loads(text).items()}
    lines = ({name: _frozen(value) for name, value in line.items()} for line in table["lines"])
    return Alert(**(table | {"lines": tuple(Line(**line) for line in lines)}))


def _frozen(value: Any) -> Any:
    """JSON's lists as the tuples that they were."""
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
