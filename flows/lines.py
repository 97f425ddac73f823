"""What each source's reading is given: a client, and what is remembered of the source; live from the web, or from the archive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from extractors.listing import GIVE_UP_HOST, Askable, Fetcher
from extractors.model import Cursor, Entry, Source, SourceReading, ToldPage

Span = tuple[datetime, datetime]  # the missed days that a second look in the same run asks for


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is known of one source when the run begins."""

    cursor: Cursor
    entries: frozenset[str]  # that need no second look
    queued: tuple[Entry, ...]  # whose page is still to be fetched
    told: tuple[ToldPage, ...] = ()  # pages whose words were told, to be looked at again


class Hits(Mapping[str, str]):
    """Known pages that note which of them were met: with these alone the same reading comes out again."""

    def __init__(self, pages: Mapping[str, str]) -> None:
        self._pages = pages
        self.met: dict[str, str] = {}

    def __getitem__(self, key: str) -> str:
        found = self._pages[key]
        self.met[key] = found
        return found

    def ask(self, keys: Iterable[str]) -> None:
        """Let the pages look up many keys at once; what is asked is not met yet."""
        if isinstance(self._pages, Askable):
            self._pages.ask(keys)

    def __iter__(self) -> Iterator[str]:
        return iter(self._pages)

    def __len__(self) -> int:
        return len(self._pages)


@dataclass(frozen=True, slots=True)
class Line:
    """One source's tools for one reading."""

    source: Source
    client: Fetcher
    remembered: Remembered
    pages: Mapping[str, str]  # url key -> article_id
    key: str = field(default="", repr=False)
    patience: int = GIVE_UP_HOST


class Wire(Protocol):
    """Gives each source its line, and hears of what came of it."""

    def line(self, source: Source) -> Line:
        """Open the line of a source."""

    def heard(self, line: Line) -> None:
        """Take note that the source was read; comes before its reading is stored."""

    def stored(self, reading: SourceReading) -> None:
        """Take note of what was stored."""
