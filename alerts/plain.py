"""Makes text from outside safe to show as plain text: no control codes, no hidden direction changes, no line breaks where none belong."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from alerts.model import Alert, Line

QUOTE_LIMIT = 300  # characters of a verbatim quote (SCHEMA.md, invariant 9)
TITLE_LIMIT = 200
URL_LIMIT = 2083

# Terminal sequences go as a whole: CSI, OSC up to its end, then any other two-character escape.
ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x9b[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-_]")
DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
SAFE_URL = re.compile(r"https?://[!-~]+", re.IGNORECASE)


def visible(text: str) -> str:
    """Drop terminal sequences, control codes and direction changes; keep line feeds and every other character."""
    text = ESCAPES.sub("", text.replace("\r\n", "\n"))
    return "".join(_shown(c) for c in text)


def one_line(text: str, limit: int = TITLE_LIMIT) -> str:
    """Make the text one visible line of at most `limit` characters, runs of white space as one space, cut at a word."""
    begin = text[: 20 * limit + 1000]  # enough for the line; a title of megabytes costs nothing
    return shorten(" ".join(visible(begin).split()), limit)


def shorten(text: str, limit: int) -> str:
    """Cut at a word to at most `limit` characters, with an ellipsis when something went."""
    if len(text) <= limit:
        return text
    kept, _ = cut_quote(text, limit - 1)
    return kept + "…"


def cut_quote(text: str, limit: int = QUOTE_LIMIT) -> tuple[str, bool]:
    """Give the verbatim beginning of the text, at most `limit` characters, cut at a word, and whether anything went.

    A text without spaces, such as Chinese, is cut after a mark of punctuation, else at the limit.
    """
    if len(text) <= limit:
        return text, False
    head = text[: limit + 1]
    at = max(head.rfind(" "), head.rfind("\n"), *(head[:limit].rfind(mark) + 1 for mark in "，。；、：;"))
    kept = head[:at] if at > limit // 2 else head[:limit]
    return kept.rstrip(), True


def safe_url(url: str) -> str:
    """Give the URL when it may become a link, else '': http or https, printable ASCII, no quotes or angle brackets."""
    if len(url) > URL_LIMIT or not SAFE_URL.fullmatch(url) or set(url) & set("<>\"'`\\^{}|"):
        return ""
    host = url.split("//", 1)[1].split("/", 1)[0]
    return "" if "@" in host else url


def clean_alert(alert: Alert) -> Alert:
    """Give the alert with every text visible and on one line, every quote visible, every unsafe link gone."""
    return replace(
        alert,
        title=one_line(alert.title),
        topics=tuple(one_line(t, 80) for t in alert.topics),
        lines=tuple(clean_line(line) for line in alert.lines),
        notes=tuple(one_line(note, 1000) for note in alert.notes),
        labels=tuple(one_line(name, 80) for name in alert.labels),
        measured=tuple(one_line(words, 300) for words in alert.measured),
    )


def clean_line(line: Line) -> Line:
    """Clean one line of an alert; the quote keeps its words, runs of white space become one space."""
    return replace(
        line,
        headline=one_line(line.headline),
        quote=" ".join(visible(line.quote).split()),
        publisher=one_line(line.publisher, 80),
        url=safe_url(line.url),
        known_before=one_line(line.known_before, 400),
        others=tuple(one_line(name, 80) for name in line.others),
        mark=one_line(line.mark, 80),
        measure=one_line(line.measure),
        links=tuple((one_line(name, 80), safe_url(url)) for name, url in line.links if safe_url(url)),
        who=(one_line(line.who[0], 80), one_line(line.who[1], 80)),
        measure_zh=one_line(line.measure_zh),
        known_by=one_line(line.known_by, 80),
    )


def _shown(char: str) -> str:
    if char == "\n":
        return char
    kind = unicodedata.category(char)
    if kind in {"Cc", "Zl", "Zp"}:
        return " "
    if kind == "Cs":
        return "\ufffd"
    return "" if char in DIRECTION else char
