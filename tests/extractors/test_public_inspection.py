"""The public inspection list: tomorrow's documents, under the numbers and with the words that they keep."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from extractors.failures import Unreadable
from extractors.federal_register import docket_ids, document_ids, parse_documents
from extractors.model import Cursor, Source, h
from extractors.public_inspection import parse_inspection
from extractors.typeset import parse_act, parse_preamble
from standins.examples import NOW, ExampleWeb, example
from standins.hostile_http import reply

LIST, DAY = "/api/v1/public-inspection-documents/current.json", "/api/v1/public-inspection-documents.json"
TEXT = "/documents/full_text/text/2026/11/27/2026-21733.txt"
SOURCE = Source(
    "fr-inspection", "public_inspection", LIST, "Federal Register", tier="official", params=(("agencies", "industry-and-security-bureau"),)
)


def web(**routes: Any) -> ExampleWeb:
    return ExampleWeb(
        {LIST: example("public_inspection", "current.json"), TEXT: example("public_inspection", "2026-21733.txt"), **routes},
        hosts=("www.federalregister.gov",),
    )


def test_a_document_on_inspection_is_the_article_that_its_publication_will_be() -> None:
    server = web()
    reading = server.read(SOURCE)
    first, second = reading.articles
    assert (reading.outcome, reading.reason) == ("ok", "")
    assert server.asked == [LIST, TEXT]
    assert first.article_id == "d_" + h("fr:2026-21733")
    assert first.official_ids == (
        "fr:2026-21733", "fr_doc:2026-21733", "docket:261118-0291", "rin:0694-AJ35", "cfr:15-7", "cfr:15-744",
    )  # fmt: skip
    assert first.published_at == datetime(2026, 11, 24, 16, 15, tzinfo=UTC)
    assert (first.is_official, first.text_kind, first.witness) == (True, "full", "api")
    assert second.official_ids[:2] == ("fr:C1-2026-21001", "fr_doc:2026-21001")
    assert second.body.startswith("Rule: Additions to the Entity List; Correction.")
    assert second.body.endswith("Corrects the entry of one address.")


def test_the_preamble_gives_the_body_that_the_documents_api_gives_later() -> None:
    published = {
        "document_number": "2026-21733",
        "title": "Customer Identification for Cloud Computing",
        "abstract": "The Bureau of Industry and Security requires providers of infrastructure as a service to identify their foreign "
        "customers and to report the training of large artificial intelligence models.\n\nIt also bars accounts of listed companies.",
        "action": "Final rule.",
        "dates": "This rule is effective January 26, 2027.",
    }
    (later,) = parse_documents(json.dumps({"count": 1, "results": [published]}).encode(), "fr-bis", NOW).entries
    body, numbers = parse_preamble(example("public_inspection", "2026-21733.txt"))
    assert body == later.body
    assert numbers == ("rin:0694-AJ35", "cfr:15-7", "cfr:15-744")


def test_a_document_is_read_once_and_again_only_when_its_text_was_replaced() -> None:
    first = web().read(SOURCE)
    known = frozenset(end.entry.entry_id for end in first.disposed)
    again = (server := web()).read(SOURCE, first.cursor, known=known)
    assert (again.outcome, again.articles, server.asked) == ("not_modified", (), [LIST])
    replaced = example("public_inspection", "current.json").replace(b"2026-11-24T11:15:02", b"2026-11-24T15:40:00")
    third = (server := web(**{LIST: replaced})).read(SOURCE, again.cursor, known=known)
    assert [a.article_id for a in third.articles] == ["d_" + h("fr:2026-21733")]
    assert server.asked == [LIST, TEXT]


def test_types_and_agencies_choose_and_without_them_all_is_listed() -> None:
    def numbers(*params: tuple[str, str]) -> list[str]:
        found = parse_inspection(example("public_inspection", "current.json"), replace(SOURCE, params=params), NOW)
        return [one.entry.official_ids[0] for one in found]

    assert numbers() == ["fr:2026-21733", "fr:C1-2026-21001", "fr:2026-21740"]
    assert numbers(("type", "NOTICE,PRORULE")) == ["fr:2026-21740"]
    assert numbers(("agencies", "commerce-department"), ("type", "NOTICE")) == []


def test_a_past_window_is_asked_day_by_day_and_leaves_the_cursor() -> None:
    def answer(query: Mapping[str, str]) -> bytes:
        there = query["conditions[available_on]"] == "2026-11-24"
        return example("public_inspection", "current.json") if there else b'{"description": "none", "count": 0}'

    past = (datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 24, 23, 59, 59, tzinfo=UTC))
    server = web(**{DAY: answer})
    reading = server.read(SOURCE, Cursor(position="keep"), window=past, now=datetime(2026, 12, 20, tzinfo=UTC))
    assert [path.partition("&")[0] for path in server.asked[:2]] == [f"{DAY}?conditions%5Bavailable_on%5D=2026-11-{d}" for d in (23, 24)]
    assert len(reading.articles) == 2
    assert reading.cursor.position == "keep"


def test_a_text_that_is_gone_or_foreign_leaves_the_words_of_the_list() -> None:
    gone = web(**{TEXT: reply("no", 404)}).read(SOURCE)
    assert gone.articles[0].body.startswith("Rule: Customer Identification for Cloud Computing.\n\nScheduled for publication")
    foreign = example("public_inspection", "current.json").replace(
        b"https://www.federalregister.gov/documents/full", b"https://evil.example/full"
    )
    server = web(**{LIST: foreign})
    assert len(server.read(SOURCE).articles) == 2
    assert server.asked == [LIST]


def test_a_passing_fault_of_a_text_keeps_the_rest_and_asks_again() -> None:
    reading = web(**{TEXT: reply("busy", 500)}).read(SOURCE, Cursor(position="before"))
    assert (reading.outcome, reading.reason) == ("failed", "partial:server_error")
    assert reading.cursor.position == "before"


def test_too_many_texts_are_not_fetched_but_told() -> None:
    server = web()
    reading = server.read(replace(SOURCE, params=(("texts", "1"),)))
    assert server.asked == [LIST, TEXT]
    assert len(reading.articles) == 3


@pytest.mark.parametrize(
    "body", [b"<html>unblock</html>", b"[]", b'{"count": 1}', b'{"results": []}', b'{"results": {"a": 1}}', b"[" * 100_000]
)
def test_any_other_answer_is_a_wrong_type(body: bytes) -> None:
    with pytest.raises(Unreadable, match="wrong_type"):
        parse_inspection(body, SOURCE, NOW)


def test_hostile_fields_do_no_harm() -> None:
    odd = {"count": 3, "results": [{"document_number": {"a": 1}, "title": []}, 7, {"document_number": "2026-1", "title": "T\x00\u202e",
           "agencies": "x",
           "docket_numbers": {"a": 1}, "filed_at": "0001-01-01", "html_url": "javascript:alert(1)", "raw_text_url": 5}]}  # fmt: skip
    (one,) = parse_inspection(json.dumps(odd).encode(), replace(SOURCE, params=()), NOW)
    assert (one.entry.title, one.entry.url, one.text_url, one.entry.published_at) == ("T", "", "", None)
    for parse in (parse_preamble, parse_act):
        with pytest.raises(Unreadable, match="wrong_type"):
            parse(b"%PDF-1.7 \xff\xfe" * 100)
    with pytest.raises(Unreadable, match="no_text"):
        parse_preamble(b"A text that has no headings.")


def test_numbers_are_written_as_the_catalogue_writes_them() -> None:
    assert document_ids("C1-2026-21001") == ("fr:C1-2026-21001", "fr_doc:2026-21001")
    assert document_ids("2026-21001") == ("fr:2026-21001", "fr_doc:2026-21001")
    assert document_ids("E8-1234") == ("fr:E8-1234", "fr_doc:E8-1234")
    assert docket_ids(["Docket No. 240119-0020", "Docket Nos.  X-1 ", "BIS-2026-0011", "Docket No."]) == (
        "docket:240119-0020", "docket:X-1", "docket:BIS-2026-0011",
    )  # fmt: skip
