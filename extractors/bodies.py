"""Read a response body without trusting it: capped raw and decoded, inflated piece by piece, its end verified."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator

from extractors import limits
from extractors.fetched import Refused

GZIP_MAGIC = b"\x1f\x8b"


class Plain:
    """A body without content coding."""

    done = False
    packed = b""

    def feed(self, data: bytes, room: int) -> bytes:
        """Return the data unchanged."""
        return data

    def finish(self) -> None:
        """Nothing to verify: HTTP's own framing tells a short body."""


class Inflate:
    """A gzip body of one or more members, or a deflate body with or without zlib's header."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._stream: zlib._Decompress | None = None
        self._held = b""
        self._sent = bytearray()
        self._members = 0
        self.done = False  # what follows is junk

    def feed(self, data: bytes, room: int) -> bytes:
        """Inflate what arrived; more than `room` bytes come back only as room + 1, the sign that it does not fit.

        Raises Refused("bad_encoding") when the stream is corrupt.
        """
        self._sent += data
        data, self._held = self._held + data, b""
        out = bytearray()
        while data and not self.done and len(out) <= room:
            if self._stream is None and not self._begin(data):
                break
            data = self._inflate(data, room, out)
        return bytes(out)

    @property
    def packed(self) -> bytes:
        """All that was fed, when it is gzip."""
        return bytes(self._sent) if self._gzip else b""

    def _begin(self, data: bytes) -> bool:
        if len(data) < 2:
            self._held = data
            return False
        if self._members and not (self._gzip and data.startswith(GZIP_MAGIC)):
            self.done = True
            return False
        if self._members >= limits.GZIP_MEMBERS:
            raise Refused("bad_encoding", f"more than {limits.GZIP_MEMBERS} gzip members")
        zlib_header = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
        self._stream = zlib.decompressobj(31 if self._gzip else 15 if zlib_header else -15)
        return True

    def _inflate(self, data: bytes, room: int, out: bytearray) -> bytes:
        stream = self._stream
        if stream is None:
            return b""
        try:
            out += stream.decompress(data, room + 1 - len(out))
        except zlib.error as error:
            if self._members:  # looked like one more member, was junk
                self.done = True
                return b""
            raise Refused("bad_encoding", "corrupt compressed body") from error
        if not stream.eof:
            return stream.unconsumed_tail
        self._stream = None
        self._members += 1
        self.done = not self._gzip
        return stream.unused_data

    def finish(self) -> None:
        """Raise Refused("truncated") when the stream began and did not end."""
        if self._stream is not None or (self._held and not self._members):
            raise Refused("truncated", "the compressed body ends early")


def choose_decoder(content_encoding: str) -> Plain | Inflate:
    """Choose by the Content-Encoding header (repeats joined by commas); raises Refused("bad_encoding")."""
    codings = [c for c in (part.strip().lower() for part in content_encoding.split(",")) if c not in {"", "identity"}]
    if not codings:
        return Plain()
    if len(codings) > 1:
        raise Refused("bad_encoding", "stacked content codings")
    if codings[0] in {"gzip", "x-gzip"}:
        return Inflate(gzip=True)
    if codings[0] == "deflate":
        return Inflate(gzip=False)
    raise Refused("bad_encoding", "a content coding that was not asked for")


async def read_body(chunks: AsyncIterator[bytes], decoder: Plain | Inflate, cap: int, *, cut: bool = False) -> bytes:
    """Read a body of at most `cap` bytes, raw and decoded each; with `cut` the first `cap` bytes of a longer one.

    Raises Refused: "too_big", "truncated", "bad_encoding".
    """
    body = bytearray()
    raw = 0
    async for chunk in chunks:
        raw += len(chunk)
        body += decoder.feed(chunk, cap - len(body))
        if len(body) > cap or raw > cap:
            if cut:
                return bytes(body[:cap])
            raise Refused("too_big", f"more than {cap} bytes")
        if decoder.done:
            return bytes(body)
    if not cut:
        decoder.finish()
    return bytes(body)
