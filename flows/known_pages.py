"""Which URL keys lead to an article that we have: asked key by key while sources are read, without opening the database each time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from extractors.model import SourceReading
from storage.reads import Reads


class KnownPages(Mapping[str, str]):
    """URL key -> article_id: what this run has stored so far, else what the snapshot of the run's begin holds."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads
        self._seen: dict[str, str | None] = {}

    def __getitem__(self, key: str) -> str:
        if key not in self._seen:
            self._seen[key] = self._reads.known_pages([key]).get(key)
        found = self._seen[key]
        if found is None:
            raise KeyError(key)
        return found

    def learn(self, reading: SourceReading) -> None:
        """Take in where a stored reading's links led; the first article that a key led to keeps it."""
        for disposed in reading.disposed:
            for key, _ in disposed.aliases if disposed.article_id else ():
                if self.get(key) is None:
                    self._seen[key] = disposed.article_id

    def __iter__(self) -> Iterator[str]:
        """Go through the keys asked so far that led somewhere; the whole table is never read."""
        return (key for key, found in self._seen.items() if found is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)
