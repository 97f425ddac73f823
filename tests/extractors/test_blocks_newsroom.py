"""The repository's own pages, English and Chinese, in every layout of the newsroom: what is read is what was written."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from extractors.block_texts import length
from extractors.model import Entry
from extractors.pages import PageText, read_page
from newsroom.feeds import path_of
from newsroom.model import Item, Publisher, load_items
from newsroom.pages import render_page
from newsroom.styles import publishers_of

STREAMS = Path(__file__).resolve().parent.parent / "data" / "streams"
SHORT = 400  # weighted characters; two sentences beside a newsletter box are no test of reading articles
NOW = datetime(2026, 12, 31, tzinfo=UTC)


def pages(stream: str) -> list[tuple[Item, Publisher, list[tuple[str, str]]]]:
    items = load_items(STREAMS / stream)
    others = [(item.title, f"https://news.example/{item.id}") for item in items[:40]]
    found = []
    for publisher in publishers_of(items):
        own = [item for item in items if item.publisher == publisher.name]
        found += [(item, publisher, others[place : place + 6]) for place, item in enumerate(own)]
    return found


def read(item: Item, publisher: Publisher, related: list[tuple[str, str]]) -> PageText:
    url = f"https://{publisher.host}{path_of(item)}"
    kind = "text/html" + (f"; charset={publisher.style.encoding}" if publisher.style.charset_in_header else "")
    return read_page(render_page(publisher, item, url, related), url, kind, Entry("e", "s", url, item.title, item.title), NOW)


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[\u4e00-\u9fff]|[^\W_]+", text.lower()))


@pytest.mark.parametrize("stream", ["harbour", "snare"])
def test_what_is_read_is_what_was_written(stream: str) -> None:
    full = 0
    for item, publisher, related in pages(stream):
        text = read(item, publisher, related)
        if text.text_kind == "full" and length(item.body) >= SHORT:
            full += 1
            got, want = words(text.body), words(item.body)
            assert 2 * (got & want).total() / (got.total() + want.total()) >= 0.9, (item.id, publisher.style.name)
            assert not any(title in text.body for title, _ in related if title != item.title), item.id
            assert text.confidence > 0.5, (item.id, text.confidence)
    assert full >= 15
