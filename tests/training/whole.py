"""The whole-article model: does a text tell a step, of which kind, and what is it about; each labelled article is one row."""

from __future__ import annotations

import pickle
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path

from topics.features import whole_features
from topics.linear import Floats, Linear
from topics.mentions import Gazetteer
from topics.passages import split_text
from topics.tokens import annotate
from training.fit import fit_whole
from training.folds import Trainer, half_of, lead_half, written_half
from training.labelled import REAL, SELF_WRITTEN, WRITTEN, Stream, steps_told
from training.rows import Row

KEEP = 50_000
SHORT = 250  # characters (half as many of Chinese) below which a text is hardly an article; such rows count less
SHORT_WEIGHT, REAL_WEIGHT = 0.4, 0.6
REAL_SHARE = 6  # of real items off topic every sixth is a row: sixteen thousand teach no more, and take three times as long
TOLD = ("move", "syndicated", "rewrite")  # a late report reads like a move, so that it is left out
GROUPS = (*SELF_WRITTEN, "written-0", "written-1", "real-0", "real-1")  # what is left out together

Scores = dict[tuple[str, str], dict[str, Floats]]  # (what is unseen, part) -> article -> scores


def group_of(part: str) -> str:
    """The group that a part belongs to; '' for leads, on which no whole-article model is trained."""
    if part in WRITTEN:
        return f"written-{written_half(part)}"
    return "" if part.startswith("leads") else part


@dataclass
class Articles:
    """The rows of every part by article id."""

    parts: dict[str, dict[str, Row]]
    topics: tuple[str, ...]
    cache: Path

    def without(self, *groups: str) -> Linear:
        """Fit or fetch the model that has seen nothing of these groups."""
        path = self.cache / "whole" / f"{'+'.join(sorted(groups)) or 'all'}.pickle"
        if path.exists():
            found: Linear = pickle.loads(path.read_bytes())
            return found
        kept = [name for name in self.parts if group_of(name) and group_of(name) not in groups]
        model = fit_whole([row for name in kept for row in self.parts[name].values() if row.weight], self.topics, KEEP)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps(model))
        return model

    def score(self, groups: tuple[str, ...]) -> Scores:
        """Score by the model without these one or two groups what it is needed for: each of them while the other is unseen, and leads."""
        model, out = self.without(*groups), {}
        for name, rows in self.parts.items():
            group = group_of(name)
            others = [g for g in groups if g != group]
            if (group in groups and len(others) < 2) or (not group and len(groups) < 2):
                out[("".join(others), name)] = {i: model.scores([model.ids(row.features)]) for i, row in rows.items()}
        return out


def labelled_articles(trainer: Trainer) -> Articles:
    """Make the rows of all labelled data."""
    parts = {name: article_rows(trainer.streams[name], trainer.gazetteer, real=False) for name in (*SELF_WRITTEN, *WRITTEN)}
    for half in (0, 1):
        parts[f"real-{half}"] = {}
        for name in REAL:
            stream, nights = trainer.streams[name], half_of(trainer.streams[name].nights, half)
            parts[f"real-{half}"] |= article_rows(stream, trainer.gazetteer, real=True, nights=nights)
        found = [lead for lead in trainer.leads if lead_half(lead) == half]
        features = [features_of(lead.title, lead.body, lead.lang, lead.day, trainer.gazetteer) for lead in found]
        parts[f"leads-{half}"] = {lead.lead_id: Row(f, (), "", False, 0.0) for lead, f in zip(found, features, strict=True)}
    return Articles(parts, tuple(t.topic_id for t in trainer.catalogue.topics), trainer.cache)


def whole_scores(articles: Articles) -> Scores:
    """Scores of every part by models that have seen neither it nor what is unseen; kept in the cache."""
    path = articles.cache / "whole-scores.pickle"
    if path.exists():
        found: Scores = pickle.loads(path.read_bytes())
        return found
    left_out: list[tuple[str, ...]] = [(), *((g,) for g in GROUPS), *combinations(GROUPS, 2)]
    _SHARED.append(articles)  # the rows are far too large to be sent to the workers, which are forked and see them
    with ProcessPoolExecutor(max_workers=2) as workers:
        out = {key: scores for found in workers.map(_score, left_out) for key, scores in found.items()}
    path.write_bytes(pickle.dumps(out))
    return out


_SHARED: list[Articles] = []


def _score(groups: tuple[str, ...]) -> Scores:
    return _SHARED[-1].score(groups)


def article_rows(stream: Stream, gazetteer: Gazetteer, real: bool, nights: set[str] | None = None) -> dict[str, Row]:
    """Every article of a stream by id; weight 0 where a text alone cannot say whether it told a step then."""
    clear = {article: kind for (article, _), kind in reversed(steps_told(stream).items())}
    out = {}
    for number, row in enumerate(stream.articles):
        day, lang, gold = row["published_at"][:10], row["lang"], stream.gold[row["id"]]
        if nights is not None and day not in nights:
            continue
        told = gold["relation"] in TOLD
        short = len(row["body"]) * (2 if lang == "zh" else 1) < SHORT
        weight = REAL_WEIGHT if real else SHORT_WEIGHT if short else 1.0
        left_out = gold["relation"] == "late_report" or (told and row["id"] not in clear)
        if left_out or (real and not gold["topics"] and number % REAL_SHARE):
            weight = 0.0
        features = features_of(row["title"], row["body"], lang, date.fromisoformat(day), gazetteer)
        out[row["id"]] = Row(features, tuple(gold["topics"]), clear.get(row["id"], "") if told else "", told, weight)
    return out


def features_of(title: str, body: str, lang: str, day: date, gazetteer: Gazetteer) -> list[str]:
    """The features of one text, as Scorer counts them."""
    return [sys.intern(f) for f in whole_features([annotate(s.text, day, gazetteer) for s in split_text(title, body, lang).sentences])]
