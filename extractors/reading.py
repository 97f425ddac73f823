"""Reads one source: list, choose, fetch, settle. Whatever a source does wrong is a value in its reading, never an exception."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from extractors.articles import keys_of
from extractors.choosing import Choice, choose
from extractors.congress import list_congress
from extractors.failures import ParseFailed, Unreadable
from extractors.fetched import FetchError
from extractors.gdelt import list_gdelt
from extractors.gkg import list_gkg
from extractors.govinfo import list_govinfo
from extractors.list_html import list_html
from extractors.list_json import list_json, list_json_html
from extractors.listing import (
    CUT,
    GIVE_UP_HOST,
    TRUNCATED,
    Adapter,
    Askable,
    Desk,
    Fetcher,
    Listing,
    Parser,
    Wanted,
    always,
    list_federal_register,
    list_feed,
)
from extractors.model import Cursor, Entry, Source, SourceOutcome, SourceReading
from extractors.model_hub import list_model_hub
from extractors.moving import list_where_it_is, remembered
from extractors.ofac import list_ofac
from extractors.public_inspection import list_public_inspection
from extractors.regulations import list_regulations
from extractors.settling import Settled, settle
from extractors.sitemaps import list_sitemap
from extractors.warc import list_warc
from extractors.watched import list_watched
from extractors.wayback import list_wayback

__all__ = ["ADAPTERS", "Adapter", "missing_key", "read_source"]

ADAPTERS: Mapping[str, Adapter] = {
    "feed": list_feed,
    "federal_register": list_federal_register,
    "public_inspection": list_public_inspection,
    "congress": list_congress,
    "regulations": list_regulations,
    "govinfo": list_govinfo,
    "ofac": list_ofac,
    "sitemap": list_sitemap,
    "page_watch": list_watched,
    "html_list": list_html,
    "json_list": list_json,
    "json_html_list": list_json_html,
    "gdelt": list_gdelt,
    "gkg": list_gkg,
    "wayback": list_wayback,
    "warc": list_warc,
    "model_hub": list_model_hub,
}

# A source that fails is asked again by every night, for ever: the longest wait is shorter than the time between two nights.
FIRST_WAIT, LONGEST_WAIT, LONGEST_ASKED_FOR = timedelta(hours=1), timedelta(hours=20), timedelta(hours=24)
# One that says that it is gone, or whose list kills the parser, is left alone for a week at a time from the second failure in a row on.
RESTS, REST = frozenset({"gone", "parse_timeout", "parse_memory", "parse_crash"}), timedelta(days=7)
# Kinds that can be asked for past days; a list of pages can when its params say how to go on.
BY_DATE = frozenset("federal_register public_inspection congress regulations govinfo gdelt gkg wayback sitemap model_hub".split())
BY_PAGES = frozenset({"html_list", "json_list", "json_html_list"})
PINNED = 1  # so many of the oldest entries of a list may stand there for another reason than their age
Window = tuple[datetime | None, datetime | None]


async def read_source(
    source: Source,
    cursor: Cursor,
    *,
    client: Fetcher,
    box: Parser,
    known_entries: frozenset[str],
    known_pages: Mapping[str, str],
    window: Window,
    now: datetime,
    max_entries: int = 1000,
    queued: Sequence[Entry] = (),
    key: str = "",
    patience: int = GIVE_UP_HOST,
    wanted: Wanted = always,
) -> SourceReading:
    """Read a source once and give every new entry its end.

    `known_pages` is asked with url keys one by one, so it may be a mapping that looks them up; `queued` are earlier entries that still wait
    for their page; `key` is what the variable source.key_env holds; `patience` is after how many passing faults in a row
    a host is left in peace. The page of an entry of a general source is fetched when it is `wanted`, else its own words are all there is.
    Entries outside `window` are too_old (before it) or left for another run (after it, when it closed over a day ago). The cursor advances
    only over what is returned: while an entry is queued, cut off or unread, the next reading asks for the whole list again.
    """
    adapter = ADAPTERS.get(source.kind)
    if not source.enabled or adapter is None:
        reason = "disabled" if not source.enabled else "unknown_kind"
        return SourceReading(source, "skipped" if not source.enabled else "failed", reason, (), (), cursor, *window)
    if missing := missing_key(source, key):
        return SourceReading(source, "skipped", missing, (), (), cursor, *window)
    desk = Desk(
        client, box, now, window, key=key, full=cursor.trusted + 1 >= source.full_every, patience=patience, wanted=wanted,
    )  # fmt: skip
    try:
        listing = await list_where_it_is(adapter, source, cursor, desk)
        if isinstance(known_pages, Askable):
            known_pages.ask(key for entry in (*queued, *listing.entries) for key in keys_of(entry))
        choice = choose(source, listing, cursor, known_entries, known_pages, desk, max_entries, queued)
        settled = await settle(source, listing, choice, known_pages, desk)
    except (FetchError, ParseFailed, Unreadable) as fault:
        waits = fault.retry_after if isinstance(fault, FetchError) else None
        return SourceReading(source, "failed", fault.reason, (), (), backed_off(cursor, now, waits, fault.reason), *window, desk.requests)
    except Exception as fault:  # a fault without a name yet must not end the other sources' night
        reason = f"unexpected:{type(fault).__name__}"
        return SourceReading(source, "failed", reason, (), (), backed_off(cursor, now), *window, desk.requests)
    outcome, reason = _outcome(listing, choice)
    after = _cursor(cursor, listing, choice, settled, desk)
    if not (listing.fault or desk.looks_back):
        after = remembered(source, cursor, after, desk.moved_to)
    span = (window[0] or reach_of(listing), window[1])
    return SourceReading(source, outcome, reason, settled.disposed, settled.articles, after, *span, desk.requests, desk.moved_to)


def can_look_back(source: Source) -> bool:
    """Tell whether a source can be asked for what it listed on past days."""
    return source.kind in BY_DATE or (source.kind in BY_PAGES and "next" in dict(source.params))


def reach_of(listing: Listing) -> datetime | None:
    """From when on a list is whole: as its question says, else as far back as its dated entries go; None when nobody knows."""
    dates = sorted(entry.published_at for entry in listing.entries if entry.published_at)
    return listing.covers or (dates[PINNED] if len(dates) > PINNED else None)


def missing_key(source: Source, key: str) -> str:
    """Name the variable that a source's key is missing from, as a reason; '' when none is needed or it is there."""
    return f"needs_key:{source.key_env}" if source.key_env and not key else ""


def backed_off(cursor: Cursor, now: datetime, retry_after: float | None = None, reason: str = "") -> Cursor:
    """Count a failure and wait 1, 2, 4 ... at most 20 hours, or as long as the server asked for, at most a day; for some reasons a week."""
    failures = cursor.failures + 1
    if reason in RESTS and failures > 1:
        return replace(cursor, failures=failures, next_at=now + REST)
    wait = min(FIRST_WAIT * 2 ** min(failures - 1, 10), LONGEST_WAIT)
    if retry_after is not None:
        wait = min(max(wait, timedelta(seconds=retry_after)), LONGEST_ASKED_FOR)
    return replace(cursor, failures=failures, next_at=now + wait)


def _outcome(listing: Listing, choice: Choice) -> tuple[SourceOutcome, str]:
    if listing.fault:
        return "failed", f"partial:{listing.fault}"
    if listing.not_modified and not choice.fresh:
        return "not_modified", ""
    if not listing.entries and not listing.not_modified:
        return "empty", "no_entries"
    return "ok", ",".join(flag for flag in listing.flags if flag in {TRUNCATED, CUT})


def _cursor(before: Cursor, listing: Listing, choice: Choice, settled: Settled, desk: Desk) -> Cursor:
    if listing.fault:
        return backed_off(before, desk.now)
    well = replace(before, failures=0, next_at=None)
    if desk.looks_back:
        return well
    trusted = before.trusted + 1 if desk.took_its_word else 0
    well, after = replace(well, trusted=trusted), replace(listing.cursor, failures=0, next_at=None, trusted=trusted)
    if choice.left_out:
        return replace(well, etag="", last_modified="", body_hash="")
    if listing.has_pages and not listing.not_modified and not listing.own_position:
        after = replace(after, position=choice.position)
    if any(end.disposition == "queued" for end in settled.disposed):
        return replace(after, etag="", last_modified="", body_hash="")
    return after
