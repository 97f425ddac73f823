"""The built-in reader: an article to topics, claims and a sketch, by linear models over passages and a combiner for each kind of text."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from extractors.model import Article, h
from topics.anchors import anchors_in
from topics.claims import ClaimMaker
from topics.combiner import Combiner, check_names, parse_combiner
from topics.cues import direction
from topics.kinds import Kinds, parse_kinds
from topics.linear import Linear, parse_linear
from topics.mentions import Gazetteer
from topics.model import Catalogue, Claim, Reading, Request
from topics.official import act_of, is_filing, why_routine
from topics.pairs import Pair, candidates, feature_names, kind_feature_names
from topics.quotes import best_quote
from topics.resources import text_of
from topics.rules import TOPIC_HEARD
from topics.scoring import ScoredText, Scorer
from topics.sketch import sketch

Route = Literal["article", "official", "brief"]
ROUTES: tuple[Route, ...] = ("article", "official", "brief")
NAME = "passages"
LANGUAGES = ("en", "zh")
BRIEF_LENGTH = 420  # characters of body; Chinese ones count double
PAIR_FLOOR = 0.03  # topic probability below which a topic is not looked at
CLAIM_FLOOR = 0.05  # probability below which a claim is not worth keeping
SECOND_TOPIC = 1.5  # log-odds taken from every further topic of one passage (pooled right .67 -> .70, on time .75 -> .74)
OFFICIAL_TERM = 2.0  # log-odds for an official document that names a term of the topic; without one it makes no claim on it
OWN_TOPIC = 0.5  # log-odds taken from a user's topic; 0 / .5 / 1: right 86/144, 79/118, 70/92, on time 72, 67, 64 of 111 (gate.thirteenth)
UNNAMED = 2.0  # log-odds taken from a topic of a short item that does not name what a step on it needs (DESIGN.md, sixth session)
DIRECTION = 2.0  # log-odds for a step that eases, or against it, where its sentence says which way the limit moves (cues.direction)
FILED = 3.0  # log-odds taken from a short item that lists what was registered (official.is_filing)
_NUMBERS = (BRIEF_LENGTH, PAIR_FLOOR, CLAIM_FLOOR, SECOND_TOPIC, OFFICIAL_TERM, OWN_TOPIC, UNNAMED, FILED, DIRECTION)


@dataclass(frozen=True, slots=True)
class Weights:
    """All that training made: the passage models, one combiner a route, the model of kinds and the topic floor."""

    topics: Linear
    acts: Linear
    combiners: Mapping[str, Combiner]
    kinds: Kinds
    whole: Linear | None = None  # one score for the article as a whole: does it tell a step; which topics
    about: Combiner | None = None  # "the article is on the topic"; None: the passages' own probabilities
    topic_floor: float = TOPIC_HEARD
    digest: str = ""  # over the texts that these were read from


FILES = ("topics.tsv", "acts.tsv", *(f"combiner-{route}.tsv" for route in ROUTES), "kinds.tsv", "whole.tsv", "about.tsv")


@cache
def shipped_weights() -> Weights:
    """The weights of this package."""
    return read_weights(lambda file: text_of("weights", file))


def read_weights(text: Callable[[str], str]) -> Weights:
    """Weights from the texts of FILES; raises ValueError."""
    read = {file: text(file) for file in FILES}
    return Weights(
        parse_linear(read["topics.tsv"]),
        parse_linear(read["acts.tsv"]),
        {route: parse_combiner(read[f"combiner-{route}.tsv"]) for route in ROUTES},
        parse_kinds(read["kinds.tsv"]),
        parse_linear(read["whole.tsv"]),
        parse_combiner(read["about.tsv"]),
        digest=h(*read.values()),
    )


def check_weights(weights: Weights) -> None:
    """Raise ValueError when one of the models was fitted to other numbers than pairs.py makes of an article."""
    wanted = feature_names(weights.acts.labels)
    for route, combiner in weights.combiners.items():
        check_names(f"combiner-{route}.tsv", combiner.names, wanted)
    check_names("kinds.tsv", weights.kinds.names, kind_feature_names(weights.acts.labels))
    if weights.about:
        check_names("about.tsv", weights.about.names, wanted)


def route_of(article: Article) -> Route:
    """Which of the three languages a text speaks: an issuer's document, a short item, or a full article."""
    if article.is_official:
        return "official"
    length = len(article.body) * (2 if article.lang == "zh" else 1)
    return "brief" if article.text_kind != "full" or length < BRIEF_LENGTH else "article"


class BuiltinReader:
    """Implements Reader without asking anything from outside; one object serves one catalogue. Raises ValueError for unfit weights."""

    def __init__(self, weights: Weights | None = None) -> None:
        self._weights = weights or shipped_weights()
        check_weights(self._weights)
        self._mark = h(self._weights.digest, repr(_NUMBERS))[:8]
        self._for: str = ""
        self._tools: tuple[Scorer, ClaimMaker] | None = None

    @property
    def version(self) -> str:
        """Name and mark, stored with every run; other weights or constants make another mark."""
        return f"{NAME}-{self._mark}"

    def requests(self, article: Article, catalogue: Catalogue) -> tuple[Request, ...]:
        """Ask nothing."""
        return ()

    def read(self, article: Article, catalogue: Catalogue, answers: Mapping[str, str] | None = None) -> Reading:
        """Read one article; dates in it are read against its publication day, or the day we saw it."""
        scorer, _ = self._prepared(catalogue)
        scored = scorer.score(article.title, article.body, article.lang, article.told_at.date())
        route = route_of(article)
        unread = why_routine(article) if route == "official" else ""
        if article.lang.split("-")[0] not in LANGUAGES:
            unread = "language_not_read"  # words of other languages would be taken for English ones
        pairs = candidates(article, scored, scorer.columns, PAIR_FLOOR)
        claims = [] if unread else self._claims(article, route, scored, pairs, catalogue)
        names = {m.entity_id for s in scored.sentences for m in s.mentions if m.entity_id}
        return Reading(
            article=article,
            topics=() if unread == "language_not_read" else self._topics(pairs, scorer.labels),
            claims=tuple(sorted((c for c in claims if c.score >= CLAIM_FLOOR), key=lambda c: (-c.score, c.claim_id))),
            sketch=sketch(article.title, article.body, article.lang, sorted(names)),
            language=article.lang,
            route=route,
            reader_version=self.version,
            notes=(unread,) if unread else (),
        )

    def _prepared(self, catalogue: Catalogue) -> tuple[Scorer, ClaimMaker]:
        if self._tools is None or self._for != catalogue.digest:
            gazetteer = Gazetteer(catalogue)
            weights = self._weights
            scorer = Scorer(gazetteer, weights.topics, weights.acts, catalogue.topics, weights.whole)
            self._tools = (scorer, ClaimMaker(catalogue, gazetteer))
            self._for = catalogue.digest
        return self._tools

    def _claims(self, article: Article, route: Route, scored: ScoredText, found: Sequence[Pair], catalogue: Catalogue) -> list[Claim]:
        """One claim a topic that may have moved, and a watched one where a passage reads as the report of a planned step."""
        scorer, maker = self._prepared(catalogue)
        weights, out = self._weights, []
        signalled = weights.acts.labels.index("signalled")
        trained = len(weights.topics.labels)
        pairs = [(p, weights.combiners[route].score(p.features) - (0.0 if p.topic < trained else OWN_TOPIC)) for p in found]
        if route == "official":
            named = topics_named(article, catalogue)
            pairs = [(p, log_odds + OFFICIAL_TERM) for p, log_odds in pairs if scorer.labels[p.topic] in named]
        if route == "brief":
            unnamed, filed = topics_unnamed(scored, catalogue), FILED * is_filing(article)
            pairs = [(p, log_odds - (UNNAMED if scorer.labels[p.topic] in unnamed else 0.0) - filed) for p, log_odds in pairs]
        for pair, log_odds in _one_topic_a_passage(pairs):
            labels = scored.passages[pair.passage].labels
            quote = best_quote(scorer, scored, pair)
            kind = weights.kinds.likeliest(pair.kind_features, easing(quote.text, article.title))
            if route == "official":
                kind = act_of(article) or kind
            score = _probability(log_odds)
            if int(labels.argmax()) == signalled and score < 0.5:
                kind, score = "signalled", round(float(labels[signalled]) * pair.topic_score, 6)
            topic = scorer.labels[pair.topic]
            out.append(maker.make(article, topic, kind, quote, "new", score, pair.topic_score, (NAME, self._mark)))
        return out

    def _topics(self, pairs: Sequence[Pair], labels: Sequence[str]) -> tuple[tuple[str, float], ...]:
        about = self._weights.about
        scored = [(labels[p.topic], round(_probability(about.score(p.features)) if about else p.topic_score, 4)) for p in pairs]
        return tuple(sorted(((label, p) for label, p in scored if p >= self._weights.topic_floor), key=lambda item: (-item[1], item[0])))


def topics_named(article: Article, catalogue: Catalogue) -> frozenset[str]:
    """The topics of which an official document names a term: issuers write out what they regulate."""
    text = f"{article.title}\n{article.body}".lower()
    return frozenset(t.topic_id for t in catalogue.topics if any(_names(text, term.lower()) for term in (*t.terms_en, *t.terms_zh)))


def topics_unnamed(scored: ScoredText, catalogue: Catalogue) -> frozenset[str]:
    """The topics of which a text does not name what a step on them needs, or too little to tell one on anything.

    Too little: no technology, no term or measure of the topic, and at most one of China, America, another country and an authority.
    """
    named = anchors_in({m.word_class for sentence in scored.sentences for m in sentence.mentions})
    subjects = {subject for sentence in scored.sentences for subject in sentence.subjects}
    thin = len(named) < 2 and "technology" not in named
    return frozenset(
        t.topic_id
        for t in catalogue.topics
        if not named.issuperset(t.needs) or (thin and not subjects & {f"TM:{t.topic_id}", f"MA:{t.topic_id}"})
    )


def easing(quote: str, title: str) -> float:
    """Log-odds for a step that eases, by the way that its sentence moves a limit, else its title; below 0 where that tightens."""
    return DIRECTION * (direction(quote) or direction(title))


def _names(text: str, term: str) -> bool:
    """Whether the text has the term as words of its own, in the plural too: METI is not named in cosmetics."""
    return term in text and (not term.isascii() or bool(re.search(rf"(?<![a-z0-9]){re.escape(term)}s?(?![a-z0-9])", text)))


def _one_topic_a_passage(scored: Sequence[tuple[Pair, float]]) -> list[tuple[Pair, float]]:
    """Lower every further topic of a passage: one happening seldom moves two topics, and then both score high."""
    out: list[tuple[Pair, float]] = []
    taken: set[int] = set()
    for pair, log_odds in sorted(scored, key=lambda item: (-item[1], item[0].topic)):
        out.append((pair, log_odds - (SECOND_TOPIC if pair.passage in taken else 0.0)))
        taken.add(pair.passage)
    return out


def _probability(log_odds: float) -> float:
    return round(1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, log_odds)))), 6)
