"""Markup to plain text: tags off, entities once, control and direction characters out, lengths capped."""

from __future__ import annotations

import html
import re
import unicodedata

# Characters that a title or a body never needs: controls but tab and newline, direction marks, zero-width, BOM, soft hyphen,
# interlinear marks, tags, unpaired surrogates and noncharacters. U+200C and U+200D stay: Persian, Hindi and emoji are written with them.
_BAD = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    "\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_BREAK = re.compile("\r\n?|[\x85\u2028\u2029]")
_SPACE = re.compile(r"[^\S\n]+")
_GONE = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style)\b[^<>]*>.*?(?:</\1\s*>|\Z)|<\?[^<>]*>|<!\[CDATA\[|\]\]>|<![a-z][^<>]*>", re.DOTALL | re.IGNORECASE
)
_PAIRED = re.compile(r"<(template|noscript|svg|math|iframe|object)\b[^<>]*>", re.IGNORECASE)
_HIDDEN = re.compile(
    r"<(div|p|span|section|aside|li|td)\b(?=[^<>]*(?:\shidden(?=[\s>=/])|style\s*=\s*[\"'][^\"'<>]*(?:display\s*:\s*none|visibility\s*:\s*hidden)))"
    r"[^<>]*>[^<]*</\1\s*>",
    re.IGNORECASE,
)
_BLOCK = re.compile(
    r"</?(?:p|div|section|article|header|footer|aside|main|figure|figcaption|blockquote|pre|ul|ol|dl|dt|dd|li|table|tr|h[1-6]|hr|form|address)\b"
    r"[^<>]*>",
    re.IGNORECASE,
)
_LINE = re.compile(r"<br\b[^<>]*>", re.IGNORECASE)
_CELL = re.compile(r"</?t[dh]\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|</?[a-zA-Z][^<>]*\Z")


def plain(text: str) -> str:
    """Drop what no reader sees and no matcher expects (FAULTS.md, 50, 73, 93); NFC; line breaks become newline."""
    return unicodedata.normalize("NFC", _BAD.sub("", _BREAK.sub("\n", text)))


def one_line(text: str, limit: int) -> str:
    """Reduce text to one line of at most `limit` characters, cut at a word where there is one near the end."""
    line = " ".join(plain(text).split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    space = cut.rfind(" ", limit - 40)
    return (cut[:space] if space > 0 else cut).rstrip() + "…"


def strip_markup(markup: str) -> str:
    """Turn markup into text with a blank line between blocks; every pattern is linear, so hostile markup costs no more than its length."""
    if "<" not in markup:
        return markup
    text = _HIDDEN.sub(" ", _without_pairs(_GONE.sub(" ", markup)))
    text = _CELL.sub(" ", _LINE.sub("\n", _BLOCK.sub("\n\n", text)))
    return _TAG.sub("", text)


def _without_pairs(markup: str) -> str:
    """Drop elements whose inside is no text, from opening to closing tag; one that is never closed loses only its tag later."""
    parts, place = [], 0
    unclosed: set[str] = set()
    for found in _PAIRED.finditer(markup):
        tag = found[1].lower()
        if found.start() < place or tag in unclosed:
            continue
        closing = re.compile(f"</{tag}\\b", re.IGNORECASE).search(markup, found.end())
        if closing is None:
            unclosed.add(tag)
            continue
        parts.append(markup[place : found.start()])
        place = closing.start()
    return " ".join([*parts, markup[place:]])


def title_text(markup: str, limit: int, *, is_html: bool = True) -> str:
    """Turn a feed's title into one line; entities are resolved once ('R&amp;D' -> 'R&D')."""
    return one_line(html.unescape(strip_markup(markup) if is_html else markup), limit)


def paragraphs(markup: str, limit: int) -> str:
    """Turn markup into paragraphs separated by a blank line, at most `limit` characters, whole paragraphs where possible."""
    if "<" in markup:
        # Line ends inside markup mean nothing; only blocks and <br> do.
        markup = markup.replace("\r", " ").replace("\n", " ")
    return tidy(html.unescape(strip_markup(markup)), limit)


def tidy(text: str, limit: int) -> str:
    """Normalise text to paragraphs separated by a blank line: spaces folded, empty lines out, cut at `limit` characters."""
    blocks: list[str] = []
    size = 0
    for block in re.split(r"\n\s*\n", plain(text)):
        lines = [_SPACE.sub(" ", line).strip() for line in block.split("\n")]
        para = "\n".join(line for line in lines if line)
        if not para:
            continue
        if size + len(para) > limit:
            if not blocks:
                blocks.append(one_line(para, limit))
            break
        blocks.append(para)
        size += len(para) + 2
    return "\n\n".join(blocks)
