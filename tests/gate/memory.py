"""What is known, kept in memory: an accumulator of nights with the same view as storage's, for replays and tuning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from topics.model import Claim, Known, KnownDocument, LedgerRow, NightResult, Reading, Verdict, severity_of
from topics.rules import DEFAULT_RULES, Rules
from topics.similar import as_known


@dataclass(frozen=True, slots=True)
class Memory:
    """An immutable store of decided nights; take() gives a new one."""

    known_now: Known = field(default_factory=Known)
    claim_nights: tuple[tuple[str, date], ...] = ()
    rules: Rules = DEFAULT_RULES

    def known(self, night: date) -> Known:
        """What a night may know: rows before it, with claims and documents of the last memory_days and those behind the ledger."""
        since = night - timedelta(self.rules.memory_days)
        now = self.known_now
        ledger = tuple(row for row in now.ledger if row.night < night)
        needed = {row.claim_id for row in ledger} | {claim.claim_id for claim in now.claims if claim.ledger_id}
        nights = dict(self.claim_nights)
        claims = tuple(c for c in now.claims if c.claim_id in needed or nights.get(c.claim_id, night) >= since)
        told = {claim.origin_id for claim in claims if claim.claim_id in needed}
        documents = tuple(d for d in now.documents if d.doc_id in told or d.night is None or d.night >= since)
        return replace(now, ledger=ledger, claims=claims, documents=documents)

    def take(self, result: NightResult, readings: Sequence[Reading]) -> Memory:
        """Add a decided night."""
        now, night = self.known_now, result.context.night
        decided = {(v.article_id, v.rev): v for v in result.verdicts}
        documents = [_document(r, decided.get(r.key), night) for r in readings]
        # A step that was only watched may still be raised, so it is not remembered as a move (Known.move_ids).
        remembered = {m.move_id for m in result.moves if m.disposition != "watch" or severity_of(m.kind) == "watch"}
        known = replace(
            now,
            documents=_by_id((*now.documents, *documents)),
            claims=_claims((*now.claims, *result.claims)),
            ledger=_rows((*now.ledger, *result.ledger)),
            changes=(*now.changes, *result.changes),
            matters=tuple(sorted({m.matter_id: m for m in (*now.matters, *result.matters)}.values(), key=lambda m: m.matter_id)),
            keys=tuple(sorted({*now.keys, *result.keys}, key=lambda k: (k.scheme, k.value, k.matter_id))),
            move_ids=now.move_ids | remembered,
            coverage=(*now.coverage, *coverage(result, readings)),
            outlets=outlets(now.outlets, result, readings),
            nights=tuple(sorted({*now.nights, night})) if readings else now.nights,
        )
        return replace(self, known_now=known, claim_nights=(*self.claim_nights, *((c.claim_id, night) for c in result.claims)))


def outlets(past: Sequence[tuple[str, int, int]], result: NightResult, readings: Sequence[Reading]) -> tuple[tuple[str, int, int], ...]:
    """(publisher, own texts on a topic, rewrites) with a night added."""
    counts = {publisher: [own, again] for publisher, own, again in past}
    told = {(v.article_id, v.rev): v for v in result.verdicts}
    for reading in readings:
        verdict = told.get(reading.key)
        if verdict and (verdict.topics or verdict.outcome == "rewrite"):
            counts.setdefault(reading.article.publisher, [0, 0])[verdict.outcome == "rewrite"] += 1
    return tuple((publisher, own, again) for publisher, (own, again) in sorted(counts.items()))


def coverage(result: NightResult, readings: Sequence[Reading]) -> tuple[tuple[str, date, int], ...]:
    """(topic, night, independent publishers) of a night, copies left out."""
    own = {(v.article_id, v.rev): v.topics for v in result.verdicts if v.outcome not in {"near_duplicate", "rewrite"}}
    heard: dict[str, set[str]] = {}
    for reading in readings:
        for topic in own.get(reading.key, ()):
            heard.setdefault(topic, set()).add(reading.article.family or reading.article.publisher)
    return tuple((topic, result.context.night, len(heard[topic])) for topic in sorted(heard))


def _document(reading: Reading, verdict: Verdict | None, night: date) -> KnownDocument:
    known = as_known(reading, verdict.story_id if verdict else "")
    return replace(known, night=min(night, known.night or night), topics=verdict.topics if verdict else ())


def _by_id(documents: Sequence[KnownDocument]) -> tuple[KnownDocument, ...]:
    return tuple(sorted({(d.doc_id, d.rev): d for d in documents}.values(), key=lambda d: (d.doc_id, d.rev)))


def _claims(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    return tuple(sorted({c.claim_id: c for c in claims}.values(), key=lambda c: c.claim_id))


def _rows(rows: Sequence[LedgerRow]) -> tuple[LedgerRow, ...]:
    return tuple(sorted({r.ledger_id: r for r in rows}.values(), key=lambda r: r.ledger_id))
