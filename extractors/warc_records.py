"""WARC 1.0 and 1.1 from a piece of a file: the HTML responses in it, and where the next piece begins; gzip by record, or plain."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from extractors import limits

RECORDS = 200  # of one piece; the rest is the next piece
KEPT_BYTES = 20_000_000  # of bodies that one piece gives
RECORD_BYTES = limits.PAGE_BYTES + 200_000  # headers included; a longer record is passed over
_GZIP, _PLAIN = b"\x1f\x8b\x08", b"WARC/1."
_STEP, _FEED = 1 << 20, 1 << 15
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_HTML = re.compile(r"\s*(?:text/html|application/xhtml\+xml)\s*(?:;|$)", re.IGNORECASE)
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")


@dataclass(frozen=True, slots=True)
class Record:
    """One captured page."""

    url: str
    captured: str  # WARC-Date as it stands
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Piece:
    """The pages of one piece, how many of its bytes are done with, and flags: damaged | too_big | bad_record."""

    records: tuple[Record, ...]
    used: int
    flags: tuple[str, ...] = ()


def split_records(data: bytes, hosts: tuple[str, ...], *, last: bool) -> Piece:
    """Read the records that lie wholly in a piece; `last` says that nothing follows it.

    Where no record begins, the next place where one does is looked for, so that damage costs what it hit. Records of other kinds than
    HTML answered with 200, of other `hosts` (when any are named) and above RECORD_BYTES are passed over.
    """
    records: list[Record] = []
    flags: dict[str, None] = {}
    place = kept = 0
    while place < len(data) and len(records) < RECORDS and kept < KEPT_BYTES:
        if data[place] in b"\r\n":
            place += 1
            continue
        found = _next(data, place)
        if found is None:
            following = _resync(data, place + 1)
            if following < 0 and not last:
                # A record that does not end here: it is asked for again, unless it is longer than a whole piece.
                return Piece(tuple(records), place if place else max(len(data) - 16, 1), tuple(flags) if place else (*flags, "too_big"))
            if following < 0:
                return Piece(tuple(records), len(data), (*flags, "damaged"))
            flags["damaged" if place or last else "too_big"] = None
            place = following
            continue
        raw, place = found
        record = _page(raw, hosts) if raw is not None else None
        if raw is None:
            flags["too_big"] = None
        elif isinstance(record, Record):
            records.append(record)
            kept += len(record.body)
        elif record == "bad_record":
            flags[record] = None
    return Piece(tuple(records), place, tuple(flags))


def _next(data: bytes, place: int) -> tuple[bytes | None, int] | None:
    """Return (record, end), (None, end) for one that is too big, None when no whole record begins here."""
    if data.startswith(_PLAIN, place):
        return _plain_record(data, place)
    return _member(data, place) if data.startswith(_GZIP, place) else None


def _plain_record(data: bytes, place: int) -> tuple[bytes | None, int] | None:
    head = _HEAD_END.search(data, place, place + 100_000)
    length = re.search(rb"(?im)^content-length:\s*(\d{1,15})\s*$", data[place : head.end()]) if head else None
    if head is None or length is None:
        return None
    end = head.end() + int(length[1])
    if end > len(data):
        return None
    return (data[place:end] if end - place <= RECORD_BYTES else None), end


def _member(data: bytes, place: int) -> tuple[bytes | None, int] | None:
    """Inflate one gzip member in steps: what is too big is inflated to its end, but not kept."""
    inflate = zlib.decompressobj(31)
    parts: list[bytes] = []
    size, read, feed = 0, place, b""
    while not inflate.eof:
        if not feed:
            # Small feeds, because zlib copies what follows the member's end.
            feed = data[read : read + _FEED]
            read += len(feed)
        try:
            part = inflate.decompress(feed, _STEP)
        except zlib.error:
            return None
        if not part and not feed:
            return None
        size += len(part)
        if size <= RECORD_BYTES:
            parts.append(part)
        feed = inflate.unconsumed_tail
    end = read - len(inflate.unused_data)
    return (b"".join(parts) if size <= RECORD_BYTES else None), end


def _resync(data: bytes, place: int) -> int:
    """Find the next place where a record begins, -1 when there is none: a gzip mark counts only when a WARC head is behind it."""
    plain = data.find(_PLAIN, place)
    for found in _each(data, _GZIP, place):
        if 0 <= plain < found:
            return plain
        try:
            head = zlib.decompressobj(31).decompress(data[found : found + 2_000], 16)
        except zlib.error:
            continue
        if head.startswith(_PLAIN):
            return found
    return plain


def _each(data: bytes, mark: bytes, place: int) -> Iterator[int]:
    while (place := data.find(mark, place)) >= 0:
        yield place
        place += 1


def _page(raw: bytes, hosts: tuple[str, ...]) -> Record | str:
    """Read one record: the page, or why it is none ('other' kinds are no fault)."""
    named, body = read_head(raw)
    url = named.get("warc-target-uri", "").strip("<> ")
    if named.get("warc-type", "").lower() not in {"response", "resource"} or not _wanted(url, hosts):
        return "other"
    length = named.get("content-length", "")
    if not length.isdecimal() or int(length) > len(body):
        return "bad_record"
    body, kind = body[: int(length)], named.get("content-type", "")
    if named["warc-type"].lower() == "response":
        status = _STATUS.match(body)
        if status is None:
            return "bad_record"
        answer, body = read_head(body)
        kind = answer.get("content-type", "")
        if status[1] != b"200" or not _HTML.match(kind):
            return "other"
        decoded = _decoded(body, answer)
        if decoded is None:
            return "bad_record"
        body = decoded
    if not _HTML.match(kind) or not body:
        return "other"
    return Record(url, named.get("warc-date", "")[:40], kind[:200], body)


def read_head(raw: bytes) -> tuple[dict[str, str], bytes]:
    """Split a record, or the answer in it, into its named fields (lower case) and what follows them."""
    end = _HEAD_END.search(raw)
    head, body = (raw[: end.start()], raw[end.end() :]) if end else (raw, b"")
    lines = head.decode("utf-8", "replace").splitlines()[1:200]
    pairs = (line.partition(":") for line in lines if ":" in line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}, body


def _wanted(url: str, hosts: tuple[str, ...]) -> bool:
    if not url.startswith(("http://", "https://")):
        return False
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return not hosts or any(host == name or host.endswith(f".{name}") for name in hosts)


def _decoded(body: bytes, answer: dict[str, str]) -> bytes | None:
    """Take off what the wire put on; crawlers that took it off already renamed the header."""
    if "chunked" in answer.get("transfer-encoding", "").lower():
        body = _without_chunks(body)
    coding = answer.get("content-encoding", "").strip().lower()
    if coding in {"", "identity"}:
        return body
    if coding not in {"gzip", "x-gzip", "deflate"}:
        return None
    try:
        inflate = zlib.decompressobj(31 if "gzip" in coding else 15)
        text = inflate.decompress(body, limits.PAGE_BYTES + 1)
    except zlib.error:
        return body if body.lstrip()[:1] == b"<" else None  # labelled, but stored decoded
    return text if len(text) <= limits.PAGE_BYTES else None


def _without_chunks(body: bytes) -> bytes:
    """Join the chunks; a body that is not chunked in spite of its label stays as it is."""
    parts: list[bytes] = []
    place = 0
    while line := re.compile(rb"([0-9a-fA-F]{1,8})[^\r\n]{0,100}\r\n").match(body, place):
        size = int(line[1], 16)
        if not size:
            return b"".join(parts)
        parts.append(body[line.end() : line.end() + size])
        place = line.end() + size + 2
    return b"".join(parts) or body
