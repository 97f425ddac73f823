"""Short items told again: a headline with a sentence or two that brings nothing beyond one known text, in either language.

Counts say little of so few words, so what is asked of a short item are shares of its own words, how far it lures rather than tells, and the
numbers of rewrites.py. A forest grown on labelled short items weighs them (extremely randomised trees, Geurts et al. 2006): a logistic
model over the same numbers finds half as much at the same precision. Several new figures or stages are never passed over, and on one night
tellings are independent until more speaks against it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache

from topics.manner import Manner, manner_of
from topics.model import Reading, Sketch
from topics.resources import text_of
from topics.rewrites import Candidate, Outlets, RewriteModel, RewriteRules, Tried, candidates, pair_parts, telling_parts
from topics.shelf import Shelf, in_chinese
from topics.sketch import IDEA, tag_of
from topics.trees import Forest, forest_of, parse_nodes

FILE = "briefs.tsv"
DEFAULT_BRIEF_RULES = RewriteRules(
    rewrite_from=0.6, same_night_from=0.75, least_words=0, least_characters=0, least_cosine=0.03, least_nearness=0.15, nearest_by_terms=40
)
PARTS = (
    "near", "near_now", "ideas", "title_taken", "names_known", "names_taken", "numbers_known", "new_numbers", "new_to_story",
    "new_quotations", "new_stages", "days", "same_night", "attributed", "quoted", "relayed", "asked", "figures", "title_case",
    "outlet_retells", "words_known", "new_names", "other_script", "of_seed", "formal", "luring", "luring_known",
)  # fmt: skip


def brief_parts(reading: Reading, shelf: Shelf, outlets: Outlets, rules: RewriteRules = DEFAULT_BRIEF_RULES) -> Tried:
    """The likeliest sources of a short item with the parts of each pair, named as in PARTS; of equals the one that was put up first."""
    found = [candidate for candidate in candidates(reading, shelf, rules) if candidate.nearness >= rules.least_nearness]
    if not found:
        return
    manner = manner_of(reading.article.title, reading.article.body)
    told = telling_parts(manner, outlets.retold(reading.article.publisher))
    for candidate in found:
        parts = {**pair_parts(reading, candidate, manner, outlets), **told, **_shares(reading.sketch, candidate, manner)}
        yield candidate.document, {name: parts[name] for name in PARTS}


def brief_score(parts: Mapping[str, float]) -> float:
    """How surely a short item with these parts tells again, 0 to 1."""
    return brief_model().score([parts[name] for name in PARTS])


def _worth(parts: Mapping[str, float]) -> list[tuple[str, float]]:
    """What is lost without each part: trees have no weights."""
    score = brief_score(parts)
    return [(name, score - brief_score({**parts, name: 0.0})) for name in parts]


@cache
def brief_model() -> Forest:
    """The weights that ship, made by tests/training/make_briefs.py; raises ValueError when they ask for other parts."""
    return forest_of(0.0, parse_nodes([line for line in text_of("weights", FILE).splitlines() if not line.startswith("#")], PARTS))


def _shares(mine: Sketch, candidate: Candidate, manner: Manner) -> dict[str, float]:
    theirs = candidate.document.sketch
    other = in_chinese(mine) != in_chinese(theirs)
    known = _known(mine, {term for term, _ in theirs.terms}, other)
    return {
        "words_known": known,
        "new_names": math.log1p(len(set(mine.names) - set(theirs.names))),
        "other_script": float(other),
        "of_seed": float(candidate.document.origin == "seed"),
        "formal": manner.formal,
        "luring": manner.luring,
        "luring_known": manner.luring * known,
    }


def _known(mine: Sketch, known: set[int], ideas_alone: bool) -> float:
    """Share of a text's words that are known, by their weight; of its ideas when the other text is in another script."""
    weighed = [(term, weight * weight) for term, weight in mine.terms if not ideas_alone or tag_of(term) == IDEA]
    return sum(weight for term, weight in weighed if term in known) / (sum(weight for _, weight in weighed) or 1.0)


SHORT_ITEMS = RewriteModel("short item told again (0 to 1)", brief_parts, brief_score, _worth)
