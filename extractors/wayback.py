"""The Wayback Machine: which pages under an address were first captured in the window, and their bodies as they were captured."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from extractors import limits
from extractors.failures import ParseFailed, Unreadable
from extractors.fetched import FetchError
from extractors.listing import Desk, Listing
from extractors.model import Cursor, Entry, Source, h
from extractors.settling import FETCH
from extractors.source_fields import read_fields
from extractors.urls import BadUrl, canonical_url, url_key

FIRST_LOOK = timedelta(days=7)
ANSWERS = 12  # of one question
_STAMP = re.compile(r"\d{14}")


@dataclass(frozen=True, slots=True)
class Captures:
    """One answer: (timestamp, address) of captures in the index's order, and the key of the next answer or ''."""

    rows: tuple[tuple[str, str], ...]
    resume: str


def captures_url(source: Source, since: datetime | None, until: datetime, resume: str = "") -> str:
    """Return the question for the first capture of every HTML page in a span."""
    settings = read_fields(source)
    query = [
        ("url", settings["site"]), ("matchType", settings["scope"]), ("output", "json"), ("fl", "timestamp,original"),
        ("filter", "statuscode:200"), ("filter", "mimetype:text/html"), ("collapse", "urlkey"), ("limit", settings["limit"]),
        ("showResumeKey", "true"), ("from", f"{since:%Y%m%d%H%M%S}" if since else ""), ("to", f"{until:%Y%m%d%H%M%S}"),
        ("resumeKey", resume),
    ]  # fmt: skip
    parts = urlsplit(source.url)
    asked = urlencode([(name, value) for name, value in query if value], quote_via=quote)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, asked, ""))


def parse_captures(body: bytes) -> Captures:
    """Parse one answer of the index; raises Unreadable('wrong_type'). No capture is an empty list or an empty body."""
    if not body.strip():
        return Captures((), "")
    try:
        rows = json.loads(body)
    except (ValueError, RecursionError) as fault:
        raise Unreadable("wrong_type") from fault
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise Unreadable("wrong_type")
    found = [(row[0], row[1]) for row in rows if len(row) == 2 and _strings(row) and _STAMP.fullmatch(row[0])]
    # The key of the next answer stands alone in the last row, after an empty one.
    resume = rows[-1][0] if len(rows) >= 2 and not rows[-2] and len(rows[-1]) == 1 and _strings(rows[-1]) else ""
    return Captures(tuple(found), resume)


def _strings(row: list[Any]) -> bool:
    return all(isinstance(cell, str) and len(cell) <= 4_000 for cell in row)


def entries_of(rows: tuple[tuple[str, str], ...], older: frozenset[str], source: Source) -> tuple[Entry, ...]:
    """Make an entry of each page that was not captured before; its date is the page's own affair, as a capture is no publication."""
    match = read_fields(source)["match"]
    wanted = re.compile(match) if match else None
    parts = urlsplit(source.url)
    entries: dict[str, Entry] = {}
    for stamp, original in rows:
        try:
            url = canonical_url(original)
            key = url_key(url)
        except BadUrl:
            continue
        body_at = f"{parts.scheme}://{parts.netloc}/web/{stamp}id_/{original}"
        told = urlsplit(url)
        path = f"{told.path}?{told.query}" if told.query else told.path
        if key in older or key in entries or len(body_at) > limits.URL_CHARS or (wanted and not wanted.search(path)):
            continue
        flags = (f"captured:{stamp}", f"{FETCH}{body_at}")
        entries[key] = Entry(h(source.source_id, url), source.source_id, url, "", lang=source.lang, flags=flags)
    return tuple(entries.values())


async def list_wayback(source: Source, cursor: Cursor, desk: Desk) -> Listing:
    """List the pages first captured in the window; raises FetchError, ParseFailed, Unreadable.

    Pages captured earlier are asked for too: each of them is a page that need not be fetched.
    """
    opened, closed = desk.window
    until = min(closed, desk.now) if closed else desk.now
    since = opened or until - FIRST_LOOK
    rows, fault = await _captures(source, desk, since, until)
    older: frozenset[str] = frozenset()
    if rows:
        try:
            before, _ = await _captures(source, desk, None, since - timedelta(seconds=1))
            older = frozenset(key for _, address in before if (key := _key(address)))
        except (FetchError, ParseFailed, Unreadable):
            fault = fault or "no_history"  # then pages that are older than the window are fetched, and their own dates tell
    entries = await desk.parse(entries_of, rows, older, source)
    return Listing(entries, cursor, fault=fault)


async def _captures(source: Source, desk: Desk, since: datetime | None, until: datetime) -> tuple[tuple[tuple[str, str], ...], str]:
    """Follow the answers of one question; what was read before a fault is kept, and the fault named."""
    rows: list[tuple[str, str]] = []
    resume = ""
    for _ in range(ANSWERS):
        try:
            fetched = await desk.fetch(captures_url(source, since, until, resume), "api")
            answer: Captures = await desk.parse(parse_captures, fetched.body)
        except (FetchError, ParseFailed, Unreadable) as failure:
            if not rows:
                raise
            return tuple(rows), failure.reason
        rows += answer.rows
        if not answer.resume or answer.resume == resume:
            return tuple(rows), ""
        resume = answer.resume
    return tuple(rows), "cut"


def _key(address: str) -> str:
    try:
        return url_key(address)
    except BadUrl:
        return ""
