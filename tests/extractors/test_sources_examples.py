"""Every kind of source: hand-written example answers, a table of fields, and one reading through the real client and the parse box."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from extractors.box import ParseBox
from extractors.model import Source
from extractors.params import PARAMS
from extractors.reading import ADAPTERS
from extractors.source_fields import FIELDS, settings_fault
from standins.examples import EXAMPLES, KEY, ExampleWeb, example
from standins.scripted_web import page

BILLS, SITEMAP = "/v3/bill/119/hr", "/sitemap.xml"
INSPECTION, DOCUMENT = "/current.json", "/documents/full_text/text/2026/11/27/2026-21733.txt"
# kind -> path of the source, params, routes, articles
WHOLE: Mapping[str, tuple[str, tuple[tuple[str, str], ...], Mapping[str, Any], int]] = {
    "feed": ("/feed", (), {"/feed": example("feed", "feed.xml"), "/news/chip-rule-issued": page("Chip rule issued")}, 1),
    "federal_register": ("/documents.json", (), {"/documents.json": example("federal_register", "documents.json")}, 1),
    "public_inspection": (
        INSPECTION,
        (("type", "RULE"),),
        {INSPECTION: example("public_inspection", "current.json"), DOCUMENT: example("public_inspection", "2026-21733.txt")},
        2,
    ),
    "congress": ("/v3/bill", (("types", "hr"),), {BILLS: example("congress", "bills.json")}, 2),
    "regulations": ("/v4/documents", (), {"/v4/documents": example("regulations", "documents.json")}, 2),
    "govinfo": (
        "",
        (("collections", "BILLS"), ("title", "chip,Public Law")),
        {
            "/published/2026-09-19/2026-11-25": example("govinfo", "published.json"),
            "/packages/FR-2026-11-24/granules": example("govinfo", "granules.json"),
        },
        3,
    ),
    "ofac": ("/list.csv", (), {"/list.csv": example("ofac", "before.csv")}, 0),
    "sitemap": (
        SITEMAP,
        (),
        {SITEMAP: example("sitemap", "news.xml"), "/news/chip-rule-issued": page("A"), "/sport/a-match": page("B")},
        2,
    ),
}


@pytest.fixture(scope="module")
def box() -> Iterator[ParseBox]:
    with ParseBox(workers=1) as one:
        yield one


@pytest.mark.parametrize("kind", sorted(ADAPTERS))
def test_every_kind_has_example_answers_and_says_that_they_are_written_by_hand(kind: str) -> None:
    folder = EXAMPLES / kind
    assert folder.is_dir(), f"tests/data/sources/{kind} is missing: write example answers after the documentation of the source"
    assert [path for path in folder.iterdir() if path.name != "README.md" and path.stat().st_size], f"{folder.name} holds no answers"
    assert "by hand" in (folder / "README.md").read_text(encoding="utf-8").lower()


def test_every_kind_has_a_table_of_fields() -> None:
    assert set(ADAPTERS) <= set(PARAMS) | set(FIELDS)


@pytest.mark.parametrize("kind", sorted(WHOLE))
def test_a_kind_is_read_through_the_real_client_and_the_parse_box(kind: str, box: ParseBox) -> None:
    path, params, routes, articles = WHOLE[kind]
    server = ExampleWeb(routes, hosts=("www.federalregister.gov",) if kind == "public_inspection" else ())
    reading = server.read(Source(kind, kind, path, "Publisher", tier="official", params=params), box=box)
    assert (reading.outcome, reading.reason) in {("ok", ""), ("not_modified", "")}
    assert len(reading.articles) == articles
    assert all(a.article_id and (a.title or a.body) for a in reading.articles)


@pytest.mark.parametrize("kind", sorted(set(WHOLE) & set(ADAPTERS)))
@pytest.mark.parametrize(
    "body", [b"", b"\x00\xff" * 500, b"{" * 50_000, b"<a>" * 3_000, b'{"results": [null], "data": 1}', b"\x1f\x8b\x08"]
)
def test_hostile_answers_of_any_kind_are_a_named_failure(kind: str, body: bytes) -> None:
    path, params, routes, _ = WHOLE[kind]
    first = next(iter(routes))
    reading = ExampleWeb({first: body}).read(Source(kind, kind, path, "Publisher", params=params))
    assert (reading.outcome, reading.articles) == ("failed", ())
    assert reading.reason
    assert not reading.reason.startswith("unexpected")
    assert reading.cursor.failures == 1


@pytest.mark.parametrize("kind", sorted(set(WHOLE) & set(ADAPTERS)))
def test_any_kind_with_a_missing_key_is_skipped_and_asks_nothing(kind: str) -> None:
    path, params, routes, _ = WHOLE[kind]
    server = ExampleWeb(routes)
    reading = server.read(Source(kind, kind, path, "Publisher", key_env="SOME_KEY", params=params), key="")
    assert (reading.outcome, reading.reason, server.asked) == ("skipped", "needs_key:SOME_KEY", [])
    assert KEY not in repr(reading)


@pytest.mark.parametrize(
    ("kind", "name", "value", "words"),
    [
        ("federal_register", "types", "RULE", ("unknown field 'types'", "agencies, docket, rin, term, topics, type")),
        ("federal_register", "type", "RULE,Notice", ("params.type", "'Notice'", "PRESDOCU")),
        ("federal_register", "agencies", "BIS", ("params.agencies", "'BIS'", "slugs")),
        ("regulations", "types", "rule", ("params.types", "'rule'", "upper and lower case")),
        ("congress", "bills", "119-hr-1, hr-2", ("params.bills", "'hr-2'", "119-hr-2683")),
        ("govinfo", "title", "x", ("params.title", "'x'")),
        ("govinfo", "congress", "119", ("params.collections is missing",)),
        ("sitemap", "keep", "news/", ("params.keep", "'news/'", "/news/")),
        ("ofac", "programs", "", ("params.programs", "(nothing)")),
        ("public_inspection", "texts", "0", ("params.texts", "above 0")),
    ],
)
def test_a_wrong_param_is_named_with_its_mend(kind: str, name: str, value: str, words: tuple[str, ...]) -> None:
    fault = settings_fault(Source("s", kind, "https://x.example/", "P", params=((name, value),)))
    assert all(word in fault for word in words), fault


def test_right_params_are_accepted() -> None:
    right = Source(
        "s", "federal_register", "https://x.example/", "P", params=(("type", "RULE, PRORULE"), ("term", '"a" | b'), ("rin", "0694-AJ35"))
    )
    assert settings_fault(right) == ""
    assert settings_fault(replace(right, kind="nobody-knows")) == ""
