"""What an article is about, by what it says itself and by what the other texts of its story are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from topics.desk import Desk
from topics.linear import log_odds
from topics.model import Reading
from topics.rules import TOPIC_HEARD, Rules
from topics.similar import Key

Topics = tuple[str, ...]
FINITE = 1e-4  # keeps a certain topic from outweighing any story
UNHEARD = TOPIC_HEARD / 2  # of a topic that the reading does not name


def story_topics(ordered: Sequence[Reading], stories: Mapping[Key, str], desk: Desk) -> dict[Key, Topics]:
    """The topics of each reading, likeliest first: log-odds of its own pulled towards the share of its story's texts on each topic.

    Tonight's texts count with what they say themselves, earlier ones (of the last memory_days) with what was decided of them, both only
    when they have a topic in common with the text: the others are not in every slice of what is known.
    """
    told: dict[str, list[tuple[Key, frozenset[str]]]] = defaultdict(list)
    tonight, since = set(stories.values()), desk.context.night - timedelta(desk.rules.memory_days)
    for known in desk.known.documents:
        if known.story_id in tonight and known.origin == "article" and known.night and known.night >= since:
            told[known.story_id].append(((known.doc_id, known.rev), frozenset(known.topics)))
    for reading in ordered:
        told[stories[reading.key]].append((reading.key, frozenset(reading.above(desk.rules.topic_floor))))
    return {r.key: _topics(r, (topics for key, topics in told[stories[r.key]] if key[0] != r.key[0]), desk.rules) for r in ordered}


def _topics(reading: Reading, others: Iterable[frozenset[str]], rules: Rules) -> Topics:
    own = dict(reading.topics)
    near = [topics for topics in others if topics & own.keys()]
    pull = rules.story_pull * len(near) / (len(near) + rules.story_texts)
    scores = {}
    for topic in {*own, *(t for topics in near for t in topics)}:
        share = sum(topic in topics for topics in near) / len(near) if near else 0.0
        scores[topic] = (1 - pull) * log_odds(own.get(topic, UNHEARD), FINITE) + pull * rules.story_log_odds * (2 * share - 1)
    ranked = sorted(scores, key=lambda topic: (-scores[topic], topic))
    floors = (rules.topic_floor, *(rules.further_floor for _ in ranked[1:]))
    return tuple(topic for topic, floor in zip(ranked, floors, strict=False) if scores[topic] >= log_odds(floor, FINITE))
