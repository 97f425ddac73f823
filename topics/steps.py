"""The known steps as decisions meet them: ledger rows joined with the claims and documents that told them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from topics.ledger import KnownStep, move_id_of
from topics.likeness import telling
from topics.model import Claim, Known, KnownDocument, LedgerRow
from topics.profiles import Naming, Profile, from_known

# (article_id, rev): a claim stands in one revision; (seed_id, 0): the claims of every edition of a seed say 1.
Origin = tuple[str, int]


def known_steps(known: Known, naming: Naming, since: date = date.min) -> tuple[KnownStep, ...]:
    """Every step that is not retracted, sorted by ledger id; one that a person took back is marked, and left out if older than `since`."""
    taken = known.retracted(by_hand=True)
    gone = known.retracted() - taken
    gone |= {row.ledger_id for row in known.ledger if row.ledger_id in taken and row.night < since}
    documents = {_origin(document): document for document in known.documents}
    claims = _claims_of_rows(known)
    rows = sorted((row for row in known.ledger if row.ledger_id not in gone), key=lambda row: row.ledger_id)
    steps = (_step(row, claims[row.ledger_id], documents, known, naming) for row in rows)
    return tuple(replace(step, withdrawn=True, watched_only=False) if step.row.ledger_id in taken else step for step in steps)


def _claims_of_rows(known: Known) -> Mapping[str, list[Claim]]:
    """The claims that told each row: its own, those that decisions linked to it, and those that confirmed it."""
    by_id = {claim.claim_id: claim for claim in known.claims}
    found: dict[str, dict[str, Claim]] = defaultdict(dict)
    for claim in known.claims:
        if claim.ledger_id:
            found[claim.ledger_id][claim.claim_id] = claim
    links = [(row.ledger_id, row.claim_id) for row in known.ledger]
    links += [(change.ledger_id, change.by) for change in known.changes if change.what == "confirmed"]
    for ledger_id, claim_id in links:
        if claim_id in by_id:
            found[ledger_id][claim_id] = by_id[claim_id]
    return defaultdict(list, {ledger_id: [claims[i] for i in sorted(claims)] for ledger_id, claims in found.items()})


def _step(row: LedgerRow, claims: list[Claim], documents: Mapping[Origin, KnownDocument], known: Known, naming: Naming) -> KnownStep:
    profiles = tuple(_profile(claim, documents, row, naming) for claim in claims)
    told = [p.told for p in profiles if p.told is not None]
    vague = row.support == "seed"
    # A catalogue step has a day of its own; what a seed says has none.
    dated = not vague or any(claim.origin == "catalogue" for claim in claims)
    first = min([row.night, *told]) if dated else None
    # The night is when we decided it, often a day after the telling (SCHEMA.md, as of).
    last = max(told, default=row.night) if dated else None
    raised = move_id_of(row) in known.move_ids or any(claim.origin != "article" for claim in claims)
    official = row.support == "official" or any(p.official for p in profiles)
    return KnownStep(row, telling(first, last, profiles), vague, official, watched_only=not raised)


def _origin(document: KnownDocument) -> Origin:
    return document.doc_id, document.rev if document.origin == "article" else 0


def _profile(claim: Claim, documents: Mapping[Origin, KnownDocument], row: LedgerRow, naming: Naming) -> Profile:
    document = documents.get((claim.origin_id, claim.rev if claim.origin == "article" else 0))
    told: date | None = document.night if document else None
    if told is None and claim.origin == "article":
        told = row.night
    return from_known(claim, document, told, naming)
