"""Mentions, tokens and features: names by id and class, dates by distance, Chinese glossed into the same words."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from topics.catalogue import build_catalogue
from topics.features import act_features, topic_features
from topics.mentions import Gazetteer
from topics.tokens import annotate, gloss

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 11, 6)


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    tables = [tomllib.loads((ROOT / "seeds" / f"{n}.toml").read_text(encoding="utf-8")) for n in ("topics", "entities", "matters")]
    return Gazetteer(build_catalogue(*tables))


def ids(gazetteer: Gazetteer, text: str) -> list[str]:
    return [m.entity_id for m in gazetteer.find(text) if m.entity_id]


def test_one_thing_under_all_its_names(gazetteer: Gazetteer) -> None:
    assert ids(gazetteer, "Alibaba Cloud sued.") == ids(gazetteer, "阿里云起诉。") == ["alibaba-cloud"]
    assert ids(gazetteer, "the Bureau of Industry and Security") == ids(gazetteer, "BIS said") == ["bis"]


def test_names_count_on_word_borders_and_common_words_only_capitalised(gazetteer: Gazetteer) -> None:
    assert ids(gazetteer, "an alibabastic idea") == []
    assert ids(gazetteer, "eat an apple") == []
    assert ids(gazetteer, "Apple said") == ["apple"]


def test_the_longer_name_wins(gazetteer: Gazetteer) -> None:
    found = gazetteer.find("Huawei Cloud opened")
    assert [(m.entity_id, m.start, m.end) for m in found] == [("huawei-cloud", 0, 12)]


def test_a_name_inside_a_longer_word_is_none(gazetteer: Gazetteer) -> None:
    """Sophgo (算能) is not named in 'computing power', Hisense (海信) not in 'Shanghai information'."""
    for text in ("提升计算能力", "上海信息中心", "投资浪潮来临", "今日立案"):
        assert not [m for m in gazetteer.find(text) if m.entity_id], text
    assert [m.word_class for m in gazetteer.find("算能、海信、浪潮、日立")] == ["company_cn", "company_cn", "company_cn", "company_al"]


def test_a_run_of_digits_is_a_number_and_takes_no_night(gazetteer: Gazetteer) -> None:
    # Every digit looks at thirty more, not at all of them: unbounded this takes minutes.
    assert annotate("9" * 100_000, DAY, gazetteer).act_tokens == ("xnum",)
    assert annotate("1,234,567.89 亿元", DAY, gazetteer).act_tokens == ("xmoney",)


def test_what_was_done_is_told_with_classes(gazetteer: Gazetteer) -> None:
    told = annotate("On Friday BIS fined Huawei $2.5 million over 480 chips.", DAY, gazetteer)
    assert told.act_tokens == ("on", "xtoday", "xagency_us", "fined", "xcompany_cn", "xmoney", "over", "xnum", "xchip")


def test_chinese_is_glossed_into_the_same_words(gazetteer: Gazetteer) -> None:
    told = annotate("商务部今日公布最终规则，禁止英伟达芯片", DAY, gazetteer)
    assert "xtoday" in told.act_tokens
    assert "prohibits" in told.act_tokens
    assert "xcompany_us" in told.act_tokens
    assert "".join(told.act_chars).startswith("<xagency_cn><xtoday>公布")
    assert gloss("最终规则").split() == ["final", "rule"]


def test_title_features_are_marked(gazetteer: Gazetteer) -> None:
    told = annotate("Commerce bars sale", DAY, gazetteer)
    assert "bars_sale" in act_features(told)
    assert "t:bars_sale" in act_features(told, title=True)
    assert "t:bars_sale" not in act_features(told)
    assert any(f.startswith("t:") for f in topic_features(told, title=True))
