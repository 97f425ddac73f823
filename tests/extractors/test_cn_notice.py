"""Chinese official numbers in one spelling, and whose number it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.cn_notice import notice_numbers, own_numbers


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("商务部公告2025年第61号 公布对境外相关物项实施出口管制的决定", "商务部公告2025年第61号"),
        ("商务部 海关总署公告2023年第23号 关于对镓、锗相关物项实施出口管制的公告", "商务部海关总署公告2023年第23号"),
        ("中华人民共和国商务部 中华人民共和国海关总署公告 2025年 第 18 号", "商务部海关总署公告2025年第18号"),
        ("商务部公告２０２５年第６１号", "商务部公告2025年第61号"),
        ("国家市场监督管理总局公告〔2026〕3号", "国家市场监督管理总局公告2026年第3号"),
        ("中华人民共和国国务院令（第834号）", "国务院令第834号"),
        ("国家互联网信息办公室等七部门令第15号", "国家互联网信息办公室等七部门令第15号"),
        (
            "国家互联网信息办公室 国家发展和改革委员会 教育部 科学技术部 工业和信息化部 公安部 国家广播电视总局令 第15号",
            "国家互联网信息办公室等七部门令第15号",
        ),
        ("关于修改《规定》的决定 国家市场监督管理总局令第88号", "国家市场监督管理总局令第88号"),
        ("关于印发方案的通知 工信部联科〔2026〕12号", "工信部联科〔2026〕12号"),
        ("关于加强监管的通知（国市监网监发［2026］8号）", "国市监网监发〔2026〕8号"),
        ("网络安全技术 生成合成内容标识方法 GB 45438—2025", "GB 45438-2025"),
    ],
)  # fmt: skip
def test_one_spelling(text: str, value: str) -> None:
    assert own_numbers(text) == (f"cn_notice:{value}",)


def test_a_number_without_issuer_takes_the_sources_or_is_left_out() -> None:
    assert own_numbers("公告2025年第72号 关于暂停的公告") == ()
    assert own_numbers("公告2025年第72号 关于暂停的公告", issuer="商务部") == ("cn_notice:商务部公告2025年第72号",)


@pytest.mark.parametrize(
    "title", ["商务部新闻发言人就商务部公告2025年第61号答记者问", "专家解读：国务院令第834号", "一图读懂国务院令第834号"]
)
def test_words_about_a_document_do_not_bear_its_number(title: str) -> None:
    assert own_numbers(title) == ()


def test_a_title_that_acts_on_another_notice_bears_only_its_own_number() -> None:
    title = "商务部公告2025年第70号 关于暂停实施商务部公告2025年第55号、56号的决定"
    assert own_numbers(title) == ("cn_notice:商务部公告2025年第70号",)
    assert "cn_notice:商务部公告2025年第55号" in notice_numbers(title)
    assert own_numbers("关于暂停实施商务部公告2025年第61号") == ()


def test_the_number_field_comes_first_and_nothing_twice() -> None:
    assert own_numbers("国务院令第834号", "国办发〔2026〕3号") == ("cn_notice:国办发〔2026〕3号", "cn_notice:国务院令第834号")
    assert own_numbers("国务院令第834号", "国务院令第834号") == ("cn_notice:国务院令第834号",)


@given(st.text(alphabet="商务部公告令第号年〔〕()0123456789 2025等七门,、中国", max_size=80))
def test_any_text_gives_clean_values(text: str) -> None:
    for value in notice_numbers(text):
        assert value.startswith("cn_notice:")
        assert value == value.strip()
        assert "\n" not in value
