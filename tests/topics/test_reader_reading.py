"""The shipped reader on a few texts: a step is claimed with its sentence, what is none is not, other languages are left unread."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from extractors.model import Article
from topics.mentions import Gazetteer
from topics.model import Reading
from topics.reader import BuiltinReader, read_weights, route_of, shipped_weights, topics_unnamed
from topics.resources import text_of
from topics.scoring import Scorer
from training.labelled import repository_catalogue

AT = datetime(2026, 10, 7, 15, tzinfo=UTC)
STEP = (
    "The Commerce Department on Wednesday issued a final rule that bars the sale of the newest AI accelerators to buyers in China without "
    "an export licence, closing what officials called a loophole in the chip controls."
)
AROUND = (
    "Analysts had waited for the measure for months. The department said that exporters have thirty days to bring contracts into line. "
    "Shares of two chip makers fell after the news, and trade groups asked for more time to study the text of the rule."
)


@pytest.fixture(scope="module")
def reader() -> BuiltinReader:
    return BuiltinReader()


def article(title: str, body: str, lang: str = "en", **fields: object) -> Article:
    made = Article("p_1", 1, "https://outlet.example/1", "Outlet", lang, title, body, AT, AT)
    return replace(made, **fields)  # type: ignore[arg-type]


def read(reader: BuiltinReader, made: Article) -> Reading:
    return reader.read(made, repository_catalogue())


def test_a_step_is_claimed_with_the_sentence_that_states_it(reader: BuiltinReader) -> None:
    made = article("US bars sale of newest AI chips to China without a licence", f"{STEP}\n\n{AROUND}")
    best = read(reader, made).claims[0]
    assert (best.topic, best.quote) == ("chip-export-controls", STEP)
    assert best.score > 0.6
    whole = f"{made.title}\n\n{made.body}"
    assert whole[best.quote_start : best.quote_start + len(best.quote)] == best.quote


def test_a_text_on_another_subject_makes_no_claim(reader: BuiltinReader) -> None:
    body = (
        "The bakery on Mill Street opened a second oven this week. Its rye bread sells out before noon, and the queue reaches the bridge. "
        * 4
    )
    assert not [c for c in read(reader, article("Bakery opens a second oven", body)).claims if c.score > 0.3]


NEEDING = frozenset({"entity-listings", "outbound-investment", "china-ai-rules", "provider-access-limits", "us-china-partnerships"})


@pytest.mark.parametrize(
    ("title", "unnamed"),
    [
        ("OpenAI brings its models to another American cloud", {"provider-access-limits", "us-china-partnerships"}),
        ("Chinese owners of American firms lose accounts", {"china-ai-rules"}),
        ("网信办就人工智能标识办法征求意见", {"us-china-partnerships"}),
        ("Folding chairs recalled", NEEDING),
        ("Folding Beijing", NEEDING),
    ],
)
def test_a_topic_that_needs_what_a_short_item_does_not_name_is_known(title: str, unnamed: set[str]) -> None:
    catalogue, weights = repository_catalogue(), shipped_weights()
    scored = Scorer(Gazetteer(catalogue), weights.topics, weights.acts).score(title, "", "en" if title.isascii() else "zh", AT.date())
    assert topics_unnamed(scored, catalogue) & NEEDING == unnamed


def test_a_short_item_loses_by_what_it_does_not_name(reader: BuiltinReader) -> None:
    named = article("OpenAI closes accounts of Chinese-owned firms", "OpenAI said it will end access for them from Monday.")
    unnamed = replace(named, title="OpenAI closes accounts of privately owned firms")
    scores = [{c.topic: c.score for c in read(reader, each).claims}.get("provider-access-limits", 0.0) for each in (named, unnamed)]
    assert scores[0] > 0.7
    assert scores[1] < 0.3


def test_a_short_item_that_lists_what_was_registered_claims_next_to_nothing(reader: BuiltinReader) -> None:
    title = "国家互联网信息办公室发布第九批深度合成服务算法备案信息"
    listed = article(title, f"{title}，共611个算法在列。", lang="zh")
    struck_off = replace(listed, body=f"{title}，611个算法被注销。")
    scores = [{c.topic: c.score for c in read(reader, each).claims}.get("china-ai-rules", 0.0) for each in (listed, struck_off)]
    assert scores[0] < 0.3
    assert scores[1] > 0.6


def test_weights_of_other_features_are_refused_by_file() -> None:
    weights = shipped_weights()
    odd = replace(weights.combiners["brief"], names=weights.combiners["brief"].names[1:])
    with pytest.raises(ValueError, match=r"weights/combiner-brief\.tsv was made for other features: run make train"):
        BuiltinReader(replace(weights, combiners={**weights.combiners, "brief": odd}))
    with pytest.raises(ValueError, match=r"weights/kinds\.tsv"):
        BuiltinReader(replace(weights, kinds=replace(weights.kinds, names=weights.kinds.names[::-1])))
    assert weights.about
    with pytest.raises(ValueError, match=r"weights/about\.tsv"):
        BuiltinReader(replace(weights, about=replace(weights.about, names=())))


def test_other_weights_are_another_version(reader: BuiltinReader) -> None:
    weights = shipped_weights()
    again = read_weights(lambda file: text_of("weights", file))
    other = read_weights(lambda file: text_of("weights", file) + ("# retrained\n" if file == "kinds.tsv" else ""))
    assert again.digest == weights.digest != other.digest
    assert BuiltinReader(again).version == reader.version != BuiltinReader(other).version
    made = article("US bars sale of newest AI chips to China without a licence", f"{STEP}\n\n{AROUND}")
    found = read(reader, made)
    assert found.reader_version == reader.version
    assert {f"{c.reader}-{c.reader_version}" for c in found.claims} == {reader.version}


def test_a_language_that_the_reader_does_not_know_is_named(reader: BuiltinReader) -> None:
    found = read(reader, article("China und die KI", "China verbietet den Verkauf von KI-Chips. " * 12, lang="de"))
    assert (found.claims, found.topics, found.notes) == ((), (), ("language_not_read",))


def test_a_line_that_stands_beside_an_abstract_is_no_quote(reader: BuiltinReader) -> None:
    abstract = "In this final rule BIS amends the Export Administration Regulations to require a licence for AI chips exported to China."
    body = f"{abstract}\n\nEffective on 2026-10-09."
    made = article("Export Controls on Semiconductor Items", body, official_ids=("fr:2026-1",), tier="official")
    claims = read(reader, made).claims
    assert claims
    assert not [c for c in claims if c.quote.startswith("Effective on")]


def test_routes_follow_the_kind_of_text() -> None:
    long = article("T", "word " * 200)
    assert route_of(long) == "article"
    assert route_of(article("T", "A short item.")) == "brief"
    assert route_of(replace(long, official_ids=("fr:2026-1",), tier="official")) == "official"


def test_reading_is_the_same_twice(reader: BuiltinReader) -> None:
    made = article("US bars sale of newest AI chips to China without a licence", f"{STEP}\n\n{AROUND}")
    assert read(reader, made) == read(BuiltinReader(), made)
