"""Decides, just before sending, whether a recipient is told now, later, less, or not at all. Pure.

Silences drop and say so; quiet hours, snoozes and grouping windows hold. A withdrawal and a correction pass every silence: who was told
something wrong hears that it was. Messages about topicwatch itself wait for the end of quiet hours only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.control import Action
from alerts.model import Alert, Line, Recipient

ToldAt = Callable[[str, str], datetime | None]


@dataclass(frozen=True, slots=True)
class Held:
    """Not now."""

    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Muted:
    """Not at all."""

    why: str


def never_told(recipient_ref: str, matter_id: str) -> datetime | None:
    """Know of no earlier message."""
    return None


@dataclass(frozen=True, slots=True)
class Gate:
    """What holds back messages; the default lets everything pass but for each recipient's own habits."""

    silences: tuple[Action, ...] = ()  # mutes and snoozes in force
    acknowledged: frozenset[tuple[str, str]] = frozenset()  # (alert id, recipient ref or '')
    told_at: ToldAt = never_told  # (recipient ref, matter id) -> the last message about it

    def pass_on(self, alert: Alert, recipient: Recipient, now: datetime) -> Alert | Held | Muted:
        """Give what the recipient is told of the alert at `now`, or why not."""
        mine = [s for s in self.silences if s.recipient_ref in {"", recipient.ref}]
        if {(alert.alert_id, recipient.ref), (alert.alert_id, "")} & self.acknowledged:
            return Muted("acknowledged")
        if alert.purpose not in {"correction", "retraction", "health"}:
            left = self._unmuted(alert, [s for s in mine if s.what == "mute"])
            if isinstance(left, Muted):
                return left
            alert = left
            snoozed = [s.until for s in mine if s.what == "snooze" and s.until and _about(s, alert.matter_id)]
            if snoozed:
                return Held(max(snoozed), "snoozed")
        quiet = recipient.habits.quiet_until(now)
        if quiet:
            return Held(quiet, "quiet hours")
        if alert.matter_id and alert.purpose in {"update", "confirmation"}:
            grouped = recipient.habits.grouped_until(self.told_at(recipient.ref, alert.matter_id), now)
            if grouped:
                return Held(grouped, "grouping window")
        return alert

    def _unmuted(self, alert: Alert, mutes: list[Action]) -> Alert | Muted:
        """Cut the muted lines; a muted matter takes its follow-ups with it (inhibition)."""
        if any(_about(m, alert.matter_id) for m in mutes):
            return Muted("its matter is muted")
        lines = tuple(line for line in alert.lines if not self._is_muted(line, mutes))
        if lines == alert.lines:
            return alert
        if not lines and not (alert.purpose == "digest" and alert.notes):
            return Muted("its topic, matter or publisher is muted")
        return replace(alert, lines=lines, move_ids=tuple(sorted(i for line in lines for i in line.move_ids)))

    def _is_muted(self, line: Line, mutes: list[Action]) -> bool:
        """A line is muted with its matter, with all of its topics, or when nobody but muted publishers reports it."""
        topics = {m.target for m in mutes if m.scope == "topic"}
        publishers = {m.target.casefold() for m in mutes if m.scope == "publisher"}
        tellers = {name.casefold() for name in (line.publisher, *line.others)} - {""}
        unheard = bool(tellers) and tellers <= publishers
        return unheard or set(line.all_topics) <= topics or any(_about(m, line.matter_id) for m in mutes)


def _about(silence: Action, matter_id: str) -> bool:
    return silence.scope == "matter" and bool(matter_id) and silence.target == matter_id


OPEN_GATE = Gate()
