"""Fit topics/weights/briefs.tsv: python -m training.make_briefs [--write] (scikit-learn, a minute or two).

One row is a short item of a labelled stream (the shared five and our own) with one of its nearest texts. Told again are the source that
the labels give a rewrite and, at half weight, the nearest earlier text of a late report or a syndicated item, which bring nothing new
either. Not told again is every near text of a move, a follow-up, a background piece, a look-alike or an item off topic: a new step on a
known matter stands against its own past. First the streams are left out in FOLDS groups: what the others' weights then find in them. Then
all are fitted together.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier

from gate.similarity import SEEDED, dossiers, readings, remembered, told_by
from topics.briefs import DEFAULT_BRIEF_RULES, FILE, PARTS, brief_parts
from topics.mentions import Gazetteer
from topics.model import KnownDocument, Reading
from topics.rewrites import Outlets, Source, surest
from topics.shelf import Shelf
from topics.similar import as_known, is_correction, near_duplicate
from topics.stories import assign_stories
from topics.trees import LEAF, Forest, Node, forest_of, format_nodes
from training.labelled import ROOT, SELF_WRITTEN, WRITTEN, repository_catalogue, stream

FOLDS = 4
TREES, LEAVES, LEAST_ROWS = 60, 48, 4
LATE_WEIGHT = 0.5
AGAIN = ("rewrite", "late_report", "syndicated")
BADLY = (1, 2, 4, 6, 8, 12)  # so many wrong ones are let pass in a line of the report
Pairs = tuple[tuple[KnownDocument, dict[str, float]], ...]


@dataclass(frozen=True)
class Row:
    """A short item with its label and its pairs in the order of candidates."""

    stream: str
    item: str
    relation: str
    source: str
    pairs: Pairs


def rows_of(name: str, gazetteer: Gazetteer) -> Iterator[Row]:
    """The short items of a stream for which the question arises, night by night, with each outlet's past as labelled."""
    source, past = stream(name), dict[str, list[int]]()
    documents = list(dossiers() if name in (*SEEDED, *WRITTEN) else [])
    for night in readings(source, gazetteer):
        documents = remembered(documents, night[0].article.told_at.date())
        shelf, outlets = Shelf(documents), Outlets(documents, tuple((outlet, own, again) for outlet, (own, again) in past.items()))
        for each in night:
            if may_be(each, shelf):
                gold = source.gold[each.article.article_id]
                pairs = tuple(brief_parts(each, shelf, outlets))
                yield Row(name, gold["id"], gold["relation"], gold["duplicate_of"] or "", pairs)
            shelf.add(as_known(each))
        stories = assign_stories(night, documents)
        documents += [as_known(each, stories[each.article.article_id, 1]) for each in night]
        for outlet, retold in told_by(night, source.gold):
            past.setdefault(outlet, [0, 0])[retold] += 1


def may_be(reading: Reading, shelf: Shelf) -> bool:
    """Whether the question arises at all."""
    return reading.route == "brief" and not is_correction(reading.article) and not any(near_duplicate(reading, shelf))


def taught(row: Row) -> tuple[list[dict[str, float]], float, float]:
    """The pairs of a row that are taught, what they are (1 told again, 0 not), and their weight."""
    if row.relation not in AGAIN:
        return [parts for _, parts in row.pairs], 0.0, 1.0
    earlier = [parts for _, parts in row.pairs if not parts["same_night"]][:1]
    if row.relation != "rewrite":
        return earlier, 1.0, LATE_WEIGHT
    return [parts for document, parts in row.pairs if document.doc_id == row.source] or earlier, 1.0, 1.0


def table(rows: Sequence[Row]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(numbers, told again, weight) of all pairs that are taught."""
    found = [(parts, again, weight) for row in rows for chosen, again, weight in [taught(row)] for parts in chosen]
    numbers = np.array([[parts[name] for name in PARTS] for parts, _, _ in found])
    return numbers, np.array([again for _, again, _ in found]), np.array([weight for _, _, weight in found])


def grow(rows: Sequence[Row]) -> tuple[Node, ...]:
    """A forest whose leaves add up to the mean share of what told again there."""
    numbers, again, weight = table(rows)
    grown = ExtraTreesClassifier(TREES, min_samples_leaf=LEAST_ROWS, max_leaf_nodes=LEAVES, max_features=0.4, random_state=0)
    grown.fit(numbers, again, sample_weight=weight)
    return tuple(node for number, tree in enumerate(grown.estimators_) for node in nodes_of(number, tree.tree_))


def nodes_of(number: int, tree: Any) -> Iterator[Node]:
    """The nodes of one tree of scikit-learn."""
    for left, right, feature, threshold, value in zip(
        tree.children_left, tree.children_right, tree.feature, tree.threshold, tree.value, strict=True
    ):
        leaf = left < 0
        yield Node(
            number, LEAF if leaf else int(feature), 0.0 if leaf else float(threshold), 0 if leaf else int(left), 0 if leaf else int(right),
            float(value[0][1]) / TREES if leaf else 0.0,
        )  # fmt: skip


def left_out(rows: Sequence[Row]) -> dict[str, Forest]:
    """For each stream a forest that has not seen it."""
    names, models = sorted({row.stream for row in rows}), dict[str, Forest]()
    for fold in range(FOLDS):
        left = names[fold::FOLDS]
        models.update(dict.fromkeys(left, forest_of(0.0, grow([row for row in rows if row.stream not in left]))))
    return models


def best(row: Row, model: Forest) -> Source | None:
    """What a replay would find, whatever its score; what a same night asks more is taken off."""
    rules = DEFAULT_BRIEF_RULES
    more = rules.same_night_from - rules.rewrite_from
    tried = ((d, parts, model.score([parts[n] for n in PARTS]) - more * parts["same_night"]) for d, parts in row.pairs)
    return surest(tried, replace(rules, rewrite_from=-9.0, same_night_from=-9.0))


def report(rows: Sequence[Row], models: dict[str, Forest]) -> None:
    """What is found when so many wrong ones are let pass, and the wrong ones above the threshold in force."""
    found = [(source.score, row, source) for row in rows if (source := best(row, models[row.stream]))]
    kinds, wrong = Counter[str](), 0
    for score, row, source in sorted(found, key=lambda each: (-each[0], each[1].item)):
        bad = row.relation not in AGAIN
        wrong += bad
        if bad and wrong in BADLY:
            print(f"until wrong one {wrong} at {score:.2f}: {dict(kinds)}")
        if bad and score >= DEFAULT_BRIEF_RULES.rewrite_from:
            print(f"   {score:.2f} {row.item} {row.relation}, taken for {source.document.doc_id}")
        kinds[row.relation] += 1
    in_force = Counter(row.relation for score, row, _ in found if score >= DEFAULT_BRIEF_RULES.rewrite_from)
    print(f"in force: {dict(in_force)} of {dict(Counter(row.relation for row in rows))}")


def main() -> None:
    """Print what leaving groups of streams out gives; --write writes the weights fitted on all."""
    gazetteer = Gazetteer(repository_catalogue())
    names = (*SELF_WRITTEN, *WRITTEN)
    rows = [row for name in names for row in rows_of(name, gazetteer)]
    print(f"{len(rows)} short items", flush=True)
    models = left_out(rows)
    report(rows, models)
    if "--write" in sys.argv:
        lines = [
            "# A short item is a known text again: trees of tests/training/make_briefs.py; do not edit.",
            *format_nodes(grow(rows), PARTS),
        ]
        (ROOT / "topics" / "weights" / FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
