"""The harbour stream keeps the shared format's promises, and holds one of everything that a stream can hold."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit

from topics.model import Kind, severity_of

Rows = Mapping[str, list[dict[str, Any]]]
RELATIONS = {"move", "late_report", "syndicated", "rewrite", "followup", "background", "hard_negative", "off_topic"}
TOPICS = {
    "cloud-kyc", "chip-export-controls", "model-weights", "entity-listings", "chinese-ai-bans", "china-side-bans",
    "us-china-partnerships", "chinese-cloud-risk", "outbound-investment", "provider-access-limits", "china-ai-rules", "allied-alignment",
}  # fmt: skip
SEEDS = {f"seed-00{n}" for n in range(4)}


def test_it_says_that_it_is_invented_and_covers_ten_nights(harbour: Path, rows: Rows) -> None:
    about = json.loads((harbour / "stream.json").read_text(encoding="utf-8"))
    assert about["kind"] == "invented scenario"
    assert "Invented for testing" in about["note"]
    days = Counter(row["published_at"][:10] for row in rows["articles"])
    assert sorted(days) == about["nights"]
    assert len(days) == 10
    assert sum(days.values()) == 60


def test_every_article_has_one_label_and_every_id_leads_somewhere(rows: Rows) -> None:
    articles = [row["id"] for row in rows["articles"]]
    moves = {row["id"] for row in rows["moves"]}
    assert len(set(articles)) == len(articles)
    assert [row["id"] for row in rows["gold"]] == articles
    assert len({row["url"] for row in rows["articles"]}) == len(articles)
    for label in rows["gold"]:
        assert set(label["moves"]) <= moves, label["id"]
        assert set(label["topics"]) <= TOPICS, label["id"]
        assert label["duplicate_of"] is None or label["duplicate_of"] in SEEDS | set(articles), label["id"]
        assert (label["duplicate_of"] is not None) == (label["relation"] in {"syndicated", "rewrite"}), label["id"]
        assert (label["relation"] == "off_topic") <= (not label["topics"]), label["id"]


def test_a_copy_comes_after_its_original(rows: Rows) -> None:
    told = {row["id"]: row["published_at"] for row in rows["articles"]}
    for label in rows["gold"]:
        if label["duplicate_of"] in told:
            assert told[label["duplicate_of"]] < told[label["id"]], label["id"]


def test_moves_and_labels_name_each_other(rows: Rows) -> None:
    told = {row["id"]: row["published_at"][:10] for row in rows["articles"]}
    by_article = {row["id"]: set(row["moves"]) for row in rows["gold"]}
    for move in rows["moves"]:
        assert {a for a, moves in by_article.items() if move["id"] in moves} == set(move["articles"]), move["id"]
        assert min(told[a] for a in move["articles"]) == move["night"], move["id"]
        assert move["severity"] == severity_of(move["kind"]), move["id"]
        assert move["topic"] in TOPICS, move["id"]


def test_quotes_are_verbatim_and_stand_in_an_article_of_the_move(rows: Rows) -> None:
    texts = {row["id"]: f"{row['title']}\n\n{row['body']}" for row in rows["articles"]}
    for move in rows["moves"]:
        assert move["quotes"], move["id"]
        for article, quotes in move["quotes"].items():
            assert article in move["articles"], (move["id"], article)
            for quote in quotes:
                assert quote in texts[article], (move["id"], article, quote)


def test_every_article_labelled_move_is_quoted(rows: Rows) -> None:
    quoted = {article for move in rows["moves"] for article in move["quotes"]}
    assert {row["id"] for row in rows["gold"] if row["relation"] == "move"} <= quoted


def test_every_relation_every_kind_both_languages_and_the_four_seeds_are_there(rows: Rows) -> None:
    assert {row["relation"] for row in rows["gold"]} == RELATIONS
    assert {row["kind"] for row in rows["moves"]} == set(get_args(Kind))
    assert Counter(row["lang"] for row in rows["articles"]) == {"en": 52, "zh": 8}
    assert {row["duplicate_of"] for row in rows["gold"]} >= SEEDS


def test_the_cloud_rule_is_adopted_then_postponed_twice(rows: Rows) -> None:
    steps = [(row["night"], row["kind"]) for row in rows["moves"] if row["topic"] == "cloud-kyc"]
    assert steps == [("2026-10-05", "signalled"), ("2026-10-07", "adopted"), ("2026-10-09", "eased"), ("2026-10-14", "eased")]


def test_outlets_are_invented_and_texts_are_of_several_lengths(rows: Rows) -> None:
    for row in rows["articles"]:
        host = urlsplit(row["url"]).hostname or ""
        assert host == "www.federalregister.gov" if row["publisher"] == "Federal Register" else host.endswith(".example"), row["id"]
    lengths = [len(row["body"].split("\n\n")) for row in rows["articles"]]
    assert min(lengths) == 1
    assert max(lengths) >= 9
    assert any(re.search(r"^\*\*4\. ", row["body"], re.MULTILINE) for row in rows["articles"])
