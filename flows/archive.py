"""The raw archive: one WARC file a night of the answers that its decisions rest on. It never stands in the night's way."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from extractors.addresses import without_secrets
from extractors.fetched import Fetched, FetchError, Purpose, Validators
from extractors.listing import NO_HEADERS, NOTHING, Fetcher
from extractors.model import Source, h
from extractors.warc_writer import KEPT, info_record, metadata_record, new_id, read_members, response_record, whole_bytes
from flows.lines import Hits, Line, Span
from flows.settings import Settings, version

FORM = "topicwatch-reading-1"
END = ".warc.gz"
SHORTEST_KEY = 8  # a shorter one is not looked for in an answer: it would blot out plain words


def path_of(settings: Settings, night: date) -> Path:
    """Name a night's file."""
    return settings.archive / f"{night.isoformat()}{END}"


def asked(purpose: str, url: str, span: str) -> str:
    """Name a question without telling its address, which may hold a key."""
    return h(purpose, url, span)


def digest_of(source: Source) -> str:
    """Digest what a source's table sets, so that a field that a later version adds changes nothing."""
    values = {f.name: getattr(source, f.name) for f in fields(source)}
    return h(*(f"{f.name}={values[f.name]!r}" for f in fields(source) if f.default != values[f.name]))


@dataclass(slots=True)
class Archive:
    """Appends to a night's file. A fault of the disk ends the writing and is told in `fault`; the night goes on."""

    path: Path
    run_seq: int
    at: datetime  # of every record: the instant that the run counts as its own
    fault: str = ""
    _lock: Lock = field(default_factory=Lock)

    def append(self, *records: bytes, lasting: bool = False) -> None:
        """Add records at the end of the file; `lasting` waits until the disk has them."""
        if self.fault:
            return
        with self._lock:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                with self.path.open("ab") as file:
                    if not file.tell():
                        file.write(info_record(f"topicwatch/{version()}", self.path.name, self.at))
                    for record in records:
                        file.write(record)
                    if lasting:
                        file.flush()
                        os.fsync(file.fileno())
            except OSError as error:
                self.fault = f"{error.strerror}"

    def heard(self, line: Line, span: Span | None = None) -> None:
        """Close a source's reading: what it knew before, what it asked, under which record each answer lies; `span` of a second look."""
        if not isinstance(line.client, Recorder) or not isinstance(line.pages, Hits):
            return
        questions = {each["asked"] for each in line.client.exchanges}
        cursor = {**asdict(line.remembered.cursor), "next_at": None}
        told = {
            "form": FORM, "run_seq": self.run_seq, "source": line.source.source_id, "source_digest": digest_of(line.source),
            "span": [at.isoformat() for at in span] if span else None,
            "cursor": cursor, "queued": [asdict(entry) for entry in line.remembered.queued],
            "told": [page.article_id for page in line.remembered.told if asked("page", page.url, "") in questions],
            "known_pages": line.pages.met, "exchanges": line.client.exchanges,
        }  # fmt: skip
        self.append(metadata_record(f"urn:topicwatch:source:{line.source.source_id}", told, self.at), lasting=True)


def open_archive(settings: Settings, night: date, run_seq: int, at: datetime) -> Archive | None:
    """Open a night's file, without what a killed run left torn at its end, and drop the oldest nights; None when none are kept."""
    path = path_of(settings, night)
    archive = Archive(path, run_seq, at)
    try:
        if settings.archive_nights and path.exists():
            mend(path)
        prune(settings, path.name if settings.archive_nights else "")
    except OSError as error:
        archive.fault = f"{error.strerror}"
    return archive if settings.archive_nights else None


def mend(path: Path) -> None:
    """Cut off a torn end, so that what is appended can be read by everybody."""
    with path.open("r+b") as file:
        whole = whole_bytes(read_members(file))
        if whole < path.stat().st_size:
            file.truncate(whole)


def prune(settings: Settings, ours: str = "") -> None:
    """Keep the newest nights, `ours` among them even when it has no file yet."""
    names = sorted({*(p.name for p in settings.archive.glob(f"????-??-??{END}")), *([ours] if ours else [])})
    for name in names[: max(len(names) - settings.archive_nights, 0)]:
        if name != ours:
            (settings.archive / name).unlink(missing_ok=True)


@dataclass(slots=True)
class Recorder:
    """A client that writes each answer down before it hands it on."""

    client: Fetcher
    archive: Archive
    key: str = field(default="", repr=False)
    exchanges: list[dict[str, Any]] = field(default_factory=list)

    async def fetch(
        self, url: str, *, purpose: Purpose, validators: Validators = NOTHING, headers: Mapping[str, str] = NO_HEADERS
    ) -> Fetched:
        """Fetch one address; a fault is an answer too."""
        question = {"asked": asked(purpose, url, headers.get("Range", ""))}
        try:
            fetched = await self.client.fetch(url, purpose=purpose, validators=validators, headers=headers)
        except FetchError as fault:
            told = {name: getattr(fault, name) for name in ("reason", "url", "retry_after", "status", "detail")}
            self.exchanges.append({**question, "purpose": purpose, "fault": told})
            raise
        self.exchanges.append({**question, "purpose": purpose, "answer": await asyncio.to_thread(self._keep, url, fetched)})
        return fetched

    def _keep(self, url: str, fetched: Fetched) -> dict[str, Any]:
        record_id = ""
        if not fetched.not_modified:
            record_id = new_id()
            body = self._blotted(fetched.body)
            headers = {name: self._blotted(value.encode()).decode() for name, value in fetched.headers.items() if name in KEPT}
            packed = fetched.packed if body == fetched.body else b""
            shown = without_secrets(fetched.url)
            self.archive.append(response_record(record_id, shown, fetched.status, headers, body, self.archive.at, packed))
        return {
            "record": record_id, "url": "" if fetched.url == url else without_secrets(fetched.url), "status": fetched.status,
            "hops": [(status, without_secrets(hop)) for status, hop in fetched.hops], "not_modified": fetched.not_modified,
            "etag": fetched.etag, "last_modified": fetched.last_modified, "body_hash": fetched.body_hash,
        }  # fmt: skip

    def _blotted(self, data: bytes) -> bytes:
        key = self.key.encode()
        return data.replace(key, b"*" * len(key)) if len(key) >= SHORTEST_KEY else data
