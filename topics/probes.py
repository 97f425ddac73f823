"""What a night's readings ask of storage: bands, topics and keys, and how far back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from topics.decide import counts
from topics.matters import claim_names
from topics.model import Probes, Reading
from topics.recall import told_words
from topics.rules import DEFAULT_RULES, Rules


def probes(readings: Sequence[Reading], night: date, rules: Rules = DEFAULT_RULES) -> Probes:
    """Collect the probes; documents and claims older than memory_days come back only when they share a band or a key."""
    return Probes(
        bands=frozenset(band for reading in readings for band in reading.sketch.bands),
        topics=frozenset(topic for reading in readings for topic, _ in reading.topics)
        | frozenset(claim.topic for reading in readings for claim in reading.claims),
        keys=frozenset(
            key for reading in readings for claim in reading.claims for key in claim_names(claim, reading.article.told_at.date())
        ),
        since=night - timedelta(rules.memory_days),
        sources=frozenset(reading.article.source_id for reading in readings if reading.article.source_id),
        publishers=frozenset(reading.article.publisher for reading in readings),
        told=tuple(
            told_words(claim, reading.article.told_at.date()) for reading in readings for claim in reading.claims if counts(claim, rules)
        ),
        revised=tuple(sorted(r.key for r in readings if r.article.rev > 1)),
    )
