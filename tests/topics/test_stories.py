"""Stories: a happening keeps one name over nights, copies join what they cover, and time pulls alike texts apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from extractors.model import Article
from topics.model import Reading
from topics.similar import Copy, as_known
from topics.sketch import sketch
from topics.stories import DEFAULT_STORY_RULES, assign_stories, likeness

DAY = datetime(2026, 11, 6, 12, tzinfo=UTC)
PROBE = "Regulators in Rome opened a probe into the chatbot DeepSeek over 12 million user records, Italy's Garante said."
PROBE_AGAIN = (
    "Italy's data watchdog, the Garante, is investigating DeepSeek; records of 12 million users in Rome and elsewhere are at stake."
)
OWLS = "Barn owls returned to the Fens in record numbers this spring, ringers in Norfolk said after counting 412 chicks."


def told(name: str, body: str, days: int = 0, *, title: str = "", lang: str = "en", names: tuple[str, ...] = ()) -> Reading:
    at = DAY + timedelta(days)
    article = Article(name, 1, f"https://{name}.example", "p", lang, title or body[:50], body, at, at)
    return Reading(article, (), (), sketch(article.title, body, lang, names), lang)


def stories(*night: Reading) -> dict[str, str]:
    return {article: story for (article, _), story in assign_stories(night, []).items()}


def test_two_tellings_of_a_happening_share_a_story_named_after_the_first() -> None:
    assert stories(told("a", PROBE), told("owls", OWLS), told("b", PROBE_AGAIN)) == {"a": "a", "owls": "owls", "b": "a"}


def test_a_later_night_joins_the_story_that_is_known() -> None:
    known = [as_known(told("a", PROBE), "a-story")]
    assert assign_stories([told("b", PROBE_AGAIN, 1)], known) == {("b", 1): "a-story"}


def test_the_same_words_after_the_window_are_another_happening() -> None:
    known = [as_known(told("a", PROBE), "a")]
    assert assign_stories([told("b", PROBE_AGAIN, 40)], known) == {("b", 1): "b"}


def test_a_copy_joins_the_story_of_what_it_covers_however_unlike() -> None:
    known = [as_known(told("a", PROBE), "a")]
    copies = {("b", 1): Copy("a", "rewrite", 1.0, ())}
    assert assign_stories([told("b", OWLS, 1)], known, copies=copies) == {("b", 1): "a"}


def test_a_new_revision_stays_in_its_story() -> None:
    known = [as_known(told("a", PROBE), "first")]
    assert assign_stories([told("a", OWLS, 1)], known) == {("a", 1): "first"}


def test_chinese_and_english_tellings_meet_by_names_figures_and_ideas() -> None:
    english = told(
        "a", "The US Commerce Department put 37 Chinese chip companies on the Entity List on May 9.", names=("doc", "entity-list")
    )
    chinese = told("b", "美国商务部5月9日将37家中国芯片企业列入实体清单。", lang="zh", names=("doc", "entity-list"))
    assert stories(english, chinese) == {"a": "a", "b": "a"}


def test_other_figures_and_days_speak_for_another_happening() -> None:
    fire = "Fire destroyed the Harbour Street supermarket in {place}; {engines} engines came on {day} and {people} people were led out."
    first = told("a", fire.format(place="Banstead", engines=14, people=60, day="3 May"))
    again = told("b", fire.format(place="Banstead", engines=14, people=60, day="3 May"))
    other = told("b", fire.format(place="Wellington", engines=22, people=35, day="21 July"))
    known = as_known(first)
    likely = [likeness(each.sketch, known, 0.3, each.article.told_at.date(), DEFAULT_STORY_RULES) for each in (again, other)]
    rules = DEFAULT_STORY_RULES
    plain = replace(rules, other_figures=0.0, other_days=0.0)
    assert likely[0] == likeness(again.sketch, known, 0.3, again.article.told_at.date(), plain)
    without = likeness(other.sketch, known, 0.3, other.article.told_at.date(), plain)
    assert likely[1] == pytest.approx(without - rules.other_figures - rules.other_days)


def test_what_comes_later_never_changes_an_earlier_answer() -> None:
    night = [told("a", PROBE), told("owls", OWLS), told("b", PROBE_AGAIN)]
    whole = stories(*night)
    for length in range(1, 4):
        assert stories(*night[:length]) == {r.article.article_id: whole[r.article.article_id] for r in night[:length]}


@pytest.mark.parametrize(("topic", "story"), [("chinese-ai-bans", "a"), ("cloud-kyc", "b")])
def test_two_texts_on_other_topics_are_harder_to_take_for_one_happening(topic: str, story: str) -> None:
    known = [replace(as_known(told("a", PROBE), "a"), topics=("chinese-ai-bans",))]
    again = replace(told("b", PROBE_AGAIN, 1), topics=((topic, 0.9),))
    found = [{("b", 1): story}, {("b", 1): "a"}]
    near = replace(DEFAULT_STORY_RULES, other_topics=2.0)
    assert [assign_stories([again], known, near), assign_stories([again], [replace(known[0], topics=())], near)] == found
