"""Scores of an article's passages: what each is about, and whether it tells a step, of which kind, in which mode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from topics.features import act_features, entity_features, joined_features, topic_features
from topics.linear import Floats, Ids, Linear, log_odds, sigmoid
from topics.mentions import Gazetteer
from topics.model import ALERT_KINDS, Topic
from topics.passages import Text, split_text
from topics.tokens import Annotated, annotate
from topics.user_topics import Said, UserTopics, said

STEP = "step"  # the label of the acts model that says "states an alert step"


@dataclass(frozen=True, slots=True)
class PassageScore:
    """One passage: topic probabilities (topics,), step log-odds with and without the title, label probabilities (labels,)."""

    topics: Floats
    step: float
    step_with_title: float  # equals step where the passage has no title
    labels: Floats


@dataclass(frozen=True, slots=True)
class ScoredText:
    """A whole article: its sentences and passages with their scores, and the title on its own."""

    text: Text
    sentences: tuple[Annotated, ...]
    passages: tuple[PassageScore, ...]
    title_step: float
    title_labels: Floats
    title_topics: Floats
    act_ids: tuple[Ids, ...]  # per sentence, so that single sentences can be scored for the quote
    whole: Floats | None = None  # log-odds of the whole-article model: "tells a step", then the topics, then the kinds; None: not asked
    own: tuple[tuple[frozenset[str], ...], ...] = ()  # the last topics are the user's (user_topics.py): the classes of their examples


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of the two models stand for: act labels, topic ids, and the sides that act on each topic (empty: any)."""

    labels: Sequence[str]
    topics: Sequence[str]
    issuers: Mapping[str, frozenset[str]]


class Scorer:
    """Scores texts with the topic model, the acts model and the user's own topics; pure after construction."""

    def __init__(
        self, gazetteer: Gazetteer, topics: Linear, acts: Linear, watched: Sequence[Topic] = (), whole: Linear | None = None
    ) -> None:
        self.gazetteer, self.topics, self.acts, self.whole = gazetteer, topics, acts, whole
        self.own = UserTopics(watched, topics, gazetteer)
        self.labels = (*topics.labels, *self.own.labels)
        self.columns = Columns(acts.labels, self.labels, gazetteer.issuers)
        self._step = acts.labels.index(STEP)
        self._alert = [i for i, label in enumerate(acts.labels) if label in ALERT_KINDS]
        self._rest = [i for i, label in enumerate(acts.labels) if label != STEP]

    def score(self, title: str, body: str, lang: str, published: date) -> ScoredText:
        """Annotate and score one article; published is the day that dates are read against."""
        text = split_text(title, body, lang)
        sentences = tuple(annotate(s.text, published, self.gazetteer) for s in text.sentences)
        told, title_told = [act_features(s) for s in sentences], act_features(sentences[0], title=True)
        about = [topic_features(s, title=n == 0) for n, s in enumerate(sentences)]
        acts, abouts = tuple(map(self.acts.ids, told)), [self.topics.ids(each) for each in about]
        spoken = [said(s.text, a) for s, a in zip(text.sentences, sentences, strict=True)] if self.own.labels else []
        title_acts = self.acts.ids(title_told)
        title_labels, title_step = self._act([title_acts])
        passages = []
        for passage in text.passages:
            members = passage.sentences
            shown = (0, *members) if passage.with_title else members
            named = self.topics.ids(entity_features([sentences[i] for i in shown]))
            topics = self._about([*(abouts[i] for i in shown), named], [spoken[i] for i in shown] if spoken else [])
            labels, step = self._act([acts[i] for i in members]) if members else (title_labels, title_step)
            step_with_title = step
            if passage.with_title and members:
                with_title, step_with_title = self._act([title_acts, *(acts[i] for i in members)])
                labels = np.asarray((labels + with_title) / 2, np.float32)
            passages.append(PassageScore(topics, step, step_with_title, labels))
        title_topics = self._about([abouts[0], self.topics.ids(entity_features(sentences[:1]))], spoken[:1])
        whole = None
        if self.whole:
            of_all = entity_features(sentences)
            whole = self.whole.scores([self.whole.ids(joined_features([title_told, *told[1:]], about, of_all))])
        return ScoredText(text, sentences, tuple(passages), title_step, title_labels, title_topics, acts, whole, self.own.classes)

    def step_score(self, ids: list[Ids]) -> float:
        """Log-odds that a text given as ids states an alert step."""
        return self._act(ids)[1]

    def _about(self, ids: list[Ids], spoken: Sequence[Said]) -> Floats:
        """Topic probabilities: the shipped topics, then the user's."""
        scores = self.topics.scores(ids)
        return sigmoid(np.concatenate([scores, self.own.scores(spoken, ids, scores)]) if spoken else scores)

    def _act(self, ids: list[Ids]) -> tuple[Floats, float]:
        """Label probabilities that sum to one, and the mean of the two views of "states a step" as log-odds."""
        scores = self.acts.scores(ids)
        labels = sigmoid(scores)
        labels[self._step] = 0.0
        labels = labels / labels.sum()
        told = float(labels[self._alert].sum())
        return labels, (float(scores[self._step]) + log_odds(told)) / 2
