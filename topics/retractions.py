"""A corrected article takes back the step that only it told; where others tell it too, the step stands and the correction is told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from topics.corrections import CHANGED, DROPPED, Rewritten, holds, says_alike, taken_back
from topics.desk import Desk
from topics.grouping import Told
from topics.ledger import KnownStep
from topics.model import KnownDocument, LedgerChange, Reading
from topics.shelf import overlap
from topics.similar import DEFAULT_COPY_RULES


def retractions(ordered: Sequence[Reading], told: Sequence[Told], desk: Desk) -> tuple[LedgerChange, ...]:
    """One change for each step of the press whose teller was revised and does not stand by it: retracted, or corrected when it stands.

    A step stands while the revised article says it with other figures, or another article tells it: no copy of a corrected one, no text of
    its publisher. A change is by 'article_id:rev'; its reason is the correction note, or what is gone (topics/corrections.py).
    """
    revised = {r.article.article_id: r.article for r in ordered if r.article.rev > 1}
    former = dict(desk.known.former)
    texts = {name: Rewritten(former.get(name, ""), f"{a.title}\n\n{a.body}") for name, a in revised.items()}
    changes = []
    for step in desk.steps:
        tellers = {profile.doc_id for profile in step.telling.profiles}
        if step.official or step.withdrawn or revised.keys().isdisjoint(tellers):
            continue
        tonight = _tonight(step, told, texts, desk)
        reasons = {name: why for name in sorted(tellers & revised.keys()) if (why := _why(step, name, texts[name], tonight))}
        if reasons:
            name = min(reasons)
            amended = any(_amended(step, each, why, texts[each], tonight) for each, why in reasons.items())
            stands = amended or _others(step, tellers | tonight, reasons.keys(), desk)
            by = f"{name}:{revised[name].rev}"
            changes.append(LedgerChange(step.row.ledger_id, "corrected" if stands else "retracted", by, reasons[name]))
    return tuple(changes)


def _tonight(step: KnownStep, told: Sequence[Told], texts: Mapping[str, Rewritten], desk: Desk) -> set[str]:
    """The articles that tell the step tonight; copies are left out, and correction notes, which repeat what was wrong."""
    found = set()
    for each in told:
        name, cover = each.profile.doc_id, None if each.copy_of else desk.cover(each)
        if cover is not None and cover.step.row.ledger_id == step.row.ledger_id:
            found |= {name} if name not in texts or holds(texts[name].own, each.profile.claim.quote) else set()
    return found


def _why(step: KnownStep, name: str, text: Rewritten, tonight: Collection[str]) -> str:
    """Why a revised article does not tell a step as it did; '' while it does, or tells it in other words with the same figures and days."""
    why = taken_back(_quotes(step, name), text)
    return "" if why == DROPPED and name in tonight else why


def _amended(step: KnownStep, name: str, why: str, text: Rewritten, tonight: Collection[str]) -> bool:
    """Whether the revised article still tells the step, with other figures; beside a correction note only its own sentence does."""
    return says_alike(text.own, _quotes(step, name)) or (why == CHANGED and name in tonight)


def _quotes(step: KnownStep, name: str) -> list[str]:
    return [profile.claim.quote for profile in step.telling.profiles if profile.doc_id == name]


def _others(step: KnownStep, tellers: Collection[str], corrected: Collection[str], desk: Desk) -> bool:
    """Whether anybody else stands behind the step: nobody corrected before, no copy and no other text of a publisher that corrected it."""
    before = {c.by.rpartition(":")[0] for c in desk.known.changes if c.what == "corrected" and c.ledger_id == step.row.ledger_id}
    gone = before | set(corrected)
    documents = {document.doc_id: document for document in desk.known.documents}
    taken = [documents[name] for name in sorted(gone) if name in documents]
    return any(name not in documents or not any(_echoes(documents[name], each) for each in taken) for name in set(tellers) - gone)


def _echoes(document: KnownDocument, corrected: KnownDocument) -> bool:
    same_house = (document.family or document.publisher) == (corrected.family or corrected.publisher)
    return same_house or max(overlap(document.sketch, corrected.sketch)) >= DEFAULT_COPY_RULES.mostly
