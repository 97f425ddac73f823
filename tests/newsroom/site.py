"""One publisher's site: robots.txt, the feed or API, the pages, validators, and the faults that a test orders."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Literal

from newsroom.federal import API_PATH, answer_documents
from newsroom.feeds import CONTENT_TYPES, FEED_PATHS, path_of, render_feed
from newsroom.model import Item, Publisher, Reply, Request, known
from newsroom.pages import render_page

Fault = Literal["", "403", "404", "410", "429", "500", "503", "timeout", "reset", "empty", "malformed", "html", "challenge"]
Where = Literal["all", "feed", "page", "robots"]
ROBOTS = {
    "open": b"User-agent: *\nDisallow: /subscribe\nDisallow: /search\n",
    "polite": b"User-agent: *\nCrawl-delay: 0.1\nDisallow: /search\n",
}
CHALLENGE = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><p>Checking your browser.</p></body></html>"
HTML = (("Content-Type", "text/html; charset=utf-8"),)


@dataclass(slots=True)
class Clock:
    """The simulated now, shared by all sites, and how far back a feed lists."""

    now: datetime
    days: int
    most: int


class PublisherSite:
    """Answer as the publisher would at the clock's now; a fault changes the answers until it is lifted."""

    def __init__(self, publisher: Publisher, items: Sequence[Item], clock: Clock, base: Callable[[], str]) -> None:
        self.publisher = publisher
        self.fault: Fault = ""
        self.fault_at: Where = "all"
        self._items = known(items)
        self._clock = clock
        self._base = base
        self.paths = {path_of(item): item for item in self._items}
        self._changed: dict[str, datetime] = {}  # item id -> when its page was rewritten

    def rewrite(self, item: Item) -> None:
        """Serve an item's new text from now on, in feed and page, under its old address and date."""
        self._items = known([item if each.id == item.id else each for each in self._items])
        self.paths[path_of(item)] = item
        self._changed[item.id] = self._clock.now

    @property
    def source_path(self) -> str:
        """Where the source's list lies: the feed or the API."""
        return API_PATH if self.publisher.is_federal_register else FEED_PATHS[self.publisher.style.feed]

    def listed(self) -> list[Item]:
        """What the feed shows now, newest first."""
        now, oldest = self._clock.now, self._clock.now - timedelta(days=self._clock.days)
        return [item for item in self._items if oldest <= item.published_at <= now][: self._clock.most]

    def answer(self, request: Request) -> Reply:
        """Answer one request."""
        if request.method not in {"GET", "HEAD"}:
            return Reply(405)
        where: Where = "robots" if request.path == "/robots.txt" else "feed" if request.path == self.source_path else "page"
        if self.fault and self.fault_at in {"all", where}:
            return faulty(self.fault, where, self._good(request, where))
        return self._good(request, where)

    def _good(self, request: Request, where: Where) -> Reply:
        if where == "robots":
            return self._robots()
        reply = self._list(request) if where == "feed" else self._page(request)
        return conditional(self._squeezed(request, reply), request) if reply.status == 200 else reply

    def _robots(self) -> Reply:
        rules = ROBOTS.get(self.publisher.style.robots)
        return Reply(200, rules, (("Content-Type", "text/plain"),)) if rules else Reply(404, b"no such page", HTML)

    def _list(self, request: Request) -> Reply:
        if self.publisher.is_federal_register:
            past = [item for item in self._items if item.published_at <= self._clock.now]
            return Reply(200, answer_documents(past, request.query, self._base()), (("Content-Type", "application/json"),))
        listed = self.listed()
        style = self.publisher.style
        kind = CONTENT_TYPES[style.feed] + (f"; charset={style.encoding}" if style.charset_in_header else "")
        newest = max([i.published_at for i in listed] + [at for i in listed if (at := self._changed.get(i.id))], default=self._clock.now)
        return self._validated(Reply(200, render_feed(self.publisher, listed, self._base()), (("Content-Type", kind),)), newest)

    def _page(self, request: Request) -> Reply:
        path, amp = (request.path.removesuffix("/amp"), True) if request.path.endswith("/amp") else (request.path, False)
        item = self.paths.get(path)
        if item is None or item.published_at > self._clock.now or (amp and not self.publisher.style.amp):
            return Reply(404, b"<!DOCTYPE html><title>Not found</title><p>Not found", HTML)
        base = self._base()
        related = [(other.title, base + path_of(other)) for other in self.listed() if other.id != item.id][:3]
        style = self.publisher.style
        kind = "text/html" + (f"; charset={style.encoding}" if style.charset_in_header else "")
        body = render_page(self.publisher, item, base + path, related, amp=amp)
        return self._validated(Reply(200, body, (("Content-Type", kind),)), self._changed.get(item.id, item.published_at))

    def _validated(self, reply: Reply, changed: datetime) -> Reply:
        style, headers = self.publisher.style, reply.headers
        if style.etag:
            headers += (("ETag", f'"{hashlib.blake2b(reply.body, digest_size=8).hexdigest()}"'),)
        if style.last_modified:
            headers += (("Last-Modified", format_datetime(changed.astimezone(UTC), usegmt=True)),)
        return Reply(reply.status, reply.body, headers)

    def _squeezed(self, request: Request, reply: Reply) -> Reply:
        if not self.publisher.style.compress or "gzip" not in request.headers.get("accept-encoding", ""):
            return reply
        return Reply(
            reply.status, gzip.compress(reply.body, mtime=0), (*reply.headers, ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"))
        )


def conditional(reply: Reply, request: Request) -> Reply:
    """Turn a reply into 304 when the client's validators still hold; If-None-Match wins over If-Modified-Since (RFC 9110, 13.2.2)."""
    have = dict(reply.headers)
    asked_tag, asked_date = request.headers.get("if-none-match"), request.headers.get("if-modified-since")
    if asked_tag is not None and "ETag" in have:
        same = asked_tag == "*" or have["ETag"] in {tag.strip().removeprefix("W/") for tag in asked_tag.split(",")}
    else:
        same = asked_date is not None and asked_date == have.get("Last-Modified")
    validators = tuple(pair for pair in reply.headers if pair[0] in {"ETag", "Last-Modified"})
    return Reply(304, b"", validators) if same else reply


def faulty(fault: Fault, where: Where, good: Reply) -> Reply:
    """Bend a good reply as the ordered fault says."""
    if fault == "timeout":
        return Reply(200, how="hang")
    if fault == "reset":
        return Reply(200, how="reset")
    if fault == "empty":
        return Reply(200, b"", good.headers)
    if fault == "challenge":
        return Reply(403, CHALLENGE, HTML)
    if fault == "html":
        return Reply(200, b"<!DOCTYPE html><html><body><h1>We have moved</h1></body></html>", HTML)
    if fault == "malformed":
        plain = tuple(pair for pair in good.headers if pair[0] != "Content-Encoding")
        return Reply(200, b"<rss><channel><item><title>cut" if where == "feed" else b"\x00\xff\x00<ht", plain)
    wait = (("Retry-After", "120"),) if fault in {"429", "503"} else ()
    return Reply(int(fault), b"<p>sorry", HTML + wait)
