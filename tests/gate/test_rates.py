"""What every alert says of its topics: right and wrong, found and missed."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from alerts.dressing import parse_rates
from gate.rates import COUNTS, count, table
from training.labelled import ROOT, SHARED, repository_catalogue

GOLD: list[dict[str, Any]] = [
    {"id": "a", "topic": "t", "night": "2026-01-02", "articles": ["1", "2"], "severity": "alert", "kind": "adopted"},
    {"id": "b", "topic": "t", "night": "2026-01-03", "articles": ["3"], "severity": "alert", "kind": "eased"},
    {"id": "c", "topic": "t", "night": "2026-01-04", "articles": ["4"], "severity": "alert", "kind": "eased", "contested": True},
]


def raised(night: str, topic: str, *articles: str) -> dict[str, Any]:
    return {"night": night, "topic": topic, "articles": list(articles), "severity": "alert", "kind": "adopted"}


@pytest.mark.skipif(not SHARED.is_dir(), reason="the scorer lies in ../shared, which is not beside the checkout")
def test_a_late_alert_is_right_and_its_move_missed_all_the_same() -> None:
    told = [raised("2026-01-02", "t", "1"), raised("2026-01-03", "t", "2"), raised("2026-01-04", "t", "4"), raised("2026-01-05", "t", "3")]
    found = count([*told, raised("2026-01-05", "u", "9")], GOLD, set())
    assert [found["t"][name] for name in COUNTS] == [3, 1, 2, 1], "one repeat is wrong, a contested one counts neither way"
    assert [found["u"][name] for name in COUNTS] == [1, 1, 0, 0]
    again = parse_rates(tomllib.loads(table("t", found["t"])), "here")
    assert again.keys() == {"t"}


def test_the_shipped_rates_name_every_topic_and_no_other() -> None:
    path = ROOT / "seeds" / "rates.toml"
    rates = parse_rates(tomllib.loads(path.read_text(encoding="utf-8")), str(path))
    assert rates.keys() == {topic.topic_id for topic in repository_catalogue().topics}
