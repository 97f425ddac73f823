"""The publishers' styles, and which publisher gets which."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from extractors.model import Tier
from newsroom.model import Item, Publisher, Style

ENGLISH = (
    Style("broadsheet", feed="rss", content="summary", layout="broadsheet", meta="json-ld", compress=True),
    Style("wire", feed="rss", content="full", layout="wire", meta="og", last_modified=False),
    Style("blog", feed="atom", content="full", layout="blog", meta="time", etag=False, robots="absent"),
    Style("journal", feed="rdf", content="summary", layout="journal", meta="meta", cdata=False),
    Style("newsletter", feed="json", content="full", layout="blog", meta="og", robots="polite"),
    Style("portal", feed="rss", content="summary", layout="portal", meta="graph", compress=True),
    Style("split", feed="atom", content="summary", layout="split", meta="json-ld", last_modified=False),
    Style("lawfirm", feed="rss", content="headline", layout="plain", meta="time", etag=False, cdata=False),
    Style("mobile", feed="rss", content="summary", layout="broadsheet", meta="json-ld", amp=True),
    Style("trade", feed="json", content="summary", layout="portal", meta="meta"),
    Style("tabloid", feed="rss", content="summary", layout="tabloid", meta="og", etag=False, last_modified=False),
)
CHINESE = (
    Style("zh-daily", feed="rss", content="summary", layout="zh", meta="meta", encoding="gb18030", charset_in_header=False),
    Style("zh-tech", feed="rss", content="headline", layout="zh", meta="json-ld"),
    Style("zh-column", feed="atom", content="full", layout="blog", meta="og"),
)
STUB = Style("stub", feed="rss", content="summary", layout="stub", meta="json-ld", robots="polite")
OFFICIAL = Style("official", feed="json", content="full", layout="plain", meta="meta")
STYLES: Mapping[str, Style] = {style.name: style for style in (*ENGLISH, *CHINESE, STUB, OFFICIAL)}


def publishers_of(items: Iterable[Item], wanted: Mapping[str, str] | None = None) -> tuple[Publisher, ...]:
    """Give each publisher a site, in order of first appearance; wanted names a style by publisher and wins.

    The paywall stub is never given by turn: a stream's only report of a move must stay readable.
    """
    turns = {"en": 0, "zh": 0}
    found: dict[str, Publisher] = {}
    slugs: set[str] = set()
    for item in items:
        if item.publisher in found:
            continue
        style = _style(item, turns, wanted or {})
        slug = _slug(item, slugs)
        tier: Tier = "official" if item.publisher == "Federal Register" else "general"
        found[item.publisher] = Publisher(item.publisher, slug, item.host, item.lang, style, tier)
    return tuple(found.values())


def _style(item: Item, turns: dict[str, int], wanted: Mapping[str, str]) -> Style:
    if item.publisher in wanted:
        return STYLES[wanted[item.publisher]]
    if item.publisher == "Federal Register":
        return OFFICIAL
    lang, choice = ("zh", CHINESE) if item.lang.startswith("zh") else ("en", ENGLISH)
    turns[lang] += 1
    return choice[(turns[lang] - 1) % len(choice)]


def _slug(item: Item, taken: set[str]) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", re.sub(r"^www\.|\.(example|com|org|net|gov|cn)$", "", item.host)).strip("-") or "site"
    slug, again = base, 2
    while slug in taken:
        slug, again = f"{base}-{again}", again + 1
    taken.add(slug)
    return slug
