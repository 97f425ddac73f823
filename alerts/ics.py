"""Writes the days that follow from an alert as an iCalendar file (RFC 5545): all-day entries that a calendar knows again."""

from __future__ import annotations

import re
from datetime import date, timedelta

from alerts.model import Alert, Line
from alerts.plain import one_line, safe_url
from alerts.speech import say
from alerts.wording import named_in, title_of_line
from extractors.model import h

ESCAPED = re.compile(r"([\\;,])")
OCTETS = 75  # of a content line, without its line end


def calendar_of(alert: Alert) -> str:
    """Give the calendar file of an alert, '' when no day follows from it; the same alert gives the same bytes.

    The UID is made of matter and day: a repeated alert, or an update that names the day again, changes the entry and adds none. A day
    that a withdrawn step named is cancelled.
    """
    days = [
        (key, day, line) for line in alert.lines for key, day in (("comments", line.comments_until), ("applies", line.applies_on)) if day
    ]
    if not days or alert.purpose in {"digest", "weekly", "health"}:
        return ""
    method = "CANCEL" if alert.purpose == "retraction" else "PUBLISH"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//topicwatch//alerts//EN", "CALSCALE:GREGORIAN", f"METHOD:{method}"]
    once = {uid_of(line, day): entry(alert, line, key, day) for key, day, line in reversed(days)}
    lines += [text for uid in sorted(once) for text in once[uid]]
    return "".join(f"{folded(text)}\r\n" for text in (*lines, "END:VCALENDAR"))


def uid_of(line: Line, day: str) -> str:
    """Name the entry of one day of a matter, for good (RFC 7986, 5.3: no host name in it)."""
    return f"{h('calendar', line.matter_id or line.move_id, day)}@topicwatch"


def entry(alert: Alert, line: Line, key: str, day: str) -> list[str]:
    """Write one all-day entry; its sequence grows with the night, so that a later message wins."""
    on, night = date.fromisoformat(day), date.fromisoformat(alert.night)
    what = (named_in(line, alert.lang) if line.catalogued else "") or line.headline
    prefix = say(alert.lang, f"calendar.{key}")
    description = "\n".join(filter(None, (title_of_line(line, alert.lang), line.publisher, safe_url(line.url))))
    gone = alert.purpose == "retraction"
    return [
        "BEGIN:VEVENT",
        f"UID:{uid_of(line, day)}",
        f"DTSTAMP:{night:%Y%m%d}T000000Z",
        f"SEQUENCE:{(night - date(2020, 1, 1)).days}",
        f"DTSTART;VALUE=DATE:{on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{on + timedelta(1):%Y%m%d}",
        f"SUMMARY:{text_of(one_line(f'{prefix}{what}'))}",
        f"DESCRIPTION:{text_of(description)}",
        *([f"URL:{safe_url(line.url)}"] if safe_url(line.url) else []),
        "TRANSP:TRANSPARENT",
        f"STATUS:{'CANCELLED' if gone else 'CONFIRMED'}",
        "END:VEVENT",
    ]


def text_of(text: str) -> str:
    """Escape a text value (RFC 5545, 3.3.11): backslash, semicolon and comma, line feeds as \\n."""
    return "\\n".join(ESCAPED.sub(r"\\\1", one_line(part, 1000)) for part in text.split("\n"))


def folded(line: str) -> str:
    """Fold a content line to 75 octets (RFC 5545, 3.1), never within a character."""
    parts, used = [""], 0
    for char in line:
        size = len(char.encode("utf-8", "replace"))
        if used + size > OCTETS:
            parts.append(" ")
            used = 1
        parts[-1] += char
        used += size
    return "\r\n".join(parts)
