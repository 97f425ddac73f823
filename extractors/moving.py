"""Where a source is asked after it moved for good: at its new address, and at its own again when the new one gives nothing (FAULTS.md, 34).

sources.toml belongs to the person who wrote it and stays as it is; when its address is changed there, what was remembered is void.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from extractors.failures import ParseFailed, Unreadable
from extractors.fetched import FetchError
from extractors.listing import Adapter, Desk, Listing
from extractors.model import Cursor, Source, h

ENOUGH = 3  # readings in a row that were led to the same new address
# Kinds whose first question is their address as it stands; of the others the address is but the beginning of a question.
AS_IT_STANDS = frozenset({"feed", "sitemap", "page_watch", "html_list", "json_list", "json_html_list"})
FAULTS = (FetchError, ParseFailed, Unreadable)


async def list_where_it_is(adapter: Adapter, source: Source, cursor: Cursor, desk: Desk) -> Listing:
    """List a source at its new address, else at its own; raises what the first of them raised when neither gives a list."""
    new = _new_address(source, cursor)
    if not new:
        return await adapter(source, cursor, desk)
    try:
        listing = await adapter(replace(source, url=new), cursor, desk)
    except FAULTS:
        desk.start_over()
        with suppress(*FAULTS):
            return await adapter(source, cursor, desk)
        raise
    # An address that leads back to the source's own is no move any more.
    desk.moved_to = "" if desk.moved_to == source.url else desk.moved_to or new
    return listing


def remembered(source: Source, before: Cursor, after: Cursor, moved_to: str) -> Cursor:
    """Count the readings in a row that were led to the same new address from the address that sources.toml has now."""
    if not moved_to or source.kind not in AS_IT_STANDS:
        return replace(after, moved_from="", moved_to="", moved_runs=0)
    same = (before.moved_from, before.moved_to) == (h(source.url), moved_to)
    return replace(after, moved_from=h(source.url), moved_to=moved_to, moved_runs=before.moved_runs + 1 if same else 1)


def _new_address(source: Source, cursor: Cursor) -> str:
    known = cursor.moved_runs >= ENOUGH and cursor.moved_from == h(source.url) and source.kind in AS_IT_STANDS
    return cursor.moved_to if known else ""
