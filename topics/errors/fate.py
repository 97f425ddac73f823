"""What became of one article on one topic, and the rule, threshold or weight that decided it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from topics import reader as reading_rules
from topics.decide import counts
from topics.errors.scene import Scene
from topics.errors.xray import Look
from topics.grouping import Group
from topics.ledger import COVERING, Comparison, KnownStep, Result
from topics.model import Claim, Move, Reading
from topics.rules import Rules
from topics.settling import Weighed
from topics.similar import DEFAULT_COPY_RULES, Copy, least_known, rewrite_model

Stage = Literal[
    "not heard", "filtered", "topic not looked at", "no claim", "below the floor", "not new", "copy", "weak", "thin", "known", "joined",
    "watched", "told",
]  # fmt: skip
# The threshold that a comparison's result hangs on; those not named hang on no figure.
THRESHOLD: dict[Result, str] = {
    "same_step": "same_step", "other_verb": "other_verb", "earlier_stage": "same_step", "not_yet": "same_step",
    "known_elsewhere": "cross_topic", "later_stage": "same_matter", "unrelated": "same_step", "too_vague": "vague_margin",
}  # fmt: skip
BY_CONTENT = frozenset({"other_verb", "later_stage"})  # results that leave the timing parts aside


@dataclass(frozen=True, slots=True)
class Deciding:
    """One rule with its figure: above `needed` it passes. Both are None for a rule without a figure."""

    rule: str  # 'Rules.alert_threshold', 'CopyRules.rewrite_from', 'reader.CLAIM_FLOOR', 'official filter'
    text: str
    value: float | None = None
    needed: float | None = None

    @property
    def margin(self) -> float | None:
        """How far the figure lies above the threshold."""
        return None if self.value is None or self.needed is None else self.value - self.needed


@dataclass(frozen=True, slots=True)
class Fate:
    """How far an article came on a topic, and what stopped it (or let it through)."""

    stage: Stage
    deciding: Deciding
    claim: Claim | None = None


def fate(scene: Scene, look: Look | None, article_id: str, topic: str) -> Fate:
    """Follow one article through the night; look is None for a reader without these models."""
    reading = scene.reading(article_id)
    if reading is None:
        return Fate("not heard", Deciding("the stream", "the article came in on another night"))
    moved = next((m for m in scene.moves_with(article_id) if m.topic == topic), None)
    if moved is not None:
        return _moved(scene, reading, moved)
    claims = [c for c in reading.claims if c.topic == topic]
    strong = [c for c in claims if counts(c, scene.rules)]
    copy = scene.copy(reading)
    if strong:
        return _unraised(scene, reading, strong[0])
    if copy is not None:
        return Fate("copy", copying(copy, reading))
    if claims:
        return _left_out(claims[0], scene.rules)
    if reading.notes:
        return Fate("filtered", Deciding("reader filter", f"left unread: {', '.join(reading.notes)}"))
    return _unclaimed(look, topic)


def _moved(scene: Scene, reading: Reading, move: Move) -> Fate:
    claim = next((c for c in reading.claims if c.topic == move.topic and scene.link(c) == move.ledger_id), None)
    decided = raising(scene, move)
    return Fate("told" if move.severity == "alert" and move.disposition != "watch" else "watched", decided, claim)


def raising(scene: Scene, move: Move) -> Deciding:
    """Why a move was raised or only watched: what the score of all its claims together was held against."""
    weighed = scene.weighed(move.evidence[0].claim_id) if move.evidence else None
    if weighed is None:
        return Deciding("Rules.surge_publishers", f"{len(move.evidence)} articles on one night", None, None)
    return weighing(weighed)


def weighing(weighed: Weighed) -> Deciding:
    """What decided on a group, as topics.moves.strength said it."""
    power = weighed.power
    return Deciding(power.rule, f"{power.reason}; {scores_of(weighed.group)}", power.score, power.needed)


def scores_of(group: Group) -> str:
    """The claims that make a group's score."""
    shown = [f"{t.publisher} {t.profile.claim.kind} {t.profile.claim.score:.2f}{' (copy)' if t.copy_of else ''}" for t in group]
    return f"{len(group)} claims: {', '.join(shown[:6])}{', …' if len(shown) > 6 else ''}"


def _unraised(scene: Scene, reading: Reading, claim: Claim) -> Fate:
    """A claim that was weighed but is no evidence of a move of its topic."""
    weighed, link = scene.weighed(claim.claim_id), scene.link(claim)
    if any(step.row.ledger_id == link for step in scene.desk.steps):
        return Fate("known", _covering(scene, weighed.group if weighed else (), link), claim)
    if weighed is None or weighed.power.outcome in {"alert", "watch"}:
        return Fate("joined", Deciding("topics.settling", f"its group was settled with another one: {_why(scene, reading)}"), claim)
    copy = scene.copy(reading)
    if not weighed.power.publishers and copy is not None:
        return Fate("copy", copying(copy, reading), claim)
    return Fate("thin" if weighed.power.outcome == "thin" else "weak", weighing(weighed), claim)


def _why(scene: Scene, reading: Reading) -> str:
    verdict = scene.verdict(reading.article.article_id)
    return "; ".join(verdict.reasons) if verdict else "no verdict"


def _covering(scene: Scene, group: Group, ledger_id: str) -> Deciding:
    found = [c for told in group for c in scene.desk.comparisons(told) if c.step.row.ledger_id == ledger_id and c.result in COVERING]
    if not found:
        return Deciding("topics.settling", "the same topic, matter, kind and value as a known step")
    chosen = max(found, key=lambda c: c.likeness.score)
    covered = len({t.profile.doc_id for t in group})
    return comparing(chosen, scene.rules, f", covers a group of {covered} texts (Rules.cover_share {scene.rules.cover_share:g})")


def comparing(found: Comparison, rules: Rules, more: str = "") -> Deciding:
    """A comparison with a known step as a rule with its figure."""
    name, like = THRESHOLD.get(found.result), found.likeness
    watched = ", only watched then" if found.step.watched_only else ""
    text = f"{found.result}: {found.step.row.kind}, {day_of(found.step)}{watched}{more}"
    if name is None:
        return Deciding(f"ledger.{found.result}", text)
    value = like.content if found.result in BY_CONTENT else like.score
    needed = rules.same_step + rules.vague_margin if name == "vague_margin" else float(getattr(rules, name))
    return Deciding(f"Rules.{name}", text, value, needed)


def day_of(step: KnownStep) -> str:
    """When a step was told first; what a seed says has no day."""
    return step.telling.first.isoformat() if step.telling.first else "baseline"


def copying(copy: Copy, reading: Reading) -> Deciding:
    """What an article copies, as a rule with its figure; a close retelling has a cosine, a rewrite log-odds, a short item 0 to 1."""
    rules, text = DEFAULT_COPY_RULES, f"taken for a {copy.how.replace('_', '-')}"
    if copy.how == "near_duplicate":
        rule = least_known(reading.article)
        return Deciding(f"CopyRules.{rule}", text, copy.score, float(getattr(rules, rule)))
    if copy.reasons and copy.reasons[0].startswith("cosine"):
        return Deciding("CopyRules.close", f"{text}, {', '.join(copy.reasons)}", copy.score, rules.close)
    return Deciding("RewriteRules.rewrite_from", text, copy.score, rewrite_model(reading)[1].rewrite_from)


def _left_out(claim: Claim, rules: Rules) -> Fate:
    if claim.score < rules.claim_floor:
        return Fate("below the floor", Deciding("Rules.claim_floor", f"best claim: {claim.kind}", claim.score, rules.claim_floor), claim)
    return Fate("not new", Deciding("decide.counts", f"kind {claim.kind}, modality {claim.modality}"), claim)


def _unclaimed(look: Look | None, topic: str) -> Fate:
    if look is None:
        return Fate("no claim", Deciding("the reader", "made no claim on the topic"))
    found = look.candidate(topic)
    if found is None:
        text = "no passage is enough about the topic"
        return Fate("topic not looked at", Deciding("reader.PAIR_FLOOR", text, look.best_about(topic), reading_rules.PAIR_FLOOR))
    text = f"combiner {look.route} {found.log_odds:+.2f} log-odds, before the reader's own corrections"
    return Fate("no claim", Deciding("reader.CLAIM_FLOOR", text, probability(found.log_odds), reading_rules.CLAIM_FLOOR))


def probability(log_odds: float) -> float:
    """The logistic function."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, log_odds))))
