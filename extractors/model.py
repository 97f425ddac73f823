"""What extractors produce: sources, entries, articles, and the one id recipe that every folder shares."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

ID_SCHEME = "blake2b-nfc-lp-20"

Tier = Literal["official", "special", "general"]
TextKind = Literal["full", "summary", "headline"]
Precision = Literal["instant", "day", "none"]
Disposition = Literal["fetched", "known_page", "refused", "unreadable", "too_old", "queued", "not_fetched"]
NO_WORD = "no_topic_word"  # the reason of every not_fetched: title and summary say nothing of a topic
LookOutcome = Literal["unchanged", "holds", "differs", "unread"]  # differs: its text was stored as a new revision
SourceOutcome = Literal["ok", "not_modified", "empty", "failed", "skipped"]


def h(*parts: str | int | None) -> str:
    """Hash the parts to 20 hex digits of blake2b over length-prefixed NFC UTF-8; None and "" differ from each other."""
    digest = hashlib.blake2b(digest_size=10)
    for part in parts:
        raw = b"" if part is None else unicodedata.normalize("NFC", str(part)).encode("utf-8", "surrogatepass")
        digest.update(f"{-1 if part is None else len(raw)}:".encode())
        digest.update(raw)
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Source:
    """One table of seeds/sources.toml (or of the user's overlay): where entries come from, and on what terms."""

    source_id: str  # slug, immutable
    kind: str  # feed | federal_register | ...: names the adapter
    url: str
    publisher: str
    lang: str = "en"
    tier: Tier = "general"
    family: str = ""  # publishers of one family count once; empty = its own family
    cadence_hours: int = 24  # how often something new is expected
    full_every: int = 10  # one reading in so many asks for the whole list although the server says that it did not change
    enabled: bool = True
    why_disabled: str = ""
    terms: str = ""
    status: str = ""  # what a probe said, and when
    key_env: str = ""  # environment variable that holds an API key; empty = none needed
    params: tuple[tuple[str, str], ...] = ()  # adapter settings, in file order


@dataclass(frozen=True, slots=True)
class Entry:
    """What a source lists; it ends in exactly one disposition."""

    entry_id: str  # h(source_id, guid | canonical url | title+date)
    source_id: str
    url: str  # absolute, canonical; empty when the source gave no usable link
    title: str
    summary: str = ""  # clean text, no markup
    published_at: datetime | None = None
    precision: Precision = "none"
    official_ids: tuple[str, ...] = ()  # 'fr:2026-12345', 'docket:...', 'rin:...', 'bill:119-hr-1', 'cfr:15-7'
    author: str = ""
    lang: str = ""
    body: str = ""  # full clean text when the source itself delivers it (an API, a full-content feed)
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """One revision of one article: an entry's page reduced to clean text."""

    article_id: str  # 'd_' + h(official id) | 'p_' + h(canonical url of the first fetch); never changes
    rev: int  # 1, 2, 3 ... a changed text is a new revision
    url: str
    publisher: str
    lang: str  # 'en', 'zh', ...
    title: str
    body: str  # paragraphs separated by a blank line
    published_at: datetime | None
    first_seen_at: datetime
    author: str = ""
    precision: Precision = "none"
    witness: str = ""  # which witness gave published_at: feed | json-ld | meta | url | text | api | ''
    text_kind: TextKind = "full"
    official_ids: tuple[str, ...] = ()
    family: str = ""
    tier: Tier = "general"
    source_id: str = ""
    content_hash: str = ""  # h(title, body)
    extractor: str = ""
    extractor_version: str = ""
    confidence: float = 1.0

    @property
    def is_official(self) -> bool:
        """True when the text is an issuer's own document, which has an identity of its own."""
        return self.tier == "official" and bool(self.official_ids)

    @property
    def told_at(self) -> datetime:
        """The instant that orders articles: what the page claims, else when we saw it."""
        return self.published_at or self.first_seen_at


@dataclass(frozen=True, slots=True)
class Cursor:
    """What we remember of a source between runs: validators, body hash, position, back-off."""

    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    position: str = ""  # adapter's own, e.g. the last date read
    next_at: datetime | None = None
    failures: int = 0
    armed_run_seq: int | None = None
    trusted: int = 0  # readings in a row for which the server's word was taken that nothing changed
    moved_from: str = ""  # hash of the address in sources.toml whose permanent redirects led to moved_to
    moved_to: str = ""
    moved_runs: int = 0  # readings in a row that were led there


@dataclass(frozen=True, slots=True)
class Disposed:
    """An entry with its end: the disposition, a named reason, and the article it led to, if any."""

    entry: Entry
    disposition: Disposition
    reason: str  # '' only when fetched
    article_id: str = ""
    aliases: tuple[tuple[str, str], ...] = ()  # (url key, how) that lead to the same article


@dataclass(frozen=True, slots=True)
class ToldPage:
    """A page whose words were told to people, and what the last answer was, to look at it again."""

    article_id: str
    source_id: str
    url: str
    publisher: str
    lang: str
    title: str
    published_at: datetime | None
    precision: Precision
    text: str  # title and body of its last revision, a blank line between paragraphs
    quotes: tuple[str, ...]  # what was told of it, verbatim
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """What came of looking at one told page again."""

    article_id: str
    outcome: LookOutcome
    reason: str = ""  # why it was not read, or what it does not say any more
    etag: str = ""  # for the next look
    last_modified: str = ""
    body_hash: str = ""


@dataclass(frozen=True, slots=True)
class SourceReading:
    """All that one source gave in one run; the unit of write window W1. A failure is a value, never an exception."""

    source: Source
    outcome: SourceOutcome
    reason: str  # named, '' when ok
    disposed: tuple[Disposed, ...]
    articles: tuple[Article, ...]  # new articles and new revisions (rev is assigned by storage)
    cursor: Cursor
    window_from: datetime | None = None  # from when on the reading covers the source, as asked for or as far back as its list goes
    window_to: datetime | None = None  # None: until it was read
    requests: int = 0
    moved_to: str = ""  # where permanent redirects of its own address lead
    looks: tuple[Look, ...] = ()  # at pages of this source that were told before
