"""What was told is looked at again: which pages still stand by their words, and which texts become a revision to decide."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from extractors.box import ParseBox
from extractors.fetched import Validators
from extractors.model import Article, Look, LookOutcome, SourceReading
from extractors.rechecking import Seen, look_again
from flows.lines import Line
from topics.corrections import Rewritten, holds, taken_back


async def with_looks(reading: SourceReading, line: Line, box: ParseBox, now: datetime, within_s: float) -> SourceReading:
    """Add to a source's reading what its told pages say now, as far as there is time; those that the reading read again are left out."""
    read = {article.article_id for article in reading.articles}
    pages = [page for page in line.remembered.told if page.article_id not in read]
    seen: list[Seen] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            async for each in look_again(pages, line.source, line.client, box, now):
                seen.append(each)  # noqa: PERF401 - what was seen before the time was up counts
    return with_seen(reading, seen)


def with_seen(reading: SourceReading, seen: Sequence[Seen]) -> SourceReading:
    """Add what was seen: a look each, and as an article only the text that does not stand by what was told.

    Any other change of a told page is left alone, so that a new extractor or a redesigned site makes no wave of revisions.
    """
    weighed = [weigh(each) for each in seen]
    articles = tuple(article for _, article in weighed if article is not None)
    looks = tuple(look for look, _ in weighed)
    return replace(reading, articles=(*reading.articles, *articles), looks=looks, requests=reading.requests + len(looks))


def weigh(seen: Seen) -> tuple[Look, Article | None]:
    """Decide what came of one look; words that stand anywhere on the page are not gone, unless a new note calls them wrong."""
    page, after = seen.page, seen.after
    if seen.fault:
        return Look(page.article_id, "unread", seen.fault, page.etag, page.last_modified, page.body_hash), None
    if seen.article is None:
        return _look(page.article_id, "unchanged", "", after), None
    text = Rewritten(page.text, f"{seen.article.title}\n\n{seen.article.body}")
    why = taken_back(page.quotes, text)
    if not why or (not text.notes and any(holds(seen.words, quote) for quote in page.quotes)):
        return _look(page.article_id, "holds", "", after), None
    return _look(page.article_id, "differs", why, after), seen.article


def _look(article_id: str, outcome: LookOutcome, reason: str, after: Validators) -> Look:
    return Look(article_id, outcome, reason, after.etag, after.last_modified, after.body_hash)
