"""Invariant 9: no quote is stored or sent that its revision's title or body does not hold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from alerts.model import Alert
from storage import bulk
from storage.errors import BadRecord
from topics.model import NightResult

Texts = Mapping[tuple[str, int], tuple[str, str]]  # (article_id, rev) -> title, body
_CUT = " …."


def check_quotes(con: bulk.Connection, result: NightResult, alerts: Sequence[Alert]) -> None:
    """Raise BadRecord naming the claim, move or alert whose quote is not in its revision."""
    claims = [claim for claim in result.claims if claim.origin == "article"]
    evidence = _evidence(con, result, alerts)
    texts = _texts(con, {(c.origin_id, c.rev) for c in claims} | {pair for pairs in evidence.values() for pair in pairs})
    for claim in claims:
        _check(claim.quote, (claim.origin_id, claim.rev), texts, f"claim {claim.claim_id}")
    for move in result.moves:
        for part in move.evidence:
            _check(part.quote, (part.article_id, part.rev), texts, f"the evidence of move {move.move_id}")
    for alert in alerts:
        for line in alert.lines:
            if line.quote and not _is_sent_verbatim(line.quote, [texts[p] for p in evidence.get(line.move_id, ()) if p in texts]):
                msg = f"alert {alert.alert_id} quotes for move {line.move_id} what none of its articles says: {line.quote[:80]!r}"
                raise BadRecord(msg)


def _evidence(con: bulk.Connection, result: NightResult, alerts: Iterable[Alert]) -> dict[str, list[tuple[str, int]]]:
    """The revisions behind each move of this night and each earlier one that an alert takes up."""
    found = {move.move_id: [(part.article_id, part.rev) for part in move.evidence] for move in result.moves}
    told = {line.move_id for alert in alerts for line in alert.lines if line.quote}
    query = "SELECT move_id, evidence FROM move WHERE move_id IN (SELECT unnest(?::VARCHAR[]))"
    for move_id, evidence in bulk.fetch(con, query, [sorted(told)]):
        found.setdefault(move_id, []).extend((part["article_id"], part["rev"]) for part in json.loads(evidence))
    return found


def _texts(con: bulk.Connection, pairs: Iterable[tuple[str, int]]) -> Texts:
    wanted = sorted(set(pairs))
    query = """SELECT article_id, rev, title, body FROM revision SEMI JOIN
        (SELECT unnest(?::VARCHAR[]) AS article_id, unnest(?::BIGINT[]) AS rev) USING (article_id, rev)"""
    found = bulk.fetch(con, query, [[article_id for article_id, _ in wanted], [rev for _, rev in wanted]])
    return {(article_id, rev): (title, body) for article_id, rev, title, body in found}


def _check(quote: str, pair: tuple[str, int], texts: Texts, who: str) -> None:
    if pair not in texts:
        msg = f"{who} quotes {pair[0]} rev {pair[1]}, which is not stored"
        raise BadRecord(msg)
    if not any(quote in text for text in texts[pair]):
        msg = f"{who} quotes what {pair[0]} rev {pair[1]} does not say: {quote[:80]!r}"
        raise BadRecord(msg)


def _is_sent_verbatim(quote: str, texts: Iterable[tuple[str, str]]) -> bool:
    """True when a text holds the quote, give or take white space and the ellipsis of a cut."""
    wanted = " ".join(quote.split()).rstrip(_CUT)
    return any(quote in part or wanted in " ".join(part.split()) for pair in texts for part in pair)
