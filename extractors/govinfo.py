"""govinfo: bills, laws, hearings, reports, and the daily Federal Register, to which it is the second path.

Packages are asked by the day they were issued (`/published`), so that past days can be asked again. The packages of the Federal Register
are whole issues: their parts (granules) are listed instead. Format: github.com/usgpo/api.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

from extractors import limits
from extractors.api_json import Raw, day, read_answer, text
from extractors.clean import title_text
from extractors.congress import BILL_NAMES, Bill
from extractors.failures import ParseFailed, Unreadable
from extractors.federal_register import document_ids
from extractors.fetched import FetchError
from extractors.listing import Desk, Listing, days_asked, start_of
from extractors.model import Cursor, Entry, Source, h
from extractors.params import value_of, values_of
from extractors.typeset import parse_act, parse_preamble

SIZE, PAGES = 1_000, 20  # the API's largest page; pages of one question
LATE = timedelta(days=60)
TEXTS = 100  # of one reading; further documents keep the words of the list
_PACKAGE = re.compile(r"[A-Z]{2,10}-[A-Za-z0-9_.\-]{1,60}")
_BILL = re.compile(r"BILLS-(\d{2,3})([a-z]{1,7})(\d{1,5})([a-z]{2,4}\d?)")
_LAW = re.compile(r"PLAW-(\d{2,3})publ(\d{1,4})")
_ISSUE = re.compile(r"FR-\d{4}-\d{2}-\d{2}")
# The classes of granules that are documents.
CLASSES = {
    "RULE": "Rule", "PRORULE": "Proposed Rule", "NOTICE": "Notice", "PRESDOC": "Presidential Document",
    "PRESDOCU": "Presidential Document", "CORRECT": "Correction",
}  # fmt: skip
VERSIONS = {
    "ih": "Introduced in House", "is": "Introduced in Senate", "rh": "Reported in House", "rs": "Reported in Senate",
    "eh": "Passed House", "es": "Passed Senate", "rfs": "Received in Senate", "rfh": "Received in House", "enr": "Passed both chambers",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PackagePage:
    """One answer: the packages or granules as they are, and the mark of the next page, '' on the last."""

    entries: tuple[Entry, ...]
    issues: tuple[str, ...]  # packages of the Federal Register, whose parts are asked for
    mark: str


async def list_govinfo(source: Source, cursor: Cursor, desk: Desk) -> Listing:
    """List what was issued in the window with its text; an issue of the Federal Register is listed by its parts.

    What was read before a fault is kept. The cursor remembers the day and the documents that were read: their texts are not fetched again.
    """
    last, *read = cursor.position.split() or [""]
    since, until = days_asked(replace(cursor, position=last), desk)
    known = set() if desk.looks_back else set(read)
    entries: dict[str, Entry] = {}
    fault, listed = "", ""
    try:
        found, cut = await _found(source, since, until, desk)
        listed = " ".join(sorted({_name(entry) for entry in found}))
        fault = "cut" if cut else ""
        for entry in (one for one in found if _name(one) not in known):
            entries[entry.entry_id] = entry if len(entries) >= TEXTS else await _with_text(entry, desk)
    except (FetchError, ParseFailed, Unreadable) as failure:
        if not entries:
            raise
        fault = failure.reason
    after = replace(cursor, position=f"{until.isoformat()} {listed}".strip())
    same = bool(listed) and not entries
    return Listing(tuple(entries.values()), after, fault=fault, has_pages=False, not_modified=same, covers=start_of(since))


async def _found(source: Source, since: date, until: date, desk: Desk) -> tuple[list[Entry], bool]:
    """Ask for packages, and for the parts of those that are issues; gives the entries and whether there were more than we ask for."""
    entries, issues, cut = await _paged(published_url(source, since, until, past=desk.looks_back), source, desk)
    for issue in dict.fromkeys(issues):
        url = f"{source.url.rstrip('/')}/packages/{issue}/granules?{urlencode({'pageSize': SIZE})}"
        parts, _, too_many = await _paged(url, source, desk)
        entries, cut = entries + parts, cut or too_many
    return entries, cut


def _name(entry: Entry) -> str:
    """The name of a package or part, which ends the address of its text."""
    return entry.url.rpartition("/")[2].removesuffix(".htm")


async def _with_text(entry: Entry, desk: Desk) -> Entry:
    """Add the text of the document's own page, which asks for no key; without a readable one it keeps the words of the list.

    Raises FetchError for a fault that may pass.
    """
    try:
        body = (await desk.fetch(entry.url, "page")).body
        if entry.official_ids[0].startswith("fr:"):
            text, numbers = await desk.parse(parse_preamble, body)
        else:
            text, numbers = await desk.parse(parse_act, body), ()
    except (ParseFailed, Unreadable):
        return entry
    except FetchError as failure:
        if failure.retryable:
            raise
        return entry
    return replace(entry, body=text, official_ids=tuple(dict.fromkeys((*entry.official_ids, *numbers))))


def published_url(source: Source, since: date, until: date, *, past: bool) -> str:
    """Return the question for packages; the page's mark is added to it.

    Of the past: those issued from `since` to `until`, both included. Else those that came or changed since, issued at most LATE before.
    """
    query = {"collection": ",".join(values_of(source, "collections")), "pageSize": str(SIZE)}
    if congress := value_of(source, "congress"):
        query["congress"] = congress
    if not past:  # texts come days or weeks after the day that they carry
        query["modifiedSince"] = f"{since.isoformat()}T00:00:00Z"
        since -= LATE
    return f"{source.url.rstrip('/')}/published/{since.isoformat()}/{until.isoformat()}?{urlencode(query, safe=',:')}"


async def _paged(url: str, source: Source, desk: Desk) -> tuple[list[Entry], list[str], bool]:
    """Follow the pages by their marks, on our own address: theirs may carry a key, or lead elsewhere."""
    entries: list[Entry] = []
    issues: list[str] = []
    mark, seen = "*", {""}
    for _ in range(PAGES):
        fetched = await desk.ask(f"{url}&{urlencode({'offsetMark': mark}, safe='*')}")
        page: PackagePage = await desk.parse(parse_packages, fetched.body, source, desk.now)
        entries += page.entries
        issues += page.issues
        seen.add(mark)
        mark = page.mark
        if mark in seen:
            return entries, issues, False
    return entries, issues, True


def parse_packages(body: bytes, source: Source, now: datetime) -> PackagePage:
    """Parse one answer of packages or granules; raises Unreadable('empty' | 'wrong_type')."""
    granules = b'"granules"' in body
    answer, listed = read_answer(body, lists="granules" if granules else "packages")
    words = tuple(word.casefold() for word in values_of(source, "title"))
    make = _granule if granules else _package
    entries = [entry for raw in listed if _wanted(raw, words) and (entry := make(raw, source, now))]
    issues = [] if granules else [name for raw in listed if _ISSUE.fullmatch(name := text(raw, "packageId", 80))]
    following = answer.get("nextPage")
    marks = parse_qs(urlsplit(following).query).get("offsetMark", [""]) if isinstance(following, str) and len(following) < 4_000 else [""]
    return PackagePage(tuple(entries), tuple(issues), marks[0])


def _wanted(raw: Raw, words: Sequence[str]) -> bool:
    title = text(raw, "title").casefold()
    return not words or any(word in title for word in words)


def _package(raw: Raw, source: Source, now: datetime) -> Entry | None:
    """A bill's version, a law, a hearing, a report: a document with its text on a page of its own."""
    name, title = text(raw, "packageId", 80), title_text(text(raw, "title"), limits.TITLE_CHARS)
    if not title or not _PACKAGE.fullmatch(name) or _ISSUE.fullmatch(name):
        return None
    issued = day(raw, "dateIssued", now)
    return Entry(
        entry_id=h(source.source_id, name),
        source_id=source.source_id,
        url=_page(source, name, name),
        title=_titled(name, title),
        summary=_titled(name, title),
        body=_worded(name, title, issued),
        published_at=issued,
        precision="day" if issued else "none",
        official_ids=_ids(name, now),
        author="U.S. Government Publishing Office",
        lang="en",
        flags=tuple(f"class:{value}" for value in (text(raw, "docClass", 20),) if value),
    )


def _page(source: Source, package: str, part: str) -> str:
    """The page of the text, which needs no key: on www. where the API is on api."""
    parts = urlsplit(source.url)
    host = parts.netloc.removeprefix("api.")
    return f"{parts.scheme}://{'www.' if host != parts.netloc else ''}{host}/content/pkg/{package}/html/{part}.htm"


def _worded(name: str, title: str, issued: datetime | None) -> str:
    """What the list says, in a sentence of its own."""
    return f"{_titled(name, title).rstrip('.')}." + (f"\n\nIssued on {issued.date().isoformat()}." if issued else "")


def _titled(name: str, title: str) -> str:
    """Put a bill's number and what its version says before its title."""
    found = _BILL.fullmatch(name)
    if found is None or found[2] not in BILL_NAMES:
        return title
    version = VERSIONS.get(found[4], "")
    return f"{BILL_NAMES[found[2]]} {found[3]}{f' ({version})' if version else ''}: {title}"[: limits.TITLE_CHARS]


def _ids(name: str, now: datetime) -> tuple[str, ...]:
    """Return the package's name first, then the numbers of the bill or law that it holds."""
    ids = [f"pkg:{name}"]
    if (bill := _BILL.fullmatch(name)) and bill[2] in BILL_NAMES:
        ids += Bill(int(bill[1]), bill[2], int(bill[3]), "").ids(now)
    if law := _LAW.fullmatch(name):
        ids.append(f"bill:P.L. {law[1]}-{law[2]}")
    return tuple(ids)


def _granule(raw: Raw, source: Source, now: datetime) -> Entry | None:
    """A part of an issue of the Federal Register, under its document number."""
    number, title = text(raw, "granuleId", 80), title_text(text(raw, "title"), limits.TITLE_CHARS)
    if not title or text(raw, "granuleClass", 20) not in CLASSES or not re.fullmatch(r"[A-Z0-9]{1,4}-\d{2,5}(?:-\d{2,6})?", number):
        return None
    issue = re.search(r"/packages/(FR-(\d{4}-\d{2}-\d{2}))/", text(raw, "granuleLink", 300))
    if issue is None:
        return None
    issued = day({"at": issue[2]}, "at", now)
    return Entry(
        entry_id=h(source.source_id, number),
        source_id=source.source_id,
        url=_page(source, issue[1], number),
        title=title,
        body=f"{CLASSES[text(raw, 'granuleClass', 20)]}: {title}.",
        published_at=issued,
        precision="day" if issued else "none",
        official_ids=document_ids(number),
        author="Office of the Federal Register",
        lang="en",
    )
