"""Perfect claims from a stream's labels: the ledger proved apart from reading.

A claim is made for each gold move that an article's quotes state: topic, kind and quote come from the labels, everything else by plain
rules from the quote and its paragraph. No gold id, story or night enters a claim.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from extractors.model import Article, h
from topics import values
from topics.catalogue import build_catalogue
from topics.mentions import Gazetteer
from topics.model import Catalogue, Claim, Reading, Sketch

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("TOPICWATCH_SHARED", ROOT.parent / "shared"))
SELF_WRITTEN = ("nov-2026", "mar-2027", "sep-2026", "real-2024", "real-2025h1")


@dataclass(frozen=True)
class Stream:
    """One labelled stream: its articles, gold rows and gold moves, and its nights in order."""

    name: str
    articles: tuple[dict[str, Any], ...]
    gold: tuple[dict[str, Any], ...]
    moves: tuple[dict[str, Any], ...]
    nights: tuple[date, ...]
    warmup: frozenset[str]


def read_jsonl(path: Path) -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())


@lru_cache(maxsize=8)
def load_stream(name: str) -> Stream:
    folder = SHARED / "streams" / name
    about = json.loads((folder / "stream.json").read_text(encoding="utf-8"))
    return Stream(
        name,
        read_jsonl(folder / "articles.jsonl"),
        read_jsonl(folder / "gold.jsonl"),
        read_jsonl(folder / "moves.jsonl"),
        tuple(date.fromisoformat(night) for night in about["nights"]),
        frozenset(about.get("warmup_nights", ())),
    )


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    tables = [tomllib.loads((ROOT / "seeds" / f"{name}.toml").read_text(encoding="utf-8")) for name in ("topics", "entities", "matters")]
    return build_catalogue(*tables)


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    return Gazetteer(catalogue())


def entities(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mention.entity_id for mention in gazetteer().find(text) if mention.entity_id))


@lru_cache(maxsize=1)
def _measures() -> tuple[tuple[str, str], ...]:
    """(alias in lower case, matter id), longest first; one-word aliases are left out as too vague."""
    pairs = [(alias.lower(), m.matter_id) for m in catalogue().measures for alias in (m.name_en, m.name_zh, *m.aliases)]
    return tuple(sorted({(a, m) for a, m in pairs if len(a) >= 10 or re.search("[一-鿿]{5}", a)}, key=lambda p: (-len(p[0]), p)))


def measure_of(text: str, topic: str) -> str:
    low = text.lower()
    topics = {m.matter_id: m.topics for m in catalogue().measures}
    return next((matter for alias, matter in _measures() if alias in low and topic in topics[matter]), "")


def article_of(row: Mapping[str, Any]) -> Article:
    at = datetime.fromisoformat(row["published_at"]).astimezone(UTC)
    official = any(word in row["publisher"] for word in ("Federal Register",))
    ids = tuple(f"{scheme}:{value}" for scheme, value in values.official_numbers(row["id"])) if official else ()
    return Article(
        article_id=row["id"], rev=1, url=row["url"], publisher=row["publisher"], lang=row["lang"], title=row["title"],
        body=row["body"], published_at=at, first_seen_at=at, author=row.get("author") or "", precision="instant",
        official_ids=ids, tier="official" if official else "general", source_id=h("source", row["publisher"]),
        text_kind="full" if len(row["body"]) >= 200 else "summary",
    )  # fmt: skip


def claims_of(article: Article, moves: Iterable[Mapping[str, Any]]) -> tuple[Claim, ...]:
    made = [_claim(article, move, quotes) for move in moves if (quotes := (move.get("quotes") or {}).get(article.article_id))]
    return tuple(made)


def _claim(article: Article, move: Mapping[str, Any], quotes: list[str]) -> Claim:
    text = f"{article.title}\n\n{article.body}"
    quote = max(quotes, key=lambda q: (q in text and q not in article.title, len(q)))
    start = max(text.find(quote), 0)
    near = " \n ".join([*quotes, _paragraph(text, start)])
    day = article.told_at.date()
    named = entities(near)
    plain = tuple(name for name in values.names(near) if not entities(name.title()))
    actor = next((e.entity_id for n in named for e in catalogue().entities if e.entity_id == n and e.kind in ACTORS), "")
    return Claim(
        claim_id=h("article", article.article_id, article.rev, move["topic"], move["kind"], start), origin="article",
        origin_id=article.article_id, rev=article.rev, topic=move["topic"], kind=move["kind"], actor=actor,
        measure=measure_of(near, move["topic"]), targets=(*named, *plain), numbers=tuple(sorted(values.figures(" \n ".join(quotes)))),
        dates=tuple(span.start.isoformat() for span in values.spans(" \n ".join(quotes), day) if span.exact), modality="new", tense="", quote=quote, quote_start=start,
        matter_keys=values.official_numbers(near), reader="perfect", reader_version="1",
    )  # fmt: skip


ACTORS = ("agency", "court", "lawmaking body")


def _paragraph(text: str, start: int) -> str:
    """The paragraph in which the quote starts; for a title, the title and the first paragraph."""
    begin = text.rfind("\n\n", 0, start) + 2 if start else 0
    end = text.find("\n\n", start)
    if begin == 0 and end >= 0:
        end = text.find("\n\n", end + 2)
    return text[begin : end if end >= 0 else len(text)]


def readings_of(stream: Stream) -> Iterator[tuple[date, tuple[Reading, ...]]]:
    """The nights of a stream in order, each with a perfect reading of every article."""
    by_night: dict[str, list[Reading]] = {}
    for row in stream.articles:
        article = article_of(row)
        claims = claims_of(article, stream.moves)
        topics = tuple((topic, 1.0) for topic in sorted({claim.topic for claim in claims}))
        by_night.setdefault(row["published_at"][:10], []).append(
            Reading(article, topics, claims, Sketch("none", (), (), (), (), ()), article.lang)
        )
    for night in stream.nights:
        yield night, tuple(by_night.get(night.isoformat(), ()))
