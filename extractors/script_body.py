"""Bodies that a page holds only in its scripts: articleBody of JSON-LD, and the props of pages that a script renders (__NEXT_DATA__)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import html as lxml_html

from extractors import limits
from extractors.clean import paragraphs

MAX_SCRIPT = 3_000_000
MAX_NODES = 50_000
LEAST = 400  # characters; a shorter text in a script is a teaser or a setting
_STATE = re.compile(r"\A\s*(?:window\.)?[\w.$]+\s*=\s*(?=[{\[])")
_PROSE = re.compile(r"[.!?。！？][\"”’)]?(?:[\s<]|$)")
# A text under another key is an advertisement, a setting, a comment or another article more often than the body.
_KEYS = frozenset(
    "articlebody body bodyhtml body_html content contenthtml html text articletext storybody maintext richtext paragraph p".split()
)
_OTHERS = frozenset("related recommended comments promo footer header navigation menu ads latest trending popular consent config".split())


def script_body(tree: lxml_html.HtmlElement, claimed: str) -> str:
    """Return the longest body that a script holds, as paragraphs; '' when none is long enough. `claimed` is JSON-LD's articleBody."""
    best = claimed
    for script in tree.iter("script"):
        kind = (script.get("type") or "").lower()
        if "json" in kind and "ld+json" not in kind:
            found = _longest(_load(script.text or ""))
            best = max(best, found, key=len)
    return paragraphs(best if "<" in best else best.replace("\n", "\n\n"), limits.BODY_CHARS) if len(best) >= LEAST else ""


def _load(text: str) -> Any:
    if len(text) > MAX_SCRIPT:
        return None
    try:
        return json.loads(_STATE.sub("", text.strip()).rstrip(";"))
    except (ValueError, RecursionError):
        return None


def _longest(root: Any) -> str:
    """Return the longest text of an object: one string, or the strings of a list of paragraphs together."""
    best = ""
    for node in _objects(root):
        if isinstance(node, Mapping):
            texts = [str(value) for key, value in node.items() if isinstance(value, str) and str(key).lower() in _KEYS]
            text = max(texts, key=len, default="")
        else:
            text = "\n".join(_paragraphs(node))
        if len(text) > len(best) and len(_PROSE.findall(text)) >= 3:
            best = text
    return best


def _objects(root: Any) -> Iterator[Any]:
    waiting, seen = [root], 0
    while waiting and seen < MAX_NODES:
        node = waiting.pop()
        seen += 1
        if isinstance(node, Mapping):
            yield node
            waiting.extend(value for key, value in node.items() if str(key).lower() not in _OTHERS)
        elif isinstance(node, list):
            yield node
            waiting.extend(node)


def _paragraphs(node: list[Any]) -> Iterator[str]:
    """Yield the text of each item of a list of content blocks: {'type': 'paragraph', 'text': ...} and its like."""
    for item in node:
        if isinstance(item, str) and len(item) > 40:
            yield item
        elif isinstance(item, Mapping):
            text = next((value for key, value in item.items() if str(key).lower() in _KEYS and isinstance(value, str)), "")
            if len(text) > 40:
                yield text
