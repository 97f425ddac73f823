"""A few sentences as a night of news: makes articles, claims and readings by hand, and decides them night after night."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from extractors.model import Article
from gate.memory import Memory
from topics.claims import ClaimMaker, Quote
from topics.decide import decide
from topics.judge import Judge
from topics.mentions import Gazetteer
from topics.model import Catalogue, Claim, Entity, Kind, Known, Measure, Mode, Move, NightContext, NightResult, Reading, Topic, Verdict
from topics.profiles import paragraph
from topics.rules import DEFAULT_RULES, Rules
from topics.sketch import sketch
from topics.texts import PLAIN, Texts

FIRST = date(2026, 11, 2)  # a Monday
TOPICS = ("cloud-kyc", "chip-export-controls", "entity-listings", "chinese-ai-bans")


def _entity(entity_id: str, kind: str, country: str, *names: str) -> Entity:
    return Entity(entity_id, kind, country, names)


CATALOGUE = Catalogue(
    topics=tuple(Topic(t, t, "", "") for t in TOPICS),
    entities=(
        _entity("bis", "agency", "us", "Bureau of Industry and Security", "BIS"),
        _entity("doc", "agency", "us", "Commerce Department"),
        _entity("entity-list", "list", "us", "Entity List"),
        _entity("nvidia", "company", "us", "Nvidia"),
        _entity("alibaba", "company", "cn", "Alibaba"),
        _entity("qwen", "model", "cn", "Qwen"),
        _entity("us-tx", "state", "us", "Texas"),
    ),
    measures=(
        Measure(
            "us-iaas-cip", ("cloud-kyc",), "us", "BIS", "IaaS customer identification rule", "", ("cloud customer identification rule",),
            (("rin", "0694-aj35"), ("docket", "240119-0020")),
        ),
    ),
    digest="small",
)  # fmt: skip
MAKER = ClaimMaker(CATALOGUE, Gazetteer(CATALOGUE))


def article(name: str, text: str, *, day: int = 0, publisher: str = "", **fields: Any) -> Article:
    """An article told at noon of night FIRST + day; the first line of the text is its title."""
    title, _, body = text.partition("\n")
    at = datetime.combine(FIRST + timedelta(day), datetime.min.time(), UTC) + timedelta(hours=12)
    made = Article(
        name, 1, f"https://{name}.example/1", publisher or f"Outlet {name}", "en", title, body.strip(), at, at, source_id=f"s-{name}"
    )
    return replace(made, **fields)


def claim(of: Article, kind: Kind, topic: str = "cloud-kyc", quote: str = "", score: float = 1.0, **fields: Any) -> Claim:
    """A claim by the reader's own rules; its quote is the first sentence of the body unless one is given."""
    words = quote or of.body.split(". ")[0].rstrip(".")
    text = f"{of.title}\n\n{of.body}"
    assert words in text, words
    stated = Quote(words, text.index(words), f"{words}\n{paragraph(of, words)}")
    return replace(MAKER.make(of, topic, kind, stated, "new", score, 1.0, ("hand", "1")), **fields)


def reading(of: Article, *claims: Claim, topics: Sequence[str] | None = None, **fields: Any) -> Reading:
    """A reading with these claims; its topics are theirs unless given."""
    named = topics if topics is not None else tuple(dict.fromkeys(c.topic for c in claims))
    drawn = sketch(of.title, of.body, of.lang, MAKER.entities(f"{of.title}\n{of.body}"))
    return replace(Reading(of, tuple((t, 1.0) for t in named), claims, drawn, of.lang), **fields)


def told(name: str, text: str, kind: Kind, *, topic: str = "cloud-kyc", score: float = 1.0, day: int = 0, **fields: Any) -> Reading:
    """The reading of an article that tells one step."""
    of = article(name, text, day=day, **fields)
    return reading(of, claim(of, kind, topic, score=score))


@dataclass
class Nights:
    """Decides night after night and remembers; `result` is the last one."""

    rules: Rules = DEFAULT_RULES
    texts: Texts = PLAIN
    judge: Judge | None = None
    memory: Memory = field(default_factory=Memory)
    results: list[NightResult] = field(default_factory=list)

    def night(self, *readings: Reading, day: int = 0, mode: Mode = "night", **known: Any) -> NightResult:
        """Decide one night; keyword arguments replace fields of what is known."""
        night = FIRST + timedelta(day)
        view: Known = replace(self.memory.known(night), **known)
        result = decide(NightContext(night, len(self.results) + 1, mode), readings, view, CATALOGUE, self.rules, self.texts, self.judge)
        self.memory = self.memory.take(result, readings)
        self.results.append(result)
        return result

    @property
    def result(self) -> NightResult:
        """The last night's result."""
        return self.results[-1]

    def verdict(self, name: str) -> Verdict:
        """The last night's verdict on one article."""
        return next(v for v in self.result.verdicts if v.article_id == name)


def only(moves: Sequence[Move]) -> Move:
    """The one move that there must be."""
    assert len(moves) == 1, [(m.topic, m.kind, m.headline) for m in moves]
    return moves[0]
