"""The documents API of the Federal Register: queries, answers, and the way from one to the other."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from extractors.failures import Unreadable
from extractors.federal_register import documents_url, parse_documents
from extractors.fetched import Fetched
from extractors.model import Cursor, Source, SourceReading, h
from extractors.reading import read_source
from standins.scripted_web import NOW, InlineBox, ScriptedWeb, failing

BASE = "https://www.federalregister.gov/api/v1/documents.json?conditions[agencies][]=industry-and-security-bureau&order=newest"
SOURCE = Source(
    "fr-bis",
    "federal_register",
    BASE,
    "Federal Register",
    tier="official",
    params=(("term", '"artificial intelligence"'), ("type", "RULE, PRORULE")),
)
WINDOW = (datetime(2026, 11, 20, 6, 0, tzinfo=UTC), NOW)


def document(number: str = "2026-21045", **more: Any) -> dict[str, Any]:
    return {
        "document_number": number,
        "title": "Know Your Customer Program for IaaS Providers",
        "type": "Rule",
        "abstract": "The bureau issues a final rule on customer identification.",
        "action": "Final rule.",
        "dates": "This rule is effective January 25, 2027.",
        "publication_date": "2026-11-24",
        "docket_ids": ["Docket No. 261102-0280", "BIS-2026-0011"],
        "regulation_id_numbers": ["0694-AJ35"],
        "cfr_references": [{"title": 15, "part": 7}, {"title": 15, "part": "744"}],
        "agencies": [{"name": "Commerce Department"}, {"raw_name": "Bureau of Industry and Security"}],
        "html_url": f"https://www.federalregister.gov/documents/2026/11/24/{number}/know-your-customer",
        **more,
    }


def answer(*documents: dict[str, Any], count: int | None = None, following: str = "") -> tuple[bytes, str]:
    raw: dict[str, Any] = {"count": len(documents) if count is None else count}
    if documents:
        raw["results"] = list(documents)
    if following:
        raw["next_page_url"] = following
    return json.dumps(raw).encode(), "application/json"


def read(web: Any, cursor: Cursor | None = None, **more: Any) -> SourceReading:
    return asyncio.run(
        read_source(
            SOURCE,
            cursor or Cursor(),
            client=web,
            box=InlineBox(),
            known_entries=frozenset(),
            known_pages={},
            window=WINDOW,
            now=NOW,
            **more,
        )
    )


def test_the_query_holds_conditions_window_and_fields() -> None:
    url = documents_url(SOURCE, date(2026, 11, 20), date(2026, 11, 25))
    asked = parse_qsl(urlsplit(url).query)
    assert url.startswith("https://www.federalregister.gov/api/v1/documents.json?conditions[agencies][]=industry-and-security-bureau")
    assert ("conditions[term]", '"artificial intelligence"') in asked
    assert [value for name, value in asked if name == "conditions[type][]"] == ["RULE", "PRORULE"]
    assert ("conditions[publication_date][gte]", "2026-11-20") in asked
    assert ("conditions[publication_date][lte]", "2026-11-25") in asked
    assert [value for name, value in asked if name == "order"] == ["newest"]
    assert {"document_number", "abstract", "docket_ids", "cfr_references"} <= {value for name, value in asked if name == "fields[]"}


def test_a_document_is_an_entry_with_its_own_identity() -> None:
    page = parse_documents(answer(document())[0], "fr-bis", NOW)
    (entry,) = page.entries
    assert entry.official_ids == (
        "fr:2026-21045",
        "fr_doc:2026-21045",
        "docket:261102-0280",
        "docket:BIS-2026-0011",
        "rin:0694-AJ35",
        "cfr:15-7",
        "cfr:15-744",
    )
    assert entry.body.split("\n\n") == [
        "The bureau issues a final rule on customer identification.",
        "Action: Final rule.",
        "Dates: This rule is effective January 25, 2027.",
    ]
    assert (entry.published_at, entry.precision) == (datetime(2026, 11, 24, tzinfo=UTC), "day")
    assert entry.author == "Commerce Department, Bureau of Industry and Security"
    assert entry.flags == ("type:rule",)
    assert (page.count, page.next_url, page.flags) == (1, "", ())


def test_a_correction_is_a_document_of_its_own() -> None:
    raw = document("C1-2026-21045", correction_of="https://www.federalregister.gov/api/v1/documents/2026-21045.json")
    (entry,) = parse_documents(answer(raw)[0], "fr-bis", NOW).entries
    assert entry.official_ids[:2] == ("fr:C1-2026-21045", "fr_doc:2026-21045")
    assert "corrects:fr:2026-21045" in entry.flags


def test_dates_come_from_the_fields_where_the_text_has_none() -> None:
    (entry,) = parse_documents(
        answer(document(dates=None, effective_on="2027-01-25", comments_close_on="2026-12-24"))[0], "fr-bis", NOW
    ).entries
    assert entry.body.endswith("Effective on 2027-01-25.\n\nComments close on 2026-12-24.")


def test_a_document_without_abstract_still_says_something() -> None:
    (entry,) = parse_documents(answer(document(abstract=None, action=None, dates=None))[0], "fr-bis", NOW).entries
    assert entry.body == entry.title


@pytest.mark.parametrize(
    "body", [b"<html>blocked</html>", b"[]", b'{"errors": {"agencies": "bad slug"}}', b'{"count": "x"}', b'{"count": 1, "results": {}}']
)
def test_any_other_answer_is_a_wrong_type(body: bytes) -> None:
    with pytest.raises(Unreadable, match=r"wrong_type"):
        parse_documents(body, "fr-bis", NOW)


def test_bad_documents_are_left_out_and_flagged_and_hostile_fields_do_no_harm() -> None:
    odd = document(
        "2026-30000",
        docket_ids="no list",
        cfr_references=[3, {"title": "x"}],
        agencies=[None, {"name": 4}],
        html_url="javascript:alert(1)",
        publication_date="2026-02-30",
    )
    page = parse_documents(answer(odd, document(number=""), document(title=""), {"title": "only"})[0], "fr-bis", NOW)
    assert page.flags == ("bad_item",)
    assert [(entry.url, entry.published_at, entry.author) for entry in page.entries] == [("", None, "")]


def test_reading_makes_official_articles_without_fetching_pages() -> None:
    url = documents_url(SOURCE, date(2026, 11, 20), date(2026, 11, 25))
    web = ScriptedWeb({url: answer(document())})
    reading = read(web)
    (article,) = reading.articles
    assert web.asked == [url]
    assert article.article_id == "d_" + h("fr:2026-21045")
    assert (article.tier, article.text_kind, article.witness, article.is_official) == ("official", "full", "api", True)
    assert (reading.outcome, reading.cursor.position) == ("ok", "2026-11-25")
    assert reading.disposed[0].disposition == "fetched"


def test_it_follows_the_next_page_of_its_own_host_only() -> None:
    first = documents_url(SOURCE, date(2026, 11, 20), date(2026, 11, 25))
    second = "https://www.federalregister.gov/api/v1/documents.json?page=2"
    web = ScriptedWeb({first: answer(document(), following=second), second: answer(document("2026-21046"))})
    assert [a.official_ids[0] for a in read(web).articles] == ["fr:2026-21045", "fr:2026-21046"]
    stranger = ScriptedWeb({first: answer(document(), following="https://evil.example/documents.json")})
    assert read(stranger).reason == "foreign_next"
    assert stranger.asked == [first]


def test_a_fault_half_way_keeps_what_was_read_and_not_the_position() -> None:
    first = documents_url(SOURCE, date(2026, 11, 10), date(2026, 11, 25))
    halves = [documents_url(SOURCE, date(2026, 11, 18), date(2026, 11, 25)), documents_url(SOURCE, date(2026, 11, 10), date(2026, 11, 17))]
    web = ScriptedWeb({first: answer(document(), count=10_000), halves[0]: answer(document()), halves[1]: failing("server_error")})
    reading = read(web, Cursor(position="2026-11-10"))
    assert (reading.outcome, reading.reason, len(reading.articles)) == ("failed", "partial:server_error", 1)
    assert (reading.cursor.position, reading.cursor.failures) == ("2026-11-10", 1)


class CutApi:
    """An API that counts no further than 10,000, with 4,000 documents a day."""

    def __init__(self) -> None:
        self.asked: list[tuple[date, date]] = []

    async def fetch(self, url: str, **_: Any) -> Fetched:
        asked = dict(parse_qsl(urlsplit(url).query))
        since, until = (date.fromisoformat(asked[f"conditions[publication_date][{edge}]"]) for edge in ("gte", "lte"))
        self.asked.append((since, until))
        days = (until - since).days + 1
        body, kind = answer(document(f"2026-{since:%m%d}{days}", publication_date=until.isoformat()), count=min(4_000 * days, 10_000))
        return Fetched(url, 200, {"content-type": kind}, body, (), False, "", "", "")


def test_a_cut_answer_is_asked_again_by_halves() -> None:
    api = CutApi()
    reading = read(api, Cursor())
    kept = [(since, until) for since, until in api.asked if (until - since).days < 2]
    covered = {since + timedelta(days=n) for since, until in kept for n in range((until - since).days + 1)}
    assert covered == {date(2026, 11, 20) + timedelta(days=n) for n in range(6)}
    assert reading.outcome == "ok"


def test_a_day_that_is_cut_by_itself_is_told() -> None:
    first = documents_url(SOURCE, date(2026, 11, 25), date(2026, 11, 25))
    reading = asyncio.run(
        read_source(
            SOURCE, Cursor(), client=ScriptedWeb({first: answer(document(publication_date="2026-11-25"), count=10_000)}), box=InlineBox(),
            known_entries=frozenset(), known_pages={}, window=(datetime(2026, 11, 25, tzinfo=UTC), NOW), now=NOW,
        )
    )  # fmt: skip
    assert (reading.outcome, reading.reason) == ("failed", "partial:cut")
    assert len(reading.articles) == 1
