"""A night's reading over the newsroom, with the real client, parsers and extractor: every article arrives, under its own id."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from extractors.box import ParseBox
from extractors.client import Client, ClientPolicy
from extractors.model import Cursor, SourceReading
from extractors.reading import read_source
from newsroom.web import Newsroom

START = datetime(2026, 10, 5, tzinfo=UTC)
NOW = datetime(2026, 10, 14, 23, 59, 59, tzinfo=UTC)


async def _read(room: Newsroom) -> list[SourceReading]:
    policy = ClientPolicy(user_agent="topicwatch/0", contact="desk@newsroom.example", allowed_private=room.allowed_private)
    with ParseBox() as box:
        async with Client(policy) as client:
            return [
                await read_source(
                    source, Cursor(), client=client, box=box, known_entries=frozenset(), known_pages={}, window=(START, NOW), now=NOW
                )
                for source in room.sources()
            ]


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[\u4e00-\u9fff]|[^\W_]+", text.lower()))


@pytest.mark.slow
def test_every_article_of_the_harbour_arrives(harbour: Path) -> None:
    with Newsroom(harbour, styles={"Tideline Markets": "stub"}, now=NOW) as room:
        readings = asyncio.run(_read(room))
        assert [(r.source.publisher, r.reason) for r in readings if r.outcome != "ok"] == []
        found = {room.article_id_of(article.url): article for reading in readings for article in reading.articles}
        assert set(found) == {item.id for item in room.items}
        for item in room.items:
            article = found[item.id]
            assert article.lang == item.lang, item.id
            if item.publisher == "Tideline Markets":
                continue
            got, want = _words(article.body), _words(item.body)
            assert 2 * (got & want).total() / (got.total() + want.total()) >= 0.85, item.id
        official = {item.id: found[item.id].official_ids for item in room.items if item.publisher == "Federal Register"}
        assert "fr:2026-19873" in official["har-012"]
        assert all(ids for ids in official.values())
