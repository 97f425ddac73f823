"""Official documents: routine ones are named, kinds follow the act verb, listings count where they meet China."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from extractors.model import Article
from topics.model import Catalogue, Topic
from topics.official import act_of, china_share, is_filing, why_routine
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
        ("国家互联网信息办公室关于发布第九批深度合成服务算法备案信息的公告", "现将境内深度合成服务算法备案信息予以公告。", "filing"),
        ("Export Controls on Advanced Computing Items", "In this rule BIS amends the regulations.", ""),
    ],
)
def test_routine_is_named(title: str, body: str, reason: str) -> None:
    assert why_routine(document(title, body)) == reason


@pytest.mark.parametrize(
    ("title", "body", "filing"),
    [
        ("某市新增7款生成式人工智能服务完成登记", "", True),
        ("一家车企的语音大模型通过备案", "", True),
        ("已有四百余款服务完成备案", "", True),
        ("生成式人工智能服务备案信息（5月）", "其中三款服务逾期未改正，注销备案编号。", False),  # some are struck off: enforcement
        ("两款应用被注销算法备案", "", False),
        ("网信办公布《生成式人工智能服务备案管理办法》", "", False),  # a rule on filing
        ("大模型开源出境拟须备案", "", False),
        ("小型服务由备案改为告知", "", False),
        ("Regulator publishes rules for providers", "", False),
    ],
)
def test_a_register_that_grows_is_no_rule_on_registering(title: str, body: str, filing: bool) -> None:
    assert is_filing(document(title, body)) is filing


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
