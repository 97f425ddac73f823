"""Writes one topic's moves as an Atom feed (RFC 4287): ids that last, every text escaped, nothing in it but plain text."""

from __future__ import annotations

import uuid
import xml.etree.ElementTree as ET  # writing only; nothing from outside is parsed here
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.plain import cut_quote, one_line, safe_url, visible
from alerts.wording import WITHDRAWN, title_of
from topics.model import Move

ATOM = "http://www.w3.org/2005/Atom"
# Our own corner of uuid5: an id is made from what it stands for, so that a feed reader knows an entry again after any rebuild.
CORNER = uuid.UUID("6f1b8f0e-5d0b-5c3e-9a57-2f9c1d3f7a10")
EMPTY_SINCE = "1970-01-01T00:00:00+00:00"
# Control codes are gone after visible(); these two are in no XML 1.0 document either.
NO_XML = str.maketrans({"\ufffe": "\ufffd", "\uffff": "\ufffd"})


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One move, when it was found, and when it was taken back, if it was."""

    move: Move
    found_at: datetime
    withdrawn_at: datetime | None = None


def atom_feed(topic_id: str, name: str, entries: Sequence[FeedEntry]) -> bytes:
    """Give the feed as UTF-8, the entries in the order given; its `updated` is that of the entry that changed last."""
    ET.register_namespace("", ATOM)
    feed = ET.Element(f"{{{ATOM}}}feed")
    latest = max((e.withdrawn_at or e.found_at for e in entries), default=None)
    _text(feed, "id", f"urn:uuid:{uuid.uuid5(CORNER, f'topic {topic_id}')}")
    _text(feed, "title", f"topicwatch: {one_line(name)}")
    _text(feed, "updated", latest.isoformat() if latest else EMPTY_SINCE)
    _text(ET.SubElement(feed, f"{{{ATOM}}}author"), "name", "topicwatch")
    for entry in entries:
        _add(feed, entry)
    written: str = ET.tostring(feed, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{written}\n'.encode()


def _add(feed: ET.Element, given: FeedEntry) -> None:
    move, entry = given.move, ET.SubElement(feed, f"{{{ATOM}}}entry")
    title = title_of(move.kind, "", move.headline)
    _text(entry, "id", f"urn:uuid:{uuid.uuid5(CORNER, f'move {move.move_id}')}")
    _text(entry, "title", f"{WITHDRAWN.capitalize()}: {title}" if given.withdrawn_at else title)
    _text(entry, "published", given.found_at.isoformat())
    _text(entry, "updated", (given.withdrawn_at or given.found_at).isoformat())
    ET.SubElement(entry, f"{{{ATOM}}}category", term=move.kind)
    url = next((u for e in move.evidence if (u := safe_url(e.url))), "")
    if url:
        ET.SubElement(entry, f"{{{ATOM}}}link", rel="alternate", href=url)
    _text(entry, "content", "\n".join(_lines(move)))


def _lines(move: Move) -> list[str]:
    lead = next((e for e in move.evidence if e.quote), None)
    quote, more = cut_quote(" ".join(visible(lead.quote).split())) if lead else ("", False)
    return [
        *([f"“{quote}”{' …' if more else ''}"] if quote else []),
        "Told by " + ", ".join(dict.fromkeys(one_line(e.publisher, 80) for e in move.evidence)),
        f"Known before: {one_line(move.before, 400) or 'nothing on this'}",
        f"Night of {move.night.isoformat()}, {move.severity}",
    ]


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}{name}").text = visible(text).translate(NO_XML)
