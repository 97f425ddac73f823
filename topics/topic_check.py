"""What a user may want to know of a topic's data before the first night: which sentences would be recognised, which terms are taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from topics.linear import Linear, sigmoid
from topics.mentions import Gazetteer
from topics.model import Catalogue, Topic
from topics.rules import TOPIC_FLOOR
from topics.user_topics import UserTopic, example, phrases

FEW_EXAMPLES = 6


@dataclass(frozen=True, slots=True)
class TopicCheck:
    """One topic under test; sentences are the user's own, verbatim."""

    topic_id: str
    trained: bool  # the shipped weights know it, and its data are not tried
    terms: int = 0
    examples: int = 0
    missed: tuple[str, ...] = ()  # examples that the other examples, terms and entities would not recognise
    mistaken: tuple[str, ...] = ()  # counter-examples that would be taken for the topic
    claimed: tuple[tuple[str, tuple[str, ...]], ...] = ()  # (term, other topics that name it or are recognised by it)

    @property
    def recognised(self) -> int:
        """How many of the examples would score."""
        return self.examples - len(self.missed)

    @property
    def advice(self) -> str:
        """The one thing that would help most; '' when nothing stands out."""
        if self.trained:
            return ""
        if not self.terms:
            return "name some terms: without one in it, an official document is never on the topic"
        if self.examples < FEW_EXAMPLES:
            return f"write some ten examples; there {'is' if self.examples == 1 else 'are'} {self.examples}"
        if self.missed:
            return f"write more like: {self.missed[0]}"
        return f"taken for the topic, though it is none: {self.mistaken[0]}" if self.mistaken else ""


def check_topics(catalogue: Catalogue, shipped: Linear) -> tuple[TopicCheck, ...]:
    """Look at every topic; an example is judged by a topic built without it."""
    gazetteer = Gazetteer(catalogue)
    return tuple(_check(topic, catalogue, shipped, gazetteer) for topic in catalogue.topics)


def _check(topic: Topic, catalogue: Catalogue, shipped: Linear, gazetteer: Gazetteer) -> TopicCheck:
    rivals = [t for t in catalogue.topics if t != topic]
    if topic.topic_id in shipped.labels:
        return TopicCheck(topic.topic_id, trained=True)
    missed = []
    whole = UserTopic(topic, rivals, shipped, gazetteer)
    mistaken = [text for text in topic.counter_examples if _scores(text, whole, shipped, gazetteer)]
    for text in topic.examples:
        others = replace(topic, examples=tuple(each for each in topic.examples if each != text))
        if not _scores(text, UserTopic(others, rivals, shipped, gazetteer), shipped, gazetteer):
            missed.append(text)
    return TopicCheck(
        topic.topic_id, False, len(topic.terms_en) + len(topic.terms_zh), len(topic.examples), tuple(missed), tuple(mistaken),
        _claimed(topic, rivals, shipped, gazetteer),
    )  # fmt: skip


def _scores(text: str, topic: UserTopic, shipped: Linear, gazetteer: Gazetteer) -> bool:
    return float(sigmoid(np.array([topic.score(example(text, shipped, gazetteer))], np.float32))[0]) >= TOPIC_FLOOR


def _claimed(topic: Topic, rivals: Sequence[Topic], shipped: Linear, gazetteer: Gazetteer) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = []
    for term in (*topic.terms_en, *topic.terms_zh):
        wanted = phrases(replace(topic, terms_en=(term,), terms_zh=()))
        named = {rival.topic_id for rival in rivals if set(wanted) & set(phrases(rival))}
        probable = sigmoid(example(term, shipped, gazetteer).scores)
        named |= {label for label, p in zip(shipped.labels, probable, strict=True) if p >= TOPIC_FLOOR and label != topic.topic_id}
        if named:
            found.append((term, tuple(sorted(named))))
    return tuple(found)
