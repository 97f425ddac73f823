"""Indexes answer what a plain loop would, to the last bit, whether documents came at once or one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.model import Article
from topics.model import KnownDocument, Reading, Sketch
from topics.places import Places, holders
from topics.shelf import ACROSS, Shelf
from topics.similar import as_known
from topics.sketch import HAN_PAIR, IDEA, tag_of
from topics.stories import DEFAULT_STORY_RULES, assign_stories, likeness

DAY = datetime(2026, 11, 6, 12, tzinfo=UTC)
small = st.integers(0, 40)
held = st.lists(st.dictionaries(small, st.floats(0.01, 1.0), max_size=6), max_size=8)


def filled(documents: Sequence[dict[int, float]], first: int) -> Places:
    """The first documents put up at once, the others one by one."""
    start = [list(each) for each in documents[:first]]
    weights = [weight for each in documents[:first] for weight in each.values()]
    places = Places(np.array([v for each in start for v in each], np.uint64), np.array(weights, np.float64), holders(start))
    for index, each in enumerate(documents[first:], first):
        places.add(index, each.items())
    return places


@settings(max_examples=60, deadline=None)
@given(held, st.dictionaries(small, st.floats(0.01, 1.0), max_size=8), st.integers(0, 8))
def test_places_give_what_a_loop_gives(documents: list[dict[int, float]], asked: dict[int, float], first: int) -> None:
    at, products = filled(documents, min(first, len(documents))).found(asked.items())
    sums = np.bincount(at, products, len(documents))
    for index, document in enumerate(documents):
        total = 0.0
        for value, weight in asked.items():
            if value in document:
                total += weight * document[value]
        assert sums[index] == total


def drawn(terms: dict[int, float], names: set[int], numbers: set[int]) -> Sketch:
    return Sketch("s", (), (), tuple(sorted(terms.items())), tuple(sorted(names)), tuple(sorted(numbers)), len(terms))


terms = st.dictionaries(st.integers(0, 24), st.floats(0.05, 1.0), max_size=8)
sketches = st.builds(drawn, terms, st.sets(small, max_size=4), st.sets(small, max_size=4))


def cosine(left: Sketch, right: Sketch) -> float | None:
    """Shelf.cosines for one pair, as plain as can be; None when nothing is shared."""
    theirs = dict(right.terms)
    shared = [(term, weight * theirs[term]) for term, weight in left.terms if term in theirs]
    if not shared:
        return None
    words = ideas = 0.0
    for term, product in shared:
        if tag_of(term) == IDEA:
            ideas += product
        else:
            words += product
    if chinese(left) == chinese(right):
        return words + ideas
    return ACROSS * ideas / (length(left) * length(right) or 1.0)


def squares(sketch: Sketch, tag: int) -> float:
    total = 0.0
    for term, weight in sketch.terms:
        total += weight * weight if tag_of(term) == tag else 0.0
    return total


def chinese(sketch: Sketch) -> bool:
    return squares(sketch, HAN_PAIR) > squares(sketch, 0)


def length(sketch: Sketch) -> float:
    return float(np.sqrt(squares(sketch, IDEA)))


def reading(number: int, sketch: Sketch, days: int = 0) -> Reading:
    at = DAY + timedelta(days)
    return Reading(Article(f"a{number}", 1, f"https://a.example/{number}", "p", "en", "t", "b", at, at), (), (), sketch, "en")


@settings(max_examples=60, deadline=None)
@given(st.lists(sketches, max_size=6), sketches, st.integers(0, 6))
def test_a_shelf_gives_the_cosines_of_plain_loops(put_up: list[Sketch], asked: Sketch, first: int) -> None:
    documents = [as_known(reading(number, sketch)) for number, sketch in enumerate(put_up)]
    shelf = Shelf(documents[:first])
    for document in documents[first:]:
        shelf.add(document)
    plain = {index: value for index, sketch in enumerate(put_up) if (value := cosine(asked, sketch)) is not None}
    assert shelf.cosines(asked) == plain


def nearest(mine: Reading, known: Sequence[KnownDocument]) -> str:
    """The story of the most alike members, by looking at every document; '' when none is alike enough."""
    rules, told = DEFAULT_STORY_RULES, mine.article.told_at.date()
    members: dict[str, list[float]] = {}
    for document in known:
        value = cosine(mine.sketch, document.sketch)
        days = abs((told - (document.night or told)).days)
        if value is not None and (document.origin == "seed" or days <= rules.window_days):
            members.setdefault(document.story_id, []).append(likeness(mine.sketch, document, value, told, rules))
    best, chosen = rules.join_from, ""
    for story, values in members.items():
        score = rules.nearest * max(values) + (1 - rules.nearest) * sum(values) / len(values)
        if score > best:
            best, chosen = score, story
    return chosen


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(sketches, st.integers(-30, 0), st.integers(0, 2)), max_size=8), sketches)
def test_stories_are_those_of_looking_at_every_document(past: list[tuple[Sketch, int, int]], mine: Sketch) -> None:
    known = [replace(as_known(reading(n, sketch, days), f"s{story}"), doc_id=f"d{n}") for n, (sketch, days, story) in enumerate(past)]
    known += [replace(known[0], doc_id="seed", origin="seed", night=date(2020, 1, 1))] if known else []
    tonight = reading(99, mine)
    assert assign_stories([tonight], known) == {("a99", 1): nearest(tonight, known) or "a99"}
