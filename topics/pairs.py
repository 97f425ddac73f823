"""Candidates: an article with a topic that it may tell a step on, described by the scores of all its passages."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extractors.model import Article
from topics.anchors import ANCHORS, anchors_in
from topics.cues import cue_names, cues, issuer_fit, issuer_names
from topics.linear import Floats, log_odds
from topics.model import ALERT_KINDS
from topics.official import why_routine
from topics.scoring import STEP, Columns, ScoredText

_FARM = re.compile(
    r"stay tuned|\bFAQ\b|\*\*(?:Introduction|Summary|Key takeaway|Bottom line|The Big Picture|Final thoughts|Conclusion)|[👉🔹🔥]"
    r"|appeared first on|Sign up for|Tell us what YOU think|You might also like"
)
_ROUNDUP = re.compile(
    r"round-?up|digest|weekend edition|this week|newsletter|morning|\blive\b|briefs?\b|notebook|week in|mailbag|早报|晚报|周报|一周", re.I
)
_OFFICIAL_FORM = re.compile(r"\bAGENCY:|\bACTION:|SUMMARY:|\d\d CFR\b|\bFR Doc\b|\bRIN \d|Federal Register|In the Matter of")
_SHOUT = re.compile(r"\b[A-Z]{4,}\b.*\b[A-Z]{4,}\b|!\s*$|^(?:BREAKING|BOMBSHELL|SHOCK\w*|EXCLUSIVE|UPDATED?|LIVE)\b|[！🔥👉]")
_CORRECTION = re.compile(r"^(?:correct(?:ion|ed|ing)\b|更正)|\bcorrection to\b", re.I)
_LAW_FIRM = re.compile(r"client alert|at a glance|\bLLP\b|attorney advertising|not legal advice|action items|what to do", re.I)


INHERITED = 0.4
WHOLE = ("whole_told", "whole_topic", "whole_gap")
WHOLE_KINDS = tuple(f"whole:{kind}" for kind in ALERT_KINDS)
DAYS = ("today", "recent", "past", "longago", "future")


@dataclass(frozen=True, slots=True)
class Pair:
    """An (article, topic) candidate: its best passage, its topic probability there, and the features that the combiner weighs."""

    topic: int  # column of the topic model
    passage: int
    topic_score: float
    features: tuple[float, ...]
    kinds: tuple[float, ...] = ()  # what the whole-article model says of each kind, should a step be told: for the model of kinds alone

    @property
    def kind_features(self) -> tuple[float, ...]:
        """The numbers named by kind_feature_names()."""
        return (*self.features, *self.kinds)


def feature_names(labels: Sequence[str]) -> tuple[str, ...]:
    """Names of Pair.features, in order."""
    shown = [label for label in labels if label != STEP]
    scores = (
        "best", "best_two", "first", "later", "step_best", "step_first", "step_first_body", "step_title", "step_later", "is_first",
        "is_deep", "topic_best", "topic_max", "topic_first", "topic_title", "topic_share", "topic_leads",
        "topics_high", "share_telling", "mean_step", "topic_gap", "topic_mean", "passages_on_topic",
    )  # fmt: skip
    anchors = tuple(f"{name}:{where}" for name in ANCHORS for where in ("best", "title", "lead"))
    days = tuple(f"{name}:{where}" for name in DAYS for where in ("best", "lead"))
    text = (
        "shout", "correction", "farm", "roundup", "official_form", "law_firm", "chinese", "question", "passages", "single", "length",
        "title_length", "routine",
    )  # fmt: skip
    labelled = tuple(f"{where}:{x}" for where in ("best", "title", "first") for x in shown)
    subjects = tuple(f"{kind}:{where}" for kind in ("term", "measure") for where in ("title", "lead", "best", "rival"))
    return (*scores, *labelled, *anchors, *days, *cue_names(), *issuer_names(), *subjects, *text, *WHOLE)


def kind_feature_names(labels: Sequence[str]) -> tuple[str, ...]:
    """Names of Pair.kind_features, in order."""
    return (*feature_names(labels), *WHOLE_KINDS)


def candidates(article: Article, scored: ScoredText, columns: Columns, floor: float) -> list[Pair]:
    """Every topic whose probability in some passage reaches the floor, as a Pair."""
    about = np.stack([p.topics for p in scored.passages])
    text = _text_features(article, scored)
    shown = [i for i, label in enumerate(columns.labels) if label != STEP]
    shipped = about.shape[1] - len(scored.own)  # what a user adds changes nothing for the topics that training knew
    found = []
    for j in map(int, np.flatnonzero(about.max(axis=0) >= floor)):
        own = j >= shipped
        assumed = _goes_without(scored.own[j - shipped]) if own else frozenset[str]()
        found.append(_pair(article, scored, about if own else about[:, :shipped], j, columns, shown, text, assumed))
    return found


@lru_cache(maxsize=64)
def _goes_without(examples: tuple[frozenset[str], ...]) -> frozenset[str]:
    """The anchors that a user's topic seldom names: where it leaves one out, that says nothing, and it counts as named."""
    named = [anchors_in(each) for each in examples]
    return frozenset(name for name in ANCHORS if 2 * sum(name in each for each in named) < len(examples))


def _pair(
    article: Article,
    scored: ScoredText,
    about: Floats,
    topic: int,
    columns: Columns,
    shown: Sequence[int],
    text: Sequence[float],
    assumed: Collection[str] = (),
) -> Pair:
    passages = scored.passages
    step = np.array([(p.step + p.step_with_title) / 2 for p in passages])
    column = about[:, topic]
    joint = joint_of(step, column, column.max())
    best = int(joint.argmax())
    ranked = np.sort(joint)[::-1]
    first = passages[0]
    scores = (
        ranked[0], ranked[:2].mean(), joint[0], joint[1:].max() if len(joint) > 1 else -9.0, step[best], first.step_with_title, first.step,
        scored.title_step, step[1:].max() if len(step) > 1 else -6.0, float(best == 0), float(best > 2), log_odds(column[best]),
        log_odds(column.max()), log_odds(column[0]), log_odds(scored.title_topics[topic]), column[best] / (about[best].max() + 1e-6),
        float(column[best] >= about[best].max() - 1e-9), float((about.max(axis=0) > 0.4).sum()), float((step > 0).mean()), step.mean(),
        log_odds(column.max()) - log_odds(about.max()), log_odds(column.mean()), float((column > 0.4).mean()),
    )  # fmt: skip
    labels = [np.log(source[shown] + 0.01) for source in (passages[best].labels, scored.title_labels, first.labels)]
    found = [
        *_anchors(scored, best, assumed),
        *_days(scored, best),
        *_cues(article, scored, best),
        *_topic_fit(scored, best, topic, columns),
    ]
    numbers = (*scores, *np.concatenate(labels), *found, *text, *whole_numbers(scored.whole, topic, log_odds(column.max())))
    return Pair(topic, best, float(column[best]), tuple(float(x) for x in numbers), whole_kinds(scored.whole))


def joint_of(step: NDArray[Any] | float, about: NDArray[Any] | float, best: float) -> NDArray[Any]:
    """Step and topic together, in log-odds: by this a topic's best passage is chosen; best = the topic's highest probability.

    A passage far below the lead seldom names its subject again: it inherits part of what the article is about.
    """
    joint: NDArray[Any] = step + np.log(np.maximum(about, INHERITED * best) + 0.01)
    return joint


def whole_numbers(whole: Floats | None, topic: int, passages: float) -> tuple[float, ...]:
    """What the whole-article model says: does it tell a step, is it on the topic, and how far below the likeliest topic; () if not asked.

    A user's topic, which that model does not know, is taken from the passages.
    """
    if whole is None:
        return ()
    about = whole[1 : -len(WHOLE_KINDS)]
    own = float(about[topic]) if topic < len(about) else passages
    return float(whole[0]), own, own - max(own, float(about.max()))


def whole_kinds(whole: Floats | None) -> tuple[float, ...]:
    """What it says of each kind, named in WHOLE_KINDS; () if not asked."""
    return () if whole is None else tuple(map(float, whole[-len(WHOLE_KINDS) :]))


def _cues(article: Article, scored: ScoredText, best: int) -> list[float]:
    lead, told = (" ".join(scored.text.sentences[i].text for i in scored.text.passages[n].sentences) for n in (0, best))
    return cues(article.title, lead, told, f"{article.title}\n{article.body}")


def _topic_fit(scored: ScoredText, best: int, topic: int, columns: Columns) -> list[float]:
    """Whether those act who act on this topic, and whether its terms and measures are named in title, lead, best passage; or rivals'."""
    places = ((0,), (0, *scored.text.passages[0].sentences), scored.text.passages[best].sentences or (0,))
    name, shipped = columns.topics[topic], columns.topics[: len(columns.topics) - len(scored.own)]
    numbers = issuer_fit(
        [[m for i in place for m in scored.sentences[i].mentions] for place in places], columns.issuers.get(name, frozenset())
    )
    for kind in ("TM", "MA"):
        found = [{s for i in place for s in scored.sentences[i].subjects if s.startswith(kind)} for place in places]
        numbers += [float(f"{kind}:{name}" in subjects) for subjects in found]
        numbers.append(float(any(f"{kind}:{rival}" in found[2] for rival in shipped if rival != name)))
    return numbers


def _anchors(scored: ScoredText, best: int, assumed: Collection[str]) -> list[float]:
    """For each anchor whether the best passage, the title and the lead name it, or need not."""
    places = (scored.text.passages[best].sentences or (0,), (0,), (0, *scored.text.passages[0].sentences))
    named = [anchors_in({m.word_class for i in place for m in scored.sentences[i].mentions}) for place in places]
    return [float(name in assumed or name in found) for name in ANCHORS for found in named]


def _days(scored: ScoredText, best: int) -> list[float]:
    """For each distance whether the best passage and the lead name such a day."""
    places = (scored.text.passages[best].sentences or (0,), (0, *scored.text.passages[0].sentences))
    named = [{t for i in place for t in scored.sentences[i].act_tokens} for place in places]
    return [float(f"x{name}" in found) for name in DAYS for found in named]


def _text_features(article: Article, scored: ScoredText) -> tuple[float, ...]:
    whole = f"{article.title}\n{article.body}"
    count = len(scored.passages)
    return (
        float(bool(_SHOUT.search(article.title))), float(bool(_CORRECTION.search(article.title))),
        min(len(_FARM.findall(whole)), 4), float(bool(_ROUNDUP.search(article.title))), min(len(_OFFICIAL_FORM.findall(whole)), 3),
        min(len(_LAW_FIRM.findall(whole)), 3), float(article.lang == "zh"), float(article.title.rstrip().endswith(("?", "？"))),
        math.log(count), float(count == 1), min(len(article.body), 4000) / 1000,
        math.log(1 + len(article.title) * (2 if article.lang == "zh" else 1)), float(bool(why_routine(article))),
    )  # fmt: skip
