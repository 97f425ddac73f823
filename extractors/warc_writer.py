"""WARC 1.1, written and read back: one gzip member a record, so that a torn end costs one record at most; nothing secret is kept."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import uuid
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import IO, Any

from extractors import limits
from extractors.bodies import choose_decoder
from extractors.warc_records import read_head

LEVEL = 3  # of gzip: half the time of 6 for an eighth more room
# What reading looks at, and what names the version that was read. Cookies, and whatever else a server says, stay out.
KEPT = frozenset({"content-type", "content-language", "content-range", "date", "etag", "last-modified", "link"})
CODING = "content-encoding"
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_STEP = 1 << 16


@dataclass(frozen=True, slots=True)
class Member:
    """One record of a file: where it begins and ends, its WARC fields in lower case, and its block."""

    start: int
    end: int
    fields: Mapping[str, str]
    block: bytes

    @property
    def record_id(self) -> str:
        """The record's identity."""
        return self.fields.get("warc-record-id", "")


def new_id() -> str:
    """Make a record's identity, unlike any other in the world, as the standard wants."""
    return f"<urn:uuid:{uuid.uuid4()}>"


def info_record(software: str, file_name: str, at: datetime) -> bytes:
    """Write the record that opens a file: who wrote it. No address of the operator and no name of the machine."""
    said = f"software: {software}\r\nformat: WARC File Format 1.1\r\n".encode()
    return _record("warcinfo", at, said, {"WARC-Filename": file_name, "Content-Type": "application/warc-fields"})


def response_record(
    record_id: str, url: str, status: int, headers: Mapping[str, str], body: bytes, at: datetime, packed: bytes = b""
) -> bytes:
    """Write an answer; of the headers only KEPT are written. `packed` is the body as gzip and stands in its place, not packed again."""
    kept = {name: value for name, value in sorted(headers.items()) if name in KEPT} | ({CODING: "gzip"} if packed else {})
    sent = packed or body
    lines = [
        f"HTTP/1.1 {status} {_PHRASES.get(status, 'Unknown')}",
        *(f"{name.title()}: {value}" for name, value in kept.items()),
        f"Content-Length: {len(sent)}",
    ]
    block = "\r\n".join([*lines, "", ""]).encode() + sent
    more = {"WARC-Target-URI": url, "WARC-Payload-Digest": _sha1(sent), "Content-Type": "application/http; msgtype=response"}
    return _record("response", at, block, more, record_id, 0 if packed else LEVEL)


def metadata_record(url: str, value: Any, at: datetime) -> bytes:
    """Write what is told about a target as JSON, instants in ISO form."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=_instant).encode("utf-8", "surrogatepass")
    return _record("metadata", at, text, {"WARC-Target-URI": url, "Content-Type": "application/json"})


def read_answer(block: bytes) -> tuple[dict[str, str], bytes]:
    """Give the headers (lower case) and the decoded body of a response record; raises Refused("bad_encoding")."""
    headers, body = read_head(block)
    decoder = choose_decoder(headers.pop(CODING, ""))
    return headers, decoder.feed(body, max(limits.BODY_BYTES.values()))


def read_members(file: IO[bytes]) -> Iterator[Member]:
    """Give the whole records of a file from where it stands; ends before the first that is torn or none."""
    inflate, parts = zlib.decompressobj(31), list[bytes]()
    start = place = file.tell()
    while data := file.read(_STEP):
        while data:
            try:
                parts.append(inflate.decompress(data))
            except zlib.error:
                return
            place += len(data) - len(inflate.unused_data)
            if not inflate.eof:
                break
            member = _member(start, place, b"".join(parts))
            if member is None:
                return
            yield member
            start, data = place, inflate.unused_data
            inflate, parts = zlib.decompressobj(31), []


def whole_bytes(members: Iterable[Member]) -> int:
    """Tell where the last whole record ends; what follows was torn off."""
    return max((member.end for member in members), default=0)


def _member(start: int, end: int, raw: bytes) -> Member | None:
    fields, rest = read_head(raw)
    length = fields.get("content-length", "")
    if not raw.startswith(b"WARC/1.") or not length.isdecimal() or int(length) > len(rest):
        return None
    return Member(start, end, fields, rest[: int(length)])


def _record(kind: str, at: datetime, block: bytes, more: Mapping[str, str], record_id: str = "", level: int = LEVEL) -> bytes:
    fields = {
        "WARC-Type": kind,
        "WARC-Record-ID": record_id or new_id(),
        "WARC-Date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        **more,
        "WARC-Block-Digest": _sha1(block),
        "Content-Length": str(len(block)),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return gzip.compress(f"WARC/1.1\r\n{head}\r\n".encode() + block + b"\r\n\r\n", level, mtime=0)


def _instant(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form here")


def _sha1(data: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()
