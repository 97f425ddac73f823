"""The labelled reader gives a stream's own labels as readings: topics, sure claims with verbatim quotes, nothing for the rest."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from extractors.model import Article
from newsroom.labelled import LabelledReader
from topics.catalogue import build_catalogue
from topics.model import Catalogue

AT = datetime(2026, 10, 14, tzinfo=UTC)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return build_catalogue({}, {}, {})


@pytest.fixture(scope="module")
def reader(harbour: Path, rows: dict[str, list[dict[str, Any]]]) -> LabelledReader:
    return LabelledReader(harbour, {row["url"]: row["id"] for row in rows["articles"]}.get)


def _article(row: dict[str, Any]) -> Article:
    return Article(
        article_id=f"p_{row['id']}",
        rev=1,
        url=row["url"],
        publisher=row["publisher"],
        lang=row["lang"],
        title=row["title"],
        body=row["body"],
        published_at=AT,
        first_seen_at=AT,
    )


def test_every_move_is_claimed_once_an_article_that_states_it(
    reader: LabelledReader, catalogue: Catalogue, rows: dict[str, list[dict[str, Any]]]
) -> None:
    wanted = {(m["topic"], m["kind"], article) for m in rows["moves"] for article in m["quotes"]}
    found = set()
    for row in rows["articles"]:
        reading = reader.read(_article(row), catalogue)
        found |= {(claim.topic, claim.kind, row["id"]) for claim in reading.claims}
        text = f"{row['title']}\n\n{row['body']}"
        assert all(text[claim.quote_start :].startswith(claim.quote) for claim in reading.claims)
    assert found == wanted


def test_an_unknown_article_is_off_topic(reader: LabelledReader, catalogue: Catalogue, rows: dict[str, list[dict[str, Any]]]) -> None:
    stranger = _article({**rows["articles"][2], "url": "https://elsewhere.example/a"})
    reading = reader.read(stranger, catalogue)
    assert (reading.topics, reading.claims) == ((), ())
