"""Which way a sentence moves a limit: what is loosened is never told as tightened, nor the other way round."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from extractors.model import Article
from topics.cues import direction
from topics.reader import BuiltinReader
from training.labelled import repository_catalogue

AT = datetime(2026, 11, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Clouds will no longer have to verify foreign customers.",
        "A federal judge in Reno blocked the order on Monday.",
        "The ministry withdrew its proposal after 900 comments.",
        "Commerce lifted the curbs on two designers.",
        "Samples may be shipped to China without a licence until June.",
        "商务部暂停对九家实体的措施一年",
        "此类处理器对华出口不再需要许可",
    ],
)
def test_a_limit_that_falls_is_loosened(text: str) -> None:
    assert direction(text) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Commerce revoked the licences under which a dealer had supplied the fab.",
        "The licence was withdrawn at the end of October.",
        "The agency refused the firm a licence for two plants.",
        "The court lifted the stay on the rule.",
        "Ships can no longer carry such boards to China.",
        "Treasury closed the loophole for convertible notes.",
        "美商务部撤销该公司剩余出口许可，即时生效",
        "义务提前至9月1日施行",
    ],
)
def test_a_permission_that_falls_tightens(text: str) -> None:
    assert direction(text) == -1


@pytest.mark.parametrize(
    "text",
    [
        "The bureau added nine firms to the list.",
        "After a delay, the rule took effect once the court lifted its order.",  # what holds now was loosened before
        "The firm may no longer ship chips, though spare parts will not need a licence.",
        "办法自公布之日起施行",
    ],
)
def test_what_says_neither_or_both_says_nothing(text: str) -> None:
    assert direction(text) == 0


def test_a_licence_taken_back_is_no_easing() -> None:
    reader, catalogue = BuiltinReader(), repository_catalogue()
    title = "US pulls licences that let a chipmaker supply Huawei"
    body = "WASHINGTON - Nvidia can no longer ship chips to Huawei: the Commerce Department has withdrawn the licences on Monday."
    claims = reader.read(Article("a", 1, "https://a.example/1", "A", "en", title, body, AT, AT), catalogue).claims
    assert claims[0].topic == "chip-export-controls"
    assert claims[0].kind != "eased"
