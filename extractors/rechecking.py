"""Looks again at pages whose words were told: a conditional request each, one after the other, and what the page says now."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from extractors.articles import from_page
from extractors.failures import ParseFailed, Unreadable
from extractors.fetched import Fetched, FetchError, Validators
from extractors.limits import BODY_CHARS
from extractors.listing import GIVE_UP_HOST, NOTHING, Fetcher, Parser
from extractors.model import Article, Entry, Source, ToldPage
from extractors.page_tree import read_tree, visible_text
from extractors.pages import PageText, read_page
from extractors.settling import HOST_FAILING


@dataclass(frozen=True, slots=True)
class Seen:
    """One page looked at again: why it could not be read, or its text, or neither when it is the same as the last time."""

    page: ToldPage
    fault: str = ""
    after: Validators = NOTHING
    article: Article | None = None  # rev 0: storage numbers it
    words: str = ""  # everything that a reader of the page sees, its text and what stands around it


async def look_again(pages: Sequence[ToldPage], source: Source, client: Fetcher, box: Parser, now: datetime) -> AsyncIterator[Seen]:
    """Look at the pages in order; never raises for a page's fault. After GIVE_UP_HOST passing faults in a row the rest is left in peace.

    A page that is gone, forbidden or walled has not changed its words: its fault is all that comes of it.
    """
    failing = 0
    for page in pages:
        if failing >= GIVE_UP_HOST:
            yield Seen(page, HOST_FAILING)
            continue
        try:
            yield await _look(page, source, client, box, now)
            failing = 0
        except FetchError as fault:
            failing = failing + 1 if fault.retryable else 0
            yield Seen(page, fault.reason)
        except (ParseFailed, Unreadable) as fault:
            yield Seen(page, fault.reason)


async def _look(page: ToldPage, source: Source, client: Fetcher, box: Parser, now: datetime) -> Seen:
    fetched = await client.fetch(page.url, purpose="page", validators=Validators(page.etag, page.last_modified, page.body_hash))
    after = Validators(fetched.etag or page.etag, fetched.last_modified or page.last_modified, fetched.body_hash or page.body_hash)
    if fetched.not_modified:
        return Seen(page, after=after)
    entry = Entry(page.article_id, source.source_id, page.url, page.title, published_at=page.published_at, precision=page.precision)
    read, words = await box.arun(read_again, fetched.body, fetched.url, fetched.headers.get("content-type", ""), entry, now)
    return Seen(page, "" if read.text_kind == "full" else read.text_kind, after, _article(read, fetched, entry, source, page, now), words)


def read_again(body: bytes, url: str, content_type: str, hint: Entry, now: datetime) -> tuple[PageText, str]:
    """Read a page, and all the words on it, so that what its text is not taken to hold any more can be looked for; raises as read_page."""
    words = visible_text(read_tree(body, content_type), BODY_CHARS)
    return read_page(body, url, content_type, hint, now), words


def _article(read: PageText, fetched: Fetched, entry: Entry, source: Source, page: ToldPage, now: datetime) -> Article | None:
    """The page as a revision of the article that was told; None when it kept its text back."""
    if read.text_kind != "full":
        return None
    made = from_page(read, fetched, entry, source, now).article
    return replace(made, article_id=page.article_id, url=page.url, publisher=page.publisher)
