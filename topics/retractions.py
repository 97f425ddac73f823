"""A corrected article takes back the step that only its old text stated."""

from __future__ import annotations

from collections.abc import Sequence

from topics.grouping import Told
from topics.ledger import COVERING, best
from topics.model import LedgerChange, Reading
from topics.settling import Desk


def retractions(ordered: Sequence[Reading], told: Sequence[Told], desk: Desk) -> tuple[LedgerChange, ...]:
    """The steps whose only teller was revised, no longer holds the quote, and states the step in no other words."""
    revised = {r.article.article_id: r for r in ordered if r.article.rev > 1}
    changes = []
    for step in desk.steps:
        tellers = {profile.doc_id for profile in step.telling.profiles}
        if step.official or len(tellers) != 1 or not tellers <= set(revised):
            continue
        reading = revised[next(iter(tellers))]
        text = f"{reading.article.title}\n\n{reading.article.body}"
        if all(profile.claim.quote not in text for profile in step.telling.profiles) and not _still_told(step.row.ledger_id, told, desk):
            changes.append(
                LedgerChange(
                    step.row.ledger_id, "retracted", f"{reading.article.article_id}:{reading.article.rev}", "its only source was corrected"
                )
            )
    return tuple(changes)


def _still_told(ledger_id: str, told: Sequence[Told], desk: Desk) -> bool:
    covers = (best(desk.comparisons(each), COVERING) for each in told)
    return any(cover is not None and cover.step.row.ledger_id == ledger_id for cover in covers)
