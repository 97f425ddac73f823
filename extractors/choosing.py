"""Decides, before any page is fetched, what becomes of each listed entry: skip, refuse as old, take from its own words, or fetch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from extractors.articles import keys_of, stands_alone
from extractors.listing import Desk, Listing
from extractors.model import Cursor, Disposed, Entry, Precision, Source, h

REVISIT = timedelta(hours=36)  # how long a read page is looked at again for corrections; params revisit_hours changes it
REVISIT_CHANGED = timedelta(days=30)  # how long an entry whose words in the feed changed leads to its page again
REVISIT_PAGES = 20  # a source and run
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_ID, _DIGEST = 8, 6  # hex digits of entry id and digest in the cursor's position


@dataclass(frozen=True, slots=True)
class Choice:
    """Entries by what is to be done with them, newest first; left_out says that some are not dealt with in this reading."""

    fresh: tuple[Entry, ...]  # new to us and inside the window
    again: tuple[Entry, ...]  # known, but perhaps corrected since
    ended: tuple[Disposed, ...]  # settled without a fetch: too_old, known_page
    left_out: bool
    position: str


def choose(
    source: Source,
    listing: Listing,
    cursor: Cursor,
    known_entries: frozenset[str],
    known_pages: Mapping[str, str],
    desk: Desk,
    max_entries: int,
    queued: Sequence[Entry],
) -> Choice:
    """Sort the entries; the result does not depend on the order in which the source lists them."""
    listed = {entry.entry_id: entry for entry in (*queued, *listing.entries)}
    ordered = sorted(listed.values(), key=lambda entry: (-(entry.published_at or _LONG_AGO).timestamp(), entry.entry_id))
    new = [entry for entry in ordered if entry.entry_id not in known_entries]
    reachable = [entry for entry in new if not is_after(entry.published_at, desk)]
    taken = reachable[:max_entries]
    fresh, ended = [], []
    for entry in taken:
        end = _end_at_once(entry, known_pages, desk)
        if end is None:
            fresh.append(entry)
        else:
            ended.append(end)
    again = _again(source, [entry for entry in ordered if entry.entry_id in known_entries], cursor, desk)
    return Choice(tuple(fresh), again, tuple(ended), len(taken) < len(new), position_of(listing.entries))


def _end_at_once(entry: Entry, known_pages: Mapping[str, str], desk: Desk) -> Disposed | None:
    if is_before(entry.published_at, entry.precision, desk):
        return Disposed(entry, "too_old", "before_window")
    if not stands_alone(entry):
        for key in keys_of(entry):
            if article_id := known_pages.get(key):
                return Disposed(entry, "known_page", "same_address", article_id)
    return None


def is_before(at: datetime | None, precision: Precision, desk: Desk) -> bool:
    """Tell whether a date lies before the window; a day counts until its end."""
    opened = desk.window[0]
    return at is not None and opened is not None and (at + timedelta(days=1) if precision == "day" else at) <= opened


def is_after(at: datetime | None, desk: Desk) -> bool:
    """Tell whether a date lies after a window that closed in the past; one that ends now has no upper edge, as clocks and zones differ."""
    closed = desk.window[1]
    return at is not None and closed is not None and desk.looks_back and at > closed


def _again(source: Source, known: Sequence[Entry], cursor: Cursor, desk: Desk) -> tuple[Entry, ...]:
    if desk.looks_back:
        return ()
    before, hours = read_position(cursor.position), dict(source.params).get("revisit_hours", "")
    recent = timedelta(hours=int(hours)) if hours.isdigit() else REVISIT
    chosen = []
    for entry in known:
        age = desk.now - entry.published_at if entry.published_at else REVISIT_CHANGED + timedelta(days=1)
        digest = before.get(entry.entry_id[:_ID])
        changed = digest is not None and digest != digest_of(entry)
        if (changed and age <= REVISIT_CHANGED) or (age <= recent and entry.url):
            chosen.append((not changed, entry))
    chosen.sort(key=lambda pair: pair[0])
    return tuple(entry for _, entry in chosen[:REVISIT_PAGES])


def digest_of(entry: Entry) -> str:
    """Digest what a source says in an entry, to notice when it says something else."""
    return h(entry.title, entry.summary, entry.body)[:_DIGEST]


def position_of(entries: Sequence[Entry]) -> str:
    """Remember what the list said of each entry, as pairs of id and digest in one string."""
    return "".join(sorted(entry.entry_id[:_ID] + digest_of(entry) for entry in entries))


def read_position(position: str) -> dict[str, str]:
    """Read what position_of wrote; anything else reads as nothing."""
    size = _ID + _DIGEST
    if len(position) % size or not position.isalnum():
        return {}
    return {position[n : n + _ID]: position[n + _ID : n + size] for n in range(0, len(position), size)}
