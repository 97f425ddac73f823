"""A claim as the ledger compares it: its words, names, figures and days, together with the document that told it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from extractors.model import Article
from topics import values
from topics.cues import side_of
from topics.mentions import Gazetteer
from topics.model import Catalogue, Claim, KnownDocument, Sketch
from topics.numbers import normal
from topics.resources import text_of
from topics.terms import idf
from topics.words import HAN, STOP

SUBJECT_KINDS = frozenset({"company", "product", "model", "chip"})
LIGHT_KINDS = frozenset({"agency", "court", "lawmaking body", "list", "place"})
# Numbers that name one act, and numbers that stay with a measure through all its acts.
ACT_SCHEMES = frozenset({"fr", "fr_doc", "fr_cite", "cn_notice"})
IDENTITY_SCHEMES = ACT_SCHEMES | {"docket", "rin", "bill", "case"}
PLACE = "place:"
# Such as New Delhi with a colon, or ROME, May 8 (Daybreak) with dashes behind it.
_DATELINE = re.compile(r"[A-Z][\w.' /]{2,30}(?:, [^-—–:]{2,25})?(?: ?\([^)]{2,30}\))? ?(?:--?|[—–:])\s")
NO_SKETCH = Sketch("", (), (), (), (), ())


@dataclass(frozen=True, slots=True)
class Profile:
    """What one claim says, ready to be compared; every set is of normalised texts."""

    claim: Claim
    told: date | None  # the day on which its document told it; None for a seed or the catalogue
    quote_words: frozenset[str]
    words: frozenset[str]  # of quote and title
    names: frozenset[str]  # entity ids and the words of plain names, of quote and paragraph
    places: frozenset[str]  # jurisdictions other than the United States and China
    subjects: frozenset[str]  # companies, products, models, chips among them
    figures: frozenset[str]
    spans: tuple[values.Span, ...]  # of quote and title
    near: tuple[values.Span, ...]  # of the whole paragraph too: what points back may stand beside the quote
    numbers: frozenset[tuple[str, str]]  # official numbers of its measure
    acts: frozenset[tuple[str, str]]  # those of them that name the act itself
    chinese: bool
    official: bool
    doc_id: str
    story_id: str
    sketch: Sketch


class Naming:
    """Finds names and says how much each tells; built once a night from the catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.gazetteer = Gazetteer(catalogue)
        self.kinds = {entity.entity_id: entity.kind for entity in catalogue.entities}
        self._weighed: dict[frozenset[str], float] = {}

    def entities(self, text: str) -> tuple[str, ...]:
        """Entity ids in order of appearance."""
        return tuple(dict.fromkeys(mention.entity_id for mention in self.gazetteer.find(text) if mention.entity_id))

    def places_of(self, text: str) -> Counter[str]:
        """How often each jurisdiction is named: 'place:it', 'place:us-tx'."""
        pattern, ids = place_names()
        found = Counter(ids[match.group(0)] for match in pattern.finditer(text))
        states = [m for m in self.gazetteer.find(text) if self.kinds.get(m.entity_id) == "state" and m.end - m.start > 3]
        found.update(f"{PLACE}{m.entity_id}" for m in states)  # 'OR' and 'AL' are words too often
        return found

    def plain(self, text: str) -> tuple[str, ...]:
        """Names that the catalogue does not know."""
        return tuple(name for name in values.names(text) if not self.entities(name.title()))

    def parts(self, names: Iterable[str]) -> tuple[str, ...]:
        """Catalogue ids as they are and plain names word by word: 'Quill Ventures LP' and 'Quill' meet at 'quill'."""
        found: list[str] = []
        for name in names:
            whole = name in self.kinds or name.startswith(PLACE) or not name.isascii()
            found.extend([name] if whole else [part for part in name.split() if len(part) > 2 and part not in STOP])
        return tuple(dict.fromkeys(found))

    def subjects(self, names: Iterable[str]) -> frozenset[str]:
        """The companies, products, models and chips among the names."""
        return frozenset(name for name in names if self.kinds.get(name) in SUBJECT_KINDS)

    def weight(self, name: str) -> float:
        """How much a shared name tells: agencies and lists half, common words by their rarity, all else one."""
        if name.startswith(PLACE):
            return 0.5
        if name in self.kinds:
            return 0.5 if self.kinds[name] in LIGHT_KINDS else 1.0
        return _rarity(name)

    def weights(self, names: Iterable[str]) -> float:
        """Summed weight of names, in a fixed order so that the last bit never depends on a set's."""
        return sum(self.weight(name) for name in sorted(names))

    def whole_weight(self, names: frozenset[str]) -> float:
        """The same for sets that are weighed again and again."""
        found = self._weighed.get(names)
        if found is None:
            found = self._weighed[names] = self.weights(names)
        return found


@cache
def place_names() -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern over all names of places.tsv, and name -> place id."""
    rows = [line.split("\t") for line in text_of("lexicon", "places.tsv").splitlines() if line and not line.startswith("#")]
    names = {name: f"{PLACE}{place}" for place, names in rows for name in names.split("|")}
    names |= {name.upper(): place for name, place in names.items() if len(name) > 3}  # datelines: 'MILAN - Italy has ...'
    union = "|".join(re.escape(name) for name in sorted(names, key=lambda n: (-len(n), n)))
    return re.compile(rf"(?<![A-Za-z])(?:{union})(?![A-Za-z])"), names


@lru_cache(maxsize=32768)
def _rarity(name: str) -> float:
    parts = values.words(name)
    return min(1.0, max((weight_of(part) for part in parts), default=0.0) / 4.0)


@lru_cache(maxsize=131072)
def weight_of(word: str) -> float:
    """A word's weight: its inverse document frequency, 0 for a word that stands everywhere."""
    return max(idf(word) - 1.0, 0.0)


def weight(words: Iterable[str]) -> float:
    """Summed weight of words, in a fixed order so that the last bit never depends on a set's."""
    return sum(map(weight_of, sorted(words)))


@lru_cache(maxsize=65536)
def whole_weight(words: frozenset[str]) -> float:
    """The same for sets that are weighed again and again."""
    return weight(words)


def from_article(claim: Claim, article: Article, sketch: Sketch, story_id: str, naming: Naming, official: bool) -> Profile:
    """The profile of a claim of tonight, with the names of the paragraph around its quote."""
    near = f"{claim.quote}\n{paragraph(article, claim.quote)}"
    names = {*naming.parts(claim.targets), *naming.entities(near), *naming.parts(naming.plain(near)), *places(claim, article, naming)}
    document = KnownDocument(
        article.article_id, article.rev, "article", article.publisher, article.family, None, (), story_id, sketch, article.title, official
    )
    return _profile(claim, document, article.told_at.date(), frozenset(names), naming, near)


def places(claim: Claim, article: Article, naming: Naming) -> set[str]:
    """The jurisdictions of the quote, else of the title; further off, texts name whom they compare with.

    A dateline says where a thing was written: it counts when the sentence names no jurisdiction and nobody American, who acts from afar.
    """
    dateline = _DATELINE.match(claim.quote)
    told = claim.quote[dateline.end() :] if dateline else claim.quote
    found = naming.places_of(told)
    if dateline and not found and not any(side_of(m.word_class) == "us" for m in naming.gazetteer.find(told)):
        found = naming.places_of(dateline.group())
    return set(found or naming.places_of(article.title))


def from_known(claim: Claim, document: KnownDocument | None, told: date | None, naming: Naming) -> Profile:
    """The profile of a claim that was learnt before; its paragraph's names were stored as targets."""
    known = document or KnownDocument(claim.origin_id, claim.rev, "article", "", "", told, (), "", NO_SKETCH)
    names = frozenset({*naming.parts(claim.targets), *naming.entities(claim.quote), *naming.parts(naming.plain(claim.quote))})
    return _profile(claim, known, told, names, naming)


def _profile(claim: Claim, document: KnownDocument, told: date | None, names: frozenset[str], naming: Naming, near: str = "") -> Profile:
    day = told or date(2000, 1, 1)
    dated = tuple(
        values.Span(d, d) for d in (date.fromisoformat(day) for day in claim.dates if len(day) == 10)
    )  # a year or a month is no day
    spans = (*values.spans(f"{claim.quote}\n{document.title}", day), *dated) if told else dated
    quote_words = values.words(claim.quote)
    return Profile(
        claim=claim,
        told=told,
        quote_words=quote_words,
        words=quote_words | values.words(document.title),
        names=names,
        places=frozenset(name for name in names if name.startswith(PLACE)),
        subjects=naming.subjects(names),
        figures=frozenset(claim.numbers) | values.figures(claim.quote),
        spans=tuple(sorted(set(spans))),
        near=tuple(sorted({*spans, *values.spans(near, day)})) if near else tuple(sorted(set(spans))),
        numbers=(numbers := identity_numbers(claim, told)),
        # The catalogue lists all numbers of a measure with each of its steps.
        acts=frozenset(n for n in numbers if n[0] in ACT_SCHEMES and claim.origin != "catalogue"),
        chinese=bool(HAN.search(claim.quote)),
        official=document.official,
        doc_id=document.doc_id,
        story_id=document.story_id,
        sketch=document.sketch,
    )


def identity_numbers(claim: Claim, told: date | None = None) -> frozenset[tuple[str, str]]:
    """The official numbers by which a measure is known: of the document itself, of the claim, and in its quote; each in one spelling."""
    own = {(number.partition(":")[0], number.partition(":")[2]) for number in claim.official_ids if ":" in number}
    found = {*own, *claim.matter_keys, *values.official_numbers(claim.quote)}
    return frozenset((scheme, normal(scheme, value, told)) for scheme, value in found if scheme in IDENTITY_SCHEMES)


def paragraph(article: Article, quote: str) -> str:
    """The paragraph in which the quote stands; for a quote of the title, the first paragraph."""
    start = article.body.find(quote)
    if start < 0:
        return article.body.split("\n\n", 1)[0]
    begin = article.body.rfind("\n\n", 0, start)
    end = article.body.find("\n\n", start + len(quote))
    return article.body[begin + 2 if begin >= 0 else 0 : end if end >= 0 else len(article.body)]
