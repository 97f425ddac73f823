"""regulations.gov: what agencies posted, under the numbers of their dockets and of the Federal Register."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from extractors.failures import Unreadable
from extractors.model import Cursor, Source, h
from extractors.regulations import documents_url, parse_posted
from standins.examples import KEY, NOW, ExampleWeb, example
from standins.hostile_http import reply

PATH = "/v4/documents"
SOURCE = Source(
    "regulations-gov", "regulations", PATH, "regulations.gov", tier="official", key_env="REGULATIONS_KEY",
    params=(("agencies", "BIS, FCC"), ("types", "Rule,Proposed Rule")),
)  # fmt: skip


def test_a_posted_document_carries_all_its_numbers() -> None:
    server = ExampleWeb({PATH: example("regulations", "documents.json")})
    reading = server.read(SOURCE)
    proposed, withdrawn = reading.articles
    assert (reading.outcome, reading.reason, len(reading.disposed)) == ("ok", "", 2)
    assert proposed.article_id == "d_" + h("regs:BIS-2026-0044-0001")
    assert proposed.official_ids == ("regs:BIS-2026-0044-0001", "docket:BIS-2026-0044", "fr:2026-21650", "fr_doc:2026-21650")
    assert proposed.url == "https://www.regulations.gov/document/BIS-2026-0044-0001"
    assert proposed.body.split("\n\n") == [
        "Proposed Rule: Reporting of Overseas Data Center Capacity.",
        "Posted by BIS in docket BIS-2026-0044 as BIS-2026-0044-0001.",
        "Comments close on 2027-01-26.",
    ]
    assert proposed.published_at == datetime(2026, 11, 24, 5, tzinfo=UTC)
    assert withdrawn.body.endswith("This document was withdrawn: Posted twice.")
    assert server.headers[0]["x-api-key"] == KEY
    assert KEY not in repr(reading) + repr(server.asked)


def test_the_question_names_days_agencies_types_and_page() -> None:
    asked = parse_qsl(urlsplit(documents_url(SOURCE, date(2026, 11, 20), date(2026, 11, 25), 3)).query)
    assert asked == [
        ("filter[postedDate][ge]", "2026-11-20"), ("filter[postedDate][le]", "2026-11-25"), ("filter[agencyId]", "BIS,FCC"),
        ("filter[documentType]", "Rule,Proposed Rule"), ("sort", "postedDate,documentId"), ("page[size]", "250"), ("page[number]", "3"),
    ]  # fmt: skip
    other = replace(SOURCE, params=(("docket", "BIS-2026-0044"), ("term", "chips & clouds")))
    assert ("filter[searchTerm]", "chips & clouds") in parse_qsl(
        urlsplit(documents_url(other, date(2026, 1, 1), date(2026, 1, 2), 1)).query
    )


def page(number: str, *, posted: str = "2026-11-24", more: bool = False, total: int = 1) -> bytes:
    about = {"title": f"Document {number}", "docketId": "BIS-2026-0001", "postedDate": posted, "documentType": "Rule"}
    answer = {"data": [{"id": number, "attributes": about}], "meta": {"hasNextPage": more, "totalElements": total}}
    return json.dumps(answer).encode()


def test_pages_are_followed_while_there_are_more() -> None:
    def answer(query: Mapping[str, str]) -> bytes:
        number = int(query["page[number]"])
        return page(f"BIS-2026-0001-000{number}", more=number < 3, total=3)

    server = ExampleWeb({PATH: answer})
    assert len(server.read(SOURCE).articles) == 3
    assert len(server.asked) == 3


def test_more_than_the_api_gives_is_asked_by_halves_and_every_day_is_covered() -> None:
    kept: list[tuple[date, date]] = []

    def answer(query: Mapping[str, str]) -> bytes:
        first, last = (date.fromisoformat(query[f"filter[postedDate][{edge}]"]) for edge in ("ge", "le"))
        total = 2_000 * ((last - first).days + 1)
        if total <= 5_000:
            kept.append((first, last))
        return page(f"BIS-{first:%Y%m%d}-1", posted=first.isoformat(), total=total)

    reading = ExampleWeb({PATH: answer}).read(SOURCE)
    covered = [first + timedelta(days=n) for first, last in kept for n in range((last - first).days + 1)]
    assert sorted(covered) == [date(2026, 11, 18) + timedelta(days=n) for n in range(8)]
    assert (reading.outcome, reading.cursor.position) == ("ok", "2026-11-25")


def test_a_backfill_asks_for_its_days_and_leaves_the_cursor() -> None:
    days: list[str] = []

    def answer(query: Mapping[str, str]) -> bytes:
        days.extend(query[f"filter[postedDate][{edge}]"] for edge in ("ge", "le"))
        return page("BIS-2026-0001-0001", posted="2026-03-03")

    past = (datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 8, 23, 59, 59, tzinfo=UTC))
    reading = ExampleWeb({PATH: answer}).read(SOURCE, Cursor(position="2026-11-24"), window=past)
    assert days == ["2026-03-02", "2026-03-08"]
    assert (len(reading.articles), reading.cursor.position) == (1, "2026-11-24")


def test_a_refused_key_is_a_failure_that_backs_off() -> None:
    reading = ExampleWeb({PATH: reply('{"error": {"code": "API_KEY_INVALID"}}', 403, kind="application/json")}).read(SOURCE)
    assert (reading.outcome, reading.reason, reading.cursor.failures) == ("failed", "forbidden", 1)
    throttled = ExampleWeb({PATH: reply("{}", 429, "Retry-After: 7200")}).read(SOURCE)
    assert (throttled.reason, throttled.cursor.next_at) == ("throttled", NOW + timedelta(hours=2))


@pytest.mark.parametrize("body", [b"", b"<html/>", b"[]", b'{"data": "x"}', b'{"errors": [{"status": 400}]}'])
def test_any_other_answer_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable, match=r"empty|wrong_type"):
        parse_posted(body, "regulations-gov", NOW)


def test_hostile_fields_do_no_harm() -> None:
    odd = {"data": [None, {"id": "A" * 500, "attributes": {"title": "x"}}, {"id": "BIS-1-1", "attributes": "x"},
                    {"id": "BIS-2026-1-1", "attributes": {"title": "<i>T</i>\u202e", "frDocNum": "2026-1; drop",
                                                          "rin": "none", "docketId": 7,
                                                          "postedDate": "soon", "withdrawn": "yes"}}], "meta": []}  # fmt: skip
    parsed = parse_posted(json.dumps(odd).encode(), "regulations-gov", NOW)
    (entry,) = parsed.entries
    assert (entry.title, entry.published_at, entry.official_ids) == ("T", None, ("regs:BIS-2026-1-1", "docket:7"))
    assert (parsed.more, parsed.count) == (False, 0)
