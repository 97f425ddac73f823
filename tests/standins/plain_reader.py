"""A reader by key words: enough to drive the pipeline in tests without the trained one."""

from __future__ import annotations

import re
from collections.abc import Mapping

from extractors.model import Article, h
from topics.model import Catalogue, Claim, Kind, Reading, Request, Topic
from topics.sketch import sketch

ACTS: Mapping[str, Kind] = {
    "postpone": "eased", "proposes": "proposed", "proposed": "proposed", "adopts": "adopted", "final rule": "adopted", "bars": "adopted",
    "takes effect": "in_force", "fined": "enforced", "charged": "enforced", "signed": "company_action", "禁止": "adopted",
}  # fmt: skip
SENTENCE = re.compile(r"[^.。!?\n]+[.。!?]?")


class PlainReader:
    """Implements Reader: a topic is a term in the text, a claim a sentence with a term and an act."""

    version = "plain-1"

    def requests(self, article: Article, catalogue: Catalogue) -> tuple[Request, ...]:
        return ()

    def read(self, article: Article, catalogue: Catalogue, answers: Mapping[str, str] | None = None) -> Reading:
        text = f"{article.title}\n\n{article.body}"
        found = [topic for topic in catalogue.topics if named(topic, text)]
        claims = [claim for topic in found for claim in claims_of(article, text, topic)]
        return Reading(
            article=article,
            topics=tuple((topic.topic_id, 0.9) for topic in found),
            claims=tuple(claims),
            sketch=sketch(article.title, article.body, article.lang),
            language=article.lang,
            reader_version=self.version,
        )


def named(topic: Topic, text: str) -> bool:
    low = text.lower()
    return any(term.lower() in low for term in (*topic.terms_en, *topic.terms_zh))


def claims_of(article: Article, text: str, topic: Topic) -> list[Claim]:
    for match in SENTENCE.finditer(text):
        kind = next((kind for word, kind in ACTS.items() if word in match[0].lower()), None)
        if kind is not None and named(topic, match[0]):
            quote = match[0].strip()
            start = text.index(quote, match.start())
            claim_id = h("article", article.article_id, article.rev, topic.topic_id, kind, start)
            claim = Claim(
                claim_id=claim_id,
                origin="article",
                origin_id=article.article_id,
                rev=article.rev,
                topic=topic.topic_id,
                kind=kind,
                actor="",
                measure="",
                targets=(),
                numbers=(),
                dates=(),
                modality="new",
                tense="present",
                quote=quote[:300],
                quote_start=start,
                official_ids=article.official_ids,
                score=0.95,
                reader="plain",
                reader_version="1",
            )
            return [claim]
    return []
