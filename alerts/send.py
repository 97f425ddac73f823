"""What a channel must be able to do, what it may answer, and how it is set up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from alerts.model import Alert, Delivery, Recipient
from alerts.speech import say
from extractors.model import h

SLACK_API = "https://slack.com/api/"
Security = Literal["starttls", "tls", "plain"]


@dataclass(frozen=True, slots=True)
class Thread:
    """The first message that a recipient got about a matter: what comes later joins it."""

    provider_ref: str  # as the channel acknowledged it
    alert_id: str
    night: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a delivery."""

    number: int  # 1, 2, 3 ...
    at: datetime
    possible_repeat: bool = False  # an earlier try may have arrived although no answer came
    thread: Thread | None = None  # None: the matter's first message, or none of a matter
    since: datetime | None = None  # of a possible repeat: when the earlier try was made, at the earliest; None: a person wants it again


@dataclass(frozen=True, slots=True)
class Sent:
    """The channel's acknowledgement."""

    provider_ref: str  # Message-ID, Slack's ts, webhook-id, file path below the data directory, or ''
    certain: bool = False  # the channel shows that nothing was repeated, although an answer was lost
    note: str = ""  # what else went wrong, for the report; no address


class SendFailed(Exception):  # noqa: N818 (the name that the interfaces agreed on)
    """A delivery that was not acknowledged.

    reason: a name and a number, never an address or a URL; permanent: trying again is useless; unsure: it may have arrived all the
    same; retry_after: seconds the channel asked for.
    """

    def __init__(self, reason: str, *, permanent: bool = False, unsure: bool = False, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.unsure = unsure
        self.retry_after = retry_after


class Sender(Protocol):
    """Sends one alert to one recipient on one channel."""

    def send(self, alert: Alert, recipient: Recipient, delivery: Delivery, attempt: Attempt) -> Sent:
        """Send, and return only when the channel acknowledged; raises SendFailed."""


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """Where mail is handed in."""

    host: str = "localhost"
    port: int = 587
    security: Security = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    sender: str = "topicwatch@localhost.invalid"  # the From address
    timeout_s: float = 30.0
    ca_file: str = ""  # PEM file of a private certificate authority; empty = the system's

    @property
    def domain(self) -> str:
        """The domain of our Message-IDs."""
        return self.sender.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """How Slack is posted to: its webhooks, and with a bot's token its API."""

    timeout_s: float = 15.0
    pace_s: float = 1.0  # at least this long between two messages to one webhook (FAULTS.md: one message a second)
    allowed_private: frozenset[tuple[str, int]] = frozenset()  # (host, port) pairs that may lie in a private network, http allowed
    token: str = field(default="", repr=False)  # of the bot, for recipients with channel = "slack_app"
    api_url: str = SLACK_API


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """How generic webhooks are posted to."""

    timeout_s: float = 15.0
    allowed_private: frozenset[tuple[str, int]] = frozenset()  # (host, port) pairs that may lie in a private network, http allowed


def short_id(alert_id: str) -> str:
    """Give the four characters by which a possible repeat names its alert."""
    return alert_id[:4]


def repeat_mark(alert: Alert, attempt: Attempt) -> str:
    """Say '(possible repeat of a1b2)' when an earlier try may have arrived, else ''."""
    return say(alert.lang, "labels.repeat", id=short_id(alert.alert_id)) if attempt.possible_repeat else ""


def follow_up_note(attempt: Attempt) -> str:
    """Name the first message about the matter, for a channel that cannot thread; '' when this is the first."""
    thread = attempt.thread
    return f"follow-up of alert {short_id(thread.alert_id)}, {thread.night}" if thread else ""


def delivery_id_of(alert_id: str, recipient: Recipient) -> str:
    """Give the id of one alert's delivery to one recipient (SCHEMA.md, table delivery)."""
    return h(alert_id, recipient.channel, recipient.ref)
