"""Fit topics/weights/rewrites.tsv: python -m training.make_copies [--write] (scipy, a minute).

One row is an article of a written stream (the shared five and our own, but for harbour and snare, which no weight sees) with its nearest
text; positive when the labels call it a rewrite. Late reports of what is known are left out: they are neither. Signs are fixed beforehand
(SIGNS), so that no weight can say the reverse of what its part means. First each stream is left out in turn: what the others' weights then
find in it, night by night, with an outlet's past as labelled. Then all are fitted together; --write writes those weights.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from extractors.model import Article
from gate.similarity import SEEDED, dossiers, readings, remembered, told_by
from topics.mentions import Gazetteer
from topics.model import KnownDocument, Reading
from topics.rewrites import DEFAULT_REWRITE_RULES, Outlets, long_enough, rewrite_parts
from topics.shelf import Shelf
from topics.similar import as_known, is_correction, near_duplicate
from topics.stories import assign_stories
from training.labelled import ROOT, SELF_WRITTEN, WRITTEN, repository_catalogue, stream

# The first group speaks for a rewrite, the second against it, however the data lie; title_case is damped, because whole newsrooms write so.
SIGNS = {
    **dict.fromkeys(("near", "near_now", "ideas", "title_taken", "names_known", "names_taken", "numbers_known", "contained"), 1),
    **dict.fromkeys(("new_numbers", "new_to_story", "new_quotations", "new_stages", "days"), -1),
    **dict.fromkeys(("attributed", "quoted", "figures"), -1),
    **dict.fromkeys(("relayed", "asked", "title_case", "outlet_retells"), 1),
}
DAMPED = {"title_case": 3.0}
STRENGTH = 0.1
THRESHOLDS = (0.4, 0.7, 1.0)
LOST = ("move", "followup", "background", "hard_negative", "off_topic")
Weights = dict[str, float]


@dataclass(frozen=True)
class Row:
    """An article's pairs; parts are in the order of candidates."""

    gold: dict[str, Any]
    article: Article
    pairs: tuple[tuple[KnownDocument, dict[str, float]], ...]


@dataclass(frozen=True)
class Night:
    """The articles of one night that may be rewrites, and what of it counts for its outlets' past: what was on a topic."""

    rows: tuple[Row, ...]
    told: tuple[tuple[str, bool], ...]  # (outlet, is a rewrite by its label)


def nights(name: str, gazetteer: Gazetteer) -> Iterator[Night]:
    """The pairs of each night; an outlet's past is put in later (with_past)."""
    source = stream(name)
    documents = list(dossiers() if name in (*SEEDED, *WRITTEN) else [])
    for night in readings(source, gazetteer):
        documents = remembered(documents, night[0].article.told_at.date())
        shelf, outlets, rows = Shelf(documents), Outlets(documents), []
        for each in night:
            if may_be(each, shelf):
                pairs = tuple(rewrite_parts(each, shelf, outlets))
                rows.append(Row(source.gold[each.article.article_id], each.article, pairs))
            shelf.add(as_known(each))
        stories = assign_stories(night, documents)
        documents += [as_known(each, stories[each.article.article_id, 1]) for each in night]
        yield Night(tuple(rows), tuple(told_by(night, source.gold)))


def may_be(reading: Reading, shelf: Shelf) -> bool:
    """Whether the question arises at all."""
    rules = DEFAULT_REWRITE_RULES
    long = long_enough(reading.sketch, rules.least_words, rules.least_characters)
    return long and not is_correction(reading.article) and not any(near_duplicate(reading, shelf))


def fit(data: Sequence[Sequence[Night]]) -> Weights:
    """Weights and bias in log-odds per unit of each part."""
    table, wanted = training_rows(data)
    names = list(SIGNS)
    values = np.array([[parts[name] for name in names] for parts in table])
    centre, spread = values.mean(0), values.std(0) + 1e-9
    found = descend((values - centre) / spread, np.array(wanted, float), names)
    weights = found[:-1] / spread
    return {**dict(zip(names, weights.tolist(), strict=True)), "bias": float(found[-1] - (weights * centre).sum())}


def training_rows(data: Sequence[Sequence[Night]]) -> tuple[list[dict[str, float]], list[bool]]:
    """For each article its nearest text of an earlier night; the past is that of the labels."""
    table, wanted = list[dict[str, float]](), list[bool]()
    for stream_nights in data:
        past: dict[str, list[int]] = {}
        for night in stream_nights:
            for row in night.rows:
                if row.gold["relation"] != "late_report":
                    chosen = [with_past(parts, row.article.publisher, past) for parts in shown(row)]
                    table += chosen
                    wanted += [row.gold["relation"] == "rewrite"] * len(chosen)
            remember(past, night.told)
    return table, wanted


def shown(row: Row) -> list[dict[str, float]]:
    """The nearest pair of earlier nights: on one night many tellings are alike, and a threshold of its own asks which is a rewrite."""
    return [parts for _, parts in row.pairs if not parts["same_night"]][:1]


def descend(values: NDArray[np.float64], wanted: NDArray[np.float64], names: Sequence[str]) -> NDArray[np.float64]:
    """Logistic regression with ridge penalty and fixed signs; the bias comes last and is free."""
    damping = np.array([DAMPED.get(name, 1.0) for name in names]) / STRENGTH

    def loss(at: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds = values @ at[:-1] + at[-1]
        missed = 1 / (1 + np.exp(-odds)) - wanted
        value = (np.logaddexp(0, odds) - wanted * odds).sum() + (damping * at[:-1] ** 2).sum() / 2
        return float(value), np.append(values.T @ missed + damping * at[:-1], missed.sum())

    bounds = [(0.0, None) if SIGNS[name] > 0 else (None, 0.0) for name in names]
    found: NDArray[np.float64] = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)]).x
    return found


def with_past(parts: dict[str, float], outlet: str, past: dict[str, list[int]]) -> dict[str, float]:
    """The parts with what is known of the outlet."""
    return {**parts, "outlet_retells": Outlets.odds(*past.get(outlet, (0, 0)))}


def remember(past: dict[str, list[int]], told: Sequence[tuple[str, bool]]) -> None:
    """Add a night's articles to the outlets' past."""
    for outlet, retold in told:
        past.setdefault(outlet, [0, 0])[retold] += 1


def called(stream_nights: Sequence[Night], weights: Weights, threshold: float) -> Iterator[tuple[float, Row]]:
    """The articles that a replay calls rewrites, with their scores; what a same night asks more is taken off them."""
    past: dict[str, list[int]] = {}
    for night in stream_nights:
        for row in night.rows:
            score = max((odds(with_past(parts, row.article.publisher, past), weights) for _, parts in row.pairs), default=-99.0)
            if score >= threshold:
                yield score, row
        remember(past, night.told)


def odds(parts: dict[str, float], weights: Weights) -> float:
    """Log-odds; a pair that tells more of its own is out."""
    rules = DEFAULT_REWRITE_RULES
    if np.expm1(parts["new_numbers"]) > rules.most_new + 0.5 or parts["new_stages"] > rules.most_stages:
        return -99.0
    more = rules.same_night_from - rules.rewrite_from if parts["same_night"] else 0.0
    return weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in parts.items()) - more


def report(label: str, data: dict[str, list[Night]], weights: dict[str, Weights]) -> None:
    """A line a threshold, and what is lost at the one in force."""
    for threshold in THRESHOLDS:
        found = [(score, row, name) for name in data for score, row in called(data[name], weights[name], threshold)]
        kinds = Counter(row.gold["relation"] for _, row, _ in found)
        per = Counter(name for _, row, name in found if row.gold["relation"] == "rewrite")
        print(f"{label} from {threshold:.2f}: {dict(kinds)} rewrites by stream {dict(per)}")
        if threshold == DEFAULT_REWRITE_RULES.rewrite_from:
            for score, row, _ in sorted(found, key=lambda each: -each[0]):
                if row.gold["relation"] in LOST:
                    print(f"   {score:.2f} {row.gold['id']} {row.gold['relation']} {row.gold['note']}")


def write(weights: Weights) -> None:
    """The weights file, in the order of SIGNS."""
    lines = ["# Log-odds for each unit of a part of topics/rewrites.py; made by tests/training/make_copies.py."]
    lines += [f"{name}\t{round(weights[name], 4):g}" for name in (*SIGNS, "bias")]
    (ROOT / "topics" / "weights" / "rewrites.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Print what leaving each stream out gives at several thresholds, then the weights fitted on all."""
    gazetteer = Gazetteer(repository_catalogue())
    data = {name: list(nights(name, gazetteer)) for name in (*SELF_WRITTEN, *WRITTEN)}
    left_out = {left: fit([data[name] for name in data if name != left]) for left in data}
    weights = fit(list(data.values()))
    for group in (SELF_WRITTEN, WRITTEN):
        part = {name: data[name] for name in group}
        report("cross-validated", part, left_out)
        report("in-sample", part, dict.fromkeys(part, weights))
    print({name: round(value, 2) for name, value in weights.items()})
    if "--write" in sys.argv:
        write(weights)


if __name__ == "__main__":
    main()
