"""Renders an alert as a Slack message of Block Kit blocks, within Slack's limits, where nothing from outside can act.

Text from outside stands in plain_text objects only (no formatting, no mentions), with & < > escaped; links are ours, with our own text.
"""

from __future__ import annotations

import re
from typing import Any

from alerts.model import Alert, Line
from alerts.plain import clean_alert, safe_url
from alerts.send import Attempt, repeat_mark
from alerts.speech import say, term
from alerts.wording import confidence_words, dates_words, heading_of_line, known_words, moment_words, subject_of, support_words

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
    lang = alert.lang
    tags = " · ".join(filter(None, (repeat_mark(alert, attempt), *(alert.labels or alert.topics))))
    if tags:
        blocks.append(context(tags))
    blocks += [section(note) for note in alert.notes[:10]]
    said = ", ".join(filter(None, (say(lang, "labels.footer", night=alert.night, id=alert.alert_id), footnote)))
    rates = f"{say(lang, 'labels.measured')}: {'; '.join(alert.measured)}"
    footer = [*([context(rates)] if alert.measured else []), *own_links(alert), context(said)]
    room = MAX_BLOCKS - len(blocks) - len(footer)
    return {
        "text": escaped(" ".join(filter(None, (subject, repeat_mark(alert, attempt)))), NOTIFICATION_LIMIT),
        "blocks": [*blocks, *fitted(alert.lines, subject, room, lang), *footer],
        "unfurl_links": False,
        "unfurl_media": False,
    }


def fitted(lines: tuple[Line, ...], title: str, room: int, lang: str = "en") -> list[Block]:
    """Give the blocks of as many lines as fit into `room` blocks, and say how many were left out."""
    found: list[Block] = []
    for number, line in enumerate(lines):
        blocks = line_blocks(line, title, lang, alone=len(lines) == 1)
        left = len(lines) - number
        if len(found) + len(blocks) > room - (1 if left > 1 else 0):
            return [*found, context(say(lang, "labels.left_out", n=left))]
        found += blocks
    return found


def line_blocks(line: Line, title: str, lang: str = "en", *, alone: bool) -> list[Block]:
    """Give one line: headline, what was known, the quote, who says so, and the link."""
    blocks: list[Block] = []
    mark = f"[{term(lang, 'marks', line.mark)}] " if line.mark else ""
    if mark or not alone or line.headline not in title:
        blocks.append(section(f"{mark}{heading_of_line(line, lang)}"))
    if line.is_step:
        severity = f"{term(lang, 'kinds', line.kind)} · {say(lang, 'labels.severity')}: {term(lang, 'severities', line.severity)}"
        blocks.append(context(f"{severity}\n{say(lang, 'labels.known')}: {known_words(line, lang)}"))
    if line.quote:
        spoken = "" if line.quote_lang == lang else f" ({term(lang, 'languages', line.quote_lang)})"
        blocks.append(section(f"“{line.quote}”{' …' if line.quote_cut else ''}{spoken}"))
    said = [", ".join(filter(None, (line.publisher, moment_words(line, lang))))]
    if line.others:
        said.append(f"{say(lang, 'labels.others')}: {', '.join(line.others)}")
    if line.is_step:
        said.append(f"{say(lang, 'labels.support')}: {support_words(line, lang)}; {confidence_words(line.confidence, lang)}")
        dates = "; ".join(dates_words(line, lang))
        said += [f"{say(lang, 'labels.dates')}: {dates}"] if dates else []
    told = "\n".join(filter(None, said))
    blocks += [section(told)] if told else []
    replies = [f"<{escape(url)}|{term(lang, 'links', words)}>" for words, url in line.replies if words != "Explain"]
    link = " · ".join(filter(None, (link_to(line.url, lang), *replies)))
    if len(link) > TEXT_LIMIT:
        link = link_to(line.url, lang)
    if link:
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": link, "verbatim": True}})
    return blocks


def own_links(alert: Alert) -> list[Block]:
    """Give our own links, each with our own words, as one block; [] when there are none."""
    text = " · ".join(f"<{escape(url)}|{term(alert.lang, 'links', words)}>" for words, url in alert.links)
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


def link_to(url: str, lang: str = "en") -> str:
    """Give a mrkdwn link whose text is ours: the host in plain letters, digits, dots and hyphens; '' for an unsafe or endless URL."""
    address = safe_url(url)
    host = HOST.match(address)
    if not host or len(address) > URL_ROOM:
        return ""
    return f"<{escape(address)}|{say(lang, 'labels.open', host=host.group(1).lower())}>"
