"""What memory keeps of outlets: own texts on a topic against rewrites, night by night, as storage counts them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from extractors.model import Article
from gate.memory import Memory
from topics.model import NightContext, NightResult, Outcome, Reading, Verdict
from topics.sketch import sketch

NIGHT = date(2026, 11, 6)


def told(name: str, publisher: str) -> Reading:
    at = datetime(2026, 11, 6, 12, tzinfo=UTC)
    article = Article(name, 1, f"https://{name}.example", publisher, "en", name, "A text.", at, at)
    return Reading(article, (), (), sketch(name, "A text.", "en"), "en")


def night(number: int, *rows: tuple[str, Outcome, tuple[str, ...]]) -> NightResult:
    verdicts = tuple(Verdict(name, 1, outcome, "", name, topics, ()) for name, outcome, topics in rows)
    return NightResult(NightContext(NIGHT, number), verdicts, (), (), (), (), (), ())


def test_counts_grow_by_what_was_on_a_topic_or_a_rewrite() -> None:
    memory = Memory().take(
        night(1, ("a", "move", ("chips",)), ("b", "rewrite", ()), ("c", "off_topic", ())),
        [told("a", "Wire"), told("b", "Mill"), told("c", "Garden")],
    )
    assert memory.known(NIGHT).outlets == (("Mill", 0, 1), ("Wire", 1, 0))
    memory = memory.take(
        night(2, ("d", "rewrite", ("chips",)), ("e", "near_duplicate", ("chips",))), [told("d", "Wire"), told("e", "Mill")]
    )
    assert memory.known(NIGHT).outlets == (("Mill", 1, 1), ("Wire", 1, 1))
