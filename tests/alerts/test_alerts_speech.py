"""What a recipient gets in words: titles from the claim's fields, both languages, known and new, dates, rates, doubt."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from alerts.blocks import message
from alerts.compose import compose
from alerts.deadlines import applies_from, comments_until
from alerts.dressing import Dresser, Rate, RatesError, parse_rates
from alerts.links import Links
from alerts.model import Alert, Line, Recipient, Route
from alerts.render import mail_html, mail_text, subject
from alerts.send import Attempt
from alerts.speech import LANGUAGES, words_of
from alerts.wording import title_of_line
from extractors.model import Article
from topics.model import Catalogue, Entity, Evidence, Known, KnownDocument, LedgerRow, Move, NightResult, Topic
from topics.sketch import sketch

ALL = (Route(frozenset({"*"}), frozenset({"alert", "watch", "digest", "health"}), ("files",)),)
AT = datetime(2026, 11, 7, 2, 0, tzinfo=UTC)
FIRST = Attempt(1, AT)
TOPICS = {"cloud-kyc": Topic("cloud-kyc", "Cloud customer identification", "云服务客户身份识别", "")}
CHINESE = Recipient("wei", "smtp", "wei@press.example", "zh")
ENGLISH = Recipient("ana", "smtp", "ana@press.example")


def test_both_languages_say_the_same_things() -> None:
    english, chinese = (words_of(lang) for lang in LANGUAGES)
    assert english.keys() == chinese.keys()
    for key, text in english.items():
        assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", chinese[key])), key


def test_the_title_is_the_move_itself(line: Callable[..., Line]) -> None:
    told = line(
        measure="tenant identification for AI data halls", measure_zh="人工智能机房租户身份识别规则", catalogued=True,
        who=("Commerce", "美国商务部"), applies_on="2026-11-25",
    )  # fmt: skip
    assert title_of_line(told) == "Commerce finalises tenant identification for AI data halls; applies from 25 Nov"
    assert title_of_line(told, "zh") == "美国商务部正式通过人工智能机房租户身份识别规则，自11月25日起适用"
    assert title_of_line(replace(told, applies_on="2027-05-01")).endswith("; applies from 1 May 2027")


def test_words_of_the_press_stay_in_their_language_and_say_so(line: Callable[..., Line], alert: Callable[..., Alert]) -> None:
    told = line(headline="央企清退境外AI编程工具", headline_lang="zh", who=("SASAC", "国资委"), quote="央企年底前卸载。", quote_lang="zh")
    assert title_of_line(told) == "SASAC finalises: 央企清退境外AI编程工具 (in Chinese)"
    assert title_of_line(told, "zh") == "国资委正式通过：央企清退境外AI编程工具"
    text = mail_text(alert(lines=(told,), title=title_of_line(told)), FIRST)
    assert '"央企年底前卸载。" (in Chinese)' in text
    assert "(in Chinese)" in str(message(alert(lines=(told,)), FIRST)["blocks"])
    chinese = Dresser().dress(alert(lines=(line(headline="Bureau fines a reseller", kind="enforced"),)), CHINESE, AT)
    assert subject(chinese, FIRST) == "执法：Bureau fines a reseller（英文）"


def test_a_chinese_recipient_reads_chinese(alert: Callable[..., Alert], line: Callable[..., Line]) -> None:
    given = alert(lines=(line(measure_zh="客户识别规则", catalogued=True, who=("BIS", "工业与安全局"), others=()),), purpose="update")
    chinese = Dresser(Links("https://watch.example", "s" * 40), TOPICS).dress(given, CHINESE, AT)
    text, html = mail_text(chinese, FIRST), mail_html(chinese, FIRST)
    assert text.startswith("更新：工业与安全局正式通过客户识别规则\n主题: 云服务客户身份识别\n")
    assert "已见官方文本；" in text.replace("; ", "；")
    assert "静音30天: https://watch.example/do/" in text
    assert '<html lang="zh">' in html
    assert ">静音30天<" in html
    assert "云服务客户身份识别：尚未测量" in html
    assert not re.search("Known before|Support|Severity|Topics|topicwatch, night", text + html + str(message(chinese, FIRST)))


def test_known_and_new_say_who_and_when(alert: Callable[..., Alert], line: Callable[..., Line]) -> None:
    told = line(known_by="Capital Wire", known_on="2026-11-01", known_before="A draft is out.", told_at="2026-11-06T14:05:00+00:00")
    text = mail_text(alert(lines=(told,)), FIRST)
    assert "Known before: A draft is out. (1 Nov 2026, Capital Wire)" in text
    assert "Harbour Gazette, 6 Nov 2026, 14:05 UTC: https://gazette.example/rule" in text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text_kind": "headline"}, "only the headline could be read"),
        ({"text_kind": "summary"}, "only the summary could be read"),
        ({"reading": 0.42}, "the page was hard to read: text confidence 42 %"),
        ({"reading": 0.9}, ""),
    ],
)
def test_a_doubtful_body_is_said(changes: dict[str, object], words: str, alert: Callable[..., Alert], line: Callable[..., Line]) -> None:
    told = alert(lines=(line(**changes),))
    for shown in (mail_text(told, FIRST), mail_html(told, FIRST), str(message(told, FIRST))):
        assert (words in shown) if words else ("could be read" not in shown and "hard to read" not in shown)


def test_the_topics_rates_are_shown_or_said_to_be_missing(alert: Callable[..., Alert]) -> None:
    rates = parse_rates({"rates": {"cloud-kyc": {"raised": 20, "wrong": 3, "moves": 21, "missed": 4}}}, "rates.toml")
    assert rates == {"cloud-kyc": Rate(20, 3, 21, 4)}
    told = Dresser(None, TOPICS, rates).dress(alert(), ENGLISH, AT)
    assert told.measured == ("Cloud customer identification: 3 of 20 alerts wrong, 4 of 21 moves missed",)
    assert f"Measured: {told.measured[0]}" in mail_text(told, FIRST)
    assert Dresser(None, TOPICS).dress(alert(), ENGLISH, AT).measured == ("Cloud customer identification: not measured",)
    assert told.links == ()  # nothing to lead to without `topicwatch serve`


@pytest.mark.parametrize(
    ("counts", "fault"),
    [
        ({"raised": 1}, "rates.x: want the four counts"),
        ({"raised": 1, "wrong": True, "moves": 1, "missed": 1}, "whole number"),
        ({"raised": 1, "wrong": 2, "moves": 1, "missed": 1}, "wrong is a part of raised"),
    ],
)
def test_rates_that_cannot_be_are_refused(counts: dict[str, object], fault: str) -> None:
    with pytest.raises(RatesError, match=fault):
        parse_rates({"rates": {"x": counts}}, "rates.toml")


def test_families_count_once_and_the_known_step_has_its_teller(
    move: Callable[..., Move], night: Callable[..., NightResult], catalogue: Catalogue, told_by: Callable[..., Evidence]
) -> None:
    parts = tuple(told_by(name) for name in ("Harbour Gazette", "Tidewater Post", "Tidewater Sunday", "Lagoon Times"))
    families = ("harbour", "tidewater", "tidewater", "harbour")
    articles = [
        Article(e.article_id, 1, e.url, e.publisher, "en", "t", "Comments are due by December 15, 2026.", AT, AT, family=f)
        for e, f in zip(parts, families, strict=True)
    ]
    before = LedgerRow("l0", "us-rule", "cloud-kyc", "proposed", "draft", (), None, "press:1", "c0", date(2026, 11, 1))
    document = KnownDocument("d0", 1, "article", "Capital Wire", "", date(2026, 11, 1), (), "s", sketch("t", "b", "en"))
    given = night(move(kind="proposed", evidence=parts, before="It plans a rule.", before_id="l0"))
    known = Known(documents=(document,), ledger=(before,))
    told = compose(given, catalogue, ALL, (), known=known, articles=articles)[0].lines[0]
    assert told.others == ("Tidewater Post",)
    assert (told.known_on, told.comments_until) == ("2026-11-01", "2026-12-15")
    assert told.told_at == AT.isoformat()


def test_an_entity_gives_the_actor_both_names(move: Callable[..., Move], night: Callable[..., NightResult], catalogue: Catalogue) -> None:
    bis = Entity("bis", "agency", "us", ("Bureau of Industry and Security",), ("工业与安全局",), ("BIS",))
    told = compose(night(move()), replace(catalogue, entities=(bis,)), ALL, ())[0].lines[0]
    assert told.who == ("BIS", "工业与安全局")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Comments must be received by March 1, 2027.", date(2027, 3, 1)),
        ("The comment period closes on 5 December 2026, it said.", date(2026, 12, 5)),
        ("Comments are due by January 4.", date(2027, 1, 4)),
        ("意见反馈截止时间为2026年12月13日。", date(2026, 12, 13)),
        ("现向社会公开征求意见，意见征集至12月13日。", date(2026, 12, 13)),
        ("Comments were taken until March 1, 2026.", None),
        ("He made no comment. The rule starts on December 5, 2026.", None),
        ("Comments are due by February 31, 2027.", None),
        ("Comments closed by September 3.", None),
    ],
)
def test_the_comment_deadline_is_read(text: str, day: date | None) -> None:
    assert comments_until(text, date(2026, 11, 6)) == day


def test_a_day_that_only_ends_something_is_not_one_that_starts_it() -> None:
    assert applies_from("The rule is effective December 9, 2026.")
    assert applies_from("办法自2027年1月1日起施行。")
    assert not applies_from("The rule stays on ice until November 9, 2027.")
    assert not applies_from("央企年底前卸载。")
