"""What a recipient or the operator may say back: mute, lift, snooze, acknowledge, feedback; as a value, as JSON, and what is in force."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from extractors.model import h

What = Literal["mute", "lift", "snooze", "ack", "feedback"]
Scope = Literal["matter", "topic", "publisher", "alert", "line"]
Label = Literal["", "useful", "not_new", "wrong_topic"]
LABELS: tuple[Label, ...] = ("useful", "not_new", "wrong_topic")
SCOPES: Mapping[str, frozenset[str]] = {
    "mute": frozenset({"matter", "topic", "publisher"}),
    "lift": frozenset({"matter", "topic", "publisher"}),
    "snooze": frozenset({"matter"}),
    "ack": frozenset({"alert"}),
    "feedback": frozenset({"alert", "line"}),
}
LONGEST = timedelta(days=3660)
VERSION = 1
TARGET = re.compile(r"[^\x00-\x1f\x7f]{1,200}")
REF = re.compile(r"[^\x00-\x1f\x7f]{0,100}")


class ControlError(ValueError):
    """An action that cannot be taken in; the message names the field."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that somebody said."""

    what: What
    scope: Scope
    target: str  # a matter's, topic's or alert's id, a publisher's name, or ALERT:MOVE, one line of a digest
    at: datetime
    until: datetime | None = None  # of mute and snooze: a silence always ends
    recipient_ref: str = ""  # whose messages it is about; '' = everybody's
    by: str = ""  # who said it: a recipient's ref, or 'operator'
    label: Label = ""  # of feedback
    why: str = ""

    @property
    def action_id(self) -> str:
        """The same thing said twice within a minute is one thing."""
        minute = self.at.replace(second=0, microsecond=0).isoformat()
        return h("action", self.what, self.scope, self.target, self.recipient_ref, self.by, self.label, minute)


def to_json(action: Action) -> str:
    """Write the action as a line of JSON."""
    table = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(action).items()}
    return json.dumps({"v": VERSION, **table}, ensure_ascii=True, sort_keys=True)


def from_json(text: str) -> Action:
    """Read an action; raises ControlError for whatever is not one."""
    try:
        table = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ControlError("not valid JSON; the file is torn or no action") from error
    if not isinstance(table, dict) or table.pop("v", None) != VERSION:
        raise ControlError(f'not an action: want a JSON object with "v": {VERSION}')
    unknown = sorted(set(table) - {f.name for f in fields(Action)})
    if unknown:
        raise ControlError(f"unknown field {str(unknown[0])[:40]!r}")
    return checked(_read(table))


def checked(action: Action) -> Action:
    """Give the action when it makes sense; raises ControlError that names the field."""
    if action.scope not in SCOPES[action.what]:
        raise ControlError(f"scope: {action.what} is about {' or '.join(sorted(SCOPES[action.what]))}, not {action.scope}")
    if action.what in {"mute", "snooze"}:
        if action.until is None or not timedelta(0) < action.until - action.at <= LONGEST:
            raise ControlError("until: a silence ends, after it begins and within ten years")
    elif action.until is not None:
        raise ControlError(f"until: {action.what} has no end")
    if (action.label in LABELS) != (action.what == "feedback"):
        raise ControlError(f"label: feedback, and nothing else, is one of {', '.join(LABELS)}")
    return action


def _read(table: dict[str, Any]) -> Action:
    what, scope = _one_of(table, "what", get_args(What)), _one_of(table, "scope", get_args(Scope))
    return Action(
        what=what, scope=scope, target=_text(table, "target", TARGET), at=_must(table, "at"), until=_instant(table, "until"),
        recipient_ref=_text(table, "recipient_ref", REF), by=_text(table, "by", REF), label=_one_of(table, "label", get_args(Label)),
        why=_text(table, "why", re.compile(r"[^\x00-\x1f\x7f]{0,500}")),
    )  # fmt: skip


def _text(table: dict[str, Any], key: str, form: re.Pattern[str]) -> str:
    found = table.get(key, "")
    if not isinstance(found, str) or not form.fullmatch(found) or not found.isprintable():
        raise ControlError(f"{key}: want one line of text")
    return found


def _one_of(table: dict[str, Any], key: str, allowed: tuple[Any, ...]) -> Any:
    found = table.get(key, "")
    if not isinstance(found, str) or found not in allowed:
        raise ControlError(f"{key}: want one of {', '.join(filter(None, allowed))}")
    return found


def _instant(table: dict[str, Any], key: str) -> datetime | None:
    found = table.get(key)
    if found is None:
        return None
    try:
        at = datetime.fromisoformat(found)
    except (TypeError, ValueError):
        at = None
    if at is None or at.tzinfo is None:
        raise ControlError(f"{key}: want an ISO instant with its zone")
    return at


def _must(table: dict[str, Any], key: str) -> datetime:
    at = _instant(table, key)
    if at is None:
        raise ControlError(f"{key}: is missing")
    return at


def in_force(actions: Iterable[Action], now: datetime) -> tuple[Action, ...]:
    """Give the mutes and snoozes that hold at `now`: of each target and recipient the last word, unless it was lifted or has ended."""
    last: dict[tuple[str, str, str, str], Action] = {}
    for action in sorted(actions, key=lambda a: (a.at, a.action_id)):
        about = (action.scope, action.target, action.recipient_ref)
        if action.what == "lift":
            last.pop(("mute", *about), None)
            last.pop(("snooze", *about), None)
        elif action.what in {"mute", "snooze"}:
            last[action.what, *about] = action
    return tuple(a for _, a in sorted(last.items()) if a.until is not None and a.until > now)


def acknowledged(actions: Iterable[Action]) -> frozenset[tuple[str, str]]:
    """Give (alert id, recipient ref) of what was acknowledged; by the operator for everybody: ref ''."""
    return frozenset((a.target, a.recipient_ref) for a in actions if a.what == "ack")
