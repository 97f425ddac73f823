"""A shelf of saved pages is served unchanged behind feeds that name each page by its own title."""

from __future__ import annotations

import gzip
import io
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest

from newsroom.shelf import PageShelf

NOW = datetime(2026, 10, 14, 12, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("TOPICWATCH_SHARED", ROOT.parent / "shared"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(5):
        page = f"<html><head><title>\n Fish &amp; chips {number}\n</title></head><body><p>Page {number}</p></body></html>"
        (tmp_path / f"p{number}.html.gz").write_bytes(gzip.compress(page.encode()))
    return tmp_path


def test_pages_are_served_unchanged_behind_feeds(folder: Path, get: Callable[..., Any]) -> None:
    with PageShelf(folder, now=NOW, per_feed=2) as shelf:
        sources = shelf.sources()
        assert [source.source_id for source in sources] == ["shelf-00", "shelf-01", "shelf-02"]
        assert len(shelf.allowed_private) == 3
        feed = feedparser.parse(io.BytesIO(get(sources[0].url).body))
        assert [entry.title for entry in feed.entries] == ["Fish & chips 0", "Fish & chips 1"]
        assert [shelf.page_id_of(entry.link) for entry in feed.entries] == ["p0", "p1"]
        assert get(feed.entries[1].link).body == gzip.decompress((folder / "p1.html.gz").read_bytes())
        assert get(shelf.base(0) + "/pages/p4.html").status == 404
        assert get(shelf.base(0) + "/robots.txt").status == 404
    assert shelf.page_ids == ("p0", "p1", "p2", "p3", "p4")


def test_the_number_of_feeds_can_be_bounded(folder: Path) -> None:
    with PageShelf(folder, now=NOW, per_feed=2, n_feeds=1) as shelf:
        assert shelf.page_ids == ("p0", "p1")


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"html\.gz"):
        PageShelf(tmp_path, now=NOW)


def test_the_saved_pages_of_the_extraction_set(get: Callable[..., Any]) -> None:
    pages = SHARED / "extraction" / "dev" / "pages"
    if not pages.is_dir():
        pytest.skip("the shared extraction pages are not on this machine (TOPICWATCH_SHARED)")
    with PageShelf(pages, now=NOW, n_feeds=2) as shelf:
        feed = feedparser.parse(io.BytesIO(get(shelf.sources()[1].url).body))
        assert not feed.bozo
        assert len(feed.entries) == 50
        assert all(get(entry.link).status == 200 for entry in feed.entries[:5])
