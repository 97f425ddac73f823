"""Rewrites: the parts of a pair, an outlet's past, and what an article must not bring."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from extractors.model import Article
from topics.model import Known, Reading
from topics.rewrites import ARTICLES, DEFAULT_REWRITE_RULES, Outlets, rewrite_parts, rewrite_weights, score_of
from topics.shelf import Shelf
from topics.similar import as_known, find_copies
from topics.sketch import sketch

DAY = datetime(2026, 11, 6, 12, tzinfo=UTC)
WIRE = """OTTAWA, Nov 6 - Canada's industry ministry on Friday barred federal contractors from hosting data with Lantern Cloud, a Chinese
provider, after auditors found 14 open storage buckets. "We could read payroll files," the chief auditor told reporters. Contractors have
until March 1 to move. Lantern Cloud said that it had closed the buckets within a day and that no customer had complained.""".replace(
    "\n", " "
)
FARM_TITLE = "Pack Your Bits! Ottawa Shows Lantern Cloud the Door"
FARM = """Who left the buckets open? Canada's industry folks have seen enough, and anyone who works for the federal government must now take
their data elsewhere. Lantern Cloud, the provider from China, had fourteen of them standing around without a lid, payroll files and all. The
firm swears that it shut the lot within a day and that not one customer grumbled. Contractors had better start packing, because come March 1
the lights go out. Is your own storage locked? Better have a look tonight!""".replace("\n", " ")


def told(name: str, title: str, body: str, days: int = 0, publisher: str = "Harbour Wire") -> Reading:
    at = DAY + timedelta(days)
    article = Article(name, 1, f"https://{name}.example", publisher, "en", title, body, at, at)
    return Reading(article, (("chinese-cloud-risk", 1.0),), (), sketch(title, body, "en"), "en")


FIRST = as_known(told("first", "Canada bars contractors from Lantern Cloud over open storage buckets", WIRE))
LATER = told("later", FARM_TITLE, FARM, 1, "Trendmill")


def parts_of(reading: Reading, outlets: Outlets | None = None) -> dict[str, float]:
    known, parts = next(rewrite_parts(reading, Shelf([FIRST]), outlets or Outlets([FIRST])))
    assert known is FIRST
    return parts


def test_every_part_has_a_weight_and_every_weight_a_part() -> None:
    assert set(rewrite_weights()) == {*parts_of(LATER), "bias"} - {"same_night"}, "a threshold of its own stands for the same night"


def test_a_retelling_without_anything_new_is_found_with_its_source() -> None:
    source = ARTICLES.source(LATER, Shelf([FIRST]), Outlets([FIRST]), DEFAULT_REWRITE_RULES)
    assert source
    assert source.document is FIRST
    assert source.score == pytest.approx(score_of(parts_of(LATER)), abs=1e-3)


def test_a_reporter_is_told_from_a_reteller() -> None:
    parts = parts_of(told("later", "Lantern Cloud: what the auditors found", WIRE.replace("14 open", "a number of open"), 1))
    farm = parts_of(LATER)
    assert parts["attributed"] > farm["attributed"]
    assert parts["quoted"] > farm["quoted"] == 0.0
    assert parts["asked"] == 0.0 < farm["asked"]


@pytest.mark.parametrize(
    ("what", "more"),
    [
        ("new figures", " Fines run to 250,000 dollars, 62 firms are named, and 17 ministries signed on 3 February 2027."),
        ("new stages", " The repeal was vetoed. The review is suspended, the fine is waived and the appeal was withdrawn."),
    ],
)
def test_what_a_source_does_not_tell_makes_an_article_of_its_own(what: str, more: str) -> None:
    own = told("later", f"{FARM_TITLE}:{more}", FARM + more, 1, "Trendmill")
    assert ARTICLES.source(own, Shelf([FIRST]), Outlets([FIRST], [("Trendmill", 0, 40)]), DEFAULT_REWRITE_RULES) is None, what


def test_an_issuer_s_own_words_are_never_a_rewrite_whoever_passes_them_on() -> None:
    notice = (
        " This final rule amends the regulations. The rule is effective March 1. Pursuant to part 7, comments are due."
        " This notice lists the firms."
    )
    own = told("later", FARM_TITLE, notice * 3 + FARM, 1, "Notices Mirror")
    assert list(rewrite_parts(own, Shelf([FIRST]), Outlets([FIRST]))) == []


def test_an_outlet_is_judged_by_its_past_and_the_past_is_bounded() -> None:
    pasts = [("Trendmill", 1, 9), ("Harbour Wire", 30, 0), ("Endless Mill", 0, 10_000)]
    outlets = Outlets([FIRST], pasts)
    assert outlets.retold("Endless Mill") == 2.0 == -outlets.retold("Harbour Wire")
    assert outlets.retold("Trendmill") > outlets.retold("never heard of") == 0.0
    assert score_of(parts_of(LATER, outlets)) > score_of(parts_of(LATER))


def test_a_night_takes_the_past_from_what_is_known() -> None:
    voiced = f"{FARM} A spokesman said so."
    half = told("later", "Lantern Cloud and the buckets: a recap", voiced, 1, "Trendmill")
    found = {own: find_copies([half], Known(documents=(FIRST,), outlets=(("Trendmill", own, 40 - own),))) for own in (0, 40)}
    assert [bool(found[own]) for own in (0, 40)] == [True, False]


def test_numbers_of_the_whole_story_are_known() -> None:
    second = as_known(told("second", "Lantern Cloud: 62 ministries", "The count is 62 ministries, the auditors said.", 0), "first")
    reading = told("later", FARM_TITLE, f"{FARM} All 62 ministries are affected.", 2, "Trendmill")
    alone, both = Outlets([FIRST]), Outlets([FIRST, second])
    values = [next(rewrite_parts(reading, Shelf([FIRST]), outlets))[1]["new_to_story"] for outlets in (alone, both)]
    assert values[0] > values[1]


def test_a_later_night_and_the_same_night_are_told_apart() -> None:
    same, next_day = parts_of(told("later", FARM_TITLE, FARM, 0)), parts_of(LATER)
    assert (same["same_night"], next_day["same_night"]) == (1.0, 0.0)
    assert same["days"] < next_day["days"]
    between = replace(DEFAULT_REWRITE_RULES, rewrite_from=-99.0, same_night_from=99.0)
    tonight, later = (told("later", FARM_TITLE, FARM, days) for days in (0, 1))
    assert ARTICLES.source(tonight, Shelf([FIRST]), Outlets([FIRST]), between) is None
    assert ARTICLES.source(later, Shelf([FIRST]), Outlets([FIRST]), between)
