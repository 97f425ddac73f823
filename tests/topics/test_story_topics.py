"""What an article is about: its own words, pulled by the texts of its story; and stories joined by the step that they tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gate.small_night import TOPICS, Nights, article, reading, told
from topics.model import KnownDocument, Reading
from topics.rules import DEFAULT_RULES
from topics.similar import Copy, Key
from topics.texts import Texts, no_copies

KYC, CHIPS, LISTS, BANS = TOPICS


def by_first_word(readings: Sequence[Reading], documents: Sequence[KnownDocument], copies: Mapping[Key, Copy]) -> dict[Key, str]:
    """Titles that begin with the same word tell one happening."""
    return {(r.article.article_id, r.article.rev): r.article.title.split()[0] for r in readings}


TEXTS = Texts(no_copies, by_first_word)


def about(name: str, title: str, *topics: tuple[str, float], day: int = 0) -> Reading:
    """A text that states no step, on topics with these probabilities."""
    return replace(reading(article(name, f"{title}\nNobody acted.", day=day)), topics=tuple(sorted(topics, key=lambda t: -t[1])))


def said_of(name: str, *readings: Reading) -> list[str]:
    nights = Nights(texts=TEXTS)
    nights.night(*readings)
    return [reason for reason in nights.verdict(name).reasons if "by its story" in reason]


def topics_of(name: str, *readings: Reading) -> tuple[str, ...]:
    nights = Nights(texts=TEXTS)
    nights.night(*readings)
    return nights.verdict(name).topics


def test_a_text_alone_is_on_its_likeliest_topic_and_on_others_that_are_likelier_than_not() -> None:
    alone = about("a", "Leak", (KYC, 0.9), (CHIPS, 0.45), (LISTS, 0.6))
    assert topics_of("a", alone) == (KYC, LISTS)
    assert topics_of("b", about("b", "Leak", (CHIPS, 0.35))) == (CHIPS,)
    assert topics_of("c", about("c", "Leak", (CHIPS, 0.25))) == ()


def test_a_story_speaks_for_a_topic_that_a_short_text_only_hints_at() -> None:
    hint = about("hint", "Leak again", (KYC, 0.12))
    assert topics_of("hint", hint) == ()
    clear = [about(f"o{n}", "Leak", (KYC, 0.95)) for n in range(6)]
    assert topics_of("hint", hint, *clear) == (KYC,)
    assert topics_of("hint", hint, *(about(f"o{n}", "Flood", (KYC, 0.95)) for n in range(6))) == ()


def test_a_story_speaks_against_a_topic_that_none_of_it_is_on() -> None:
    odd = about("odd", "Leak again", (KYC, 0.9), (CHIPS, 0.6))
    assert topics_of("odd", odd) == (KYC, CHIPS)
    assert topics_of("odd", odd, *(about(f"o{n}", "Leak", (KYC, 0.95)) for n in range(6))) == (KYC,)


def test_a_verdict_says_which_topics_come_from_its_story() -> None:
    hint, odd = about("hint", "Leak again", (KYC, 0.12)), about("odd", "Leak again", (KYC, 0.9), (CHIPS, 0.6))
    clear = [about(f"o{n}", "Leak", (KYC, 0.95)) for n in range(6)]
    assert said_of("hint", hint, *clear) == [f"{KYC}: by its story; its own words say 0.12"]
    assert said_of("odd", odd, *clear) == [f"{CHIPS}: not by its story; its own words say 0.60"]
    assert said_of("o1", odd, *clear) == []


def test_texts_of_a_story_without_a_topic_in_common_say_nothing() -> None:
    """They need not be in the slice of what is known, so that they must not count."""
    mine = about("mine", "Leak again", (KYC, 0.35))
    assert topics_of("mine", mine, *(about(f"o{n}", "Leak", (BANS, 0.95)) for n in range(6))) == (KYC,)


def test_earlier_nights_speak_with_what_was_decided_of_them() -> None:
    nights = Nights(texts=TEXTS)
    nights.night(*(about(f"o{n}", "Leak", (KYC, 0.95)) for n in range(6)))
    nights.night(about("late", "Leak again", (KYC, 0.12), day=1), day=1)
    assert nights.verdict("late").topics == (KYC,)


def test_an_earlier_revision_does_not_speak_for_the_next() -> None:
    nights, first = Nights(texts=TEXTS), about("a", "Leak", (KYC, 0.95))
    nights.night(first)
    nights.night(replace(about("a", "Leak", (KYC, 0.12), day=1), article=replace(first.article, rev=2)), day=1)
    assert nights.verdict("a").topics == ()


CHANCES = st.lists(st.tuples(st.sampled_from(TOPICS), st.floats(0.05, 1.0)), max_size=4, unique_by=lambda t: t[0])


@given(st.lists(CHANCES, min_size=1, max_size=5))
def test_no_topic_comes_from_nowhere_and_the_order_of_texts_changes_nothing(texts: list[list[tuple[str, float]]]) -> None:
    readings = [about(f"a{n}", "Leak", *chances) for n, chances in enumerate(texts)]
    forth, back = Nights(texts=TEXTS).night(*readings), Nights(texts=TEXTS).night(*reversed(readings))
    assert forth == back
    heard = {topic for chances in texts for topic, _ in chances}
    assert all(set(v.topics) <= heard for v in forth.verdicts)
    likely = {topic for chances in texts for topic, p in chances if p >= DEFAULT_RULES.topic_floor}
    assert all(set(v.topics) <= likely for v in forth.verdicts if not likely)


FINED = "Commerce fined Alibaba $40 million over cloud customers it never named"
STEP = f"{FINED}.\n{FINED}. More follows."


def stories_after(*nights: Sequence[Reading]) -> dict[str, str]:
    decided = Nights(texts=TEXTS)
    for day, readings in enumerate(nights):
        decided.night(*readings, day=day)
    return {v.article_id: v.story_id for v in decided.result.verdicts}


def test_a_text_in_other_words_joins_the_story_whose_step_it_tells() -> None:
    first = told("first", f"Penalty: {STEP}", "enforced")
    late = told("late", f"Elsewhere: {STEP}", "enforced", day=1)
    assert stories_after([first], [late]) == {"late": "Penalty:"}


def test_two_tellings_of_one_night_are_one_story() -> None:
    first = told("first", f"Penalty: {STEP}", "enforced")
    assert stories_after([first, told("other", f"Elsewhere: {STEP}", "enforced")]) == {"first": "Penalty:", "other": "Penalty:"}


def test_a_story_that_began_before_keeps_its_name() -> None:
    before = about("before", "Elsewhere: a leak", (CHIPS, 0.9))
    first = told("first", f"Penalty: {STEP}", "enforced")
    late = told("late", f"Elsewhere: {STEP}", "enforced", day=1)
    assert stories_after([first, before], [late]) == {"late": "Elsewhere:"}


def test_one_text_of_many_does_not_carry_its_story_away() -> None:
    first = told("first", f"Penalty: {STEP}", "enforced")
    late = told("late", f"Elsewhere: {STEP}", "enforced", day=1)
    others = [about(f"o{n}", "Elsewhere: a flood", (CHIPS, 0.9), day=1) for n in range(2)]
    assert set(stories_after([first], [late, *others]).values()) == {"Elsewhere:"}
