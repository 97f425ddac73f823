"""Topics that the trained weights do not know, scored from their own data alone: terms, example sentences, entities.

A passage is compared with the topic's sentences in two spaces (words drawn together into ideas; the features of the shipped topic model
under its own idf), its terms and entities are looked for, and the other topics compete. One fixed logistic model over these parts gives the
log-odds; python -m training.fit_user_topics fitted it over the shipped topics, each taken as if it were a user's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from topics.features import entity_features, topic_features
from topics.likewords import Words, cosine, mean, phrase, stems_of, unit
from topics.linear import Floats, Ids, Linear
from topics.mentions import Gazetteer
from topics.model import Topic
from topics.terms import terms_of
from topics.tokens import Annotated, annotate
from topics.words import fold, tokens

ANY_DAY = date(2026, 1, 1)  # an example is read for what it is about, which no date changes
# Log-odds a part. Over the twelve fits that leave one topic out each differs by at most a twentieth (closest, about, shapes) or .3; the
# last is set by hand, since counter-examples of the fit were seldom the nearest.
WEIGHTS: Mapping[str, float] = {
    "base": -3.9,
    "term": 1.1,  # names one of the terms
    "closest": 6.5,  # cosines with the two nearest examples, in words
    "about": 10.6,  # cosine with the name, description and terms, in words
    "shapes": 19.2,  # cosine with the examples' centre in the features of the shipped model: stems, pairs, who before whom
    "entity": 1.8,  # names one of the entities
    "rival_words": -6.4,  # cosine with the nearest other topic
    "beyond": -0.64,  # log-odds by which a shipped topic exceeds what it gives the examples
    "below": -1.08,  # log-odds by which all shipped topics stay below that: another subject
    "counter": -12.0,  # how much nearer a counter-example is than the nearest example
}
LEAST_USUAL = -3.0  # log-odds below which a shipped topic says nothing about an example


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence as these topics look at it."""

    terms: tuple[str, ...]  # ideas, stems and Chinese pairs
    stems: str  # ' stem stem ', where phrases are looked for
    plain: str  # lower case, where Chinese phrases are looked for
    entities: frozenset[str]
    classes: frozenset[str]  # of its names and class words


def said(text: str, annotated: Annotated) -> Said:
    """Prepare one sentence."""
    words, mentions = tokens(fold(text)), annotated.mentions
    entities, classes = frozenset(m.entity_id for m in mentions if m.entity_id), frozenset(m.word_class for m in mentions)
    return Said(tuple(terms_of(words)), stems_of(words), text.lower(), entities, classes)


@dataclass(frozen=True, slots=True)
class Heard:
    """A passage as these topics look at it; scores are the log-odds of the shipped topics."""

    sentences: tuple[Said, ...]
    words: Words
    ids: Ids  # positions in the shipped vocabulary, each once
    values: Floats  # their TF-IDF, unit length
    scores: Floats


def heard(sentences: Sequence[Said], ids: Sequence[Ids], scores: Floats, shipped: Linear) -> Heard:
    """Prepare one passage; ids are the shipped model's of its parts, scores what it makes of them."""
    positions, counts = np.unique(np.concatenate(ids), return_counts=True)
    weighed = (1.0 + np.log(counts)) * shipped.idf[positions]
    values = np.asarray(weighed / (float(np.linalg.norm(weighed)) or 1.0), np.float32)
    return Heard(tuple(sentences), unit(term for each in sentences for term in each.terms), positions, values, scores)


class UserTopic:
    """One topic as its data describe it; pure after construction."""

    def __init__(self, topic: Topic, rivals: Sequence[Topic], shipped: Linear, gazetteer: Gazetteer) -> None:
        def read(texts: Sequence[str]) -> list[Heard]:
            return [example(text, shipped, gazetteer) for text in texts]

        examples = read(topic.examples or descriptions(topic))
        self.topic_id = topic.topic_id
        self.classes = tuple(frozenset[str]().union(*(s.classes for s in each.sentences)) for each in examples)  # of each example
        self._entities = frozenset(topic.entities)
        self._phrases = phrases(topic)
        self._about = tuple(each.words for each in read(descriptions(topic)))
        self._examples = tuple(each.words for each in examples)
        self._counters = tuple(each.words for each in read(topic.counter_examples))
        self._rivals = tuple(mean([each.words for each in read((*descriptions(r), *r.examples))]) for r in rivals)
        self._shapes = np.zeros(len(shipped.idf), np.float32)
        for each in examples:
            self._shapes[each.ids] += each.values
        self._shapes /= float(np.linalg.norm(self._shapes)) or 1.0
        scores = np.stack([each.scores for each in examples])
        self._usual = np.maximum(np.quantile(scores, 0.75, axis=0), LEAST_USUAL)
        self._least = float(np.quantile(scores.max(axis=1), 0.25))

    def score(self, passage: Heard) -> float:
        """Log-odds that the passage is about the topic."""
        return sum(WEIGHTS[name] * value for name, value in self.parts(passage).items())

    def parts(self, passage: Heard) -> dict[str, float]:
        """The values that WEIGHTS weighs, by name."""
        alike = sorted((cosine(passage.words, each) for each in self._examples), reverse=True)
        return {
            "base": 1.0,
            "term": float(any(self._named(each) for each in passage.sentences)),
            "closest": sum(alike[:2]),
            "about": _nearest(passage.words, self._about),
            "shapes": float(passage.values @ self._shapes[passage.ids]),
            "entity": float(any(self._entities & each.entities for each in passage.sentences)),
            "rival_words": _nearest(passage.words, self._rivals),
            "beyond": max(0.0, float((passage.scores - self._usual).max())),
            "below": max(0.0, self._least - float(passage.scores.max())),
            "counter": max(0.0, _nearest(passage.words, self._counters) - alike[0]),
        }

    def _named(self, sentence: Said) -> bool:
        return any(p in (sentence.stems if p.startswith(" ") else sentence.plain) for p in self._phrases)


class UserTopics:
    """All topics of the catalogue that the shipped model has no column for."""

    def __init__(self, topics: Sequence[Topic], shipped: Linear, gazetteer: Gazetteer) -> None:
        unknown = [t for t in topics if t.topic_id not in shipped.labels]
        self._shipped = shipped
        self._topics = tuple(UserTopic(t, [r for r in topics if r != t], shipped, gazetteer) for t in unknown)
        self.labels = tuple(t.topic_id for t in unknown)
        self.classes = tuple(t.classes for t in self._topics)

    def scores(self, sentences: Sequence[Said], ids: Sequence[Ids], shipped: Floats) -> Floats:
        """Log-odds (topics,) of a passage; ids and shipped are what the shipped model reads and makes of it."""
        passage = heard(sentences, ids, shipped, self._shipped)
        return np.array([topic.score(passage) for topic in self._topics], np.float32)


def example(text: str, shipped: Linear, gazetteer: Gazetteer) -> Heard:
    """A sentence of the topic's data as a passage of its own."""
    annotated = annotate(text, ANY_DAY, gazetteer)
    ids = [shipped.ids(topic_features(annotated)), shipped.ids(entity_features([annotated]))]
    return heard([said(text, annotated)], ids, shipped.scores(ids), shipped)


def descriptions(topic: Topic) -> tuple[str, ...]:
    """The topic in its own words: English and Chinese apart."""
    english = ". ".join(text for text in (topic.about, topic.name_en, *topic.terms_en) if text)
    chinese = "。".join(text for text in (topic.name_zh, *topic.terms_zh) if text)
    return tuple(text for text in (english, chinese) if text)


def phrases(topic: Topic) -> tuple[str, ...]:
    """The topic's terms as they are looked for, each once; one that holds no word is none."""
    return tuple(dict.fromkeys(p for term in (*topic.terms_en, *topic.terms_zh) if (p := phrase(term)).strip()))


def _nearest(words: Words, others: Sequence[Words]) -> float:
    return max((cosine(words, other) for other in others), default=0.0)
