"""The catalogue: what ships is whole, a user's overlay wins, and an error names table and field."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from topics.catalogue import CatalogueError, build_catalogue, overlay

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
TOPIC = {"id": "t", "name_en": "T"}


def shipped(name: str) -> dict[str, Any]:
    return tomllib.loads((SEEDS / f"{name}.toml").read_text(encoding="utf-8"))


def test_what_ships_is_whole() -> None:
    catalogue = build_catalogue(shipped("topics"), shipped("entities"), shipped("matters"))
    assert len(catalogue.topics) == 12
    known = {e.entity_id for e in catalogue.entities}
    assert not [(t.topic_id, e) for t in catalogue.topics for e in t.entities if e not in known]
    assert all(m.steps and m.topics for m in catalogue.measures)
    assert catalogue.digest == build_catalogue(shipped("topics"), shipped("entities"), shipped("matters")).digest


def test_an_overlay_replaces_fields_and_adds_tables() -> None:
    merged = overlay(
        {"topic": [{"id": "a", "name_en": "A", "about": "x"}]}, {"topic": [{"id": "a", "about": "y"}, {"id": "b", "name_en": "B"}]}, "topic"
    )
    assert merged["topic"] == [{"id": "a", "name_en": "A", "about": "y"}, {"id": "b", "name_en": "B"}]


def test_an_error_in_an_overlay_names_its_file() -> None:
    merged = overlay({"topic": [TOPIC]}, {"topic": [{"id": "t", "terms_en": "x"}]}, "topic", "own/topics.toml")
    with pytest.raises(CatalogueError, match=r"own/topics\.toml, topic 't': terms_en must be a list of texts"):
        build_catalogue(merged, {}, {})
    with pytest.raises(CatalogueError, match=r"own/topics\.toml, topic 2: the id 't' stands twice in this file"):
        overlay({}, {"topic": [TOPIC, TOPIC]}, "topic", "own/topics.toml")


@pytest.mark.parametrize(
    ("topics", "entities", "matters", "message"),
    [
        ([{"id": "t"}], [], [], "topics.toml, topic 1: name_en must be a text, and it is missing"),
        ([TOPIC, TOPIC], [], [], "the id 't' stands twice"),
        ([{**TOPIC, "example": ["x"]}], [], [], "topics.toml, topic 1: unknown field 'example'; use one of about, counter_examples,"),
        ([{**TOPIC, "entities": ["e"]}], [], [], "topics.toml, topic 1: entities names 'e', which entities.toml does not define"),
        ([{**TOPIC, "counter_examples": [""]}], [], [], "topics.toml, topic 1: counter_examples holds an empty text"),
        ([{**TOPIC, "needs": ["money"]}], [], [], "needs names 'money'; use china, authority, technology, america, ally"),
        ([{**TOPIC, "id": "T t"}], [], [], "topics.toml, topic 1: id is 'T t'; use a-z, 0-9 and -"),
        ([TOPIC], [{"id": "e", "kind": "company", "names_en": "Acme"}], [], "entities.toml, entity 1: names_en must be a list of texts"),
        (
            [TOPIC],
            [{"id": "e", "kind": "company", "name": "Acme"}],
            [],
            "entities.toml, entity 1: unknown field 'name'; use one of country,",
        ),
        (
            [TOPIC],
            [{"id": "e", "kind": "company", "country": "china"}],
            [],
            "entity 1: country is 'china'; write its code of two small letters",
        ),
        ([TOPIC], [{"id": "e", "kind": "company", "country": "CN"}], [], "entity 1: country is 'CN'; write its code"),
        ([TOPIC], [], [{"id": "m", "name_en": "M", "topics": ["u"]}], "matters.toml, matter 1: topics names 'u'"),
        (
            [TOPIC],
            [],
            [{"id": "m", "name_en": "M", "aliases": ["N"]}],
            "matters.toml, matter 1: unknown field 'aliases'; use one of actor,",
        ),
        ([TOPIC], [], [{"id": "m", "name_en": "M", "keys": 5}], "matters.toml, matter 1: keys is 5; write lists by scheme"),
        (
            [TOPIC],
            [],
            [{"id": "m", "name_en": "M", "step": {"kind": "adopted"}}],
            "matter 1: step must be tables; head each with [[matter.step]]",
        ),
        ([TOPIC], [], [{"id": "m", "name_en": "M", "step": [{"kind": "adopted", "on": "x"}]}], "matter 1, step 1: unknown field 'on'"),
        ([TOPIC], [], [{"id": "m", "name_en": "M", "topics": ["t"], "keys": {"isbn": ["1"]}}], "keys has the scheme 'isbn'"),
        (
            [TOPIC],
            [],
            [{"id": "m", "name_en": "M", "topics": ["t"], "step": [{"kind": "adoptd", "date": "2026-01-01", "what": "x"}]}],
            "kind is 'adoptd'",
        ),
        (
            [TOPIC],
            [],
            [{"id": "m", "name_en": "M", "topics": ["t"], "step": [{"kind": "adopted", "date": "1.1.26", "what": "x"}]}],
            "write YYYY-MM-DD",
        ),
    ],
)
def test_an_error_names_table_and_field(topics: list[Any], entities: list[Any], matters: list[Any], message: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        build_catalogue({"topic": topics}, {"entity": entities}, {"matter": matters})
    assert message in str(caught.value)
