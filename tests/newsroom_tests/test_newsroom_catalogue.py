"""Back catalogues are the same every time, varied, spread over their days, and served like any stream."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest

from newsroom.catalogue import catalogue, outlet, with_past
from newsroom.model import load_items
from newsroom.web import Newsroom

END = datetime(2026, 10, 4, 23, 59, 59, tzinfo=UTC)


def test_sixty_feeds_have_names_and_hosts_of_their_own() -> None:
    outlets = [outlet(feed) for feed in range(60)]
    assert len({name for name, _, _ in outlets}) == len({host for _, host, _ in outlets}) == 60
    assert Counter(lang for _, _, lang in outlets) == {"en": 50, "zh": 10}


def test_the_catalogue_is_the_same_every_time_and_varied() -> None:
    items = catalogue(END)
    assert items == catalogue(END)
    assert len(items) == 1500
    assert len({item.id for item in items}) == len({item.url for item in items}) == 1500
    assert all(END - timedelta(days=30) <= item.published_at < END for item in items)
    assert not any("{" in item.title + item.body for item in items)
    share = len({item.body for item in items}) / len(items)
    assert 0.9 < share < 0.99  # a few are copies, as in life


def test_a_stream_can_be_buried_in_it(harbour: Path, get: Callable[..., Any]) -> None:
    with Newsroom(catalogue(END, n_feeds=12, per_feed=8, extra=load_items(harbour)), now=END) as room:
        sources = room.sources()
        assert len(sources) == 12 + 15
        listed = [len(feedparser.parse(io.BytesIO(get(s.url).body)).entries) for s in sources if s.url.endswith(".xml")]
        room.set_now(END + timedelta(days=10))
        later = [len(feedparser.parse(io.BytesIO(get(s.url).body)).entries) for s in sources if s.url.endswith(".xml")]
    assert sum(listed) > 0
    assert sum(later) > sum(listed)


@pytest.mark.parametrize("n_feeds", [1, 7])
def test_smaller_catalogues(n_feeds: int) -> None:
    items = catalogue(END, n_feeds=n_feeds, days=3, per_feed=2)
    assert len(items) == 2 * n_feeds
    assert min(item.published_at for item in items) >= END - timedelta(days=3)


def test_a_stream_gets_a_past(harbour: Path) -> None:
    items = load_items(harbour)
    longer = with_past(items, END, days=20, per_feed=2)
    past = longer[: -len(items)]
    assert longer[-len(items) :] == items
    assert Counter(item.publisher for item in past) == {item.publisher: 2 for item in items if item.publisher != "Federal Register"}
    assert all(END - timedelta(days=20) <= item.published_at < END for item in past)
    assert {item.publisher: item.lang for item in past}.items() <= {item.publisher: item.lang for item in items}.items()
