"""Model hubs (the Hugging Face form): the models that organisations published, newest first; the listing is the document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit, urlunsplit

from extractors.api_json import read_json, text, texts
from extractors.choosing import is_before
from extractors.dates import in_range, read_date
from extractors.failures import ParseFailed, Unreadable
from extractors.fetched import FetchError
from extractors.list_page import ListPage
from extractors.listing import Desk, Listing
from extractors.model import Cursor, Entry, Source, h
from extractors.source_fields import read_fields
from extractors.urls import BadUrl, canonical_url

ANSWERS = 10  # of one organisation
FIRST_LOOK = timedelta(days=7)
_NAME = re.compile(r"[\w.\-]{1,96}/[\w.\-]{1,96}")
_NEXT = re.compile(r'<([^<>\s]{1,2000})>\s*;\s*rel="?next"?')


def models_url(source: Source, org: str) -> str:
    """Return the question for an organisation's models, newest first."""
    parts = urlsplit(source.url)
    query = {"author": org, "sort": "createdAt", "direction": "-1", "limit": read_fields(source)["limit"]}
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query, quote_via=quote), ""))


def parse_models(body: bytes, source: Source, org: str, now: datetime) -> ListPage:
    """Parse one answer; raises Unreadable('empty' | 'wrong_type'). Private models and those of other owners are left out."""
    answer = read_json(body)
    if not isinstance(answer, list):
        raise Unreadable("wrong_type")
    skip = read_fields(source)["skip"]
    unwanted = re.compile(skip) if skip else None
    entries = [
        entry
        for raw in answer
        if isinstance(raw, dict) and (entry := _entry(raw, source, org, now)) and not (unwanted and unwanted.search(entry.url))
    ]
    return ListPage(tuple(entries), () if len(answer) == len(entries) else ("left_out",))


def _entry(raw: Mapping[str, Any], source: Source, org: str, now: datetime) -> Entry | None:
    name = text(raw, "id", 200) or text(raw, "modelId", 200)
    if not _NAME.fullmatch(name) or name.partition("/")[0].lower() != org.lower() or raw.get("private") is True:
        return None
    owner, _, model = name.partition("/")
    at = in_range(read_date(text(raw, "createdAt", 60)).day_or_better, now)
    try:
        url = canonical_url(f"/{name}", source.url)
    except BadUrl:
        return None
    return Entry(
        entry_id=h(source.source_id, name),
        source_id=source.source_id,
        url=url,
        title=f"{owner} publishes the model {model}",
        published_at=at,
        precision="instant" if at else "none",
        author=owner,
        lang="en",
        body=_body(owner, model, raw),
        flags=(f"publisher:{owner}",),
    )


def _body(owner: str, model: str, raw: Mapping[str, Any]) -> str:
    """Say in sentences what the listing says in fields: day, task, licence, base model, access."""
    at = read_date(text(raw, "createdAt", 60)).day_or_better
    listed = texts(raw, "tags")
    parts = [f"{owner} published the model {model} on the hub" + (f" on {at:%Y-%m-%d}." if at else ".")]
    if task := text(raw, "pipeline_tag", 60):
        parts.append(f"Task: {task}.")
    for label, prefix in (("Licence", "license:"), ("Base model", "base_model:")):
        told = [tag.removeprefix(prefix) for tag in listed if tag.startswith(prefix) and tag.count(":") == 1]
        if told:
            parts.append(f"{label}: {', '.join(told[:5])}.")
    if raw.get("gated") not in (None, False, "", "false"):
        parts.append("Access is gated.")
    return " ".join(parts)


async def list_model_hub(source: Source, cursor: Cursor, desk: Desk) -> Listing:
    """List the models that appeared since the window opened, organisation by organisation.

    One organisation's fault leaves the others their entries and is named as the listing's; raises when none answered.
    """
    opened = desk.window[0] or desk.now - FIRST_LOOK
    found: dict[str, Entry] = {}
    faults: list[Exception] = []
    orgs = [org.strip() for org in read_fields(source)["orgs"].split(",")]
    for org in orgs:
        try:
            await _of_org(source, org, opened, desk, found)
        except (FetchError, ParseFailed, Unreadable) as failure:
            faults.append(failure)
    if faults and not found and len(faults) == len(orgs):
        raise faults[0]
    fault = str(getattr(faults[0], "reason", "")) if faults else ""
    # A backfill leaves older ones unlisted: ended as too_old they would be known to the backfill of their own span.
    listed = tuple(e for e in found.values() if not (desk.looks_back and is_before(e.published_at, e.precision, desk)))
    return Listing(listed, cursor, fault=fault, has_pages=False, covers=opened)


async def _of_org(source: Source, org: str, opened: datetime, desk: Desk, found: dict[str, Entry]) -> None:
    """Add an organisation's models, newest first, until one is older than the window; what was found before a fault stays."""
    url = models_url(source, org)
    for _ in range(ANSWERS):
        fetched = await desk.fetch(url, "api")
        page: ListPage = await desk.parse(parse_models, fetched.body, source, org, desk.now)
        found.update((entry.entry_id, entry) for entry in page.entries)
        dates = [entry.published_at for entry in page.entries if entry.published_at]
        following = _NEXT.search(fetched.headers.get("link", ""))
        if not following or not dates or min(dates) <= opened:
            return
        url = urljoin(url, following[1])
        if urlsplit(url)[:2] != urlsplit(source.url)[:2]:
            raise Unreadable("foreign_next")
