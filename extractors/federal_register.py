"""The Federal Register's documents API: query addresses and answers. A document has an identity of its own, so its page is not fetched."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from extractors import limits
from extractors.api_json import read_json
from extractors.clean import one_line, paragraphs, title_text
from extractors.dates import in_range, read_date
from extractors.failures import Unreadable
from extractors.model import Entry, Source, h
from extractors.urls import BadUrl, canonical_url

API = "https://www.federalregister.gov/api/v1/documents.json"
PER_PAGE = 1_000
CUT_AT = 10_000  # the API counts no further and falls back to page 1 (server code): split by date
FIELDS = (
    "document_number", "title", "type", "subtype", "abstract", "action", "dates", "effective_on", "comments_close_on", "signing_date",
    "publication_date", "docket_ids", "regulation_id_numbers", "cfr_references", "agencies", "correction_of", "html_url",
)  # fmt: skip
_LISTS = {"agencies": "conditions[agencies][]", "type": "conditions[type][]", "topics": "conditions[topics][]"}
_SINGLE = {"term": "conditions[term]", "docket": "conditions[docket_id]", "rin": "conditions[regulation_id_number]"}
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._\-]{2,39}")
_RIN = re.compile(r"\d{4}-[A-Z]{2}\d{2}")
_DOCKET_WORDS = re.compile(r"^(?:\s*(?:Docket|File|Nos?\.?|Numbers?|IDs?\b)[:#]?)+\s*", re.IGNORECASE)
_CORRECTION = re.compile(r"[A-Z]\d-(?=(?:[A-Z]\d|\d{2,4})-\d)")  # 'C1-2026-21045' corrects 2026-21045; 'E8-1234' is a whole number


@dataclass(frozen=True, slots=True)
class ApiPage:
    """One answer page: its entries, the address of the next or '', the count the API claims, and flags: cut | bad_item | foreign_next."""

    entries: tuple[Entry, ...]
    next_url: str
    count: int
    flags: tuple[str, ...] = ()


def documents_url(source: Source, since: date, until: date) -> str:
    """Return the query for documents published from `since` to `until`, both included, newest first.

    Conditions come from the source's own address and from its params: agencies, type, topics (comma-separated), term, docket, rin.
    """
    parts = urlsplit(source.url or API)
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query)
        if not name.startswith(("conditions[publication_date]", "fields[", "order", "per_page", "page"))
    ]
    for name, value in source.params:
        if name in _LISTS:
            query += [(_LISTS[name], one.strip()) for one in value.split(",") if one.strip()]
        elif name in _SINGLE:
            query.append((_SINGLE[name], value))
    query += [("conditions[publication_date][gte]", since.isoformat()), ("conditions[publication_date][lte]", until.isoformat())]
    query += [("order", "newest"), ("per_page", str(PER_PAGE)), *(("fields[]", field) for field in FIELDS)]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query, quote_via=quote, safe="[]"), ""))


def parse_documents(body: bytes, source_id: str, now: datetime) -> ApiPage:
    """Parse one answer; raises Unreadable('empty' | 'wrong_type'). One without number or title is left out and flagged 'bad_item'."""
    answer = read_json(body)
    if not isinstance(answer, dict) or not isinstance(answer.get("count"), int):
        raise Unreadable("wrong_type")
    results = answer.get("results", [])  # an answer without hits has no such key
    if not isinstance(results, list):
        raise Unreadable("wrong_type")
    entries = [entry for raw in results if isinstance(raw, dict) and (entry := _entry(raw, source_id, now))]
    flags = [] if len(entries) == len(results) else ["bad_item"]
    flags += ["cut"] if answer["count"] >= CUT_AT else []
    following = answer.get("next_page_url")
    return ApiPage(tuple(entries), following if isinstance(following, str) else "", answer["count"], tuple(flags))


def _entry(raw: Mapping[str, Any], source_id: str, now: datetime) -> Entry | None:
    number, title = _text(raw, "document_number"), title_text(_text(raw, "title"), limits.TITLE_CHARS)
    if not title or not _NUMBER.fullmatch(number):
        return None
    reading = read_date(_text(raw, "publication_date"))
    published = in_range(reading.day_or_better, now)
    agencies = [_text(agency, "name") or _text(agency, "raw_name") for agency in raw.get("agencies") or () if isinstance(agency, dict)]
    body = _body(raw)
    return Entry(
        entry_id=h(source_id, number),
        source_id=source_id,
        url=_url(raw),
        title=title,
        summary=paragraphs(_text(raw, "abstract"), limits.SUMMARY_CHARS),
        published_at=published,
        precision="day" if published else "none",
        official_ids=_ids(number, raw),
        author=one_line(", ".join(dict.fromkeys(filter(None, agencies))), 300),
        lang="en",
        body=body or title,
        flags=_flags(raw),
    )


def _text(raw: Mapping[str, Any], name: str) -> str:
    value = raw.get(name)
    return value.strip() if isinstance(value, str) else ""


def _url(raw: Mapping[str, Any]) -> str:
    try:
        return canonical_url(_text(raw, "html_url"))
    except BadUrl:
        return ""


def _body(raw: Mapping[str, Any]) -> str:
    """Put the abstract first, then the action and the dates as paragraphs of their own: they say what happens, and when it applies."""
    abstract, action, dates = (paragraphs(_text(raw, name), limits.BODY_CHARS) for name in ("abstract", "action", "dates"))
    parts = [abstract]
    if action:
        parts.append(f"Action: {action.rstrip('.')}.")
    if dates:
        parts.append(f"Dates: {dates}")
    else:
        parts += [
            f"{label} {_text(raw, name)}."
            for name, label in (("effective_on", "Effective on"), ("comments_close_on", "Comments close on"))
            if _text(raw, name)
        ]
    return "\n\n".join(part for part in parts if part)


def _ids(number: str, raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the identity first ('fr:2026-12345', also 'fr:C1-2026-12345'), then the keys of the matter it belongs to."""
    ids = [*document_ids(number), *docket_ids(_strings(raw, "docket_ids"))]
    ids += [f"rin:{text.upper()}" for text in _strings(raw, "regulation_id_numbers") if _RIN.fullmatch(text.upper())]
    for reference in raw.get("cfr_references") or ():
        if isinstance(reference, dict) and str(reference.get("title") or "").isdigit():
            part = str(reference.get("part") or "").strip()
            ids.append(f"cfr:{reference['title']}-{part}" if part.isdigit() else f"cfr:{reference['title']}")
    return tuple(dict.fromkeys(ids))


def document_ids(number: str) -> tuple[str, ...]:
    """Give a document's identity, and the number by which texts and the catalogue name it: a correction's is that of what it corrects."""
    return f"fr:{number}", f"fr_doc:{number[corrects.end() :] if (corrects := _CORRECTION.match(number)) else number}"


def docket_ids(dockets: Iterable[str]) -> tuple[str, ...]:
    """Give docket numbers without the words before them, as the catalogue writes them: 'docket:240119-0020', 'docket:BIS-2026-0011'."""
    bare = (" ".join(_DOCKET_WORDS.sub("", docket).split()) for docket in dockets)
    return tuple(f"docket:{number}" for number in dict.fromkeys(bare) if number)


def _strings(raw: Mapping[str, Any], name: str) -> list[str]:
    values = raw.get(name)
    listed = values if isinstance(values, list) else []
    return [value.strip()[:100] for value in listed if isinstance(value, str) and value.strip()]


def _flags(raw: Mapping[str, Any]) -> tuple[str, ...]:
    flags = [f"type:{_text(raw, 'type').lower()}"] if _text(raw, "type") else []
    corrected = _text(raw, "correction_of").rstrip("/").rpartition("/")[2].removesuffix(".json")
    if corrected:
        flags.append(f"corrects:fr:{corrected}")
    return tuple(flags)
