"""The Federal Register's public inspection list: documents on the day before they are published, under the number that they keep.

The list itself gives titles only. What a document does stands in its raw text, whose preamble has fixed headings (1 CFR 18.12): ACTION,
SUMMARY, DATES. They make the same body that the documents API gives a day later, so the published document is the same article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from extractors import limits
from extractors.api_json import Raw, day, inner_list, link, read_answer, read_object, text, texts
from extractors.clean import one_line, paragraphs, title_text
from extractors.failures import ParseFailed, Unreadable
from extractors.federal_register import docket_ids, document_ids
from extractors.fetched import FetchError
from extractors.listing import Desk, Listing
from extractors.model import Cursor, Entry, Source, h
from extractors.params import value_of, values_of
from extractors.typeset import parse_preamble

TEXTS = 100  # raw texts of one reading, unless params.texts says otherwise; further documents keep the words of the list
DAYS = 31  # of a window that closed; a backfill asks for seven at a time
TYPES = {"Rule": "RULE", "Proposed Rule": "PRORULE", "Notice": "NOTICE", "Presidential Document": "PRESDOCU"}
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._\-]{2,39}")


@dataclass(frozen=True, slots=True)
class Filed:
    """One document on inspection: its entry, where its text lies, and a mark that changes when its text does."""

    entry: Entry
    text_url: str
    mark: str


async def list_public_inspection(source: Source, cursor: Cursor, desk: Desk) -> Listing:
    """List what is on inspection now, or was on the days of a closed window; a document is listed again only when its text was replaced."""
    read = set() if desk.looks_back else set(cursor.position.split())
    filed: dict[str, Filed] = {}
    for url in _addresses(source, desk):
        body = (await desk.ask(url)).body
        found = await desk.parse(parse_inspection, body, source, desk.now)
        filed.update({one.entry.entry_id: one for one in found})
    new = [one for one in filed.values() if one.mark not in read]
    most = int(value_of(source, "texts") or TEXTS)
    entries, fault = [one.entry for one in new[most:]], ""
    for one in new[:most]:
        try:
            entries.append(await _with_text(one, source, desk))
        except FetchError as failure:
            fault = failure.reason
            break
    after = replace(cursor, position=" ".join(sorted(one.mark for one in filed.values())))
    return Listing(tuple(entries), after, fault=fault, has_pages=False, not_modified=bool(filed) and not new)


def _addresses(source: Source, desk: Desk) -> Iterator[str]:
    """The address of today's list, or of one list for each day of a window that closed."""
    opened, closed = desk.window
    if not desk.looks_back or opened is None or closed is None:
        yield source.url
        return
    parts = urlsplit(source.url)
    base = f"{parts.scheme}://{parts.netloc}{parts.path.removesuffix('/current.json')}.json"
    first = max(opened.date(), closed.date() - timedelta(days=DAYS - 1))
    for n in range((closed.date() - first).days + 1):
        yield f"{base}?{urlencode({'conditions[available_on]': (first + timedelta(days=n)).isoformat(), 'per_page': 1000})}"


async def _with_text(one: Filed, source: Source, desk: Desk) -> Entry:
    """Add the preamble of the raw text; a document without a readable one keeps the words of the list. Raises FetchError that may pass."""
    if urlsplit(one.text_url).hostname not in _hosts(source):
        return one.entry
    try:
        body = (await desk.fetch(one.text_url, "api")).body
        return _joined(one.entry, await desk.parse(parse_preamble, body))
    except (ParseFailed, Unreadable):
        return one.entry
    except FetchError as failure:
        if failure.retryable:
            raise
        return one.entry


def _hosts(source: Source) -> set[str | None]:
    host = urlsplit(source.url).hostname or ""
    return {host, f"public-inspection.{host.removeprefix('www.')}"}


def parse_inspection(body: bytes, source: Source, now: datetime) -> tuple[Filed, ...]:
    """Parse a list of public inspection documents; raises Unreadable('empty' | 'wrong_type').

    Documents of other agencies or types than params names, and those without number or title, are left out.
    """
    agencies, types = set(values_of(source, "agencies")), set(values_of(source, "type"))
    answer = read_object(body)
    # A day without documents has a count only.
    results = [] if answer.get("count") == 0 and "results" not in answer else read_answer(body, lists="results")[1]
    if not isinstance(answer.get("count"), int):
        raise Unreadable("wrong_type")
    found = []
    for raw in results:
        slugs = {text(agency, "slug") for agency in inner_list(raw, "agencies")}
        wanted = (not agencies or agencies & slugs) and (not types or TYPES.get(text(raw, "type"), "") in types)
        # A replaced text is a new entry, and so a new revision of the same document.
        mark = f"{text(raw, 'document_number', 60)}@{h(text(raw, 'pdf_updated_at'), text(raw, 'title'))[:6]}"
        if wanted and (entry := _entry(raw, h(source.source_id, mark), source.source_id, now)):
            found.append(Filed(entry, link(raw, "raw_text_url"), mark))
    return tuple(found)


def _entry(raw: Raw, entry_id: str, source_id: str, now: datetime) -> Entry | None:
    number, title = text(raw, "document_number"), title_text(_title(raw), limits.TITLE_CHARS)
    if not title or not _NUMBER.fullmatch(number):
        return None
    filed = day(raw, "filed_at", now)
    names = [text(agency, "name") or text(agency, "raw_name") for agency in inner_list(raw, "agencies")]
    kind, note = text(raw, "type", 60), paragraphs(text(raw, "editorial_note"), limits.SUMMARY_CHARS)
    appears = f"Scheduled for publication in the Federal Register on {text(raw, 'publication_date', 20)}."
    lines = [f"{kind}: {title}." if kind else "", appears if text(raw, "publication_date") else "", note]
    return Entry(
        entry_id=entry_id,
        source_id=source_id,
        url=link(raw, "html_url"),
        title=title,
        published_at=filed,
        precision="instant" if filed else "none",
        official_ids=(*document_ids(number), *docket_ids(texts(raw, "docket_numbers"))),
        author=one_line(", ".join(dict.fromkeys(filter(None, names))), 300),
        lang="en",
        body="\n\n".join(filter(None, lines)),
        flags=tuple(f"{name}:{value.lower()}" for name, value in (("type", kind), ("filing", text(raw, "filing_type", 20))) if value),
    )


def _title(raw: Raw) -> str:
    """The title, or what the table of contents says in two parts."""
    return text(raw, "title") or ": ".join(filter(None, (text(raw, "toc_subject"), text(raw, "toc_doc"))))


def _joined(entry: Entry, preamble: tuple[str, tuple[str, ...]]) -> Entry:
    body, numbers = preamble
    return replace(entry, body=body, summary=body.split("\n\n", 1)[0], official_ids=tuple(dict.fromkeys((*entry.official_ids, *numbers))))
