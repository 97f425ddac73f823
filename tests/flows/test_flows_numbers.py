"""Official documents of several sources meet: in one article by their identity, in one matter by their numbers."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from extractors.model import Source
from flows.seeding import load_catalogue
from flows.settings import ROOT
from standins.examples import NOW, ExampleWeb, example
from storage.store import Store
from topics.matters import matter_book
from topics.model import Known
from topics.numbers import normal

INSPECTION, TEXT = "/public-inspection/current.json", "/documents/full_text/text/2026/11/27/2026-21733.txt"


def published() -> bytes:
    about = {
        "document_number": "2026-21733",
        "title": "Customer Identification for Cloud Computing",
        "type": "Rule",
        "publication_date": "2026-11-27",
        "abstract": "The Bureau of Industry and Security requires providers of infrastructure as a service to identify their foreign "
        "customers and to report the training of large artificial intelligence models.\n\nIt also bars accounts of listed companies.",
        "action": "Final rule.",
        "dates": "This rule is effective January 26, 2027.",
    }
    return json.dumps({"count": 1, "results": [about]}).encode()


def test_the_published_document_is_the_article_of_the_day_before_and_the_same_words_are_no_new_revision(tmp_path: Path) -> None:
    early = ExampleWeb(
        {INSPECTION: example("public_inspection", "current.json"), TEXT: example("public_inspection", "2026-21733.txt")},
        hosts=("www.federalregister.gov",),
    ).read(Source("fr-inspection", "public_inspection", INSPECTION, "Federal Register", tier="official"))
    late = ExampleWeb({"/documents.json": published()}).read(
        Source("fr-bis", "federal_register", "/documents.json", "BIS", tier="official")
    )
    assert {a.article_id for a in late.articles} < {a.article_id for a in early.articles}
    store = Store(tmp_path)
    with store.window() as window:
        run = window.begin_run(
            run_id="a" * 32, mode="night", night=date(2026, 11, 25), as_of=None, window_from=None, window_to=None, config_digest="c",
            baseline_digest="b", reader_version="r", code_version="v", now=NOW,
        )  # fmt: skip
        assert [a.rev for a in window.record_source(run.run_seq, early, None, NOW)] == [1, 1, 1]
        assert window.record_source(run.run_seq, late, None, NOW) == ()


@pytest.mark.parametrize(
    ("ids", "matter_key"),
    [
        (("action:119-hr-2683-2026-11-23", "bill:119-hr-2683", "bill:hr-2683-119th", "bill:hr-2683"), ("bill", "H.R. 2683 (119th)")),
        (("regs:DOC-2021-0007-0001", "docket:DOC-2021-0007"), ("docket", "DOC-2021-0007")),
        (("cn_notice:商务部公告2025年第61号",), ("cn_notice", "商务部公告2025年第61号")),
        (("cn_notice:商务部海关总署公告2025年第70号",), ("cn_notice", "商务部公告2025年第61号")),
        (("fr:C1-2024-01580", "fr_doc:2024-01580"), ("fr_doc", "2024-01580")),
    ],
)
def test_a_document_finds_its_matter_of_the_shipped_catalogue_by_number(ids: tuple[str, ...], matter_key: tuple[str, str]) -> None:
    catalogue = load_catalogue(ROOT / "seeds", ROOT / "seeds" / "nowhere")
    measure = next(m for m in catalogue.measures if matter_key in m.keys)
    numbers = [(scheme, normal(scheme, value)) for scheme, _, value in (one.partition(":") for one in ids)]
    found = matter_book(Known(), catalogue).number(numbers)
    assert found is not None
    assert found[1] == measure.matter_id
