"""Passages: sentences keep their offsets, list items and digest entries stand alone, Chinese is cut at its own marks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from topics.passages import split_text

TEXT = st.text(alphabet=st.sampled_from('abcDE .!?\n"*-1。！？中文 '), max_size=200)


@given(title=TEXT, body=TEXT, lang=st.sampled_from(["en", "zh"]))
def test_every_sentence_is_verbatim_at_its_offset(title: str, body: str, lang: str) -> None:
    text = split_text(title, body, lang)
    whole = f"{title}\n\n{body}"
    for sentence in text.sentences:
        assert whole[sentence.start : sentence.start + len(sentence.text)] == sentence.text


@given(title=TEXT, body=TEXT, lang=st.sampled_from(["en", "zh"]))
def test_every_body_sentence_is_in_exactly_one_passage(title: str, body: str, lang: str) -> None:
    text = split_text(title, body, lang)
    members = [i for passage in text.passages for i in passage.sentences]
    assert members == sorted(members)
    assert sorted(members) == list(range(1, len(text.sentences)))


def test_abbreviations_and_initials_do_not_end_a_sentence() -> None:
    text = split_text("T", "The U.S. Commerce Department fined Acme Inc. Monday. Gov. Smith said so on Nov. 4. It ends.", "en")
    assert [s.text for s in text.sentences[1:]] == [
        "The U.S. Commerce Department fined Acme Inc. Monday.", "Gov. Smith said so on Nov. 4.", "It ends.",
    ]  # fmt: skip


def test_digest_entries_are_passages_of_their_own() -> None:
    first = "1. Chips. Commerce barred the sale of a chip to China on Tuesday."
    body = f"Good morning, here is what crossed our desk today.\n\n{first}\n2. Rails. The line opened late."
    text = split_text("The Friday seven", body, "en")
    assert len(text.passages) == 3
    second = [text.sentences[i].text for i in text.passages[1].sentences]
    assert second == ["Chips.", "Commerce barred the sale of a chip to China on Tuesday."]


def test_a_short_heading_joins_the_paragraph_below_it() -> None:
    text = split_text("T", "What is new\n\nThe ministry published the rule on Friday after a long wait of many months.", "en")
    assert len(text.passages) == 1
    assert len(text.passages[0].sentences) == 2


def test_chinese_sentences_end_at_chinese_marks() -> None:
    text = split_text("标题", "商务部发布公告。自即日起施行！企业须申请许可？", "zh")
    assert [s.text for s in text.sentences] == ["标题", "商务部发布公告。", "自即日起施行！", "企业须申请许可？"]


def test_a_title_alone_is_one_passage() -> None:
    text = split_text("Only a headline", "", "en")
    assert [(p.sentences, p.with_title) for p in text.passages] == [((), True)]
