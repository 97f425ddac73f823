"""From page to page of a list, no further than the window asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from extractors.choosing import is_before
from extractors.failures import ParseFailed, Unreadable
from extractors.fetched import FetchError, Purpose
from extractors.list_page import ListPage
from extractors.listing import Desk, Listing
from extractors.model import Cursor, Entry, Source
from extractors.source_fields import read_fields

BACKFILL_PAGES = 100  # of one list; at a second a page this is a matter of minutes
SLACK = timedelta(days=2)  # pinned entries apart, a list is in order of date give or take this

Parse = Callable[..., ListPage]
_END = frozenset({"not_found", "no_list", "no_links", "empty"})  # how sites answer for the page after the last one


async def walk(source: Source, cursor: Cursor, desk: Desk, purpose: Purpose, parse: Parse) -> Listing:
    """List page 1 by a conditional request, then pages 2, 3 ... while they bring entries that are not older than the window.

    What was read before a fault is kept. A backfill may go to page 100 and says 'cut' when that was not enough, a night to `max_pages`.
    """
    settings = read_fields(source)
    first = await desk.fetch(source.url, purpose, desk.known(cursor))
    if first.not_modified:
        return Listing((), cursor, not_modified=True)
    page = await desk.parse(parse, first.body, first.url, first.headers.get("content-type", ""), source, desk.now)
    found = {entry.entry_id: entry for entry in page.entries}
    fault = ""
    last = (BACKFILL_PAGES if desk.looks_back else int(settings["max_pages"])) if settings.get("next") else 1
    try:
        for n in range(1, last):
            if not _goes_on(page.entries, desk):
                break
            url = page_address(source.url, settings["next"], int(settings["next_from"]) + n - 1)
            fetched = await desk.fetch(url, purpose)
            page = await desk.parse(parse, fetched.body, fetched.url, fetched.headers.get("content-type", ""), source, desk.now)
            new = [entry for entry in page.entries if entry.entry_id not in found]
            if not new:
                break  # past its end a list often answers its first or last page once more
            found.update((entry.entry_id, entry) for entry in new)
        else:
            fault = "cut" if last > 1 and desk.looks_back and _goes_on(page.entries, desk) else ""
    except (FetchError, ParseFailed, Unreadable) as failure:
        fault = "" if failure.reason in _END else failure.reason
    # A backfill leaves older ones unlisted: ended as too_old they would be known to the backfill of their own span.
    listed = tuple(e for e in found.values() if not (desk.looks_back and is_before(e.published_at, e.precision, desk)))
    fresh = replace(cursor, etag=first.etag, last_modified=first.last_modified, body_hash=first.body_hash)
    return Listing(listed, fresh, fault=fault)


def page_address(base: str, template: str, number: int) -> str:
    """Make the address of a further page: a relative address, or '?name={n}' to set query fields of the base."""
    filled = template.replace("{n}", str(number))
    if not template.startswith("?"):
        return urljoin(base, filled)
    parts, changed = urlsplit(base), dict(parse_qsl(filled[1:], keep_blank_values=True))
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in changed]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode([*query, *changed.items()], quote_via=quote), ""))


def _goes_on(entries: tuple[Entry, ...], desk: Desk) -> bool:
    """Tell whether the next page may hold something of the window: the newest here is not older than its beginning."""
    opened, dates = desk.window[0], [entry.published_at for entry in entries if entry.published_at]
    if not entries:
        return False
    return opened is None or not dates or max(dates) > opened - SLACK
