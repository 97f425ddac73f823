"""Puts a move into words: titles, what was known before, how sure we are. One place, so that every channel says the same."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from alerts.model import Alert, Line
from alerts.plain import one_line
from topics.model import Catalogue, LedgerRow, Measure, Move

KIND_WORDS = {
    "proposed": "Proposed",
    "adopted": "Adopted",
    "in_force": "In force",
    "extended": "Extended",
    "eased": "Eased",
    "enforced": "Enforced",
    "company_action": "Company acts",
    "signalled": "Signalled",
    "surge": "Much reported",
}
KIND_ORDER = tuple(KIND_WORDS)
STEP_KINDS = frozenset({"proposed", "adopted", "in_force", "extended", "eased"})
PURPOSE_WORDS = {
    "new": "New",
    "update": "Update",
    "confirmation": "Confirmed",
    "retraction": "Withdrawn",
    "digest": "Digest",
    "health": "Health",
}
LATE = "late"
WITHDRAWN = "withdrawn"
CONFIRMED = "confirmed by the official text"
HAN = re.compile("[\u3400-\u9fff]")


def title_of(kind: str, measure: str, headline: str, applies_on: date | None = None) -> str:
    """Say the move in one line: its kind, what it is about, and the day on which it applies.

    A step of a measure is about the measure; what one company or case did is told by the headline, as is a measure without a name.
    """
    subject = measure if kind in STEP_KINDS and measure else headline or measure
    words = one_line(f"{KIND_WORDS.get(kind, kind)}: {subject}", 150)
    return f"{words} (applies {applies_on.isoformat()})" if applies_on else words


def title_of_lines(lines: Sequence[Line], titles: Sequence[str]) -> str:
    """Title an alert by its first line, and count the other steps."""
    more = len(lines) - 1
    return titles[0] if not more else f"{titles[0]} (+{more} more step{'s' if more > 1 else ''})"


def digest_title(night: str, watched: int, *, learning: bool) -> str:
    """Title a digest by what it holds."""
    if learning:
        return f"{night}: watching from now"
    return f"{night}: {watched} signal{'s' if watched > 1 else ''} to watch" if watched else f"{night}: nothing moved"


def known_before(move: Move, measure: Measure | None) -> str:
    """Give the step that the move changes, in words; without one, the measure's last dated step of the catalogue; else ''."""
    if move.before:
        return move.before
    steps = [s for s in measure.steps if s.on < move.night] if measure else []
    if not steps:
        return ""
    last = max(steps, key=lambda s: (s.on, s.kind, s.what))
    return f"{last.on.isoformat()} {KIND_WORDS[last.kind].lower()}: {last.what}"


def measure_name(matter_id: str, catalogue: Catalogue, minted: Sequence[tuple[str, str]]) -> str:
    """Give the matter's English name: the catalogue's, else a minted matter's, else ''."""
    for measure in catalogue.measures:
        if measure.matter_id == matter_id:
            return measure.name_en
    return dict(minted).get(matter_id, "")


def applies_on(move: Move, ledger: Sequence[LedgerRow]) -> date | None:
    """Give the day on which the move's step applies, when its ledger row names one after the night."""
    days = [row.applies_on for row in ledger if row.ledger_id == move.ledger_id]
    return days[0] if days and days[0] and days[0] > move.night else None


def language_of(text: str) -> str:
    """Name the script's language for screen readers and fonts: 'zh' when the text holds Chinese characters, else 'en'."""
    return "zh" if HAN.search(text) else "en"


def confidence_words(confidence: float) -> str:
    """Say a probability in words; the bounds follow the common scale of nearly certain, very likely, likely, uncertain."""
    for floor, words in ((0.95, "nearly certain"), (0.8, "very likely"), (0.6, "likely")):
        if confidence >= floor:
            return words
    return "uncertain"


def support_words(line: Line) -> str:
    """Say who stands behind the line: an official text, or the press and how many independent publishers."""
    others = len(line.others)
    if line.official:
        return "official text seen" + (f", {others} more report{'s' if others == 1 else ''} it" if others else "")
    return f"press only, {1 + others} independent publisher{'s' if others else ''}"


def label_of(alert: Alert) -> str:
    """Give the word or two that stand before an alert's title, '' where the title needs none."""
    return "" if alert.purpose in {"new", "digest"} else PURPOSE_WORDS[alert.purpose]


def subject_of(alert: Alert) -> str:
    """Give the alert's one line for a subject or a heading."""
    label = label_of(alert)
    return f"{label}: {alert.title}" if label else alert.title
