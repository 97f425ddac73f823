"""Each layout gives its article's whole body to an ordinary extractor, in the publisher's encoding; the paywall stub does not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trafilatura

from newsroom.model import Item, load_items
from newsroom.styles import CHINESE, ENGLISH, STYLES
from newsroom.web import Newsroom

NOW = datetime(2026, 10, 15, tzinfo=UTC)
Fetch = Callable[..., Any]
SAMPLE = 6  # articles a layout


def _items(folder: Path) -> list[Item]:
    """The longest articles of the stream, each under every style that speaks its language, the style's name as the outlet."""
    found = []
    long = sorted(load_items(folder), key=lambda item: -len(item.body))
    for styles, lang in ((ENGLISH, "en"), (CHINESE, "zh"), ((STYLES["stub"],), "en")):
        chosen = [item for item in long if item.lang == lang][:SAMPLE]
        for style in styles:
            found += [
                replace(item, id=f"{style.name}-{item.id}", publisher=style.name, url=f"https://{style.name}.example/news/{item.id}")
                for item in chosen
            ]
    return found


@pytest.fixture(scope="module")
def room(harbour: Path) -> Iterator[Newsroom]:
    items = _items(harbour)
    with Newsroom(items, styles={item.publisher: item.publisher for item in items}, now=NOW) as running:
        yield running


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[\u4e00-\u9fff]|[^\W_]+", text.lower()))


def _overlap(found: str, true: str) -> float:
    got, want = _words(found), _words(true)
    return 2 * (got & want).total() / ((got.total() + want.total()) or 1)


def _extracted(page: bytes) -> str:
    return str(trafilatura.extract(page, include_comments=False, favor_precision=True) or "")


@pytest.mark.parametrize("style", [style.name for style in (*ENGLISH, *CHINESE)])
def test_the_true_body_can_be_extracted(room: Newsroom, get: Fetch, style: str) -> None:
    scores = {
        item.id: round(_overlap(_extracted(get(room.url_of(item)).body), item.body), 3) for item in room.items if item.publisher == style
    }
    assert len(scores) == SAMPLE
    assert min(scores.values()) >= 0.9, scores


def test_the_stub_gives_a_teaser_only(room: Newsroom, get: Fetch) -> None:
    for item in (item for item in room.items if item.publisher == "stub"):
        page = get(room.url_of(item)).body.decode()
        assert item.title.split("&")[0] in page
        assert _overlap(_extracted(page.encode()), item.body) < 0.5


def test_the_gb18030_page_says_so_in_its_head_alone_and_decodes(room: Newsroom, get: Fetch) -> None:
    item = next(item for item in room.items if item.publisher == "zh-daily")
    answer = get(room.url_of(item))
    assert answer.headers["content-type"] == "text/html"
    assert b'<meta charset="gb18030">' in answer.body
    text = answer.body.decode("gb18030")
    assert all(part.replace("\n", "") in text.replace("<br>\n", "") for part in item.paragraphs)
    with pytest.raises(UnicodeDecodeError):
        answer.body.decode("utf-8")


def test_an_amp_page_names_its_canonical_address(room: Newsroom, get: Fetch) -> None:
    item = next(item for item in room.items if item.publisher == "mobile")
    url = room.url_of(item)
    amp = get(f"{url}/amp?utm_source=rss").body.decode()
    assert f'<link rel="canonical" href="{url}">' in amp
    assert f'<link rel="amphtml" href="{url}/amp">' in get(url).body.decode()


def test_markup_in_a_text_reaches_no_page_as_markup(get: Fetch) -> None:
    item = Item(
        "x", "https://sly.example/a", "Sly", "en", NOW, 'A <b>"bold"</b> & title', "", "See <script>alert(1)</script> & **this** </p>"
    )
    for style in ("broadsheet", "wire", "stub", "portal"):
        with Newsroom([item], styles={"Sly": style}, now=NOW) as room:
            page = get(room.url_of(item)).body.decode()
        assert "alert(1)</script>" not in page.replace("\\u003c", "<").split("<body", 1)[1]
        assert "<h1" in page
        assert "<b>" not in page.split("<h1", 1)[1].split("</h1>", 1)[0]


def test_pages_carry_furniture_around_the_body(room: Newsroom, get: Fetch) -> None:
    wanted: Mapping[str, tuple[str, ...]] = {
        "broadsheet": (
            "cookie-bar",
            "share-bar",
            "related-links",
            "newsletter-signup",
            "comments-area",
            "© 2019-2026",
            "application/ld+json",
        ),
        "wire": ("og:title", "article:published_time"),
        "portal": ("@graph", "most-read", "Advertisement"),
        "journal": ("<table", 'name="pubdate"'),
        "zh-tech": ("来源", "相关阅读", "年10月"),
    }
    for style, marks in wanted.items():
        page = get(room.url_of(next(item for item in room.items if item.publisher == style))).body.decode()
        assert [mark for mark in marks if mark not in page] == [], style
