"""How near two whole texts are: cosine of their terms, with the names and the figures that both hold."""

from __future__ import annotations

import math
from collections.abc import Collection

from topics.model import Sketch
from topics.sketch import DAY, FIGURE, tag_of

NAMES, FACTS = 0.3, 0.4  # weights beside the cosine's 1


def nearness(left: Sketch, right: Sketch, cosine: float, names: float = NAMES, facts: float = FACTS) -> float:
    """0 to about 1.6; cosine is that of the two term vectors."""
    return cosine + names * share(set(left.names), set(right.names)) + facts * share(facts_of(left), facts_of(right))


def fade(days: int, sigma: float) -> float:
    """Gaussian: two texts told days apart are less likely to be of one happening."""
    return math.exp(-((days / sigma) ** 2) / 2)


def facts_of(sketch: Sketch) -> set[int]:
    """The figures and days of a text; small counts and years say too little alone."""
    return {number for number in sketch.numbers if tag_of(number) in (FIGURE, DAY)}


def disagree(left: Sketch, right: Sketch, tag: int, least: int) -> bool:
    """Both give at least so many numbers of a kind (sketch.FIGURE, DAY ...), and none in common."""
    mine, theirs = ({number for number in sketch.numbers if tag_of(number) == tag} for sketch in (left, right))
    return len(mine) >= least and len(theirs) >= least and not mine & theirs


def share(left: Collection[int], right: Collection[int]) -> float:
    """Cosine of two sets; the 1 keeps two texts with one name each from being alike by that name."""
    return len(set(left) & set(right)) / math.sqrt((len(left) + 1) * (len(right) + 1))
