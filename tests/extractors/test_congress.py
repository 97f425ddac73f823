"""Congress.gov: bills by their latest action, and every action of the bills that are watched."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from extractors.congress import Bill, congress_of, ordinal, parse_bills, parse_title
from extractors.failures import Unreadable
from extractors.model import Cursor, Source, h
from standins.examples import KEY, NOW, ExampleWeb, example
from standins.hostile_http import redirect
from topics.numbers import normal
from topics.values import official_numbers

SOURCE = Source("congress-gov", "congress", "/v3/bill", "Congress.gov", tier="official", key_env="CONGRESS_KEY", params=(("types", "hr"),))
WATCHED = replace(SOURCE, params=(("bills", "119-hr-8283"),))
BILL = "/v3/bill/119/hr/8283"


def watched() -> ExampleWeb:
    return ExampleWeb({BILL: example("congress", "bill.json"), f"{BILL}/actions": example("congress", "actions.json")})


def test_what_happened_to_a_bill_on_a_day_is_a_document() -> None:
    server = ExampleWeb({"/v3/bill/119/hr": example("congress", "bills.json")})
    reading = server.read(SOURCE)
    house, law = reading.articles
    assert (reading.outcome, reading.reason, reading.cursor.position) == ("ok", "", "2026-11-25")
    assert house.article_id == "d_" + h("action:119-hr-2683-2026-11-23")
    assert house.official_ids == ("action:119-hr-2683-2026-11-23", "bill:119-hr-2683", "bill:hr-2683-119th", "bill:hr-2683")
    assert house.title == "H.R. 2683, Remote Access Security Act"
    assert house.body.split("\n\n") == [
        "H.R. 2683, Remote Access Security Act (119th Congress).",
        "Action on 2026-11-23: Passed/agreed to in House: On motion to suspend the rules and pass the bill Agreed to by voice vote.",
    ]
    assert house.url == "https://www.congress.gov/bill/119th-congress/house-bill/2683"
    assert (house.published_at, house.precision) == (datetime(2026, 11, 23, tzinfo=UTC), "day")
    assert "bill:P.L. 119-171" in law.official_ids


def test_the_question_holds_window_order_and_size_and_the_key_goes_in_a_header_only(caplog: pytest.LogCaptureFixture) -> None:
    server = ExampleWeb({"/v3/bill/119/hr": example("congress", "bills.json")})
    with caplog.at_level(logging.DEBUG):
        reading = server.read(SOURCE)
    asked = parse_qs(urlsplit(server.asked[0]).query)
    assert asked["fromDateTime"] == ["2026-11-18T00:00:00Z"]
    assert asked["toDateTime"] == ["2026-11-26T00:00:00Z"]
    assert (asked["limit"], asked["offset"], asked["sort"]) == (["250"], ["0"], ["updateDate asc"])
    assert [headers["x-api-key"] for headers in server.headers] == [KEY]
    assert KEY not in repr(reading) + repr(server.asked) + caplog.text


def test_the_key_does_not_follow_a_redirect_to_another_origin() -> None:
    server = ExampleWeb({"/v3/bill/119/hr": redirect("http://localhost:1/elsewhere")})
    reading = server.read(SOURCE)
    assert reading.outcome == "failed"
    assert KEY not in repr(reading)


def test_without_its_key_a_source_is_skipped_with_one_clear_reason_and_nothing_is_asked() -> None:
    server = ExampleWeb({})
    before = Cursor(position="2026-11-20", failures=0)
    reading = server.read(SOURCE, before, key="")
    assert (reading.outcome, reading.reason, reading.cursor, server.asked) == ("skipped", "needs_key:CONGRESS_KEY", before, [])


def test_pages_are_followed_by_offset() -> None:
    def answer(query: Mapping[str, str]) -> bytes:
        raw = json.loads(example("congress", "bills.json"))
        offset = int(query["offset"])
        bill = {**raw["bills"][0], "number": str(100 + offset)}
        return json.dumps({"bills": [bill] * (250 if offset < 500 else 1), "pagination": {"count": 501}}).encode()

    server = ExampleWeb({"/v3/bill/119/hr": answer})
    reading = server.read(SOURCE)
    assert [parse_qs(urlsplit(path).query)["offset"] for path in server.asked] == [["0"], ["250"], ["500"]]
    assert {a.official_ids[1] for a in reading.articles} == {"bill:119-hr-100", "bill:119-hr-350", "bill:119-hr-600"}


def test_a_later_action_of_the_day_is_a_new_revision_of_the_same_document() -> None:
    first = ExampleWeb({"/v3/bill/119/hr": example("congress", "bills.json")}).read(SOURCE)
    known = frozenset(end.entry.entry_id for end in first.disposed)
    moved = example("congress", "bills.json").replace(b"Passed/agreed to in House: On motion", b"Received in the Senate after a motion")
    again = ExampleWeb({"/v3/bill/119/hr": moved}).read(SOURCE, first.cursor, known=known)
    (end,) = again.disposed
    assert end.article_id == "d_" + h("action:119-hr-2683-2026-11-23")
    assert any("Received in the Senate" in a.body for a in again.articles)


def test_every_action_of_a_watched_bill_in_the_window_is_told() -> None:
    server = watched()
    reading = server.read(WATCHED)
    assert [path.partition("?")[0] for path in server.asked] == [BILL, f"{BILL}/actions"]
    (article,) = reading.articles
    assert article.title == "H.R. 8283, Deterring American AI Model Theft Act"
    assert article.body.split("\n\n")[1:] == [
        "Action on 2026-11-24: Reported (Amended) by the Committee on Foreign Affairs. H. Rept. 119-702.",
        "Action on 2026-11-24: Placed on the Union Calendar, Calendar No. 611.",
    ]


def test_a_watched_bill_is_left_out_of_the_lists() -> None:
    both = replace(SOURCE, params=(("types", "hr"), ("bills", "119-hr-2683")))
    path = "/v3/bill/119/hr"
    server = ExampleWeb(
        {
            path: example("congress", "bills.json"),
            f"{path}/2683": example("congress", "bill.json"),
            f"{path}/2683/actions": b'{"actions": []}',
        }
    )
    assert [a.official_ids[1] for a in server.read(both).articles] == ["bill:119-s-1705"]


def test_a_backfill_of_a_watched_bill_finds_the_actions_of_its_days() -> None:
    april = (datetime(2026, 4, 13, tzinfo=UTC), datetime(2026, 4, 19, 23, 59, 59, tzinfo=UTC))
    reading = watched().read(WATCHED, Cursor(position="keep"), window=april)
    assert [end.entry.summary for end in reading.disposed] == ["Introduced in House"]
    assert reading.cursor.position == "keep"


def test_the_number_meets_the_catalogue_and_the_press() -> None:
    ids = Bill(119, "hr", 2683, "").ids(NOW)
    schemes = {(scheme, normal(scheme, value)) for scheme, _, value in (one.partition(":") for one in ids)}
    assert ("bill", normal("bill", "H.R. 2683 (119th)")) in schemes
    assert set(official_numbers("The House passed H.R. 2683 on Monday.")) <= schemes
    assert Bill(118, "hr", 2683, "").ids(NOW) == ("bill:118-hr-2683", "bill:hr-2683-118th")


def test_congresses_are_counted_and_written() -> None:
    assert [congress_of(datetime(year, 6, 1, tzinfo=UTC)) for year in (1789, 2024, 2025, 2026, 2027)] == [1, 118, 119, 119, 120]
    assert [ordinal(n) for n in (1, 2, 3, 11, 101, 112, 119, 122)] == ["1st", "2nd", "3rd", "11th", "101st", "112th", "119th", "122nd"]


@pytest.mark.parametrize("body", [b"", b"<api-root/>", b"[]", b'{"bills": {}}', b'{"error": {"code": "API_KEY_INVALID"}}'])
def test_any_other_answer_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable, match=r"empty|wrong_type"):
        parse_bills(body, None, "congress-gov", NOW)
    with pytest.raises(Unreadable, match=r"empty|wrong_type"):
        parse_title(body)


def test_hostile_fields_do_no_harm() -> None:
    odd = [{"congress": "119/../..", "type": "hr", "number": "1", "title": "x"}, {"congress": 119, "type": ["hr"], "number": True}, None, 3,
           {"congress": 119, "type": "HR", "number": 5, "title": "<b>T</b>", "latestAction": {"actionDate": "9999-01-01", "text": "x"}},
           {"congress": 119, "type": "HR", "number": 6, "title": "T", "latestAction": "x"}]  # fmt: skip
    page = parse_bills(json.dumps({"bills": odd, "pagination": {"count": "many"}}).encode(), None, "congress-gov", NOW)
    assert (page.entries, page.listed, page.count) == ((), 6, 0)
