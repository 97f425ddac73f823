"""GDELT DOC 2.0: the articles that a query met, worldwide, over the last three months; found here, read at their publishers."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from extractors import limits
from extractors.clean import title_text
from extractors.dates import in_range
from extractors.failures import ParseFailed, Unreadable
from extractors.fetched import FetchError
from extractors.list_page import ListPage
from extractors.listing import Desk, Listing
from extractors.model import Cursor, Entry, Source, h
from extractors.source_fields import read_fields
from extractors.urls import BadUrl, canonical_url

MAX_RECORDS = 250  # in one answer; so many mean that there are more
REACH = timedelta(days=90)
NARROWEST = timedelta(minutes=15)  # GDELT reads the web every quarter of an hour
REQUESTS = 60  # in one reading, five seconds apart
FIRST_LOOK = timedelta(days=2)
_SEEN = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z")
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrtu])')
_LANGUAGES = {
    "english": "en", "chinese": "zh", "chineset": "zh", "japanese": "ja", "korean": "ko", "german": "de", "french": "fr", "spanish": "es",
    "russian": "ru", "vietnamese": "vi", "indonesian": "id", "dutch": "nl", "italian": "it", "portuguese": "pt",
}  # fmt: skip
Span = tuple[datetime, datetime]


def query_url(source: Source, since: datetime, until: datetime) -> str:
    """Return the question for articles seen between two instants, newest first."""
    parts = urlsplit(source.url)
    query = {
        "query": read_fields(source)["query"],
        "mode": "ArtList",
        "format": "json",
        "maxrecords": str(MAX_RECORDS),
        "sort": "DateDesc",
        "startdatetime": f"{since:%Y%m%d%H%M%S}",
        "enddatetime": f"{until:%Y%m%d%H%M%S}",
    }
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query, quote_via=quote), ""))


def parse_articles(body: bytes, source: Source, now: datetime) -> ListPage:
    """Parse one answer; its faults are sentences with status 200: Unreadable('empty' | 'rate_limited' | 'bad_query' | 'wrong_type')."""
    text = body.decode("utf-8", "replace").lstrip("\ufeff").strip()
    if not text:
        raise Unreadable("empty")
    if not text.startswith("{"):
        low = text[:400].lower()
        raise Unreadable("rate_limited" if "limit requests" in low else "bad_query" if "query" in low or "phrase" in low else "wrong_type")
    answer = _loads(text)
    listed = answer.get("articles", []) if isinstance(answer, dict) else None
    if not isinstance(listed, list):
        raise Unreadable("wrong_type")
    entries = {entry.url: entry for raw in listed if isinstance(raw, dict) and (entry := _entry(raw, source, now))}
    flags = ("cut",) if len(listed) >= MAX_RECORDS else ()
    return ListPage(tuple(entries.values()), flags)


def _loads(text: str) -> Any:
    """Read JSON in which titles may hold raw control characters and lone backslashes."""
    try:
        return json.loads(text, strict=False)
    except RecursionError as fault:
        raise Unreadable("wrong_type") from fault
    except ValueError:
        try:
            return json.loads(_BAD_ESCAPE.sub(r"\\\\", text), strict=False)
        except (ValueError, RecursionError) as fault:
            raise Unreadable("wrong_type") from fault


def _entry(raw: dict[str, Any], source: Source, now: datetime) -> Entry | None:
    try:
        url = canonical_url(str(raw.get("url") or ""))
    except BadUrl:
        return None
    seen = _SEEN.fullmatch(str(raw.get("seendate") or ""))
    at = None
    if seen:
        try:
            at = in_range(datetime(*map(int, seen.groups()), tzinfo=UTC), now)  # type: ignore[misc,arg-type]
        except ValueError:
            at = None
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return Entry(
        entry_id=h(source.source_id, url),
        source_id=source.source_id,
        url=url,
        title=title_text(str(raw.get("title") or ""), limits.TITLE_CHARS),
        published_at=at,
        precision="instant" if at else "none",
        lang=_LANGUAGES.get(str(raw.get("language") or "").lower(), ""),
        flags=(f"publisher:{host}",),
    )


async def list_gdelt(source: Source, cursor: Cursor, desk: Desk) -> Listing:
    """List what the window holds; a span with a full answer is halved. Raises FetchError, ParseFailed, Unreadable.

    Of a window that lies further back than GDELT reaches, the reachable part is listed and the rest told as 'out_of_reach'.
    """
    opened, closed = desk.window
    until = min(closed, desk.now) if closed else desk.now
    since = opened or until - FIRST_LOOK
    fault = ""
    if since < desk.now - REACH:
        if until <= desk.now - REACH:
            raise Unreadable("out_of_reach")
        since, fault = desk.now - REACH, "out_of_reach"
    found: dict[str, Entry] = {}
    try:
        fault = await _collect(source, desk, (since, until), found) or fault
    except (FetchError, ParseFailed, Unreadable) as failure:
        if not found:
            raise
        fault = failure.reason
    return Listing(tuple(found.values()), cursor, fault=fault, covers=since)


async def _collect(source: Source, desk: Desk, span: Span, found: dict[str, Entry]) -> str:
    waiting, pause, asked = [span], int(read_fields(source)["pause_s"]), 0
    fault = ""
    while waiting:
        if asked >= REQUESTS:
            return "cut"
        since, until = waiting.pop()
        if asked:
            await asyncio.sleep(pause)  # one request in five seconds is the service's rule
        asked += 1
        fetched = await desk.fetch(query_url(source, since, until), "api")
        page: ListPage = await desk.parse(parse_articles, fetched.body, source, desk.now)
        found.update((entry.entry_id, entry) for entry in page.entries)
        if "cut" in page.flags:
            middle = since + (until - since) / 2
            if until - since > 2 * NARROWEST:
                waiting += [(since, middle), (middle, until)]
            else:
                fault = "cut"
    return fault
