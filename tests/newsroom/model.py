"""What the newsroom is made of: articles to publish, publishers with a style, requests, replies and the log of hits."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from extractors.model import Tier

FeedFormat = Literal["rss", "atom", "rdf", "json"]
FeedContent = Literal["full", "summary", "headline"]
Meta = Literal["json-ld", "graph", "og", "meta", "time"]


@dataclass(frozen=True, slots=True)
class Item:
    """One article of a stream, as articles.jsonl holds it."""

    id: str
    url: str
    publisher: str
    lang: str
    published_at: datetime
    title: str
    author: str
    body: str  # paragraphs separated by a blank line

    @property
    def host(self) -> str:
        """The host of the article's own URL."""
        return urlsplit(self.url).hostname or "nowhere.example"

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The body's paragraphs, in order."""
        return tuple(part.strip() for part in self.body.split("\n\n") if part.strip())


@dataclass(frozen=True, slots=True)
class Style:
    """How a publisher's site looks and what its feed gives away."""

    name: str
    feed: FeedFormat = "rss"
    content: FeedContent = "summary"
    layout: str = "broadsheet"  # a template of templates/pages/
    meta: Meta = "json-ld"
    encoding: str = "utf-8"
    charset_in_header: bool = True
    etag: bool = True
    last_modified: bool = True
    compress: bool = False
    robots: Literal["open", "absent", "polite"] = "open"
    amp: bool = False  # the feed links AMP pages with campaign parameters
    cdata: bool = True


@dataclass(frozen=True, slots=True)
class Publisher:
    """One publisher: a site of its own, with a feed or the Federal Register's API."""

    name: str
    slug: str  # becomes the source_id
    host: str
    lang: str
    style: Style
    tier: Tier = "general"

    @property
    def is_federal_register(self) -> bool:
        """True for the one publisher that answers as an API."""
        return self.name == "Federal Register"


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked for."""

    method: str
    path: str  # decoded, without the query
    query: str
    headers: dict[str, str] = field(default_factory=dict)  # lower-case names


@dataclass(frozen=True, slots=True)
class Reply:
    """What a site answers; how = hang keeps the line open, reset cuts it."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    how: Literal["send", "hang", "reset"] = "send"


@dataclass(frozen=True, slots=True)
class Hit:
    """One request in the log."""

    publisher: str
    method: str
    path: str  # with the query, as asked
    status: int


def load_items(folder: Path) -> tuple[Item, ...]:
    """Read a stream folder's articles.jsonl; gold.jsonl and moves.jsonl stay closed."""
    lines = (folder / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(item_of(json.loads(line)) for line in lines if line.strip())


def item_of(row: dict[str, str | None]) -> Item:
    """Turn one row of articles.jsonl into an item; times without a zone are UTC."""
    at = datetime.fromisoformat(str(row["published_at"]).replace("Z", "+00:00"))
    text = {name: str(row.get(name) or "") for name in ("id", "url", "publisher", "lang", "title", "author", "body")}
    return Item(published_at=at if at.tzinfo else at.replace(tzinfo=UTC), **text)


def known(items: Iterable[Item]) -> tuple[Item, ...]:
    """Sort items as a site lists them: newest first, then by id."""
    return tuple(sorted(items, key=lambda item: (-item.published_at.timestamp(), item.id)))
