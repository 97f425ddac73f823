"""The adapters: how each kind of source lists its entries. An adapter fetches and parses; it decides nothing about single entries."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from typing import Any, Protocol, runtime_checkable
from urllib.parse import urlsplit

from extractors.addresses import shown_url
from extractors.failures import ParseFailed, Unreadable
from extractors.federal_register import ApiPage, documents_url, parse_documents
from extractors.feeds import parse_feed
from extractors.fetched import Fetched, FetchError, Purpose, Validators
from extractors.model import Cursor, Entry, Source
from extractors.pages import PageText

API_PAGES = 12  # pages of one question; more than the API ever gives before it is cut
API_LOOKBACK = timedelta(days=7)
GIVE_UP_HOST = 3  # passing faults of one host in a row, after which its other pages wait for the next run
NOTHING = Validators()
NOT_MODIFIED = 304
TRUNCATED, CUT = "truncated", "cut"  # flags of a list: it ended in the middle of an item; only its newest items were taken
PERMANENT = frozenset({301, 308})
NO_HEADERS: Mapping[str, str] = {}
_DAY = re.compile(r"20\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|20\d{2}-\d{2}-(?:29|3[01])")


Wanted = Callable[[Entry], bool]  # whether the page behind an entry of a general source is worth fetching; pure


def always(entry: Entry) -> bool:
    """Want every page."""
    return True


class Fetcher(Protocol):
    """What reading needs of the web client."""

    async def fetch(self, url: str, *, purpose: Purpose, validators: Validators = ..., headers: Mapping[str, str] = ...) -> Fetched:
        """Fetch one address or raise FetchError."""
        ...


class Parser(Protocol):
    """What reading needs of the parse box."""

    async def arun(self, func: Callable[..., Any], *args: Any) -> Any:
        """Run a parser; raises ParseFailed, and Unreadable as the parser raised it."""
        ...


@runtime_checkable
class Askable(Protocol):
    """Known pages that are dear to look up one by one."""

    def ask(self, keys: Iterable[str]) -> None:
        """Look up many keys at once, so that each is at hand."""
        ...


@dataclass(slots=True)
class Desk:
    """One source's tools during one reading: client, box, clock, window, API key; and the count of requests made."""

    client: Fetcher
    box: Parser
    now: datetime
    window: tuple[datetime | None, datetime | None]
    requests: int = 0
    key: str = field(default="", repr=False)  # what the variable source.key_env holds
    full: bool = False  # do not take the server's word for it that nothing changed
    took_its_word: bool = False  # a 304 was answered
    moved_to: str = ""  # where permanent redirects of the first address, which is the source's, lead
    patience: int = GIVE_UP_HOST
    wanted: Wanted = always
    begun: bool = False  # the source's own address was asked

    async def fetch(self, url: str, purpose: Purpose, validators: Validators = NOTHING, headers: Mapping[str, str] = NO_HEADERS) -> Fetched:
        """Fetch, count, and note a 304 and where the source itself has moved to."""
        self.requests += 1
        first, self.begun = not self.begun, True
        fetched = await self.client.fetch(url, purpose=purpose, validators=validators, headers=headers)
        self.took_its_word |= fetched.status == NOT_MODIFIED and bool(validators.etag or validators.last_modified)
        if first:
            self.moved_to = moved_to(fetched)
        return fetched

    def start_over(self) -> None:
        """Take the next address that is asked for the source's own."""
        self.begun, self.moved_to = False, ""

    def known(self, cursor: Cursor) -> Validators:
        """Say what of the last list is known: nothing for a look back, the body's hash alone when the whole list is to be sent."""
        if self.looks_back:
            return NOTHING
        return Validators(body_hash=cursor.body_hash) if self.full else Validators(cursor.etag, cursor.last_modified, cursor.body_hash)

    async def ask(self, url: str) -> Fetched:
        """Fetch from an API, the key in the header that api.data.gov names: an address may be stored or shown, a header not."""
        return await self.fetch(url, "api", headers={"X-Api-Key": self.key} if self.key else NO_HEADERS)

    async def parse(self, func: Callable[..., Any], *args: Any) -> Any:
        """Parse in the box."""
        return await self.box.arun(func, *args)

    @property
    def looks_back(self) -> bool:
        """True when the window ended before today: then the list is asked whole, and the cursor stays where it is."""
        return self.window[1] is not None and self.window[1] < self.now - timedelta(hours=24)


def moved_to(fetched: Fetched) -> str:
    """Where the permanent redirects before the first other one lead, fit to be shown; '' when the address answers itself."""
    addresses = [url for _, url in fetched.hops] + [fetched.url]
    steps = sum(1 for _ in takewhile(lambda hop: hop[0] in PERMANENT, fetched.hops))
    return shown_url(addresses[steps]) if steps else ""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a source listed: entries, the cursor to keep if they all find their end, and why the list is incomplete ('' when whole)."""

    entries: tuple[Entry, ...]
    cursor: Cursor
    not_modified: bool = False
    fault: str = ""
    has_pages: bool = True  # False: the entries are the documents
    covers: datetime | None = None  # from when on the list is whole, where its question says so
    own_position: bool = False  # True: cursor.position is the adapter's own although the entries have pages
    pages: Mapping[str, tuple[PageText, Fetched]] = field(default_factory=dict)  # entry id -> a page that came with the list (an archive)
    flags: tuple[str, ...] = ()  # what had to be done to the list to read it


Adapter = Callable[[Source, Cursor, Desk], Awaitable[Listing]]


async def list_feed(source: Source, cursor: Cursor, desk: Desk) -> Listing:
    """List a feed (RSS, RDF, Atom, JSON Feed) by a conditional request; raises FetchError, ParseFailed, Unreadable."""
    fetched = await desk.fetch(source.url, "feed", desk.known(cursor))
    if fetched.not_modified:
        return Listing((), cursor, not_modified=True)
    kind = fetched.headers.get("content-type", "")
    document = await desk.parse(parse_feed, fetched.body, fetched.url, kind, source.source_id, desk.now)
    # The rest of a list that ended in the middle is asked for again: a 304 would hide it for good.
    seen = NOTHING if TRUNCATED in document.flags else Validators(fetched.etag, fetched.last_modified, fetched.body_hash)
    fresh = replace(cursor, etag=seen.etag, last_modified=seen.last_modified, body_hash=seen.body_hash)
    return Listing(document.entries, fresh, flags=document.flags)


async def list_federal_register(source: Source, cursor: Cursor, desk: Desk) -> Listing:
    """List the documents of the window."""
    return await list_by_days(cursor, desk, lambda first, last: _documents(source, first, last, desk))


Question = Callable[[date, date], Awaitable[tuple[list[Entry], bool]]]


async def list_by_days(cursor: Cursor, desk: Desk, ask: Question) -> Listing:
    """List an API's documents of the window; `ask` gives those of a span of days and whether the API cut them off.

    A question that is cut is halved by date. What was read before a fault is kept.
    """
    since, until = days_asked(cursor, desk)
    waiting, entries, fault = [(since, until)], [], ""
    try:
        while waiting:
            first, last = waiting.pop()
            found, cut = await ask(first, last)
            if cut and first < last:
                middle = first + (last - first) // 2
                waiting += [(first, middle), (middle + timedelta(days=1), last)]
                continue
            entries += found
            fault = "cut" if cut else fault
    except (FetchError, ParseFailed, Unreadable) as failure:
        if not entries:
            raise
        fault = failure.reason
    unique = tuple({entry.entry_id: entry for entry in entries}.values())
    return Listing(unique, replace(cursor, position=until.isoformat()), fault=fault, has_pages=False, covers=start_of(since))


def start_of(day: date) -> datetime:
    """Give the first instant of a day, UTC."""
    return datetime.combine(day, time(), UTC)


def days_asked(cursor: Cursor, desk: Desk) -> tuple[date, date]:
    """Ask from the window's first day, or from where the last reading ended if that is earlier."""
    opened, closed = desk.window
    until = (min(closed, desk.now) if closed else desk.now).date()
    since = (opened or desk.now - API_LOOKBACK).date()
    if _DAY.fullmatch(cursor.position) and not desk.looks_back:
        since = min(since, date.fromisoformat(cursor.position))
    return min(since, until), until


async def _documents(source: Source, since: date, until: date, desk: Desk) -> tuple[list[Entry], bool]:
    """Follow the pages of one question; returns its entries and whether the API cut them off."""
    url = documents_url(source, since, until)
    entries: list[Entry] = []
    for _ in range(API_PAGES):
        fetched = await desk.fetch(url, "api")
        page: ApiPage = await desk.parse(parse_documents, fetched.body, source.source_id, desk.now)
        if "cut" in page.flags and since < until:
            return [], True
        entries += page.entries
        if not page.next_url:
            return entries, "cut" in page.flags
        if urlsplit(page.next_url).netloc != urlsplit(source.url or url).netloc:
            raise Unreadable("foreign_next")
        url = page.next_url
    return entries, True
