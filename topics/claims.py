"""Claims made from a sentence: who, what, which numbers and names, all by plain rules from the quote and what stands beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractors.model import Article, h
from topics import values
from topics.mentions import Gazetteer
from topics.model import Catalogue, Claim, Kind, Modality

ACTORS = ("agency", "court", "lawmaking body")
# A one-word alias is too vague to name a measure.
_LONG_ENOUGH = re.compile(r".{10}|[\u4e00-\u9fff]{5}")


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of an article: verbatim text, its offset in title + blank line + body, and the text around it."""

    text: str
    start: int
    near: str  # the quote with its paragraph, and with the title when it stands in the lead
    position: int = 0  # passage index


class ClaimMaker:
    """Fills a claim's fields; knows the catalogue's names, pure after construction."""

    def __init__(self, catalogue: Catalogue, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._kinds = {e.entity_id: e.kind for e in catalogue.entities}
        self._topics = {m.matter_id: frozenset(m.topics) for m in catalogue.measures}
        aliases = {
            (a.lower(), m.matter_id) for m in catalogue.measures for a in (m.name_en, m.name_zh, *m.aliases) if _LONG_ENOUGH.search(a)
        }
        self._aliases = tuple(sorted(aliases, key=lambda pair: (-len(pair[0]), pair)))

    def make(self, article: Article, topic: str, kind: Kind, quote: Quote, modality: Modality, score: float, topic_score: float, reader: tuple[str, str]) -> Claim:  # noqa: E501  # fmt: skip
        """One claim; score and topic_score are probabilities, reader is (name, version)."""
        named = self.entities(quote.near)
        plain = tuple(name for name in values.names(quote.near) if not self.entities(name.title()))
        days = values.spans(quote.text, article.told_at.date())
        return Claim(
            claim_id=h("article", article.article_id, article.rev, topic, kind, quote.start),
            origin="article", origin_id=article.article_id, rev=article.rev, topic=topic, kind=kind,
            actor=next((e for e in named if self._kinds[e] in ACTORS), ""),
            measure=self.measure(quote.near, topic),
            targets=(*named, *plain),
            numbers=tuple(sorted(values.figures(quote.text))),
            dates=tuple(span.start.isoformat() for span in days if span.exact),
            modality=modality, tense="", quote=quote.text, quote_start=quote.start,
            official_ids=article.official_ids, matter_keys=values.official_numbers(quote.near),
            score=score, topic_score=topic_score, position=quote.position, reader=reader[0], reader_version=reader[1],
        )  # fmt: skip

    def entities(self, text: str) -> tuple[str, ...]:
        """Ids of the catalogue's entities that the text names, in order, each once."""
        return tuple(dict.fromkeys(m.entity_id for m in self._gazetteer.find(text) if m.entity_id))

    def measure(self, text: str, topic: str) -> str:
        """The measure of the catalogue that the text names and that belongs to the topic; the longest name wins; '' when none."""
        low = text.lower()
        return next((matter for alias, matter in self._aliases if topic in self._topics[matter] and alias in low), "")
