"""Official documents: routine ones are named, kinds follow the act verb, listings count where they meet China."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from extractors.model import Article
from topics.model import Catalogue, Topic
from topics.official import act_of, china_share, why_routine
from topics.reader import topics_named

AT = datetime(2026, 11, 6, tzinfo=UTC)


def document(title: str, body: str = "") -> Article:
    return Article("d_1", 1, "", "Federal Register", "en", title, body, AT, AT, official_ids=("fr:2026-1",), tier="official")


@pytest.mark.parametrize(
    ("title", "body", "reason"),
    [
        ("Agency Information Collection Activities; Comment Request", "", "routine_notice"),
        ("Notice of Open Meeting of the Emerging Technology Committee", "", "routine_notice"),
        ("Advanced Computing Rule; Correction", "", "correction"),
        ("Outbound Investment; Extension of Comment Period", "", "comment_period"),
        ("Certain Steel Pipe: Preliminary Affirmative Countervailing Duty Determination", "", "trade_case"),
        ("Additions to the Entity List", "under the destinations of Belarus (3), Iran (7) and China (1)", "listing_elsewhere"),
        ("Additions to the Entity List", "under the destinations of China (19) and Singapore (3)", ""),
        ("Entity List: Technical Corrections", "One correction supplies a postal code.", "correction"),
        ("Notice Regarding the Uyghur Forced Labor Prevention Act Entity List", "six producers in China", "other_list"),
        ("Revisions to Supplement No. 4 to Part 744", "under the destinations of Iran (7)", "listing_elsewhere"),
        ("Export Controls on Advanced Computing Items", "In this rule BIS amends the regulations.", ""),
    ],
)
def test_routine_is_named(title: str, body: str, reason: str) -> None:
    assert why_routine(document(title, body)) == reason


def test_the_share_of_a_listing_is_read_in_time_and_from_numbers_that_are_some() -> None:
    assert china_share("entities under China (" + "9" * 5000 + ") and Iran (1)") == 0.0
    # Every start looks at 60 characters, not at the whole text: unbounded this takes an hour.
    assert china_share("A " * 100_000 + "China (1), Iran (3)") == 0.25


@pytest.mark.parametrize(
    ("title", "body", "kind"),
    [
        ("Customer Identification for Cloud Providers", "The Department is proposing rules and seeks comments.", "proposed"),
        ("Additions to the Entity List", "BIS amends the EAR by adding 12 entities.", "adopted"),
        ("Revisions to Supplement No. 4 to Part 744", "BIS revises the supplement by inserting eleven rows under China.", "adopted"),
        ("Removal of Entities from the Unverified List", "BIS amends the EAR by removing four firms.", "eased"),
        ("Delay of Effective Date of the Affiliates Rule", "This final rule amends the date.", "eased"),
        ("Existing Validated End-User Authorizations", "BIS amends the list of items.", "eased"),
        ("Revocation of Validated End-User Authorizations", "BIS revokes the authorisations.", "extended"),
        ("In the Matter of: a freight firm; Order Denying Export Privileges", "", "enforced"),
        ("Expansion of Export Controls", "BIS amends the regulations.", "extended"),
        ("A speech on chips", "It was a speech.", None),
    ],
)
def test_the_act_verb_gives_the_kind(title: str, body: str, kind: str | None) -> None:
    assert act_of(document(title, body)) == kind


def test_the_share_of_china_counts_entries() -> None:
    assert china_share("China (19), Singapore (3) and Turkey (2)") == pytest.approx(19 / 24)
    assert china_share("firms in China") == 1.0
    assert china_share("firms in Chad") == 0.0


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("Cosmetics labelling; final rule", set()),
        ("Talks with METI's export office", {"allies"}),
        ("Exports of semiconductors", {"chips"}),
        ("Semiconductor manufacturing", {"chips"}),
        ("A list of nonsemiconductor parts", set()),
        ("Notice on AI芯片 exports", {"chips"}),
    ],
)
def test_a_term_is_named_by_words_of_its_own_and_in_the_plural_too(title: str, named: set[str]) -> None:
    topics = (Topic("allies", "", "", "", ("METI",)), Topic("chips", "", "", "", ("semiconductor",), ("芯片",)))
    assert topics_named(document(title), Catalogue(topics, (), (), "")) == named
