"""A publisher's feed in its format: RSS 2.0, Atom, RDF 1.0 or JSON Feed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from newsroom.model import FeedFormat, Item, Publisher
from newsroom.pages import body_html, environment

FEED_PATHS: dict[FeedFormat, str] = {"rss": "/feed.xml", "atom": "/atom.xml", "rdf": "/index.rdf", "json": "/feed.json"}
CONTENT_TYPES: dict[FeedFormat, str] = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "rdf": "application/rdf+xml",
    "json": "application/feed+json",
}
SUMMARY_LENGTH = 280
NEVER = datetime(2026, 1, 1, tzinfo=UTC)


def render_feed(publisher: Publisher, items: Sequence[Item], base: str) -> bytes:
    """Render the listed items, newest first, in the publisher's encoding; equal items give equal bytes."""
    rows = [_row(publisher, item, base) for item in items]
    style = publisher.style
    if style.feed == "json":
        return json.dumps(_json_feed(publisher, rows, base), ensure_ascii=False, indent=1).encode()
    template = environment().get_template(f"feeds/{style.feed}.xml")
    newest = items[0].published_at if items else NEVER
    text = template.render(publisher=publisher, base=base, rows=rows, encoding=style.encoding, newest=_dates(newest), cdata=style.cdata)
    return text.encode(style.encoding, "xmlcharrefreplace")


def summary_of(item: Item) -> str:
    """The teaser a summary feed gives: the first paragraph, cut at a word."""
    first = item.paragraphs[0] if item.paragraphs else ""
    plain = first.replace("**", "").replace("\n", " ")
    if len(plain) <= SUMMARY_LENGTH:
        return plain
    head = plain[:SUMMARY_LENGTH]
    return (head.rsplit(" ", 1)[0] if " " in head else head) + "…"


def _row(publisher: Publisher, item: Item, base: str) -> dict[str, Any]:
    style = publisher.style
    url = base + path_of(item)
    return {
        "url": url + "/amp?utm_source=rss&utm_medium=feed" if style.amp else url,
        "guid": f"tag:{publisher.host},{item.published_at:%Y}:{item.id}",
        "title": item.title,
        "author": item.author,
        "summary": "" if style.content == "headline" else summary_of(item),
        "html": body_html(item) if style.content == "full" else "",
        **_dates(item.published_at),
    }


def path_of(item: Item) -> str:
    """The path of an article on its publisher's site: that of its own URL."""
    rest = item.url.split("://", 1)[-1]
    path = "/" + rest.split("/", 1)[1].split("?", 1)[0].split("#", 1)[0].strip("/") if "/" in rest else "/"
    return path if path != "/" and "?" not in rest else f"{path.rstrip('/')}/{item.id}"


def _dates(at: datetime) -> dict[str, str]:
    return {"rfc822": format_datetime(at.astimezone(UTC), usegmt=True), "iso": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}


def _json_feed(publisher: Publisher, rows: Sequence[dict[str, Any]], base: str) -> dict[str, Any]:
    def entry(row: dict[str, Any]) -> dict[str, Any]:
        given = {
            "id": row["guid"],
            "url": row["url"],
            "title": row["title"],
            "date_published": row["iso"],
            "summary": row["summary"],
            "content_html": row["html"],
        }
        authors = {"authors": [{"name": row["author"]}]} if row["author"] else {}
        return {name: value for name, value in given.items() if value} | authors

    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": publisher.name,
        "home_page_url": f"{base}/",
        "feed_url": base + FEED_PATHS["json"],
        "language": publisher.lang,
        "items": [entry(row) for row in rows],
    }
