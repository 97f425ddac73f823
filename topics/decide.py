"""Decides a night: which articles are copies, which claims are new steps, what they mean together, and why.

Pure, and independent of the order of its readings: they are sorted first, official texts before the press, then by the time of telling.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from topics.desk import Desk
from topics.grouping import Group, Told, group_claims
from topics.joining import joined
from topics.judge import Judge, background
from topics.ledger import takes_effect
from topics.matters import matter_book
from topics.model import Catalogue, Claim, Known, LedgerChange, Move, NightContext, NightResult, Reading
from topics.profiles import Naming, from_article
from topics.retractions import retractions
from topics.rules import DEFAULT_RULES, Rules
from topics.settling import Settled, settle
from topics.similar import Copy, Key, is_official
from topics.steps import known_steps
from topics.surge import surges
from topics.texts import READ, Texts
from topics.verdicts import verdicts


def decide(
    night: NightContext,
    readings: Sequence[Reading],
    known: Known,
    catalogue: Catalogue,
    rules: Rules = DEFAULT_RULES,
    texts: Texts = READ,
    judge: Judge | None = None,
) -> NightResult:
    """Decide one night's readings on what is known; the whole decision is in the result, in a fixed order.

    Without a judge a press group counts by the scores of its claims alone, and a known step that looks like it always covers it.
    """
    tonight = lay_out(night, readings, known, catalogue, rules, texts, judge)
    ordered, found, told, desk = tonight.ordered, tonight.found, tonight.told, tonight.desk
    settled = settle(tonight.groups, desk)
    stories = joined(ordered, tonight.stories, settled, desk)
    surged = surges(ordered, found, stories, settled, desk)
    return NightResult(
        context=night,
        verdicts=verdicts(ordered, found, stories, settled, surged, desk),
        claims=linked_claims(ordered, settled, told),
        matters=tuple(sorted(settled.matters, key=lambda matter: matter.matter_id)),
        keys=tuple(sorted(settled.keys, key=lambda key: (key.scheme, key.value))),
        ledger=tuple(sorted((*settled.rows, *surged.rows), key=lambda row: row.ledger_id)),
        changes=_one_a_step((*settled.changes, *retractions(ordered, told, desk))),
        moves=tuple(sorted((*settled.moves, *surged.moves), key=move_order)),
        confirmations=tuple(sorted(settled.confirmations)),
    )


@dataclass(frozen=True, slots=True)
class Tonight:
    """A night laid out for deciding: readings in order, copies, stories, claims, the groups that tell one step each, and the desk."""

    ordered: tuple[Reading, ...]
    found: dict[Key, Copy]
    stories: dict[Key, str]
    told: tuple[Told, ...]
    groups: tuple[Group, ...]
    desk: Desk


def lay_out(
    night: NightContext, readings: Sequence[Reading], known: Known, catalogue: Catalogue, rules: Rules, texts: Texts, judge: Judge | None
) -> Tonight:
    """Bring the readings in order, find copies and stories, and group the claims."""
    ordered = tuple(sorted(readings, key=decision_order))
    naming = Naming(catalogue)
    found = dict(texts.copies(ordered, known))
    stories = dict(texts.stories(ordered, known.documents, found))
    steps = known_steps(known, naming, night.night - timedelta(rules.withdrawn_days))
    book = matter_book(known, catalogue)
    desk = Desk(night, known, rules, naming, steps, book, background(known, night.night), judge)
    told = told_claims(ordered, found, stories, desk)
    return Tonight(ordered, found, stories, told, group_claims(told, naming, rules), desk)


def decision_order(reading: Reading) -> tuple[bool, datetime, str, int]:
    """Official texts first, then by the time of telling, then by id and revision."""
    article = reading.article
    return (not is_official(reading), article.told_at, article.article_id, article.rev)


def move_order(move: Move) -> tuple[bool, float, str]:
    """Alerts before what is only watched, the surest first: who reads a night from its top meets the move before its echo."""
    return (move.severity != "alert", -move.confidence, move.move_id)


def told_claims(ordered: Sequence[Reading], found: dict[Key, Copy], stories: dict[Key, str], desk: Desk) -> tuple[Told, ...]:
    """The claims of tonight that state something new, each with its profile; weak ones are left to the verdicts."""
    told: list[Told] = []
    for reading in ordered:
        key = reading.key
        copy = found.get(key)
        own = [
            Told(
                from_article(claim, reading.article, reading.sketch, stories.get(key, ""), desk.naming, is_official(reading)),
                reading,
                copy.covers_id if copy else "",
            )
            for claim in reading.claims
            if counts(claim, desk.rules)
        ]
        told.extend(mark_round_up([in_force_now(each, desk) for each in own], desk))
    return tuple(told)


def in_force_now(told: Told, desk: Desk) -> Told:
    """The claim, told as in force when a known step covers it that applies from this very day."""
    cover = desk.cover(told)
    if cover is None or not takes_effect(told.profile, cover.step, desk.rules):
        return told
    return replace(told, profile=replace(told.profile, claim=replace(told.profile.claim, kind="in_force")))


def counts(claim: Claim, rules: Rules) -> bool:
    """A claim that is stated as new and that could matter together with others."""
    return claim.modality == "new" and claim.kind != "surge" and claim.score >= rules.claim_floor


def mark_round_up(own: list[Told], desk: Desk) -> list[Told]:
    """Mark every claim of an article that also tells steps known before tonight, by how many of round_up_known those are."""
    if len(own) < 2:
        return own
    steps = [cover.step.row.ledger_id if (cover := desk.cover(each)) else "" for each in own]
    marked = []
    for index, each in enumerate(own):
        others = {step for position, step in enumerate(steps) if step and position != index}
        marked.append(replace(each, round_up=min(1.0, len(others) / desk.rules.round_up_known)))
    return marked


def linked_claims(ordered: Sequence[Reading], settled: Settled, told: Sequence[Told]) -> tuple[Claim, ...]:
    """Every claim of the night as it was decided on, with the names around its quote and the step that it was found to tell."""
    profiles = {each.profile.claim.claim_id: each.profile for each in told}
    return tuple(
        replace(
            claim,
            kind=profile.claim.kind if (profile := profiles.get(claim.claim_id)) else claim.kind,
            targets=tuple(dict.fromkeys([*claim.targets, *sorted(profile.names if profile else ())])),
            ledger_id=settled.links.get(claim.claim_id, ""),
        )
        for reading in ordered
        for claim in reading.claims
    )


def _one_a_step(changes: Iterable[LedgerChange]) -> tuple[LedgerChange, ...]:
    """One change a step and run: a retraction before a confirmation."""
    chosen: dict[str, LedgerChange] = {}
    for change in sorted(changes, key=lambda c: (c.ledger_id, c.what != "retracted", c.what, c.by)):
        chosen.setdefault(change.ledger_id, change)
    return tuple(chosen[ledger_id] for ledger_id in sorted(chosen))
