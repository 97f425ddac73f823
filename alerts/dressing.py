"""Dresses a message for one recipient just before it is sent: language, topics by name, rates, own links; nothing of it is stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from alerts.links import Links
from alerts.model import Alert, Recipient
from alerts.notes import in_language, pairs
from alerts.speech import say
from topics.model import Topic

COUNTS = ("raised", "wrong", "moves", "missed")


class RatesError(ValueError):
    """A file of measured rates that cannot be used; the message names topic and field."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How often a topic's alerts were wrong and its moves were missed, where somebody counted."""

    raised: int
    wrong: int
    moves: int
    missed: int


@dataclass(frozen=True, slots=True)
class Dresser:
    """Knows what an installation adds to every message."""

    links: Links | None = None  # None: `topicwatch serve` is not set up, so there is nothing to lead to
    topics: Mapping[str, Topic] = field(default_factory=dict)
    rates: Mapping[str, Rate] = field(default_factory=dict)

    def dress(self, alert: Alert, recipient: Recipient, now: datetime) -> Alert:
        """Give the alert as one recipient is sent it."""
        measured = () if alert.purpose in {"digest", "weekly", "health"} else self.measured(alert.topics, recipient.lang)
        spoken = replace(self.spoken(alert, recipient.lang), measured=measured)
        return self.links.dress(spoken, recipient, now) if self.links else spoken

    def spoken(self, alert: Alert, lang: str) -> Alert:
        """Give the alert in a language: its notes, and its topics by name."""

        def name_of(topic: str) -> str:
            return self.name(topic, lang)

        notes = tuple(in_language(words, pack, lang, name_of) for words, pack in pairs(alert.notes, alert.noted))
        return replace(alert, lang=lang, notes=notes, labels=tuple(map(name_of, alert.topics)))

    def name(self, topic_id: str, lang: str) -> str:
        """Give a topic's name in a language, its id when it is not known any more."""
        topic = self.topics.get(topic_id)
        return (topic.name_zh if lang == "zh" and topic.name_zh else topic.name_en) if topic else topic_id

    def measured(self, topic_ids: Iterable[str], lang: str) -> tuple[str, ...]:
        """Say for each topic how often its alerts are wrong and how many of its moves are missed, or that nobody measured it."""
        found = []
        for topic_id in topic_ids:
            rate, name = self.rates.get(topic_id), self.name(topic_id, lang)
            counts = {key: getattr(rate, key) for key in COUNTS} if rate else {}
            found.append(say(lang, "measured.rates" if rate else "measured.none", topic=name, **counts))
        return tuple(found)


def parse_rates(table: Mapping[str, Any], where: str) -> dict[str, Rate]:
    """Read rates.toml: one table [rates.TOPIC] with four counts; raises RatesError."""
    found = {}
    for topic, counts in dict(table.get("rates", {})).items():
        if not isinstance(counts, Mapping) or set(counts) != set(COUNTS) or not all(type(n) is int and n >= 0 for n in counts.values()):
            raise RatesError(f"{where}: rates.{topic}: want the four counts {', '.join(COUNTS)}, each a whole number from 0")
        if counts["wrong"] > counts["raised"] or counts["missed"] > counts["moves"]:
            raise RatesError(f"{where}: rates.{topic}: wrong is a part of raised, and missed a part of moves")
        found[topic] = Rate(**counts)
    return found
