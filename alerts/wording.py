"""Puts a move into words: titles, what was known before, how sure we are. One place, so that every channel says the same."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime

from alerts.model import Alert, Line
from alerts.plain import one_line
from alerts.speech import day_words, say, term, words_of
from topics.model import Catalogue, LedgerRow, Measure, Move

KIND_ORDER = ("proposed", "adopted", "in_force", "extended", "eased", "enforced", "company_action", "signalled", "surge")
STEP_KINDS = frozenset({"proposed", "adopted", "in_force", "extended", "eased"})
LATE = "late"
WITHDRAWN = "withdrawn"
CORRECTED = "corrected"
CONFIRMED = "confirmed"
BACKFILLED = "backfilled"
TITLE_ROOM = 150
DOUBTFUL_BELOW = 0.6  # of an extraction's confidence: the recipient is told
COLON = {"en": ": ", "zh": "："}
HAN = re.compile("[\u3400-\u9fff]")


def title_of(kind: str, measure: str, headline: str, *, who: str = "", lang: str = "en", headline_lang: str = "") -> str:
    """Say the move in one line: who takes which step on what.

    A step of a measure is about the measure; what one company or case did is told by the headline, as is a measure without a name. A
    headline in another language than the recipient's stays as it is and says so.
    """
    named = measure if kind in STEP_KINDS else ""
    if named and who:
        return one_line(say(lang, f"moves.{kind}", who=who, what=named), TITLE_ROOM)
    spoken = headline_lang or language_of(headline)
    about = one_line(named or headline or measure, TITLE_ROOM - 30)
    if not named and headline and spoken != lang:
        about = say(lang, "titles.quoted", words=about, language=term(lang, "languages", spoken))
    if who and f"told.{kind}" in words_of(lang) and who.casefold() not in about.casefold():
        return one_line(say(lang, f"told.{kind}", who=who, what=about), TITLE_ROOM)
    return one_line(f"{term(lang, 'kinds', kind)}{COLON[lang]}{about}", TITLE_ROOM)


def title_of_line(line: Line, lang: str = "en") -> str:
    """Say the line's move in one line, with the days that follow from it."""
    title = title_of(
        line.kind, named_in(line, lang) if line.catalogued else "", line.headline, who=line.who[lang == "zh"], lang=lang,
        headline_lang=line.headline_lang,
    )  # fmt: skip
    night = date.fromisoformat(line.night) if line.night else None
    return title + "".join(say(lang, f"titles.{key}", day=day_words(date.fromisoformat(day), lang, night)) for key, day in line.days)


def named_in(line: Line, lang: str) -> str:
    """Give the measure's name in a language, as far as there is one."""
    return line.measure_zh if lang == "zh" and line.measure_zh else line.measure


def heading_of_line(line: Line, lang: str = "en") -> str:
    """Head a line below the title: its kind and its headline in the words of who wrote it; of a date ahead, what it is the day of."""
    if line.kind == "reminder":
        name = named_in(line, lang) or line.headline
        days = "; ".join(dates_words(line, lang))
        return f"{name}{COLON[lang]}{days}" + (f" ({line.headline})" if line.headline not in name else "")
    return title_of(line.kind, "", line.headline, lang=lang, headline_lang=line.headline_lang)


def title_of_lines(lines: Sequence[Line], lang: str = "en") -> str:
    """Title an alert by its first line, and count the other steps."""
    more = len(lines) - 1
    return title_of_line(lines[0], lang) + (say(lang, "titles.more_steps", n=more) if more else "")


def digest_said(night: str, lines: Sequence[Line], *, learning: bool = False) -> tuple[tuple[str, str], ...]:
    """Name the words of a digest's title and their values, by what it holds."""
    dates = sum(line.kind == "reminder" for line in lines)
    watched = sum(line.severity == "watch" for line in lines)
    found = ("signals" if watched else "", "dates" if dates else "")
    key = {("signals", ""): "signals", ("", "dates"): "dates", ("signals", "dates"): "digest"}.get(
        found, "backfilled" if lines else "nothing"
    )
    values = {"signals": {"n": watched}, "dates": {"n": dates}, "digest": {"n": watched, "dates": dates}}.get(key, {})
    return said_of("learning" if learning else key, night=night, **values)


def said_of(key: str, **values: object) -> tuple[tuple[str, str], ...]:
    """Put a title's words and their values down, so that they can be said in any language."""
    return (("key", f"titles.{key}"), *sorted((name, str(value)) for name, value in values.items()))


def title_said(said: tuple[tuple[str, str], ...], lang: str = "en") -> str:
    """Say a title from what it was made of."""
    values = dict(said)
    return say(lang, values.pop("key"), **values)


def known_before(move: Move, measure: Measure | None) -> str:
    """Give the step that the move changes, in words; without one, the measure's last dated step of the catalogue; else ''."""
    if move.before:
        return move.before
    steps = [s for s in measure.steps if s.on < move.night] if measure else []
    if not steps:
        return ""
    last = max(steps, key=lambda s: (s.on, s.kind, s.what))
    return f"{last.on.isoformat()} {term('en', 'kinds', last.kind).lower()}: {last.what}"


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


def confidence_words(confidence: float, lang: str = "en") -> str:
    """Say a probability in words; the bounds follow the common scale of nearly certain, very likely, likely, uncertain."""
    for floor, words in ((0.95, "nearly_certain"), (0.8, "very_likely"), (0.6, "likely")):
        if confidence >= floor:
            return say(lang, f"sure.{words}")
    return say(lang, "sure.uncertain")


def support_words(line: Line, lang: str = "en") -> str:
    """Say who stands behind the line: an official text, or the press and how many independent publishers; and how well it was read."""
    others = len(line.others)
    if line.official:
        words = say(lang, ("support.official", "support.official_1")[others] if others < 2 else "support.official_n", n=others)
    else:
        words = say(lang, "support.press_n" if others else "support.press_1", n=1 + others)
    return "; ".join(filter(None, (words, reading_words(line, lang))))


def reading_words(line: Line, lang: str = "en") -> str:
    """Say what was doubtful about the text that is quoted, '' when nothing was."""
    if line.text_kind in {"headline", "summary"}:
        return say(lang, f"reading.{line.text_kind}")
    return say(lang, "reading.doubtful", share=round(100 * line.reading)) if line.reading < DOUBTFUL_BELOW else ""


def known_words(line: Line, lang: str = "en") -> str:
    """Say what was known before the line: the words that told it, when and by whom."""
    if not line.known_before:
        return say(lang, "labels.nothing_known")
    day = day_words(date.fromisoformat(line.known_on), lang) if line.known_on else ""
    origin = ", ".join(filter(None, (day, line.known_by)))
    return f"{line.known_before} ({origin})" if origin else line.known_before


def dates_words(line: Line, lang: str = "en") -> tuple[str, ...]:
    """Say the days that follow from the line."""
    return tuple(say(lang, f"dates.{key}", day=day_words(date.fromisoformat(day), lang)) for key, day in line.days)


def moment_words(line: Line, lang: str = "en") -> str:
    """Say when the quoted text was published, '' when that is not known."""
    if not line.told_at:
        return ""
    at = datetime.fromisoformat(line.told_at).astimezone(UTC)
    return say(lang, "dates.moment", day=day_words(at.date(), lang), clock=f"{at:%H:%M}")


def label_of(alert: Alert) -> str:
    """Give the word or two that stand before an alert's title, '' where the title needs none."""
    return "" if alert.purpose in {"new", "digest", "weekly"} else term(alert.lang, "purposes", alert.purpose)


def heading_of(alert: Alert) -> str:
    """Give the alert's title in its recipient's language; English titles are stored, others are said again from what they were made of."""
    if alert.lang == "en" or alert.lang not in COLON:
        return alert.title
    if alert.said:
        return title_said(alert.said, alert.lang)
    return title_of_lines(alert.lines, alert.lang) if alert.lines else alert.title


def subject_of(alert: Alert) -> str:
    """Give the alert's one line for a subject or a heading."""
    label, heading = label_of(alert), heading_of(alert)
    return f"{label}{COLON.get(alert.lang, ': ')}{heading}" if label else heading
