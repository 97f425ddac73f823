"""Signed links: what a reader may do from a message, provable by us alone, for a limited time, and never by merely being fetched."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from alerts.control import Action, ControlError, Scope, checked
from alerts.model import Alert, Line, Recipient

Deed = Literal["see", "mute", "lift", "snooze", "ack", "useful", "not_new", "wrong_topic"]
VALID_FOR = timedelta(days=30)
MUTED_FOR = timedelta(days=30)
SNOOZED_FOR = timedelta(days=7)
SHORTEST_SECRET = 32
TOKEN_LIMIT = 1200
PREFIX = b"topicwatch link 1\0"
WORDS: dict[Deed, str] = {
    "see": "Explain",
    "useful": "Useful",
    "not_new": "Not new",
    "wrong_topic": "Wrong topic",
    "snooze": "Snooze 7 days",
    "mute": "Mute 30 days",
    "ack": "Acknowledge",
    "lift": "Unmute",
}
REPLIES: tuple[Deed, ...] = ("see", "useful", "not_new", "wrong_topic")  # to one line of a digest


class LinkError(ValueError):
    """A link that does nothing: forged, torn or expired."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a signed link allows, to whom, until when."""

    deed: Deed
    alert_id: str
    matter_id: str
    ref: str
    expires: datetime
    move_id: str = ""  # of one line of a digest


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and reads the links of one installation."""

    base: str  # where `topicwatch serve` is reached, as in https://watch.example
    secret: str = field(repr=False)

    def token(self, ticket: Ticket) -> str:
        """Sign a ticket."""
        seconds = int(ticket.expires.timestamp())
        line = [ticket.move_id] if ticket.move_id else []
        text = json.dumps([ticket.deed, ticket.alert_id, ticket.matter_id, ticket.ref, seconds, *line], separators=(",", ":"))
        body = text.encode("ascii")
        return f"{_coded(body)}.{_coded(self._seal(body))}"

    def read(self, token: str, now: datetime) -> Ticket:
        """Give the ticket of a token; raises LinkError. The seal is compared in constant time before anything else is read."""
        head, _, tail = token.partition(".")
        body, seal = _decoded(head), _decoded(tail)
        if len(token) > TOKEN_LIMIT or not hmac.compare_digest(self._seal(body), seal):
            raise LinkError("this link was not made by this installation, or it was cut on its way")
        deed, alert_id, matter_id, ref, seconds, *line = json.loads(body)
        ticket = Ticket(deed, alert_id, matter_id, ref, datetime.fromtimestamp(seconds, UTC), *line)
        if ticket.expires <= now:
            raise LinkError(f"this link expired on {ticket.expires:%Y-%m-%d}; `topicwatch alerts --help` names the same by command")
        return ticket

    def url(self, ticket: Ticket) -> str:
        """Give the address behind which the ticket waits for a confirmation; of `see`, the page itself."""
        return f"{self.base.rstrip('/')}/{'see' if ticket.deed == 'see' else 'do'}/{self.token(ticket)}"

    def dress(self, alert: Alert, recipient: Recipient, now: datetime) -> Alert:
        """Give the alert with its links for one recipient; a digest leads to the briefing, its lines to what may be said of them."""
        at = "" if recipient.lang == "en" else f"?lang={recipient.lang}"
        if alert.purpose == "digest":
            alert = replace(alert, lines=tuple(self._replying(line, alert, recipient.ref, now, at) for line in alert.lines))
        if alert.purpose in {"digest", "weekly", "health"}:
            return replace(alert, links=(("Briefing", f"{self.base.rstrip('/')}/{at}"),))
        deeds: tuple[Deed, ...] = ("see", "useful", "not_new", "wrong_topic", "snooze", "mute")
        return replace(alert, links=tuple((WORDS[d], self.url(self.ticket(d, alert, recipient.ref, now)) + at) for d in deeds))

    def _replying(self, line: Line, alert: Alert, ref: str, now: datetime, at: str) -> Line:
        """Give a digest's line with what its reader may say of it; `see` is all of it behind one link, for short texts."""
        if not line.is_step:
            return line
        tickets = [Ticket(deed, alert.alert_id, line.matter_id, ref, now + VALID_FOR, line.move_id) for deed in REPLIES]
        return replace(line, replies=tuple((WORDS[t.deed], self.url(t) + at) for t in tickets))

    def ticket(self, deed: Deed, alert: Alert, ref: str, now: datetime) -> Ticket:
        """Fill in a ticket for one alert and recipient."""
        return Ticket(deed, alert.alert_id, alert.matter_id, ref, now + VALID_FOR)

    def _seal(self, body: bytes) -> bytes:
        return hmac.new(self.secret.encode(), PREFIX + body, hashlib.sha256).digest()


def action_of(ticket: Ticket, at: datetime, why: str = "") -> Action:
    """Give what a confirmed ticket does; raises ControlError for `see` and for a matter's deed on an alert without one."""
    ref = ticket.ref
    if ticket.deed == "useful" or ticket.deed == "not_new" or ticket.deed == "wrong_topic":
        scope: Scope = "line" if ticket.move_id else "alert"
        target = f"{ticket.alert_id}:{ticket.move_id}" if ticket.move_id else ticket.alert_id
        return checked(Action("feedback", scope, target, at, recipient_ref=ref, by=ref, label=ticket.deed, why=why))
    if ticket.deed == "ack":
        return checked(Action("ack", "alert", ticket.alert_id, at, recipient_ref=ref, by=ref))
    if ticket.deed == "see" or not ticket.matter_id:
        raise ControlError("this link shows a page and changes nothing")
    if ticket.deed == "lift":
        return checked(Action("lift", "matter", ticket.matter_id, at, recipient_ref=ref, by=ref))
    lasting = MUTED_FOR if ticket.deed == "mute" else SNOOZED_FOR
    return checked(Action(ticket.deed, "matter", ticket.matter_id, at, at + lasting, recipient_ref=ref, by=ref))


def _coded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return b""
