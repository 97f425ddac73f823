"""regulations.gov v4: what agencies posted to their dockets. A document keeps its number there and, if it has one, in the Federal Register.

Format: open.gsa.gov/api/regulationsgov. Days are those of the US east coast; a question ends after 20 pages of 250.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from extractors import limits
from extractors.api_json import Raw, count, day, inner, read_answer, text
from extractors.clean import one_line, title_text
from extractors.federal_register import document_ids
from extractors.listing import Desk, Listing, list_by_days
from extractors.model import Cursor, Entry, Source, h
from extractors.params import value_of, values_of

SIZE, PAGES = 250, 20  # the API's own limits
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-]{4,79}")
_FR_NUMBER = re.compile(r"(?:[A-Z]\d-)?(?:\d{2}|\d{4}|E\d)-\d{1,6}")
_RIN = re.compile(r"\d{4}-[A-Z]{2}\d{2}")


@dataclass(frozen=True, slots=True)
class PostedPage:
    """One answer: its entries, whether another page follows, and how many documents the whole question has."""

    entries: tuple[Entry, ...]
    more: bool
    count: int


async def list_regulations(source: Source, cursor: Cursor, desk: Desk) -> Listing:
    """List the documents posted in the window; a question with more than 5,000 answers is halved by date."""

    async def ask(first: date, last: date) -> tuple[list[Entry], bool]:
        entries: list[Entry] = []
        for number in range(1, PAGES + 1):
            fetched = await desk.ask(documents_url(source, first, last, number))
            page: PostedPage = await desk.parse(parse_posted, fetched.body, source.source_id, desk.now)
            if page.count > SIZE * PAGES and first < last:
                return [], True
            entries += page.entries
            if not page.more:
                return entries, False
        return entries, True

    return await list_by_days(cursor, desk, ask)


def documents_url(source: Source, first: date, last: date, number: int) -> str:
    """Return one page of the question for documents posted from `first` to `last`, both included, oldest first."""
    query = [("filter[postedDate][ge]", first.isoformat()), ("filter[postedDate][le]", last.isoformat())]
    for name, field in (("agencies", "agencyId"), ("types", "documentType")):
        if values := values_of(source, name):
            query.append((f"filter[{field}]", ",".join(values)))
    for name, field in (("docket", "docketId"), ("term", "searchTerm")):
        if value := value_of(source, name):
            query.append((f"filter[{field}]", value))
    query += [("sort", "postedDate,documentId"), ("page[size]", str(SIZE)), ("page[number]", str(number))]
    return f"{source.url}?{urlencode(query, safe='[],')}"


def parse_posted(body: bytes, source_id: str, now: datetime) -> PostedPage:
    """Parse one answer; raises Unreadable('empty' | 'wrong_type'). A document without number or title is left out."""
    answer, listed = read_answer(body, lists="data")
    entries = tuple(entry for raw in listed if (entry := _entry(raw, source_id, now)))
    meta = inner(answer, "meta")
    return PostedPage(entries, meta.get("hasNextPage") is True, count(meta, "totalElements"))


def _entry(raw: Raw, source_id: str, now: datetime) -> Entry | None:
    number, about = text(raw, "id", 100), inner(raw, "attributes")
    title = title_text(text(about, "title"), limits.TITLE_CHARS)
    if not title or not _NUMBER.fullmatch(number):
        return None
    posted = day(about, "postedDate", now)
    withdrawn = about.get("withdrawn") is True
    return Entry(
        entry_id=h(source_id, number, "withdrawn" if withdrawn else ""),
        source_id=source_id,
        url=f"https://www.regulations.gov/document/{number}",
        title=title,
        published_at=posted,
        precision="day" if posted else "none",
        official_ids=_ids(number, about),
        author=one_line(text(about, "agencyId", 60), 60),
        lang="en",
        body=_body(title, number, about, withdrawn=withdrawn),
        flags=tuple(f"{name}:{value.lower()}" for name in ("documentType", "subtype") if (value := text(about, name, 60))),
    )


def _ids(number: str, about: Raw) -> tuple[str, ...]:
    """Return the document's own number first, then the numbers of the matter that it belongs to."""
    ids = [f"regs:{number}"]
    if docket := text(about, "docketId", 80):
        ids.append(f"docket:{docket}")
    if (register := text(about, "frDocNum", 40).upper()) and _FR_NUMBER.fullmatch(register):
        ids += document_ids(register)
    if (rin := text(about, "rin", 20).upper()) and _RIN.fullmatch(rin):
        ids.append(f"rin:{rin}")
    return tuple(dict.fromkeys(ids))


def _body(title: str, number: str, about: Raw, *, withdrawn: bool) -> str:
    """Say in sentences what the list says in fields: the document, its docket, and until when it may be commented."""
    kind, agency, docket = text(about, "documentType", 60) or "Document", text(about, "agencyId", 60), text(about, "docketId", 80)
    where = f" in docket {docket}" if docket else ""
    lines = [f"{kind}: {title}.", f"Posted by {agency or 'the agency'}{where} as {number}."]
    until = text(about, "commentEndDate", 40)[:10]
    if until and about.get("openForComment") is not False:
        lines.append(f"Comments close on {until}.")
    if withdrawn:
        lines.append(f"This document was withdrawn{': ' + why if (why := text(about, 'reasonWithdrawn', 300)) else ''}.")
    return "\n\n".join(lines)
