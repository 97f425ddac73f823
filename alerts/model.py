"""What people receive, and where it goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from alerts.habits import DEFAULT_HABITS, Habits

Purpose = Literal["new", "update", "confirmation", "correction", "retraction", "digest", "weekly", "health"]
Channel = Literal["file", "smtp", "slack", "slack_app", "webhook", "apprise"]
Status = Literal["pending", "sending", "sent", "held", "muted", "dead"]


@dataclass(frozen=True, slots=True)
class Line:
    """One move as a recipient sees it; every text is plain, each channel escapes for its own sink."""

    move_id: str
    topic: str
    kind: str
    severity: str
    headline: str
    quote: str  # verbatim, at most 300 characters
    quote_lang: str
    publisher: str
    url: str
    known_before: str
    others: tuple[str, ...]  # other independent publishers
    official: bool
    confidence: float
    night: str  # ISO day
    quote_cut: bool = False  # the quote goes on; the ellipsis stands outside the quotation marks
    mark: str = ""  # plain words before the headline: 'late', 'withdrawn', 'corrected', 'confirmed'
    matter_id: str = ""
    measure: str = ""  # the matter's name in words
    keys: tuple[str, ...] = ()  # 'scheme:value' names by which the matter is met again, when its id was lost
    value: str = ""  # what is new, normalised
    also: tuple[str, ...] = ()  # ids of moves on other topics that this line tells as well
    topics: tuple[str, ...] = ()  # every topic of the line; empty = only `topic`
    links: tuple[tuple[str, str], ...] = ()  # (publisher, url) of the others who report it
    urls: tuple[str, ...] = ()  # every evidence url
    who: tuple[str, str] = ("", "")  # who takes the step, in English and Chinese; '' when not known
    measure_zh: str = ""
    catalogued: bool = False  # the measure's name is the catalogue's; one that was minted is the words of one sentence
    headline_lang: str = "en"
    told_at: str = ""  # ISO instant at which the quoted text was published
    known_by: str = ""  # who told what was known
    known_on: str = ""  # ISO day of it
    applies_on: str = ""  # ISO day ahead of the night
    comments_until: str = ""  # ISO day ahead of the night
    day_named: str = ""  # ISO day ahead of the night that the text names without saying that the step applies from it
    text_kind: str = "full"  # of the quoted text: full | summary | headline
    reading: float = 1.0  # how sure its extraction is
    replies: tuple[tuple[str, str], ...] = ()  # (words, our own URL), of a digest's line for one recipient; never stored

    @property
    def is_step(self) -> bool:
        """True for a step that somebody told; a date ahead and a report on a followed matter are none."""
        return self.kind not in {"reminder", "followed"}

    @property
    def days(self) -> tuple[tuple[str, str], ...]:
        """What follows from the line on which ISO day: comments | applies | named."""
        found = (("comments", self.comments_until), ("applies", self.applies_on), ("named", self.day_named))
        return tuple((key, day) for key, day in found if day)

    @property
    def all_topics(self) -> tuple[str, ...]:
        """Every topic that the line is about."""
        return self.topics or (self.topic,)

    @property
    def move_ids(self) -> tuple[str, ...]:
        """Every move that the line tells."""
        return (self.move_id, *self.also)


@dataclass(frozen=True, slots=True)
class Alert:
    """What people receive: one or more moves of one matter, its topics as labels."""

    alert_id: str  # h(purpose, *sorted move_ids); digest and health: h(purpose, night)
    matter_id: str  # '' for digest and health
    purpose: Purpose
    title: str
    topics: tuple[str, ...]
    lines: tuple[Line, ...]
    move_ids: tuple[str, ...]
    night: str
    notes: tuple[str, ...] = ()  # plain lines: the nightly summary, source health
    noted: tuple[str, ...] = ()  # what each note was made of, to say it in other languages (alerts/notes.py)
    said: tuple[tuple[str, str], ...] = ()  # of a title that no line gives: the words' key and their values, for other languages
    # For one recipient; set just before sending, never stored:
    links: tuple[tuple[str, str], ...] = ()  # (words, our own URL)
    lang: str = "en"
    labels: tuple[str, ...] = ()  # the topics' names
    measured: tuple[str, ...] = ()  # how often alerts on these topics are wrong, in words


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person or room; the address itself stays in configuration and is named by ref only."""

    ref: str  # configuration key, safe to store
    channel: Channel
    address: str = field(repr=False)  # mail address, URL, Slack channel id or folder: never logged, never stored
    lang: str = "en"
    secret: str = field(default="", repr=False)  # of a webhook: the key that signs its messages
    habits: Habits = DEFAULT_HABITS


@dataclass(frozen=True, slots=True)
class Route:
    """topics x severities -> recipient refs."""

    topics: frozenset[str]  # {'*'} = all
    severities: frozenset[str]  # of alert, watch, digest, health
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One alert to one recipient on one channel."""

    delivery_id: str  # h(alert_id, channel, recipient_ref)
    alert_id: str
    channel: Channel
    recipient_ref: str
    payload: str  # JSON of the Alert, rendered at send time
    status: Status = "pending"
    tries: int = 0
    next_at: datetime | None = None
    provider_ref: str = ""
    updated_at: datetime | None = None
