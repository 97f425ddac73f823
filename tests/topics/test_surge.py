"""Surge: five independent publishers on one happening within a day, against the usual; never before it is known what is usual."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from gate.small_night import FIRST, TOPICS, Nights, article, only, reading, told
from topics.model import KnownDocument, Mode, NightResult, Reading
from topics.similar import Copy, Key
from topics.texts import Texts

TOPIC, OTHER = TOPICS[0], TOPICS[1]
OUTLETS = tuple(f"o{n}" for n in range(8))
QUIET = tuple(FIRST - timedelta(back) for back in range(1, 22))


def by_first_word(readings: Sequence[Reading], documents: Sequence[KnownDocument], copies: Mapping[Key, Copy]) -> dict[Key, str]:
    """Titles that begin with the same word tell one happening."""
    return {(r.article.article_id, r.article.rev): r.article.title.split()[0] for r in readings}


def first_is_told(readings: Sequence[Reading], known: object) -> dict[Key, Copy]:
    """Every article whose title says Again copies the first one."""
    first = readings[0].article.article_id if readings else ""
    return {
        (r.article.article_id, r.article.rev): Copy(first, "near_duplicate", 1.0, ("word runs",))
        for r in readings
        if "Again" in r.article.title
    }


TEXTS = Texts(first_is_told, by_first_word)


def chatter(count: int, word: str = "Leak", *, day: int = 0, topics: Sequence[str] = (TOPIC,), **fields: Any) -> list[Reading]:
    """One happening as `count` outlets tell it, none of them a step."""
    return [
        reading(article(f"{word.lower()}{name}", f"{word} as {name} sees it\nNobody acted.", day=day, **fields), topics=topics)
        for name in OUTLETS[:count]
    ]


def surge(*readings: Reading, nights: Sequence[date] = QUIET, mode: Mode = "night", **known: Any) -> NightResult:
    """One night after quiet ones."""
    return Nights(texts=TEXTS).night(*readings, mode=mode, nights=tuple(nights), **known)


def busy(count: int, days: int = 21) -> tuple[tuple[str, date, int], ...]:
    return tuple((TOPIC, FIRST - timedelta(back), count) for back in range(1, days + 1))


def test_five_publishers_against_the_usual_are_a_surge_and_say_so() -> None:
    move = only(surge(*chatter(5), coverage=busy(1, 7)).moves)
    assert (move.kind, move.severity, move.disposition, len(move.evidence)) == ("surge", "watch", "watch", 5)
    assert move.headline.startswith("5 independent publishers tonight; usual: 0-1 a night over the last 21 nights: Leak as o0")
    assert move.before == "usually 0-1 a night over the last 21 nights"
    assert all(e.quote.startswith("Leak as") for e in move.evidence)
    assert not surge(*chatter(4)).moves


def test_a_topic_that_is_always_in_the_news_does_not_surge() -> None:
    assert not surge(*chatter(8), coverage=busy(3)).moves
    assert surge(*chatter(5), coverage=busy(9, 5)).moves, "a few loud nights are not the usual"


@pytest.mark.parametrize("heard", [0, 4])
def test_a_cold_start_never_surges(heard: int) -> None:
    assert not surge(*chatter(8), nights=QUIET[:heard]).moves


def test_nights_without_a_word_are_no_baseline() -> None:
    """Sources that failed for two weeks leave nights that nothing was heard on: they do not count as quiet ones."""
    assert not surge(*chatter(8), nights=QUIET[:4], coverage=busy(0, 21)).moves
    long_ago = [FIRST - timedelta(60 + n) for n in range(5)]
    assert only(surge(*chatter(5), nights=long_ago).moves).headline.startswith(
        "5 independent publishers tonight; usual: 0 a night over the last 5"
    )


def test_families_and_copies_count_once() -> None:
    assert not surge(*chatter(5, family="one group")).moves
    again = [reading(article(f"c{n}", f"Leak Again {n}\nNobody acted."), topics=(TOPIC,)) for n in range(3)]
    assert not surge(*chatter(4), *again).moves
    move = only(surge(*chatter(5), *again).moves)
    assert len(move.evidence) == 5


def test_unrelated_texts_are_no_wave() -> None:
    apart = [reading(article(f"x{n}", f"T{n} on its own\nNobody acted."), topics=(TOPIC,)) for n in range(8)]
    assert not surge(*apart).moves
    assert len(only(surge(*chatter(3), *apart[:2]).moves).evidence) == 5, "three on one happening, with two more on the topic"


def test_a_story_has_one_topic_and_its_quiet_members_count() -> None:
    both, silent = chatter(3, topics=(TOPIC, OTHER)), [replace(r, topics=()) for r in chatter(5)[3:]]
    weaker = [replace(r, topics=((TOPIC, 0.9), (OTHER, 0.5))) for r in both]
    assert only(surge(*weaker, *silent).moves).topic == TOPIC
    assert not surge(*weaker[:2], *[replace(r, topics=()) for r in chatter(8)[2:]]).moves, "most texts of it are on no topic"


def test_official_texts_and_learning_sources_are_not_coverage() -> None:
    documents = [
        replace(r, article=replace(r.article, tier="official", official_ids=(f"fr_doc:2026-{n}",))) for n, r in enumerate(chatter(6))
    ]
    assert not surge(*documents).moves
    assert not surge(*chatter(5), unarmed_sources=frozenset({"s-leako0"})).moves
    assert not surge(*chatter(5), unarmed_topics=frozenset({TOPIC})).moves


def test_a_night_that_makes_up_for_missed_ones_is_no_louder() -> None:
    spread = [r for n, r in enumerate(chatter(6))]
    over_days = [
        replace(r, article=replace(r.article, published_at=r.article.told_at - timedelta(hours=13 * n))) for n, r in enumerate(spread)
    ]
    assert not surge(*over_days).moves
    old = chatter(6, day=-9)
    assert not surge(*old).moves, "a wave of last week, first seen tonight"
    assert len(only(surge(*chatter(5, day=-2), *chatter(1, "Leak-on")).moves).evidence) == 5


def test_no_surge_where_a_step_explains_it() -> None:
    step = told("z", "Leak ends in a fine\nThe Commerce Department fined Alibaba 5 million dollars. It paid.", "enforced", topic=TOPIC)
    assert only(surge(*chatter(5), step).moves).kind == "enforced"
    elsewhere = told("z", "Leak ends in a fine\nThe Commerce Department fined Alibaba 5 million dollars. It paid.", "enforced", topic=OTHER)
    assert only(surge(*chatter(5), elsewhere).moves).topic == OTHER, "the step of the happening, on another topic"
    apart = replace(elsewhere, article=replace(elsewhere.article, title="Fine for a cloud"))
    assert {m.kind for m in surge(*chatter(5), apart).moves} == {"surge", "enforced"}


def test_the_echo_of_a_step_or_of_a_surge_is_told_once() -> None:
    step = told("z", "Leak ends in a fine\nThe Commerce Department fined Alibaba 5 million dollars. It paid.", "enforced", topic=TOPIC)
    nights = Nights(texts=TEXTS)
    nights.night(step, nights=QUIET)
    assert not nights.night(*chatter(6, day=1), day=1, nights=QUIET).moves, "the talk about last night's step"
    wave = Nights(texts=TEXTS)
    only(wave.night(*chatter(5), nights=QUIET).moves)
    assert not wave.night(*chatter(6, "More", day=1), day=1, nights=QUIET).moves
    assert only(wave.night(*chatter(6, "New", day=9), day=9, nights=QUIET).moves).kind == "surge"


def test_learning_and_backfill() -> None:
    assert not surge(*chatter(6), mode="learn").moves
    assert only(surge(*chatter(6), mode="backfill").moves).disposition == "backfilled"
    assert not surge(*chatter(6), mode="backfill", nights=QUIET[:2]).moves, "the first days of a backfill have no usual"


def test_memory_counts_the_nights_on_which_something_was_heard() -> None:
    nights = Nights(texts=TEXTS)
    for day in range(6):
        nights.night(*([] if day == 2 else chatter(1, f"Day{day}", day=day)), day=day)
    known = nights.memory.known(FIRST + timedelta(6))
    assert [(n - FIRST).days for n in known.nights] == [0, 1, 3, 4, 5]
    assert only(nights.night(*chatter(5, day=6), day=6).moves).before == "usually 1 a night over the last 5 nights"
