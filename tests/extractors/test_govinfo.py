"""govinfo: bills and laws with their text, and the Federal Register by its parts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from extractors.failures import Unreadable
from extractors.govinfo import parse_packages, published_url
from extractors.model import Cursor, Source, h
from standins.examples import KEY, NOW, ExampleWeb, example
from standins.hostile_http import reply

SOURCE = Source(
    "govinfo",
    "govinfo",
    "",
    "govinfo",
    tier="official",
    key_env="GOVINFO_KEY",
    params=(("collections", "BILLS,PLAW"), ("title", "chip,Public Law")),
)
REGISTER = replace(SOURCE, params=(("collections", "FR"), ("title", "chip")))
TONIGHT = "/published/2026-09-19/2026-11-25"
GRANULES = "/packages/FR-2026-11-24/granules"


LIVE = replace(SOURCE, url="https://api.govinfo.gov")


def pages(**more: Any) -> ExampleWeb:
    return ExampleWeb(
        {
            TONIGHT: example("govinfo", "published.json"),
            GRANULES: example("govinfo", "granules.json"),
            "/content/pkg/BILLS-119hr2683rfs/html/BILLS-119hr2683rfs.htm": example("govinfo", "BILLS-119hr2683rfs.htm"),
            **more,
        }
    )


def test_packages_become_entries_with_numbers_and_a_page_of_text() -> None:
    page = parse_packages(example("govinfo", "published.json"), LIVE, NOW)
    bill, law = page.entries
    assert bill.official_ids == ("pkg:BILLS-119hr2683rfs", "bill:119-hr-2683", "bill:hr-2683-119th", "bill:hr-2683")
    assert bill.title == "H.R. 2683 (Received in Senate): An act to control remote access to artificial intelligence chips."
    assert bill.url == "https://www.govinfo.gov/content/pkg/BILLS-119hr2683rfs/html/BILLS-119hr2683rfs.htm"
    assert (bill.published_at, bill.precision) == (datetime(2026, 11, 23, tzinfo=UTC), "day")
    assert law.official_ids == ("pkg:PLAW-119publ171", "bill:P.L. 119-171")
    assert (page.issues, page.mark) == (("FR-2026-11-24",), "")


def test_the_parts_of_an_issue_are_documents_of_the_federal_register() -> None:
    page = parse_packages(example("govinfo", "granules.json"), replace(REGISTER, url="https://api.govinfo.gov"), NOW)
    (rule,) = page.entries
    assert rule.official_ids == ("fr:2026-21501", "fr_doc:2026-21501")
    assert rule.url == "https://www.govinfo.gov/content/pkg/FR-2026-11-24/html/2026-21501.htm"
    assert rule.published_at == datetime(2026, 11, 24, tzinfo=UTC)


def test_the_text_is_read_from_its_page_without_the_key_and_the_article_is_named_by_its_number() -> None:
    server = pages()
    reading = server.read(SOURCE)
    article = next(a for a in reading.articles if a.official_ids[0] == "pkg:BILLS-119hr2683rfs")
    assert article.article_id == "d_" + h("pkg:BILLS-119hr2683rfs")
    assert (article.text_kind, article.is_official) == ("full", True)
    assert "may require a license before a person of a country of concern" in " ".join(article.body.split())
    keyed = [path.partition("?")[0] for path, headers in zip(server.asked, server.headers, strict=True) if "x-api-key" in headers]
    assert keyed == [TONIGHT, GRANULES]
    assert KEY not in repr(reading) + repr(server.asked)


def test_a_missing_text_leaves_the_words_of_the_list() -> None:
    reading = pages().read(SOURCE)
    law = next(a for a in reading.articles if "bill:P.L. 119-171" in a.official_ids)
    assert law.body == "Public Law 119 - 171 - Chip Security Act.\n\nIssued on 2026-11-20."
    assert {end.disposition for end in reading.disposed} == {"fetched"}


def test_a_document_is_read_once() -> None:
    first = pages().read(SOURCE)
    assert first.cursor.position == "2026-11-25 2026-21501 BILLS-119hr2683rfs PLAW-119publ171"
    again = (server := pages()).read(SOURCE, first.cursor, known=frozenset(end.entry.entry_id for end in first.disposed))
    assert (again.outcome, again.articles) == ("not_modified", ())
    assert [path.partition("?")[0] for path in server.asked] == [TONIGHT, GRANULES]


def test_a_text_that_fails_for_now_keeps_what_was_read_and_asks_again() -> None:
    failing = {"/content/pkg/PLAW-119publ171/html/PLAW-119publ171.htm": reply("busy", 500)}
    reading = pages(**failing).read(SOURCE, Cursor(position="2026-11-24"))
    assert (reading.outcome, reading.reason, reading.cursor.position) == ("failed", "partial:server_error", "2026-11-24")
    assert [a.official_ids[0] for a in reading.articles] == ["pkg:BILLS-119hr2683rfs"]


def test_a_part_of_the_federal_register_gets_its_preamble_and_numbers() -> None:
    text = b"<html><body><pre>" + example("public_inspection", "2026-21733.txt") + b"</pre></body></html>"
    register = {"/content/pkg/FR-2026-11-24/html/2026-21501.htm": text}
    articles = pages(**register).read(REGISTER).articles
    rule = next(a for a in articles if a.official_ids[0] == "fr:2026-21501")
    assert rule.article_id == "d_" + h("fr:2026-21501")
    assert rule.body.startswith("The Bureau of Industry and Security requires")
    assert {"rin:0694-AJ35", "cfr:15-744"} <= set(rule.official_ids)


def test_tonight_asks_for_what_came_or_changed_and_the_past_for_its_days() -> None:
    tonight = published_url(replace(SOURCE, url="https://api.govinfo.gov/"), date(2026, 11, 18), date(2026, 11, 25), past=False)
    assert tonight.startswith("https://api.govinfo.gov/published/2026-09-19/2026-11-25?")
    asked = parse_qs(urlsplit(tonight).query)
    assert (asked["collection"], asked["modifiedSince"], asked["pageSize"]) == (["BILLS,PLAW"], ["2026-11-18T00:00:00Z"], ["1000"])
    past = published_url(replace(SOURCE, url="https://api.govinfo.gov"), date(2026, 3, 2), date(2026, 3, 8), past=True)
    assert past == "https://api.govinfo.gov/published/2026-03-02/2026-03-08?collection=BILLS,PLAW&pageSize=1000"


def test_pages_are_followed_by_their_mark_on_our_own_address() -> None:
    def answer(query: Mapping[str, str]) -> bytes:
        raw = json.loads(example("govinfo", "published.json"))
        first = query["offsetMark"] == "*"
        raw["nextPage"] = "https://evil.example/published?offsetMark=AoJ%2Bx%3D&pageSize=1&api_key=ECHOED" if first else None
        raw["packages"] = raw["packages"][:1] if first else raw["packages"][1:2]
        return json.dumps(raw).encode()

    server = pages(**{TONIGHT: answer})
    reading = server.read(SOURCE)
    marks = [parse_qs(urlsplit(path).query)["offsetMark"][0] for path in server.asked if path.startswith("/published")]
    assert marks == ["*", "AoJ+x="]
    assert len(reading.disposed) == 2
    assert "ECHOED" not in repr(server.asked) + repr(reading)


def test_a_mark_that_repeats_ends_the_list() -> None:
    looping = example("govinfo", "published.json").replace(b'"nextPage": null', b'"nextPage": "https://x.example/?offsetMark=*"')
    server = pages(**{TONIGHT: looping})
    server.read(SOURCE)
    assert sum(path.startswith("/published") for path in server.asked) == 1


def test_a_backfill_asks_for_its_days_and_leaves_the_cursor() -> None:
    server = ExampleWeb({"/published/2026-03-02/2026-03-08": b'{"count": 0, "packages": []}'})
    past = (datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 8, 23, 59, 59, tzinfo=UTC))
    reading = server.read(SOURCE, Cursor(position="2026-11-24"), window=past)
    assert (reading.outcome, reading.cursor.position) == ("empty", "2026-11-24")
    assert "modifiedSince" not in server.asked[0]


def test_an_issue_that_fails_is_asked_again() -> None:
    reading = pages(**{GRANULES: b"<html>"}).read(SOURCE, Cursor(position="2026-11-24"))
    assert (reading.outcome, reading.reason, reading.cursor.position) == ("failed", "wrong_type", "2026-11-24")


@pytest.mark.parametrize("body", [b"", b"<html/>", b"[]", b'{"packages": "x"}', b'{"error": "API_KEY_MISSING"}'])
def test_any_other_answer_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable, match=r"empty|wrong_type"):
        parse_packages(body, LIVE, NOW)


def test_hostile_fields_do_no_harm() -> None:
    odd = [None, {"packageId": "BILLS-119hr1ih/../../x", "title": "chip"}, {"packageId": 7, "title": "chip"},
           {"packageId": "BILLS-1", "title": None},
           {"packageId": "BILLS-119xyz5ih", "title": "chip\x00 <script>1</script>\u202e", "dateIssued": "0000-00-00"}]  # fmt: skip
    page = parse_packages(json.dumps({"packages": odd, "nextPage": {"a": 1}}).encode(), LIVE, NOW)
    (entry,) = page.entries
    assert (entry.title, entry.official_ids, entry.published_at, page.mark) == ("chip", ("pkg:BILLS-119xyz5ih",), None, "")
