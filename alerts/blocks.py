"""Renders an alert as a Slack message of Block Kit blocks, within Slack's limits, where nothing from outside can act.

Text from outside stands in plain_text objects only (no formatting, no mentions), with & < > escaped; links are ours, with our own text.
"""

from __future__ import annotations

import re
from typing import Any

from alerts.model import Alert, Line
from alerts.plain import clean_alert, safe_url
from alerts.send import Attempt, repeat_mark
from alerts.wording import KIND_WORDS, confidence_words, subject_of, support_words

MAX_BLOCKS = 50
HEADER_LIMIT = 150
TEXT_LIMIT = 3000
NOTIFICATION_LIMIT = 300
URL_ROOM = 2600  # a longer link would not fit its text object
Block = dict[str, Any]
HOST = re.compile(r"https?://(?:www\.)?([A-Za-z0-9.-]{1,60})", re.IGNORECASE)


def message(alert: Alert, attempt: Attempt, *, footnote: str = "") -> dict[str, Any]:
    """Give the message: at most 50 blocks, every text object within its limit, the fallback text for notifications.

    footnote: words for the small print at the end.
    """
    alert = clean_alert(alert)
    subject = subject_of(alert)
    blocks: list[Block] = [{"type": "header", "text": plain(subject, HEADER_LIMIT)}]
    if len(subject) > HEADER_LIMIT:
        blocks.append(section(subject))
    tags = " · ".join(filter(None, (repeat_mark(alert, attempt), *alert.topics)))
    if tags:
        blocks.append(context(tags))
    blocks += [section(note) for note in alert.notes[:10]]
    said = ", ".join(filter(None, (f"topicwatch, night of {alert.night}, alert {alert.alert_id}", footnote)))
    footer = [*own_links(alert), context(said)]
    room = MAX_BLOCKS - len(blocks) - len(footer)
    return {
        "text": escaped(" ".join(filter(None, (subject, repeat_mark(alert, attempt)))), NOTIFICATION_LIMIT),
        "blocks": [*blocks, *fitted(alert.lines, alert.title, room), *footer],
        "unfurl_links": False,
        "unfurl_media": False,
    }


def fitted(lines: tuple[Line, ...], title: str, room: int) -> list[Block]:
    """Give the blocks of as many lines as fit into `room` blocks, and say how many were left out."""
    found: list[Block] = []
    for number, line in enumerate(lines):
        blocks = line_blocks(line, title, alone=len(lines) == 1)
        left = len(lines) - number
        if len(found) + len(blocks) > room - (1 if left > 1 else 0):
            return [*found, context(f"and {left} more; the mail and the database have them all")]
        found += blocks
    return found


def line_blocks(line: Line, title: str, *, alone: bool) -> list[Block]:
    """Give one line: headline, quote, what was known, who says so, and the link."""
    blocks: list[Block] = []
    mark = f"[{line.mark}] " if line.mark else ""
    if mark or not alone or line.headline not in title:
        blocks.append(section(f"{mark}{KIND_WORDS.get(line.kind, line.kind)}: {line.headline}"))
    if line.quote:
        blocks.append(section(f"“{line.quote}”{' …' if line.quote_cut else ''}"))
    also = f"\nAlso: {', '.join(line.others)}" if line.others else ""
    known = f"Known before: {line.known_before or 'nothing on this'}"
    blocks.append(section(f"{known}\nSupport: {support_words(line)}; {confidence_words(line.confidence)}\n{line.publisher}{also}"))
    link = link_to(line.url)
    if link:
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": link, "verbatim": True}})
    return blocks


def own_links(alert: Alert) -> list[Block]:
    """Give our own links, each with our own words, as one block; [] when there are none."""
    text = " · ".join(f"<{escape(url)}|{words}>" for words, url in alert.links)
    return [{"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}] if 0 < len(text) <= TEXT_LIMIT else []


def section(text: str) -> Block:
    """Give a section that shows the text literally."""
    return {"type": "section", "text": plain(text, TEXT_LIMIT)}


def context(text: str) -> Block:
    """Give a small-print block that shows the text literally."""
    return {"type": "context", "elements": [plain(text, TEXT_LIMIT)]}


def plain(text: str, limit: int) -> dict[str, Any]:
    """Give a text object without formatting; emoji off, so that ':smile:' stays as it was written."""
    return {"type": "plain_text", "text": escaped(text, limit) or "-", "emoji": False}


def escaped(text: str, limit: int) -> str:
    """Escape & < > and shorten so that the escaped text is at most `limit` characters and no entity is cut."""
    whole = escape(text)
    if len(whole) <= limit:
        return whole
    kept, used = [], 1  # one for the ellipsis
    for char in text:
        used += len(escape(char))
        if used > limit:
            break
        kept.append(char)
    return escape("".join(kept).rstrip()) + "…"


def escape(text: str) -> str:
    """Escape Slack's three control characters."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def link_to(url: str) -> str:
    """Give a mrkdwn link whose text is ours: the host in plain letters, digits, dots and hyphens; '' for an unsafe or endless URL."""
    address = safe_url(url)
    host = HOST.match(address)
    if not host or len(address) > URL_ROOM:
        return ""
    return f"<{escape(address)}|Open at {host.group(1).lower()}>"
