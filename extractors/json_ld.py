"""What a page says of itself in JSON-LD: the article object's headline, authors, dates."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import html as lxml_html

MAX_SCRIPT = 500_000  # a longer script is not read: ten megabytes of headline cost 1.4 GB elsewhere (FAULTS.md)
MAX_NODES = 5_000
_ARTICLE = re.compile(
    r"(?:News|Analysis|Opinion|Reportage|Review|BackgroundNews|AskPublicNews|LiveBlog|Scholarly|Tech|Social|Advertiser|Report|Media)*"
    r"(?:Article|Posting|BlogPosting|Report)|CreativeWork"
)
_CONTROL = re.compile(r"[\x00-\x1f]+")
_COMMENT = re.compile(r"\A\s*(?:<!--|/\*.*?\*/|//<!\[CDATA\[)|(?:-->|//\]\]>)\s*\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class JsonLd:
    """The article object of a page; empty strings where it says nothing."""

    headline: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    lang: str = ""
    publisher: str = ""
    body: str = ""  # articleBody, as the script has it: often cut short, without paragraphs, or with markup


def read_json_ld(tree: lxml_html.HtmlElement) -> JsonLd:
    """Return the page's first article object; broken or oversized scripts are passed over."""
    fallback = JsonLd()
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        for node in _nodes(_load(script.text or "")):
            if _is_article(node):
                found = _article(node)
                if found.headline or found.published:
                    return found
                fallback = fallback if fallback.authors else found
    return fallback


def _load(text: str) -> Any:
    if len(text) > MAX_SCRIPT:
        return None
    cleaned = _CONTROL.sub(" ", _COMMENT.sub("", text)).strip().rstrip(";")
    try:
        return json.loads(cleaned)
    except (ValueError, RecursionError):
        return None


def _nodes(root: Any) -> Iterator[Mapping[str, Any]]:
    """Walk lists, @graph and mainEntity in document order, a bounded number of nodes."""
    waiting, seen = [root], 0
    while waiting and seen < MAX_NODES:
        node = waiting.pop()
        seen += 1
        if isinstance(node, list):
            waiting.extend(reversed(node))
        elif isinstance(node, dict):
            yield node
            waiting.extend(node[key] for key in ("mainEntityOfPage", "mainEntity", "@graph") if isinstance(node.get(key), dict | list))


def _is_article(node: Mapping[str, Any]) -> bool:
    kinds = node.get("@type")
    return any(
        isinstance(kind, str) and _ARTICLE.fullmatch(kind.rpartition("/")[2]) for kind in (kinds if isinstance(kinds, list) else [kinds])
    )


def _article(node: Mapping[str, Any]) -> JsonLd:
    return JsonLd(
        headline=_first_text(node.get("headline")) or _first_text(node.get("name")),
        authors=tuple(dict.fromkeys(_names(node.get("author")) or _names(node.get("creator")))),
        published=_first_text(node.get("datePublished")) or _first_text(node.get("dateCreated")),
        lang=_first_text(node.get("inLanguage")),
        publisher=next(iter(_names(node.get("publisher"))), ""),
        body=_body(node.get("articleBody")),
    )


def _first_text(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    return value.strip() if isinstance(value, str) else ""


def _body(value: Any) -> str:
    """Return the articleBody as one text; a live blog's script gives a list."""
    parts = value[:200] if isinstance(value, list) else [value]
    return "\n".join(part.strip() for part in parts if isinstance(part, str))


def _names(value: Any, depth: int = 0) -> list[str]:
    if isinstance(value, str):
        return [value.strip()] if value.strip() and not value.startswith("http") else []
    if isinstance(value, list) and depth < 3:
        return [name for part in value[:20] for name in _names(part, depth + 1)]
    if isinstance(value, dict) and depth < 3:
        return _names(value.get("name"), depth + 1)
    return []
