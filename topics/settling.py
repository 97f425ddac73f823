"""Settles each group of claims: a step that is known, a new one, or too little for either."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from topics import moves as making
from topics.desk import Desk
from topics.grouping import Group, kind_of
from topics.judge import group_numbers
from topics.ledger import COVERING, GOING_ON, Comparison, KnownStep, best
from topics.matters import resolve
from topics.model import LedgerChange, LedgerRow, Matter, MatterKey, Move, severity_of
from topics.rules import Rules


@dataclass(slots=True)
class Settled:
    """What the groups came to; filled in decision order."""

    moves: list[Move] = field(default_factory=list)
    rows: list[LedgerRow] = field(default_factory=list)
    changes: list[LedgerChange] = field(default_factory=list)
    matters: list[Matter] = field(default_factory=list)
    keys: list[MatterKey] = field(default_factory=list)
    confirmations: list[tuple[str, str]] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)  # claim id -> ledger id
    notes: dict[str, list[Note]] = field(default_factory=dict)  # article id -> what its claims came to
    weighed: dict[str, Weighed] = field(default_factory=dict)  # claim id -> the group that it was weighed in


@dataclass(frozen=True, slots=True)
class Note:
    """What one group came to, as its articles' verdicts tell it."""

    outcome: str  # move | known | thin | weak | copies
    covers_id: str
    reason: str
    topic: str


@dataclass(frozen=True, slots=True)
class Weighed:
    """A group as it was weighed, and how sure it was."""

    group: Group
    power: making.Strength


@dataclass(frozen=True, slots=True)
class Fresh:
    """A group that no known step covers, with the likeliest step that it goes on from."""

    group: Group
    related: Comparison | None
    power: making.Strength


def settle(groups: Sequence[Group], desk: Desk) -> Settled:
    """Settle every group: known ones first, then new ones, with those of one topic and story joined."""
    settled = Settled()
    fresh: list[Fresh] = []
    for group in groups:
        compared = [desk.comparisons(told) for told in group]
        cover = _cover(group, compared, desk.rules)
        if cover is not None and not _news_after_all(group, cover, desk):
            _known(group, cover, desk, settled)
        else:
            fresh.append(_fresh(group, best([c for each in compared for c in each], GOING_ON), desk))
    for each in _seconds_held(_joined(fresh, desk), desk.rules):
        _new(each, desk, settled)
    return settled


def _cover(group: Group, compared: Sequence[Sequence[Comparison]], rules: Rules) -> Comparison | None:
    """The known step that covers the group: by number for one text, else for cover_share of its texts."""
    covers = [(told, cover) for told, each in zip(group, compared, strict=True) if (cover := best(each, COVERING))]
    covered = {told.profile.doc_id for told, _ in covers}
    texts = {told.profile.doc_id for told in group}
    chosen = best([cover for _, cover in covers], COVERING)
    if chosen and chosen.step.withdrawn and chosen.result != "same_number" and any(told.profile.official for told in group):
        return None
    if chosen is None or chosen.result == "same_number" or len(covered) >= rules.cover_share * len(texts):
        return chosen
    return None


def judgeable(groups: Sequence[Group], desk: Desk) -> list[Group]:
    """The groups as the judge meets them: covered ones as they are, the others joined; the training of the judge asks for them."""
    covered, fresh = [], []
    for group in groups:
        compared = [desk.comparisons(told) for told in group]
        if _cover(group, compared, desk.rules) is not None:
            covered.append(group)
        else:
            fresh.append(_fresh(group, None, desk))
    return covered + [each.group for each in _joined(fresh, desk)]


def _news_after_all(group: Group, cover: Comparison, desk: Desk) -> bool:
    """The judge takes press claims for news although a known step looks like them: the step may be ill founded, or another."""
    if desk.judge is None or cover.step.withdrawn or cover.result == "same_number" or not judged(group):
        return False
    return desk.judge.probability(numbers_of(group, desk)) >= desk.rules.judged_over


def numbers_of(group: Group, desk: Desk) -> tuple[float, ...]:
    """What the judge weighs; also what it is trained on."""
    return group_numbers(group, [desk.comparisons(told) for told in group], making.lead(group), desk.behind, desk.rules)


def judged(group: Group) -> bool:
    """Whether the judge may speak: for groups led by full articles of the press.

    Official texts are known by their numbers. Short items say too little for it: on real ones it found 2 of 11 moves, their scores alone 5
    to 7 (CONTRIBUTING.md names the command).
    """
    return not any(told.profile.official for told in group) and making.lead(group).reading.route == "article"


def power_of(group: Group, desk: Desk, *, soon: bool = False) -> making.Strength:
    """How sure the group is: by the judge where there is one and it may speak, else by its scores alone."""
    if desk.judge is None or not judged(group):
        return making.strength(group, desk.rules, stage_soon=soon)
    return making.strength(group, desk.rules, stage_soon=soon, judged=desk.judge.probability(numbers_of(group, desk)))


def _fresh(group: Group, related: Comparison | None, desk: Desk) -> Fresh:
    return Fresh(group, related, power_of(group, desk, soon=advances(group, related, desk)))


def advances(group: Group, related: Comparison | None, desk: Desk) -> bool:
    """Whether the group is a later stage of a step so young that it must be surer than others (Rules.advance_margin)."""
    return related is not None and related.result == "later_stage" and _days_since(group, related, desk) <= desk.rules.advance_days


def _days_since(group: Group, related: Comparison, desk: Desk) -> int:
    changed = all(each.reading.article.rev > 1 for each in group)  # a page keeps the day of its first telling; its new words are tonight's
    told, last = desk.context.night if changed else group[0].profile.told, related.step.telling.last
    return (told - last).days if told and last else 10_000


def _known(group: Group, cover: Comparison, desk: Desk, settled: Settled) -> None:
    """Link the claims to the step; tell a watched step after all, or an official confirmation."""
    step, power = cover.step, power_of(group, desk)
    _weigh(group, power, settled)
    if step.withdrawn:
        _note(group, Note("known", step.row.ledger_id, f"a person took this step back: {cover.reason()}", step.row.topic), settled)
        return
    for told in group:
        settled.links[told.profile.claim.claim_id] = step.row.ledger_id
    raised = _upgrade(group, step, power, desk)
    if raised is not None:
        settled.moves.append(raised)
        _note(group, Note("move", raised.move_id, f"a watched step told by enough now: {cover.reason()}", step.row.topic), settled)
        return
    _note(group, Note("known", step.row.ledger_id, cover.reason(), step.row.topic), settled)
    official = next((told for told in group if told.profile.official), None)
    if official is not None and not step.official and not step.vague:
        claim_id = official.profile.claim.claim_id
        settled.confirmations.append((step.move_id, claim_id))
        settled.changes.append(
            LedgerChange(step.row.ledger_id, "confirmed", claim_id, f"official text of {official.reading.article.publisher}")
        )
    elif desk.context.mode == "backfill" and step.move_id in desk.known.move_ids:
        claim_id = making.lead(group).profile.claim.claim_id
        settled.changes.append(LedgerChange(step.row.ledger_id, "confirmed", claim_id, "found again by a backfill"))


def _upgrade(group: Group, step: KnownStep, power: making.Strength, desk: Desk) -> Move | None:
    """The move of a step that was only watched, when tonight's own texts are enough and it is still young."""
    told = making.lead(group).profile.told
    young = step.telling.first is not None and told is not None and (told - step.telling.first).days <= desk.rules.upgrade_nights
    if not (step.watched_only and young and power.outcome == "alert" and severity_of(step.row.kind) == "alert"):
        return None
    disposition = making.disposition(group, "alert", desk.context, desk.known, desk.rules)
    if disposition not in {"raised", "late"}:
        return None
    row = step.row
    return Move(
        step.move_id, row.topic, row.matter_id, row.kind, "alert", row.ledger_id, "", "", row.value, making.confidence(power),
        making.headline(making.lead(group), desk.rules), making.evidence(group, desk.rules), disposition, desk.context.night,
    )  # fmt: skip


def _joined(fresh: Sequence[Fresh], desk: Desk) -> list[Fresh]:
    """Join new groups of one topic that share an article or a story: one happening moves a topic once a night."""
    if not desk.rules.one_step_a_story:
        return list(fresh)
    out: list[Fresh] = []
    for each in fresh:
        match = next((i for i, other in enumerate(out) if _one_happening(each.group, other.group)), None)
        if match is None:
            out.append(each)
        else:
            stronger = max(out[match], each, key=lambda f: f.power.score)
            group, related = (*out[match].group, *each.group), stronger.related or out[match].related or each.related
            # Parts that were only watched must be as sure together as one of them would have to be.
            soon = "alert" not in {out[match].power.outcome, each.power.outcome} and advances(group, related, desk)
            out[match] = Fresh(group, related, power_of(group, desk, soon=soon))
    return out


def _seconds_held(fresh: Sequence[Fresh], rules: Rules) -> list[Fresh]:
    """Two moves by press alone where one is likelier ask more of the less sure one; an issuer writes out what it regulates.

    One happening may move two topics: the second must be sure in itself (Rules.second_alert), unless a sentence is surely on it, whatever
    else it is on (Rules.second_topic). And a topic rarely moves twice a night (Rules.again_alert, again_judged).
    """
    held = [replace(each, power=making.second(each.power, rules)) if _second(each, fresh, rules) else each for each in fresh]
    return [replace(each, power=making.again(each.power, rules)) if _again(each, held) else each for each in held]


def _again(each: Fresh, fresh: Sequence[Fresh]) -> bool:
    surer = [f for f in fresh if f.power.outcome == "alert" and (f.power.official or f.power.score > each.power.score)]
    alike = any(f.group[0].profile.claim.topic == each.group[0].profile.claim.topic for f in surer)
    return alike and not any(told.profile.official for told in each.group)


def _second(each: Fresh, fresh: Sequence[Fresh], rules: Rules) -> bool:
    if any(told.profile.official or told.profile.claim.topic_score >= rules.second_topic for told in each.group):
        return False
    return any(_surer_elsewhere(each, other) for other in fresh)


def _surer_elsewhere(each: Fresh, other: Fresh) -> bool:
    if other.power.outcome != "alert" or other.power.score <= each.power.score:
        return False
    told = {told.profile.doc_id for told in each.group}
    return each.group[0].profile.claim.topic != other.group[0].profile.claim.topic and any(t.profile.doc_id in told for t in other.group)


def _one_happening(left: Group, right: Group) -> bool:
    a, b = making.lead(left).profile, making.lead(right).profile
    if a.claim.topic != b.claim.topic or (a.acts and b.acts and not a.acts & b.acts):
        return False
    if a.official and b.official and a.doc_id != b.doc_id:
        return False
    if a.places and b.places and not a.places & b.places:
        return False
    articles = {told.profile.doc_id for told in left}
    return any(told.profile.doc_id in articles for told in right) or bool(a.story_id and a.story_id == b.story_id)


def _new(fresh: Fresh, desk: Desk, settled: Settled) -> None:
    """Make the move of a new step, unless the group is too weak or the same move was told before under other words."""
    group, power = fresh.group, fresh.power
    _weigh(group, power, settled)
    topic = group[0].profile.claim.topic
    if power.outcome == "weak":
        outcome = "copies" if not power.publishers else "weak"
        _note(group, Note(outcome, "", power.reason, topic), settled)
        return
    profiles = [told.profile for told in group]
    matter = resolve(profiles, fresh.related, desk.book, desk.naming)
    row, move = making.make(group, power, matter, fresh.related, desk.context, desk.known, desk.naming, desk.rules)
    if not _told_before(row, move, group, desk, settled):
        settled.rows.extend([] if row.ledger_id in {step.row.ledger_id for step in desk.steps} else [row])
        settled.moves.append(move)
        settled.keys.extend(key for key in matter.keys if key not in settled.keys)
        if matter.minted and matter.minted.matter_id not in {m.matter_id for m in settled.matters}:
            settled.matters.append(matter.minted)
        covers = "thin" if power.outcome == "thin" else "move"
        going_on = f"; {fresh.related.reason()}" if fresh.related else ""
        _note(
            group,
            Note(covers, move.move_id, f"{kind_of(group)}: {power.reason}; matter by {matter.how} {matter.by}{going_on}", topic),
            settled,
        )
    for told in group:
        settled.links[told.profile.claim.claim_id] = row.ledger_id


def _told_before(row: LedgerRow, move: Move, group: Group, desk: Desk, settled: Settled) -> bool:
    """The same move under the same id: of an earlier night, it is known; of tonight, the groups are one."""
    tonight = next((i for i, other in enumerate(settled.moves) if other.move_id == move.move_id), None)
    if tonight is not None:
        other = settled.moves[tonight]
        listed = {e.article_id for e in other.evidence}
        more = tuple(e for e in move.evidence if e.article_id not in listed)
        settled.moves[tonight] = replace(other, evidence=(*other.evidence, *more))
        _note(group, Note("move", other.move_id, "the same topic, matter, kind and value as another group of tonight", row.topic), settled)
        return True
    step = next((step for step in desk.steps if step.row.ledger_id == row.ledger_id), None)
    only_watched = step is not None and step.watched_only and move.severity == "alert"
    if move.move_id in desk.known.move_ids or (step is not None and not only_watched):
        _note(group, Note("known", row.ledger_id, "same topic, matter, kind and value as a known step", row.topic), settled)
        return True
    return False


def _weigh(group: Group, power: making.Strength, settled: Settled) -> None:
    for told in group:
        settled.weighed[told.profile.claim.claim_id] = Weighed(group, power)


def _note(group: Group, note: Note, settled: Settled) -> None:
    for told in group:
        settled.notes.setdefault(told.reading.article.article_id, []).append(note)
