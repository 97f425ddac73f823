"""The Federal Register's documents API (documents.json) over a stream's official articles."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from newsroom.feeds import path_of
from newsroom.model import Item

API_PATH = "/api/v1/documents.json"
NUMBER = re.compile(r"\b(?:[A-Z]\d-)?\d{4}-\d{4,6}\b")
AGENCIES = {
    "Bureau of Industry and Security": "industry-and-security-bureau",
    "Department of the Treasury": "treasury-department",
    "Department of Defense": "defense-department",
    "Federal Communications Commission": "federal-communications-commission",
    "Federal Aviation Administration": "federal-aviation-administration",
    "National Oceanic and Atmospheric Administration": "national-oceanic-and-atmospheric-administration",
}
TYPES = (("Proposed Rule", r"proposed rule|proposes to|is proposing"), ("Rule", r"final rule|this rule|interim final"), ("Notice", ""))
DAY = re.compile(r"(January|February|March|April|May|June|July|August|September|October|November|December) (\d{1,2}), (\d{4})")


def answer_documents(items: Sequence[Item], query: str, base: str) -> bytes:
    """Answer one page of documents.json: publication_date gte/lte/is, order, per_page and page are honoured, fields ignored."""
    asked = dict(parse_qsl(query, keep_blank_values=True))
    chosen = [item for item in items if _within(item.published_at.date(), asked)]
    if asked.get("order") == "oldest":
        chosen.reverse()
    size = min(max(int(asked.get("per_page", "20")), 1), 1000)
    page = max(int(asked.get("page", "1")), 1)
    shown = chosen[(page - 1) * size : page * size]
    pages = -(-len(chosen) // size)
    answer: dict[str, Any] = {"count": len(chosen), "description": "Documents", "total_pages": pages}
    if page < pages:
        answer["next_page_url"] = f"{base}{API_PATH}?{urlencode({**asked, 'page': str(page + 1)})}"
    if shown:  # the real one leaves results out when nothing matches
        answer["results"] = [document(item, base) for item in shown]
    return json.dumps(answer, ensure_ascii=False).encode()


def document(item: Item, base: str) -> dict[str, Any]:
    """One result, with the fields that the body's own words give."""
    return {
        "document_number": number_of(item),
        "title": item.title,
        "type": _type_of(item),
        "abstract": item.body,
        "action": _type_of(item) + ".",
        "publication_date": item.published_at.date().isoformat(),
        "effective_on": _day_after(item.body, r"effective (?:on )?"),
        "comments_close_on": _day_after(item.body, r"(?:received|submitted) (?:on or before|by) "),
        "html_url": base + path_of(item),
        "docket_ids": re.findall(r"Docket No\. ([\w-]*\d)", item.body),
        "regulation_id_numbers": re.findall(r"\b\d{4}-[A-Z]{2}\d{2}\b", item.body),
        "cfr_references": [{"title": int(a), "part": int(b)} for a, b in re.findall(r"\b(\d+) CFR part (\d+)", item.body)],
        "agencies": [{"name": name, "raw_name": name, "slug": slug} for name, slug in AGENCIES.items() if name in item.body],
    }


def number_of(item: Item) -> str:
    """The document number in the article's URL, else its id."""
    found = NUMBER.search(item.url)
    return found.group() if found else item.id


def _type_of(item: Item) -> str:
    text = f"{item.title} {item.body}".lower()
    return next(name for name, words in TYPES if not words or re.search(words, text))


def _day_after(text: str, lead: str) -> str | None:
    found = re.search(lead + DAY.pattern, text)
    return datetime.strptime(" ".join(found.groups()), "%B %d %Y").replace(tzinfo=UTC).date().isoformat() if found else None


def _within(day: date, asked: dict[str, str]) -> bool:
    first, last, only = (asked.get(f"conditions[publication_date][{bound}]") for bound in ("gte", "lte", "is"))
    return (
        (not first or day >= date.fromisoformat(first))
        and (not last or day <= date.fromisoformat(last))
        and (not only or day.isoformat() == only)
    )
