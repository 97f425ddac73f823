"""Short items told again: found with their source across scripts, and a new step on the same matter never lost among them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from extractors.model import Article
from topics.briefs import DEFAULT_BRIEF_RULES, PARTS, SHORT_ITEMS, brief_model, brief_parts, brief_score
from topics.manner import MOST_LURING, manner_of
from topics.model import Reading
from topics.rewrites import Outlets
from topics.shelf import Shelf
from topics.similar import as_known, find_copy, rewrite_model
from topics.sketch import sketch
from topics.trees import parse_nodes

DAY = datetime(2026, 11, 6, 12, tzinfo=UTC)
TITLE = "Oregon strikes Kimi and Doubao off state computers"
BODY = (
    "SALEM - The state's chief information officer on Friday barred the Chinese AI apps Kimi and Doubao from every computer and phone that "
    "Oregon owns. Agencies have until November 24 to delete them."
)
LURE = "Oregon just DELETED Kimi and Doubao: Is Your Phone NEXT?!"
LURE_BODY = "Insiders say the state has had ENOUGH. State computers must scrub the Chinese AI apps by November 24. You won't believe why..."
PLAIN, PLAIN_BODY = "Oregon bars Chinese AI apps Kimi and Doubao from state computers", "Agencies must delete the apps by November 24."


def told(name: str, title: str, body: str, days: int = 0, publisher: str = "Willamette Wire", lang: str = "en") -> Reading:
    at = DAY + timedelta(days)
    article = Article(name, 1, f"https://{name}.example", publisher, lang, title, body, at, at)
    names = [name.lower() for name in ("Kimi", "Doubao", "Oregon") if name in title + body]
    if lang == "zh":
        names = [name for name, spelt in (("kimi", "Kimi"), ("doubao", "豆包"), ("oregon", "俄勒冈")) if spelt in title + body]
    return Reading(article, (("chinese-ai-bans", 1.0),), (), sketch(title, body, lang, sorted(names)), lang, route="brief")


FIRST = as_known(told("first", TITLE, BODY))


def source_of(reading: Reading) -> str:
    found = SHORT_ITEMS.source(reading, Shelf([FIRST]), Outlets([FIRST]), DEFAULT_BRIEF_RULES)
    return found.document.doc_id if found else ""


def parts_of(reading: Reading) -> dict[str, float]:
    return next(parts for _, parts in brief_parts(reading, Shelf([FIRST]), Outlets([FIRST])))


@pytest.mark.parametrize(("title", "body"), [(LURE, LURE_BODY), (PLAIN, PLAIN_BODY)])
def test_a_short_item_that_brings_nothing_is_told_again(title: str, body: str) -> None:
    later = told("later", title, body, 1, "Clickfield")
    assert source_of(later) == "first"
    copy = find_copy(later, [FIRST])
    assert copy
    assert (copy.covers_id, copy.how) == ("first", "rewrite")
    assert copy.score == pytest.approx(brief_score(parts_of(later)), abs=1e-3)


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Court suspends Oregon's ban on Kimi and Doubao", "A judge in Salem granted an injunction to the makers of the apps on Saturday."),
        (
            "Oregon widens Chinese AI app ban to contractors",
            "From December 15 the state's suppliers may not use Kimi, Doubao or Qwen.",
        ),
        ("Oregon repeals ban on Kimi and Doubao", "The chief information officer withdrew the order on Monday."),
        ("Idaho follows Oregon, bars Kimi and Doubao", "Idaho's governor signed the order on Monday; it covers 14,000 devices."),
    ],
)
def test_a_new_step_on_the_same_matter_is_not_lost(title: str, body: str) -> None:
    assert source_of(told("later", title, body, 3)) == ""


def test_an_item_of_another_matter_has_no_source() -> None:
    assert source_of(told("later", "Salem opens a new swimming pool", "Entry is free on Sundays.", 1)) == ""


def test_tellings_of_one_night_are_independent_until_more_speaks_against_it() -> None:
    assert source_of(told("tonight", PLAIN, PLAIN_BODY)) == ""


def test_many_new_figures_are_never_passed_over() -> None:
    more = f"{LURE_BODY} Fines run to 250,000 dollars, 62 agencies are named, and 17 ministries signed on 3 February 2027."
    assert source_of(told("later", LURE, more, 1, "Clickfield")) == ""


def test_shares_of_a_short_text_do_not_grow_with_its_length() -> None:
    once, twice = (parts_of(told("later", PLAIN, " ".join([PLAIN_BODY] * n), 1))["words_known"] for n in (1, 4))
    assert once == pytest.approx(twice, abs=0.1)
    assert 0.5 < once <= 1.0


def test_ideas_alone_are_compared_across_scripts() -> None:
    parts = parts_of(told("later", "俄勒冈州禁止政府电脑使用Kimi和豆包", "各机构须于11月24日前删除。", 1, lang="zh"))
    assert parts["other_script"] == 1.0
    assert parts["words_known"] > 0.3


def test_luring_is_counted_and_bounded() -> None:
    assert manner_of(TITLE, BODY).luring == 0.0
    assert manner_of(PLAIN, PLAIN_BODY).luring == 0.0
    assert 2.0 < manner_of(LURE, LURE_BODY).luring <= MOST_LURING


def test_a_short_item_has_rules_of_its_own() -> None:
    assert rewrite_model(told("later", PLAIN, PLAIN_BODY)) == (SHORT_ITEMS, DEFAULT_BRIEF_RULES)


def test_the_weights_fit_the_parts_and_a_score_is_a_share() -> None:
    parts = parts_of(told("later", LURE, LURE_BODY, 1))
    assert tuple(parts) == PARTS
    assert 0.0 <= brief_score(parts) <= 1.0
    assert 0.0 <= brief_model().score([0.0] * len(PARTS)) <= 1.0
    with pytest.raises(ValueError, match="another part"):
        parse_nodes(["0\tanother part\t0.5\t1\t2"], PARTS)
