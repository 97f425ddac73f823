"""Compares a claim with the steps that are known: every comparison has a named result and the numbers that decided."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from extractors.model import h
from topics.likeness import Likeness, Telling, days_ahead, fresh_days, likeness
from topics.model import Kind, LedgerRow
from topics.profiles import Naming, Profile
from topics.rules import Rules

Result = Literal[
    "same_number", "same_step", "other_verb", "earlier_stage", "not_yet", "known_elsewhere",  # the step is known
    "later_stage", "changed_value", "other_number", "too_vague", "unrelated",  # it is not
]  # fmt: skip
COVERING: frozenset[Result] = frozenset({"same_number", "same_step", "other_verb", "earlier_stage", "not_yet", "known_elsewhere"})
GOING_ON: frozenset[Result] = frozenset({"later_stage", "changed_value", "too_vague", "other_number"})
STAGE: dict[Kind, int] = {"signalled": 0, "proposed": 1, "adopted": 2, "in_force": 3}
# Kinds that one and the same step is told as: a ban is adopted or extended, at once in force, by law or by a company's own order.
ALIKE: frozenset[frozenset[Kind]] = frozenset(
    {
        frozenset({"adopted", "extended"}), frozenset({"adopted", "in_force"}), frozenset({"extended", "in_force"}),
        frozenset({"adopted", "company_action"}), frozenset({"adopted", "enforced"}),
    }
)  # fmt: skip
BINDING: frozenset[Kind] = frozenset({"adopted", "extended"})  # kinds of a step that binds from a day on
DATED_KINDS: frozenset[Kind] = frozenset({"eased", "extended"})  # kinds whose value is a date: postponed until, brought forward to


@dataclass(frozen=True, slots=True)
class KnownStep:
    """A ledger row with all that told it."""

    row: LedgerRow
    telling: Telling
    vague: bool  # told by a seed only
    official: bool
    watched_only: bool = False  # noted, never raised
    withdrawn: bool = False  # a person took it back: the press that tells it again tells nothing new

    @property
    def move_id(self) -> str:
        """The id of the move that this step is or would be."""
        return move_id_of(self.row)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one claim is to one known step."""

    result: Result
    step: KnownStep
    likeness: Likeness

    @property
    def covers(self) -> bool:
        """True when the claim tells nothing that the step does not hold."""
        return self.result in COVERING

    def reason(self) -> str:
        """The result in one line, with the parts that decided, strongest first by name."""
        parts = ", ".join(f"{name} {value:g}" for name, value in self.likeness.parts)
        return f"{self.result} {self.step.row.kind} {self.step.telling.first or self.step.row.night} ({self.likeness.score:+.2f}: {parts})"


def move_id_of(row: LedgerRow) -> str:
    """The id of the move that a ledger row is."""
    return h(row.topic, row.matter_id, row.kind, row.value)


def compare(claim: Profile, step: KnownStep, naming: Naming, rules: Rules, *, round_up: float = 0.0) -> Comparison:
    """Name what the claim is to the step."""
    like = likeness(claim, step.telling, naming, rules, round_up=round_up)
    if claim.claim.topic != step.row.topic:
        result = _across_topics(claim, step, like, rules)
    elif claim.claim.kind == step.row.kind:
        result = _same_kind(claim, step, like, rules)
    else:
        result = _other_kind(claim, step, like, rules)
    return Comparison(result, step, like)


def _across_topics(claim: Profile, step: KnownStep, like: Likeness, rules: Rules) -> Result:
    told_before = step.telling.last is not None and claim.told is not None and step.telling.last < claim.told
    sure = like.score >= rules.cross_topic and claim.claim.kind == step.row.kind
    return "known_elsewhere" if sure and told_before and not claim.official and not step.vague else "unrelated"


def _same_kind(claim: Profile, step: KnownStep, like: Likeness, rules: Rules) -> Result:
    if claim.acts & {act for p in step.telling.profiles for act in p.acts}:
        return "same_number"
    if claim.official and _other_act(claim, step):
        if _points_back(claim, step) and like.content >= rules.other_verb and not _changed(claim, step):
            return "same_step"  # a correction, a briefing or a longer comment period, which names the day of the act
        return "other_number" if like.content >= rules.same_matter else "unrelated"
    if like.score < rules.same_step:
        return "unrelated"
    if step.vague and (claim.official or fresh_days(claim) or like.score < rules.same_step + rules.vague_margin):
        return "too_vague"
    if claim.official and not _confirms(claim, step, like, rules):
        return "too_vague"
    return "changed_value" if _changed(claim, step) else "same_step"


def _other_kind(claim: Profile, step: KnownStep, like: Likeness, rules: Rules) -> Result:
    if like.content < rules.same_matter or step.vague or (claim.official and _other_act(claim, step)):
        return "unrelated"
    sure = like.score >= rules.same_step
    if sure and claim.claim.kind == "in_force" and _applies_later(claim, step):
        return "not_yet"
    old, new = STAGE.get(step.row.kind), STAGE.get(claim.claim.kind)
    back = old is not None and new is not None and new < old
    if sure and back and not claim.official and _lately(claim, step, rules.stage_days):
        return "earlier_stage"
    if (
        frozenset({claim.claim.kind, step.row.kind}) in ALIKE
        and _lately(claim, step, rules.other_verb_days)
        and (like.content >= rules.other_verb or (sure and like["told_day"]))
    ):
        return "other_verb"
    return "later_stage"


def _other_act(claim: Profile, step: KnownStep) -> bool:
    """Both are official texts with numbers of one scheme, and the numbers differ."""
    known = {act for p in step.telling.profiles if p.official for act in p.acts}
    shared_schemes = {scheme for scheme, _ in claim.acts} & {scheme for scheme, _ in known}
    return bool(shared_schemes) and not claim.acts & known


def _points_back(claim: Profile, step: KnownStep) -> bool:
    """The quote itself names the day on which the step was told, and no later one."""
    first = step.telling.first
    if first is None or fresh_days(claim):
        return False
    return any(span.exact and span.holds(first) for span in claim.spans)


def _confirms(claim: Profile, step: KnownStep, like: Likeness, rules: Rules) -> bool:
    """An official text is covered only by that very step, told lately: a name in common, and a figure or a day.

    A press report that says on which day it happened stands for its value when it says so in the same words.
    """
    if step.telling.first is None or claim.told is None:
        return False
    named = like["names"] >= 0.2 or like["subjects"] or like["measure"]
    dated = any(fresh_days(p) for p in step.telling.profiles)
    day_ahead = {span for span in claim.near if span.exact and span.start > claim.told} & step.telling.spans
    valued = like["figures"] or like["told_day"] or day_ahead or (dated and like["quote_words"] >= 0.3)
    return bool(named and valued) and (claim.told - step.telling.first).days <= rules.official_confirm_days


def _changed(claim: Profile, step: KnownStep) -> bool:
    """A later text of the same matter names another day ahead: a second postponement is a second step."""
    if claim.claim.kind not in DATED_KINDS or step.telling.last is None or claim.told is None:
        return False
    ahead = set(days_ahead(claim))
    known_ahead = any(days_ahead(p) for p in step.telling.profiles)
    return claim.told > step.telling.last and bool(ahead) and known_ahead and not ahead & step.telling.spans


def _applies_later(claim: Profile, step: KnownStep) -> bool:
    applies = step.row.applies_on
    return applies is not None and claim.told is not None and claim.told < applies


def takes_effect(claim: Profile, step: KnownStep, rules: Rules) -> bool:
    """True when a press report tells an adopted step as today's news on the very day from which it applies: what is new is the force."""
    first = step.telling.first
    bound = step.row.kind in BINDING and claim.claim.kind in BINDING and step.row.applies_on == claim.told
    if not bound or claim.official or first is None or claim.told is None:
        return False
    return (claim.told - first).days > rules.other_verb_days and bool(fresh_days(claim))


def _lately(claim: Profile, step: KnownStep, days: int) -> bool:
    first = step.telling.first
    return first is not None and claim.told is not None and (claim.told - first).days <= days


def best(comparisons: Sequence[Comparison], results: Collection[Result]) -> Comparison | None:
    """The likeliest comparison with one of the results; the same step before any other result, ties by ledger id."""
    wanted = [c for c in comparisons if c.result in results]
    return max(wanted, key=lambda c: (c.result in {"same_number", "same_step"}, c.likeness.score, c.step.row.ledger_id), default=None)
