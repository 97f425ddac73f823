"""A labelled stream's articles as a night sees them: stream.json and articles.jsonl, nothing else of the folder is opened."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from extractors.model import Article, Tier, h

FEDERAL_REGISTER = re.compile(r"^https?://www\.federalregister\.gov/documents/\d{4}/\d\d/\d\d/([^/]+)")
NEEDED = ("id", "url", "publisher", "lang", "published_at", "title")


class StreamError(ValueError):
    """A stream folder that cannot be replayed; the message names file, line and what is wrong."""


@dataclass(frozen=True, slots=True)
class Stream:
    """The nights in order, each with its articles."""

    name: str
    nights: tuple[tuple[date, tuple[Article, ...]], ...]
    ids: Mapping[str, str]  # article_id -> the stream's own id
    warmup: frozenset[date] = frozenset()  # nights on which a stream that starts from nothing tells its background


def load_stream(folder: Path) -> Stream:
    """Read a stream; raises StreamError."""
    about = _json(folder / "stream.json", _text(folder / "stream.json"), 0)
    days, warmup = ([date.fromisoformat(d) for d in about.get(name, ())] for name in ("nights", "warmup_nights"))
    by_night: dict[date, list[Article]] = {d: [] for d in days}
    ids: dict[str, str] = {}
    path = folder / "articles.jsonl"
    for number, line in enumerate(_text(path).splitlines(), 1):
        if not line.strip():
            continue
        row = _json(path, line, number)
        article = _article(row, f"{path}, line {number}")
        if article.article_id in ids:
            raise StreamError(f"{path}, line {number}: the URL stands in {ids[article.article_id]!r} already")
        if article.told_at.date() not in by_night:
            raise StreamError(f"{path}, line {number}: published on {article.told_at.date()}, which is none of the nights of stream.json")
        ids[article.article_id] = row["id"]
        by_night[article.told_at.date()].append(article)
    return Stream(about["name"], tuple((d, tuple(by_night[d])) for d in days), ids, frozenset(warmup))


def _article(row: Mapping[str, Any], where: str) -> Article:
    missing = [name for name in NEEDED if not row.get(name)]
    if missing:
        raise StreamError(f"{where}: {missing[0]} is missing")
    at = datetime.fromisoformat(str(row["published_at"]).replace("Z", "+00:00")).astimezone(UTC)
    number = FEDERAL_REGISTER.match(row["url"])
    official = (f"fr:{number.group(1)}",) if number else ()
    tier: Tier = "official" if official else "general"
    body = row.get("body") or ""
    return Article(
        article_id=f"d_{h(official[0])}" if official else f"p_{h(row['url'])}",
        rev=0,
        url=row["url"],
        publisher=row["publisher"],
        lang=row["lang"],
        title=row["title"],
        body=body,
        published_at=at,
        first_seen_at=at,  # as in SCHEMA.md: in a labelled replay the two are one
        author=row.get("author") or "",
        precision="instant",
        witness="feed",
        text_kind="full",  # a labelled item is whole as it is, a title alone too
        official_ids=official,
        tier=tier,
        source_id="stream",
        content_hash=h(row["title"], body),
        extractor="stream",
        extractor_version="1",
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise StreamError(f"{path} is missing; a stream folder holds stream.json and articles.jsonl") from error


def _json(path: Path, text: str, line: int) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise StreamError(f"{path}, line {line or error.lineno}: not JSON: {error.msg}") from error
