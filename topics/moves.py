"""Makes the move of a new step: its value, targets, day, evidence, confidence and disposition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from extractors.model import h
from topics.grouping import Group, Told, combined, kind_of, publishers
from topics.ledger import DATED_KINDS, Comparison
from topics.likeness import days_ahead
from topics.matters import Resolution
from topics.model import (
    Evidence,
    Kind,
    Known,
    LedgerRow,
    Move,
    MoveDisposition,
    NightContext,
    Severity,
    severity_of,
)
from topics.profiles import Naming, weight_of
from topics.rules import Rules


@dataclass(frozen=True, slots=True)
class Strength:
    """How sure a group is, and why it is or is not told at once."""

    score: float
    publishers: int
    official: bool
    outcome: str  # alert | watch | thin | weak
    rule: str  # 'Rules.alert_threshold': what the score was held against last
    needed: float  # the figure of that rule, with the margins of the topic and of a stage that comes soon
    reason: str


def strength(group: Group, rules: Rules, *, stage_soon: bool = False, judged: float | None = None) -> Strength:
    """Weigh a group against the thresholds of its topic, by the judge's probability where it is given."""
    own = [each for each in group if not each.copy_of]
    scores = publishers(group)
    score = combined(scores, rules) if judged is None else judged
    (for_alert, for_watch), margin = _limits(own, by_judge=judged is not None), rules.margin(group[0].profile.claim.topic)
    alert = float(getattr(rules, for_alert)) + (margin + (rules.advance_margin if stage_soon else 0.0))
    watch = float(getattr(rules, for_watch)) + margin
    thin = bool(own) and all(each.thin for each in own) and not rules.thin_alone
    if not own:
        outcome, rule, needed, reason = "weak", for_watch, watch, "only copies of a text that told no step"
    elif thin and score >= alert:
        outcome, rule, needed, reason = "thin", "thin_alone", alert, "only stubs of articles tell it"
    elif score >= alert:
        outcome, rule, needed = "alert", for_alert, alert
        reason = f"score {score:.2f} of at least {alert:.2f} from {len(scores)} publishers"
    elif score >= watch:
        outcome, rule, needed, reason = "watch", for_alert, alert, f"score {score:.2f} below {alert:.2f}"
    else:
        outcome, rule, needed, reason = "weak", for_watch, watch, f"score {score:.2f} below {watch:.2f}"
    return Strength(score, len(scores), any(each.profile.official for each in own), outcome, f"Rules.{rule}", needed, reason)


def _limits(own: Sequence[Told], *, by_judge: bool) -> tuple[str, str]:
    """The thresholds of an alert and of a watched move, by their names in Rules."""
    if by_judge:
        return "judged_alert", "judged_watch"
    brief = bool(own) and all(each.reading.route == "brief" for each in own)
    return ("brief_alert", "brief_watch") if brief else ("alert_threshold", "watch_threshold")


def second(power: Strength, rules: Rules) -> Strength:
    """Of a topic that its articles tell beside a surer one: an alert that is less sure than Rules.second_alert is only watched."""
    return _beside(power, "second_alert", rules.second_alert, "its articles tell a surer move of another topic")


def again(power: Strength, rules: Rules) -> Strength:
    """Of a topic that a surer or an official group moves tonight: an alert that is less sure than needed is only watched."""
    rule = "again_judged" if power.rule == "Rules.judged_alert" else "again_alert"
    return _beside(power, rule, float(getattr(rules, rule)), "other articles tell a surer or an official move of the topic tonight")


def _beside(power: Strength, rule: str, least: float, why: str) -> Strength:
    if power.outcome != "alert" or power.score >= least:
        return power
    reason = f"score {power.score:.2f} below {least:.2f}, as {why}"
    return replace(power, outcome="watch", rule=f"Rules.{rule}", needed=least, reason=reason)


def lead(group: Group) -> Told:
    """The claim that stands for the group: official, then an own text, then the best score, then decision order."""
    return max(enumerate(group), key=lambda p: (p[1].profile.official, not p[1].copy_of, not p[1].thin, p[1].profile.claim.score, -p[0]))[1]


def value_of(group: Group, naming: Naming) -> str:
    """What is new, normalised: official numbers, else days ahead, names and figures; the rarest words when those say too little."""
    first = lead(group).profile
    if first.official and first.acts:
        return " ".join(sorted(f"{scheme}:{value}" for scheme, value in first.acts))
    days = sorted(span.start.isoformat() for span in days_ahead(first))
    names = sorted(sorted(first.names), key=lambda name: -naming.weight(name))[:4]
    parts = [*days[:2], *sorted(names), *sorted(first.figures)[:3]]
    if len(parts) < 3:
        parts += sorted(sorted(first.quote_words), key=lambda word: -weight_of(word))[:4]
    return " | ".join(parts)


def applies_on(group: Group) -> date | None:
    """The first day ahead that the leading claim names, else another; of a step that moves a day the last, as the old one is named too."""
    for told in (lead(group), *group):
        ahead = [span.start for span in days_ahead(told.profile)]
        if ahead:
            return max(ahead) if kind_of(group) in DATED_KINDS else min(ahead)
    return None


def evidence(group: Group, rules: Rules) -> tuple[Evidence, ...]:
    """One item an article, the leading one first; a publisher's first own text is independent, copies and families are not."""
    best = lead(group)
    counted: set[str] = set()
    items: list[Evidence] = []
    seen: set[str] = set()
    for each in (best, *group):
        article = each.reading.article
        if article.article_id in seen:
            continue
        seen.add(article.article_id)
        independent = not each.copy_of and each.publisher not in counted
        if independent:
            counted.add(each.publisher)
        claim = each.profile.claim
        items.append(
            Evidence(
                article.article_id, article.rev, claim.claim_id, claim.quote, article.publisher, article.url, independent,
                each.profile.official,
            )
        )  # fmt: skip
    return tuple(items)


def confidence(power: Strength) -> float:
    """From 0 to 0.99: the score, raised by half of what is missing for an official text, a third from three publishers on."""
    missing = 1.0 - power.score
    share = 0.5 if power.official else 0.33 if power.publishers >= 3 else 0.0
    return round(min(0.99, power.score + share * missing), 4)


def disposition(group: Group, severity: Severity, context: NightContext, known: Known, rules: Rules) -> MoveDisposition:
    """What becomes of a move by where and when it was told (SCHEMA.md, As of)."""
    if context.mode == "backfill":
        return "backfilled"
    topic = group[0].profile.claim.topic
    unarmed = topic in known.unarmed_topics or all(each.reading.article.source_id in known.unarmed_sources for each in group)
    if context.mode in {"learn", "reread"} or unarmed:
        return "watch" if context.mode != "reread" and any(_new_official(each, rules) for each in group) else "learnt"
    delay = min(_delay(each) for each in group)
    if delay > timedelta(rules.learnt_days):
        return "learnt"
    if delay > timedelta(rules.late_days):
        return "late"
    return "raised" if severity == "alert" else "watch"


def _delay(told: Told) -> timedelta:
    article = told.reading.article
    return article.first_seen_at - article.told_at


def _new_official(told: Told, rules: Rules) -> bool:
    return told.profile.official and _delay(told) <= timedelta(hours=rules.unarmed_official_hours)


def support_of(power: Strength) -> str:
    """official, or press with its independent publishers."""
    return "official" if power.official else f"press:{max(1, power.publishers)}"


def make(
    group: Group,
    power: Strength,
    matter: Resolution,
    before: Comparison | None,
    context: NightContext,
    known: Known,
    naming: Naming,
    rules: Rules,
) -> tuple[LedgerRow, Move]:
    """The ledger row and the move of a new step."""
    first = lead(group)
    claim = first.profile.claim
    kind: Kind = kind_of(group)
    value = _untaken(value_of(group, naming), matter.matter_id, claim.topic, kind, known)
    severity: Severity = severity_of(kind) if power.outcome == "alert" else "watch"
    ledger_id = h(matter.matter_id, claim.topic, kind, value)
    row = LedgerRow(
        ledger_id, matter.matter_id, claim.topic, kind, value, _targets(group, naming), applies_on(group), support_of(power),
        claim.claim_id, context.night,
    )  # fmt: skip
    step = before.step if before else None
    move = Move(
        move_id=h(claim.topic, matter.matter_id, kind, value), topic=claim.topic, matter_id=matter.matter_id, kind=kind, severity=severity,
        ledger_id=ledger_id, before_id=step.row.ledger_id if step else "", before=_before(before, rules), value=value,
        confidence=confidence(power), headline=headline(first, rules), evidence=evidence(group, rules),
        disposition=disposition(group, severity, context, known, rules), night=context.night,
    )  # fmt: skip
    return row, move


def _untaken(value: str, matter_id: str, topic: str, kind: Kind, known: Known) -> str:
    """The value, marked when a step of that very value was taken back: told again, it is a step of its own."""
    gone = known.retracted()
    while h(matter_id, topic, kind, value) in gone:
        value = f"{value} | after retraction"
    return value


def _targets(group: Group, naming: Naming) -> tuple[str, ...]:
    """At most twelve names of the leading claim; catalogue ids first, then by how much they tell."""
    first = lead(group).profile.names
    ordered = sorted(sorted(first), key=lambda name: (name not in naming.kinds, -naming.weight(name)))
    return tuple(ordered[:12])


def _before(before: Comparison | None, rules: Rules) -> str:
    """The known step in the words that told it."""
    if before is None:
        return ""
    profiles = before.step.telling.profiles
    return profiles[0].claim.quote[: rules.quote_chars] if profiles else before.step.row.value


def headline(first: Told, rules: Rules) -> str:
    """The title when the quote stands in its lead, else the quote, cut at a word."""
    article, claim = first.reading.article, first.profile.claim
    text = article.title if claim.position == 0 and article.title else claim.quote
    if len(text) <= rules.headline_chars:
        return text
    cut = text[: rules.headline_chars - 1]
    return f"{cut[: cut.rfind(' ')] if ' ' in cut else cut}…"
