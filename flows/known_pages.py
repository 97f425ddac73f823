"""Which URL keys lead to an article that we have: asked while sources are read, without opening the database each time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from extractors.model import SourceReading
from storage.reads import Reads


class KnownPages(Mapping[str, str]):
    """URL key -> article_id: what this run has stored so far, else what the snapshot of the run's begin holds."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads
        self._seen: dict[str, str | None] = {}

    def __getitem__(self, key: str) -> str:
        self.ask((key,))
        found = self._seen[key]
        if found is None:
            raise KeyError(key)
        return found

    def ask(self, keys: Iterable[str]) -> None:
        """Look up many keys at once: one question costs a millisecond or two, whether of one key or of hundreds."""
        if new := [key for key in dict.fromkeys(keys) if key not in self._seen]:
            found = self._reads.known_pages(new)
            self._seen.update((key, found.get(key)) for key in new)

    def learn(self, reading: SourceReading) -> None:
        """Take in where a stored reading's links led; the first article that a key led to keeps it."""
        self.ask(key for disposed in reading.disposed if disposed.article_id for key, _ in disposed.aliases)
        for disposed in reading.disposed:
            for key, _ in disposed.aliases if disposed.article_id else ():
                if self.get(key) is None:
                    self._seen[key] = disposed.article_id

    def __iter__(self) -> Iterator[str]:
        """Go through the keys asked so far that led somewhere; the whole table is never read."""
        return (key for key, found in self._seen.items() if found is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)
