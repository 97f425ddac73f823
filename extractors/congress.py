"""Congress.gov v3: bills by their latest action, or every action of the bills that params names.

What happens to a bill on one day is one document, which carries the bill's number.
The API filters by the date of its own update, not of the action, and shows only the latest action in lists: a backfill is whole only for
bills that params.bills names. Format: github.com/LibraryOfCongress/api.congress.gov.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from extractors import limits
from extractors.api_json import Raw, count, day, inner, read_answer, read_object, text
from extractors.clean import title_text
from extractors.failures import Unreadable
from extractors.listing import Desk, Listing, list_by_days
from extractors.model import Cursor, Entry, Source, h
from extractors.params import value_of, values_of

LIMIT = 250  # the API gives no more at once
PAGES = 20
BILL_NAMES = {
    "hr": "H.R.", "s": "S.", "hjres": "H.J.Res.", "sjres": "S.J.Res.", "hconres": "H.Con.Res.", "sconres": "S.Con.Res.",
    "hres": "H.Res.", "sres": "S.Res.",
}  # fmt: skip
_PATHS = {
    "hr": "house-bill", "s": "senate-bill", "hjres": "house-joint-resolution", "sjres": "senate-joint-resolution",
    "hconres": "house-concurrent-resolution", "sconres": "senate-concurrent-resolution", "hres": "house-resolution",
    "sres": "senate-resolution",
}  # fmt: skip
_BILL = re.compile(r"(\d{1,3})-([a-z]{1,7})-(\d{1,5})")
_LAW = re.compile(r"Public Law No: (\d{2,3}-\d{1,4})")


@dataclass(frozen=True, slots=True)
class Bill:
    """The three parts of a bill's number, and its title."""

    congress: int
    kind: str  # hr | s | hjres | ...
    number: int
    title: str

    @property
    def name(self) -> str:
        """As texts write it: 'H.R. 2683'."""
        return f"{BILL_NAMES[self.kind]} {self.number}"

    @property
    def url(self) -> str:
        """Its page for people."""
        return f"https://www.congress.gov/bill/{ordinal(self.congress)}-congress/{_PATHS[self.kind]}/{self.number}"

    def ids(self, now: datetime) -> tuple[str, ...]:
        """Give the identity, then the spellings of the catalogue and, for the Congress of the day, of texts, which do not name it."""
        own = (f"bill:{self.congress}-{self.kind}-{self.number}", f"bill:{self.kind}-{self.number}-{ordinal(self.congress)}")
        return (*own, f"bill:{self.kind}-{self.number}") if self.congress == congress_of(now) else own


@dataclass(frozen=True, slots=True)
class BillPage:
    """One answer: its entries, how many objects it listed and how many the whole question has."""

    entries: tuple[Entry, ...]
    listed: int
    count: int


def congress_of(now: datetime) -> int:
    """Name the Congress of a year: the 119th sat in 2025 and 2026."""
    return (now.year - 1789) // 2 + 1


def ordinal(number: int) -> str:
    """Write 119 as '119th'."""
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


async def list_congress(source: Source, cursor: Cursor, desk: Desk) -> Listing:
    """List the bills updated in the window, and every action on the bills that params names."""

    watched = {f"bill:{name}" for name in values_of(source, "bills")}

    async def ask(first: date, last: date) -> tuple[list[Entry], bool]:
        entries: list[Entry] = []
        cut = False
        for path in _paths(source, desk.now):
            found, too_many = await _paged(f"{source.url.rstrip('/')}{path}", _query(first, last), None, source, desk)
            entries += [one for one in found if not watched & set(one.official_ids)]  # a watched bill tells more below
            cut = cut or too_many
        for name in values_of(source, "bills"):
            found, too_many = await _actions(name, source, desk)
            entries += [one for one in found if one.published_at and first <= one.published_at.date() <= last]
            cut = cut or too_many
        return entries, cut

    return await list_by_days(cursor, desk, ask)


def _paths(source: Source, now: datetime) -> list[str]:
    """The lists to ask: those of params.types, all when neither types nor bills are named."""
    types = values_of(source, "types")
    if values_of(source, "bills") and not types:
        return []
    congress = value_of(source, "congress") or str(congress_of(now))
    return [f"/{congress}/{kind}" for kind in types] or [f"/{congress}"]


def _query(first: date, last: date) -> dict[str, str]:
    """The update dates of the window, both days included."""
    until = last + timedelta(days=1)
    return {"fromDateTime": f"{first.isoformat()}T00:00:00Z", "toDateTime": f"{until.isoformat()}T00:00:00Z", "sort": "updateDate+asc"}


async def _actions(name: str, source: Source, desk: Desk) -> tuple[list[Entry], bool]:
    """Ask for one bill's title, then for all its actions."""
    found = _BILL.fullmatch(name)
    if found is None or found[2] not in BILL_NAMES:
        raise Unreadable("bad_params")
    base = f"{source.url.rstrip('/')}/{found[1]}/{found[2]}/{found[3]}"
    title = await desk.parse(parse_title, (await desk.ask(f"{base}?format=json")).body)
    return await _paged(f"{base}/actions", {}, Bill(int(found[1]), found[2], int(found[3]), title), source, desk)


async def _paged(base: str, query: dict[str, str], bill: Bill | None, source: Source, desk: Desk) -> tuple[list[Entry], bool]:
    """Follow the pages of one list by offset; gives its entries and whether there were more than we ask for."""
    entries: list[Entry] = []
    for page in range(PAGES):
        asked = {**query, "format": "json", "limit": str(LIMIT), "offset": str(page * LIMIT)}
        fetched = await desk.ask(f"{base}?{urlencode(asked, safe='+:')}")
        answer: BillPage = await desk.parse(parse_bills, fetched.body, bill, source.source_id, desk.now)
        entries += answer.entries
        if not answer.listed or page * LIMIT + answer.listed >= answer.count:
            return entries, False
    return entries, True


def parse_bills(body: bytes, bill: Bill | None, source_id: str, now: datetime) -> BillPage:
    """Parse a list of bills, or with `bill` a list of its actions; raises Unreadable('empty' | 'wrong_type')."""
    answer, listed = read_answer(body, lists="actions" if bill else "bills")
    entries = _by_day(bill, listed, source_id, now) if bill else [entry for raw in listed if (entry := _latest(raw, source_id, now))]
    return BillPage(tuple(entries), len(listed), count(inner(answer, "pagination"), "count"))


def _latest(raw: Raw, source_id: str, now: datetime) -> Entry | None:
    """The entry of a bill's latest action."""
    found = _BILL.fullmatch(f"{text(raw, 'congress', 5)}-{text(raw, 'type', 10).lower()}-{text(raw, 'number', 8)}")
    title = title_text(text(raw, "title"), limits.TITLE_CHARS)
    if not found or found[2] not in BILL_NAMES or not title:
        return None
    days = _by_day(Bill(int(found[1]), found[2], int(found[3]), title), [inner(raw, "latestAction")], source_id, now)
    return days[0] if days else None


def parse_title(body: bytes) -> str:
    """Give the title of one bill's own answer; raises Unreadable('empty' | 'wrong_type')."""
    title = title_text(text(inner(read_object(body), "bill"), "title"), limits.TITLE_CHARS)
    if not title:
        raise Unreadable("wrong_type")
    return title


def _by_day(bill: Bill, actions: Sequence[Raw], source_id: str, now: datetime) -> list[Entry]:
    """One entry for each day's actions, which the API lists newest first."""
    days: dict[datetime, list[Raw]] = {}
    for action in reversed(actions):
        at = day(action, "actionDate", now)
        if at is not None and text(action, "text"):
            days.setdefault(at, []).append(action)
    return [_entry(bill, at, told, source_id, now) for at, told in days.items()]


def _entry(bill: Bill, at: datetime, actions: Sequence[Raw], source_id: str, now: datetime) -> Entry:
    """What was done with a bill on one day. The text names the bill, so that a quote of it can stand alone."""
    named, on = f"{bill.name}, {bill.title}", at.date().isoformat()
    said = list(dict.fromkeys(text(action, "text").rstrip(".") for action in actions))
    laws = dict.fromkeys(f"bill:P.L. {law[1]}" for one in said if (law := _LAW.search(one)))
    ids = bill.ids(now)
    return Entry(
        entry_id=h(source_id, ids[0], on, *said),
        source_id=source_id,
        url=bill.url,
        title=named[: limits.TITLE_CHARS],
        summary=". ".join(said)[: limits.SUMMARY_CHARS],
        published_at=at,
        precision="day",
        official_ids=(f"action:{bill.congress}-{bill.kind}-{bill.number}-{on}", *ids, *laws),
        author="Congress",
        lang="en",
        body="\n\n".join([f"{named} ({ordinal(bill.congress)} Congress).", *(f"Action on {on}: {one}." for one in said)]),
        flags=tuple(dict.fromkeys(f"action:{code}" for action in actions if (code := text(action, "actionCode", 20)))),
    )
