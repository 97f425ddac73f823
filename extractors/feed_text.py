"""Makes a feed's text fit for the XML parser: references that no character answers to, stray controls, items cut off or far too many."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from extractors import limits
from extractors.dates import read_date

_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>", re.IGNORECASE)
# The document type goes: entities of its own are the bombs (FAULTS.md, 43), and the HTML ones are known without it.
_DOCTYPE = re.compile(r"\A((?:\s|<!--(?:(?!-->).)*+-->|<\?[^>]*+>)*+)<!DOCTYPE[^<>\[]{0,1000}(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,64})|([0-9]{1,64}))[0-9a-fA-F]*;?")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ITEM = re.compile(r"<((?:[\w\-]+:)?(?:item|entry))(?=[\s>]).*?</\1\s*>", re.DOTALL)
_OPEN = re.compile(r"<(?:[\w\-]+:)?(?:item|entry)(?=[\s>]|\Z)")
_CLOSE = re.compile(r"</(?:[\w\-]+:)?(?:item|entry)\s*>")
_ROOT_END = re.compile(r"</(?:[\w\-]+:)?(?:rss|feed|RDF|channel)\s*>", re.IGNORECASE)
_HALF_TAG = re.compile(r"<[^<>]*\Z")
_ITEM_DATE = re.compile(
    r"<(?:[\w\-]+:)?(?:pubDate|published|date|issued|created|updated|modified)(?:\s[^<>]*)?>\s*(?:<!\[CDATA\[)?([^<\]]{1,100})"
)
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FeedText:
    """Text to parse, and what had to be done to it: truncated | cut | bad_reference | control."""

    text: str
    flags: tuple[str, ...]


def prepare(text: str) -> FeedText:
    """Return the text without its XML declaration, with at most limits.ENTRIES items, the newest, and only whole ones."""
    flags = []
    text = _DOCTYPE.sub(r"\1", _DECLARATION.sub("", text, count=1).lstrip("\ufeff"), count=1)
    whole = _drop_half_item(text)
    if whole is not text:
        flags.append("truncated")
    few = _keep_newest(whole)
    if few is not whole:
        flags.append("cut")
    legal = _REFERENCE.sub(_legal_reference, few)
    if legal != few:
        flags.append("bad_reference")
    clean = _CONTROL.sub("", legal)
    if clean != legal:
        flags.append("control")
    return FeedText(clean, tuple(flags))


def _drop_half_item(text: str) -> str:
    if _ROOT_END.search(text, max(0, len(text) - 4096)):
        return text
    last_close = -1
    for found in _CLOSE.finditer(text):
        last_close = found.start()
    half = _OPEN.search(text, last_close + 1)
    if half:
        return text[: half.start()]
    return _HALF_TAG.sub("", text) + "\n" if last_close >= 0 else text


def _keep_newest(text: str) -> str:
    """Keep the newest limits.ENTRIES items in their order; undated ones count as old, of equal ones the earlier in the file stays."""
    spans = [(found.start(), found.end()) for found in _ITEM.finditer(text)]
    if len(spans) <= limits.ENTRIES:
        return text
    ranked = sorted(range(len(spans)), key=lambda n: (_item_date(text, *spans[n]), -n), reverse=True)
    kept = sorted(ranked[: limits.ENTRIES])
    return text[: spans[0][0]] + "\n".join(text[start:end] for start, end in (spans[n] for n in kept)) + text[spans[-1][1] :]


def _item_date(text: str, start: int, end: int) -> datetime:
    found = _ITEM_DATE.search(text, start, end)
    return (read_date(found[1]).at if found else None) or _LONG_AGO


def _legal_reference(found: re.Match[str]) -> str:
    code = int(found[1], 16) if found[1] else int(found[2])
    legal = code in {9, 10, 13} or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
    return found[0] if legal else "\ufffd"
