"""Whether a group of tonight's claims is a new move: one probability from what its texts say, who tells it, and what is known already.

The reader scores an article as if nothing else existed. Here its claims meet each other and the ledger: three publishers on one night
speak for news, a step told yesterday in the same words speaks for a retelling, and a known step that one loud outlet told weeks ago is
no reason to be silent tonight. The model is a Combiner over the numbers below, fitted by tests/training on replayed nights.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from extractors.model import h
from topics.combiner import Combiner, check_names, format_combiner, parse_combiner
from topics.grouping import Group, Told, combined, kind_of, publishers
from topics.ledger import COVERING, GOING_ON, Comparison, best
from topics.likeness import fresh_days, past_spans
from topics.linear import log_odds
from topics.model import Known
from topics.resources import text_of
from topics.rules import Rules

PARTS = (
    "fresh_day", "undated_old", "told_yesterday", "told_day", "text", "text_names", "names", "quote_words", "shared_words", "story",
    "no_name", "other_subjects",
)  # fmt: skip
OWN = (
    "best", "mean_three", "together", "texts", "publishers", "copies", "rival", "topic", "several", "deep", "round_up", "fresh", "past",
    "brief", "chinese", "story_seen", "story_age", "story_moved", "story_moved_elsewhere", "topic_moved",
)  # fmt: skip
NEAR = ("nearest", "content", "vague", "later", "changed")
COVER = (
    "covered", "cover", "cover_mean", "same", "verb", "elsewhere", "stage", "step_told", "step_best", "step_official", "step_vague",
    "step_watched", "step_age", "step_silence", "step_kind",
)  # fmt: skip
NUMBERS = (*OWN, *NEAR, *COVER, *(f"like:{part}" for part in PARTS))
LIMIT = 5.0  # log-odds and likeness scores beyond say nothing more


@dataclass(frozen=True, slots=True)
class Background:
    """What the judge needs of everything known: when each story was first told, and what has moved lately."""

    story_first: Mapping[str, date]
    lately: Mapping[str, int]  # steps of each topic
    moved: Mapping[str, frozenset[str]]  # the topics that each story has moved


def background(known: Known, night: date) -> Background:
    """Collect it once a night; lately = rows of the last seven nights that an article told."""
    first: dict[str, date] = {}
    story_of: dict[str, str] = {}
    for document in known.documents:
        if document.story_id and document.night is not None:
            first[document.story_id] = min(first.get(document.story_id, document.night), document.night)
            story_of[document.doc_id] = document.story_id
    told_by = {claim.claim_id: claim.origin_id for claim in known.claims if claim.origin == "article"}
    lately: dict[str, int] = {}
    moved: dict[str, frozenset[str]] = {}
    gone = known.retracted()
    for row in known.ledger:
        if row.ledger_id not in gone and night - timedelta(7) <= row.night < night and row.claim_id in told_by:
            lately[row.topic] = lately.get(row.topic, 0) + 1
            story = story_of.get(told_by[row.claim_id], "")
            moved[story] = moved.get(story, frozenset()) | {row.topic}
    moved.pop("", None)
    return Background(first, lately, moved)


class Judge:
    """Gives the probability that a group is a new move; pure after construction. Raises ValueError for a model of other numbers."""

    def __init__(self, model: Combiner) -> None:
        check_names("judge.tsv", model.names, NUMBERS)
        self._model = model

    @property
    def digest(self) -> str:
        """A hash over the model."""
        return h(format_combiner(self._model, ""))

    def probability(self, numbers: Sequence[float]) -> float:
        """Probability from the numbers of group_numbers(), 0..1, rounded so that it is the same on every machine."""
        odds = max(-30.0, min(30.0, self._model.score(numbers)))
        return round(1.0 / (1.0 + math.exp(-odds)), 6)


@cache
def shipped_judge() -> Judge:
    """The judge of this package."""
    return Judge(parse_combiner(text_of("weights", "judge.tsv")))


def group_numbers(
    group: Group, compared: Sequence[Sequence[Comparison]], lead: Told, behind: Background, rules: Rules
) -> tuple[float, ...]:
    """The numbers named in NUMBERS; compared holds each claim's comparisons with the known steps, in the group's order."""
    numbers = (*_own(group, lead, behind, rules), *_near(compared, lead), *_cover(group, compared, lead))
    return tuple(round(value, 6) for value in numbers)


def _own(group: Group, lead: Told, behind: Background, rules: Rules) -> list[float]:
    own = [told for told in group if not told.copy_of] or list(group)
    by_text: dict[str, float] = {}
    for told in own:
        by_text[told.profile.doc_id] = max(by_text.get(told.profile.doc_id, -LIMIT), _odds(told.profile.claim.score))
    ordered = sorted(by_text.values(), reverse=True)
    claim, profile = lead.profile.claim, lead.profile
    texts = {told.profile.doc_id for told in group}
    copies = len({told.profile.doc_id for told in group if told.copy_of}) / len(texts)
    rival = max((_odds(c.score) for c in lead.reading.claims if c.topic != claim.topic), default=-LIMIT) - _odds(claim.score)
    first = behind.story_first.get(profile.story_id)
    age = _days(profile.told, first) if first else 0
    moved = behind.moved.get(profile.story_id, frozenset())
    heard = publishers(group)
    return [
        ordered[0], sum(ordered[:3]) / len(ordered[:3]), _odds(combined(heard, rules)), math.log(1 + len(texts)),
        math.log(1 + len(heard)), copies, _limited(rival), _odds(claim.topic_score),
        math.log(1 + sum(c.score > 0.1 for c in lead.reading.claims)), float(claim.position > 0), max(told.round_up for told in group),
        float(bool(fresh_days(profile))), float(bool(past_spans(profile))), float(lead.reading.route == "brief"), float(profile.chinese),
        float(age > 0), min(age, 10) / 5, float(claim.topic in moved), float(bool(moved - {claim.topic})),
        min(behind.lately.get(claim.topic, 0), 4) / 4,
    ]  # fmt: skip


def _near(compared: Sequence[Sequence[Comparison]], lead: Told) -> list[float]:
    """The likest known steps of the topic, and what the group goes on from."""
    topic = lead.profile.claim.topic
    same = [c for each in compared for c in each if c.step.row.topic == topic]
    related = best([c for each in compared for c in each], GOING_ON)
    return [
        max((_limited(c.likeness.score) for c in same), default=-LIMIT),
        max((_limited(c.likeness.content) for c in same), default=-LIMIT),
        max((_limited(c.likeness.content) for c in same if c.step.vague), default=-LIMIT),
        float(related is not None and related.result == "later_stage"),
        float(related is not None and related.result == "changed_value"),
    ]


def _cover(group: Group, compared: Sequence[Sequence[Comparison]], lead: Told) -> list[float]:
    """The known step that covers the group, were the rules alone to say: how surely, and how well that step is founded itself."""
    covers = [(told, cover) for told, each in zip(group, compared, strict=True) if (cover := best(each, COVERING))]
    top = best([cover for _, cover in covers], COVERING)
    if top is None:
        return [0.0, -LIMIT, -LIMIT, *[0.0] * (len(COVER) - 3 + len(PARTS))]
    step, profiles = top.step, top.step.telling.profiles
    share = len({told.profile.doc_id for told, _ in covers}) / len({told.profile.doc_id for told in group})
    return [
        share, _limited(top.likeness.score), sum(_limited(c.likeness.score) for _, c in covers) / len(covers),
        float(top.result == "same_step"), float(top.result == "other_verb"), float(top.result == "known_elsewhere"),
        float(top.result in {"earlier_stage", "not_yet"}), math.log(1 + len({p.doc_id for p in profiles})),
        max((_odds(p.claim.score) for p in profiles), default=0.0), float(step.official), float(step.vague), float(step.watched_only),
        _since(lead, step.telling.first), _since(lead, step.telling.last), float(step.row.kind == kind_of(group)),
        *(top.likeness[part] for part in PARTS),
    ]  # fmt: skip


def _since(lead: Told, day: date | None) -> float:
    return min(20, _days(lead.profile.told, day)) / 10 if day else 2.0


def _days(told: date | None, day: date) -> int:
    """Days from a day to that of telling, not to the night that decides: it may run after midnight; 0 for what was told before."""
    return max(0, (told - day).days) if told else 0


def _limited(value: float) -> float:
    return max(-LIMIT, min(LIMIT, value))


def _odds(p: float) -> float:
    return _limited(log_odds(p))
