"""Looks into the reader's models: what each passage scored, and which features of which model made the score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from extractors.model import Article
from topics.combiner import CLIP, Combiner
from topics.features import entity_features, topic_features
from topics.linear import Ids, Linear
from topics.mentions import Gazetteer
from topics.model import Catalogue
from topics.pairs import Pair, candidates, joint_of
from topics.reader import PAIR_FLOOR, Weights, route_of
from topics.scoring import STEP, ScoredText, Scorer

Part = tuple[str, float]  # feature, what it adds in log-odds


@dataclass(frozen=True, slots=True)
class Candidate:
    """A topic that was looked at in an article: its best passage and the combiner's answer in log-odds."""

    topic: str
    pair: Pair
    log_odds: float


@dataclass(frozen=True, slots=True)
class Look:
    """One article under the models; candidates are best first."""

    article: Article
    route: str
    scored: ScoredText
    topics: tuple[str, ...]  # labels of the topic model, then the user's own topics
    acts: tuple[str, ...]  # labels of the acts model
    candidates: tuple[Candidate, ...]

    def candidate(self, topic: str) -> Candidate | None:
        """The candidate of one topic; None when no passage reached the floor."""
        return next((c for c in self.candidates if c.topic == topic), None)

    def about(self, passage: int, topic: str) -> float:
        """Probability that a passage is about the topic; 0 for one that the model does not know."""
        return float(self.scored.passages[passage].topics[self.topics.index(topic)]) if topic in self.topics else 0.0

    def best_about(self, topic: str) -> float:
        """The best of all passages."""
        return max(self.about(n, topic) for n in range(len(self.scored.passages)))

    def label(self, passage: int, name: str) -> float:
        """Probability of one act or mode in a passage."""
        return float(self.scored.passages[passage].labels[self.acts.index(name)]) if name in self.acts else 0.0

    def labels(self, passage: int, most: int = 4) -> tuple[Part, ...]:
        """The likeliest acts and modes of a passage."""
        values = self.scored.passages[passage].labels
        order = sorted(range(len(self.acts)), key=lambda i: (-float(values[i]), i))
        return tuple((self.acts[i], float(values[i])) for i in order[:most] if self.acts[i] != STEP)

    def joint(self, passage: int, topic: str) -> float:
        """Step and topic together, in log-odds: by this a topic's best passage is chosen."""
        scored = self.scored.passages[passage]
        return float(joint_of((scored.step + scored.step_with_title) / 2, self.about(passage, topic), self.best_about(topic)))

    def text(self, passage: int) -> str:
        """A passage's sentences; for the first one of a text without any, the title."""
        sentences = self.scored.text.sentences
        return " ".join(sentences[i].text for i in self.scored.text.passages[passage].sentences or (0,))

    def passage_of(self, sentence: str) -> int | None:
        """The passage that holds a sentence or most of it; None for one that stands in the title alone."""
        body = [n for n in range(len(self.scored.passages)) if self.scored.text.passages[n].sentences]
        return next((n for n in body if sentence[:60] in self.text(n) or self.text(n)[:60] in sentence), None)


class XRay:
    """Scores articles as the built-in reader does, and keeps what the reader throws away."""

    def __init__(self, weights: Weights, catalogue: Catalogue) -> None:
        self.weights = weights
        self.scorer = Scorer(Gazetteer(catalogue), weights.topics, weights.acts, catalogue.topics, weights.whole)

    def look(self, article: Article) -> Look:
        """Score one article."""
        scored = self.scorer.score(article.title, article.body, article.lang, article.told_at.date())
        route, labels = route_of(article), self.scorer.labels
        pairs = candidates(article, scored, self.scorer.columns, PAIR_FLOOR)
        found = [Candidate(labels[p.topic], p, self.combiner(route).score(p.features)) for p in pairs]
        found.sort(key=lambda c: (-c.log_odds, c.topic))
        return Look(article, route, scored, labels, self.weights.acts.labels, tuple(found))

    def combiner(self, route: str) -> Combiner:
        """The combiner of one kind of text."""
        return self.weights.combiners[route]

    def topic_parts(self, look: Look, passage: int, topic: str) -> tuple[Part, ...]:
        """What each feature of a passage adds to one topic, strongest first; with the bias they make its log-odds.

        Nothing for a topic of the user's own, which no weights were trained for.
        """
        members = look.scored.text.passages[passage].sentences
        shown = (0, *members) if look.scored.text.passages[passage].with_title else members
        sentences = look.scored.sentences
        found = [f for i in shown for f in topic_features(sentences[i], title=i == 0)]
        found += entity_features([sentences[i] for i in shown])
        return parts(self.weights.topics, [self.weights.topics.ids(found)], topic)

    def act_parts(self, look: Look, passage: int, label: str = STEP) -> tuple[Part, ...]:
        """What each feature of a passage's own sentences adds to one label of the acts model, strongest first."""
        members = look.scored.text.passages[passage].sentences or (0,)
        return parts(self.weights.acts, [look.scored.act_ids[i] for i in members], label)

    def combiner_parts(self, look: Look, candidate: Candidate) -> tuple[Part, ...]:
        """What each feature adds to the linear view of the combiner, in its log-odds, strongest first."""
        model, features = self.combiner(look.route), candidate.pair.features
        values = np.clip((np.array(features, np.float64) - model.mean) / model.scale, -CLIP, CLIP) * model.weights
        share = _share(model)
        return strongest([(f"{name}={value:.2f}", share * float(v)) for name, value, v in zip(model.names, features, values, strict=True)])

    def forest_parts(self, look: Look, candidate: Candidate) -> tuple[Part, ...]:
        """What the forest would lose of the combiner's log-odds if one feature had its usual value, strongest first."""
        model, features = self.combiner(look.route), candidate.pair.features
        if model.forest is None:
            return ()
        whole, share, found = model.forest.score(features), _share(model), []
        for place in sorted({node.feature for node in model.nodes if node.feature >= 0}):
            usual = [*features[:place], float(model.mean[place]), *features[place + 1 :]]
            found.append((f"{model.names[place]}={features[place]:.2f}", share * (whole - model.forest.score(usual))))
        return strongest([part for part in found if part[1]])


def _share(model: Combiner) -> float:
    """How much one view counts in the combiner's log-odds: with a forest both views count half."""
    return model.slope * (0.5 if model.forest else 1.0)


def parts(model: Linear, ids: Sequence[Ids], label: str) -> tuple[Part, ...]:
    """The terms of one label's score, strongest first; with the label's bias they add up to it."""
    joined = np.concatenate(ids) if ids else np.zeros(0, np.int32)
    if not len(joined) or label not in model.labels:
        return ()
    unique, counts = np.unique(joined, return_counts=True)
    values = (1.0 + np.log(counts)) * model.idf[unique]
    values /= float(np.sqrt(values @ values)) or 1.0
    added = values * model.weights[unique, model.labels.index(label)]
    names = names_of(model)
    return strongest([(names[int(i)], float(v)) for i, v in zip(unique, added, strict=True) if v])


def strongest(found: Sequence[Part]) -> tuple[Part, ...]:
    """By size, either sign; ties by name."""
    return tuple(sorted(found, key=lambda part: (-abs(part[1]), part[0])))


def names_of(model: Linear) -> list[str]:
    """Feature names by position; the vocabulary is in that order."""
    return list(model.vocabulary)
