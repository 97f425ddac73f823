"""What the operator says by command: who or what is meant, as an action for the inbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from alerts.control import LABELS, Action, ControlError, Scope, in_force
from flows.inbox import read, waiting
from flows.retelling import OPERATOR, chosen
from flows.seeding import SeedError, Seeds
from flows.settings import Settings
from storage.reads import Reads


@dataclass(frozen=True, slots=True)
class Meant:
    """Whom a silence is about; exactly one is set."""

    alert: str = ""
    matter: str = ""
    topic: str = ""
    source: str = ""
    publisher: str = ""


def target_of(meant: Meant, seeds: Seeds, reads: Reads) -> tuple[Scope, str]:
    """Give scope and target of a silence: an alert means its matter, a source its publisher; raises SeedError, StoreError."""
    named = [name for name in Meant.__slots__ if getattr(meant, name)]
    if len(named) != 1:
        raise SeedError("name one thing: ALERT, --matter, --topic, --source or --publisher")
    if meant.alert:
        alert, _ = reads.find_alert(meant.alert)
        if not alert.matter_id:
            raise SeedError(f"alert {alert.alert_id}: is a {alert.purpose} and about no single matter; use --topic or --matter")
        return "matter", alert.matter_id
    if meant.topic:
        known = {t.topic_id for t in seeds.catalogue.topics}
        if meant.topic not in known:
            raise SeedError(f"topic {meant.topic!r} is not known; there are {', '.join(sorted(known))}")
        return "topic", meant.topic
    if meant.source:
        publishers = {s.source_id: s.publisher for s in seeds.sources}
        if meant.source not in publishers:
            raise SeedError(f"source {meant.source!r} is not known; `topicwatch sources list` names them")
        return "publisher", publishers[meant.source]
    return ("matter", meant.matter) if meant.matter else ("publisher", meant.publisher)


def who(seeds: Seeds, ref: str) -> str:
    """Give the recipient's ref, '' for everybody; raises SeedError for an unknown one."""
    return chosen(seeds.routing, [ref])[0].ref if ref else ""


def end_of_silence(until: date | None, days: int, now: datetime) -> datetime:
    """Give the instant at which a silence ends: the beginning of a day, or a number of days from now."""
    return datetime.combine(until, time.min, UTC) if until else now + timedelta(days=days)


def feedback(alert_id: str, label: str, why: str, now: datetime) -> Action:
    """Say what the operator holds of an alert; raises SeedError for an unknown word."""
    word = next((known for known in LABELS if known == label.replace("-", "_").replace(" ", "_")), None)
    if word is None:
        raise SeedError(f"{label!r}: say useful, not-new or wrong-topic")
    return Action("feedback", "alert", alert_id, now, by=OPERATOR, label=word, why=why)


def silences(settings: Settings, reads: Reads, now: datetime) -> Sequence[Action]:
    """Give the silences in force, also those that still lie in the inbox."""
    said = list(reads.actions())
    for path in waiting(settings.inbox):
        try:
            said.append(read(path))
        except ControlError:
            continue  # the next window sets it aside and says so
    return in_force(said, now)
