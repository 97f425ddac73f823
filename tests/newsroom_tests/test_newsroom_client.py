"""The newsroom and our own client and feed parser understand each other: entries, instants, titles, validators, robots."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from extractors.client import Client, ClientPolicy, FetchError, Validators
from extractors.feeds import parse_feed
from extractors.model import Source
from newsroom.web import Newsroom

NOW = datetime(2026, 10, 14, 23, 59, 59, tzinfo=UTC)


@pytest.fixture(scope="module")
def room(harbour: Path) -> Iterator[Newsroom]:
    with Newsroom(harbour, now=NOW) as running:
        yield running


def _client(room: Newsroom) -> Client:
    return Client(ClientPolicy(user_agent="topicwatch/0", contact="desk@newsroom.example", allowed_private=room.allowed_private))


def _feeds(room: Newsroom) -> list[Source]:
    return [source for source in room.sources() if source.kind == "feed"]


def test_every_feed_reads_as_its_articles(room: Newsroom) -> None:
    async def read() -> dict[str, list[tuple[str | None, str, datetime | None]]]:
        found = {}
        async with _client(room) as client:
            for source in _feeds(room):
                got = await client.fetch(source.url, purpose="feed")
                document = parse_feed(got.body, got.url, got.headers.get("content-type", ""), source.source_id, NOW)
                found[source.publisher] = [(room.article_id_of(e.url), e.title, e.published_at) for e in document.entries]
        return found

    for publisher, entries in asyncio.run(read()).items():
        want = {(item.id, item.title, item.published_at) for item in room.items if item.publisher == publisher}
        assert set(entries) == want, publisher


def test_validators_say_not_modified(room: Newsroom) -> None:
    async def ask() -> list[tuple[bool, bool]]:
        answers = []
        async with _client(room) as client:
            for source in _feeds(room):
                first = await client.fetch(source.url, purpose="feed")
                again = await client.fetch(
                    source.url, purpose="feed", validators=Validators(first.etag, first.last_modified, first.body_hash)
                )
                answers.append((first.not_modified, again.not_modified))
        return answers

    assert set(asyncio.run(ask())) == {(False, True)}


def test_only_listed_ports_are_reached_and_robots_is_obeyed(room: Newsroom) -> None:
    async def ask(url: str, allowed: frozenset[tuple[str, int]]) -> str:
        policy = ClientPolicy(user_agent="topicwatch/0", contact="desk@newsroom.example", allowed_private=allowed)
        async with Client(policy) as client:
            with pytest.raises(FetchError) as caught:
                await client.fetch(url, purpose="page")
        return caught.value.reason

    url = room.sources()[0].url
    assert asyncio.run(ask(url, frozenset())) in {"private_address", "bad_port"}
    assert asyncio.run(ask(url.replace("/feed.xml", "/subscribe"), room.allowed_private)) == "robots"
