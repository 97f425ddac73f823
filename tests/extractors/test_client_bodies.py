"""Faults 5-14: bodies that grow, lie about their length or their coding, or end early."""

from __future__ import annotations

import gzip
import itertools
import zlib
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors import limits
from extractors.bodies import Inflate, choose_decoder, read_body
from extractors.fetched import RETRYABLE, Refused
from standins.hostile_http import Behaviour, bomb, fetched, flood, head, many_members, raw, refused, reply

TEXT = b"The final rule takes effect on 2 March 2026. " * 200
PACKED = gzip.compress(TEXT, mtime=0)


def coded(encoding: str, data: bytes, *headers: str) -> Behaviour:
    return raw(head(200, f"Content-Encoding: {encoding}", f"Content-Length: {len(data)}", *headers) + data)


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(bomb("gzip", 31), id="5-gzip"),
        pytest.param(bomb("deflate", 15), id="6-zlib"),
        pytest.param(bomb("deflate", -15), id="6-raw-deflate"),
        pytest.param(many_members(), id="many-members"),
        pytest.param(flood(head(200, "Transfer-Encoding: chunked"), b"4000\r\n" + bytes(0x4000) + b"\r\n"), id="9-infinite-chunks"),
        pytest.param(flood(head(200), bytes(0x4000)), id="9-no-length"),
        pytest.param(raw(head(200, "Content-Length: 10000000000")), id="10-length"),
        pytest.param(raw(head(200, "Content-Length: 10000000000", "Content-Encoding: gzip")), id="10-packed-length"),
    ],
)
def test_more_than_the_cap_is_too_big(behaviour: Behaviour) -> None:
    assert refused({"/": behaviour}).reason == "too_big"


def test_each_purpose_has_its_cap() -> None:
    body = bytes(limits.PAGE_BYTES + 1)
    assert refused({"/": reply(body)}, purpose="page").reason == "too_big"
    assert len(fetched({"/": reply(body)}, purpose="feed").body) == limits.PAGE_BYTES + 1
    assert len(fetched({"/": reply(body[1:])}, purpose="page").body) == limits.PAGE_BYTES


@pytest.mark.parametrize(
    "encoding", ["br", "zstd", "compress", "gzip, gzip", "gzip,br", "deflate, gzip", ", ".join(["gzip"] * 50), "gzip;q=1"]
)
def test_7_8_codings_not_asked_for_or_stacked_are_refused(encoding: str) -> None:
    assert refused({"/": coded(encoding, PACKED)}).reason == "bad_encoding"


def test_8_stacked_over_two_headers_is_refused() -> None:
    assert refused({"/": coded("gzip", PACKED, "Content-Encoding: gzip")}).reason == "bad_encoding"


def test_8_gzip_in_gzip_named_once_is_not_unpacked_twice() -> None:
    assert fetched({"/": coded("gzip", gzip.compress(PACKED))}).body == PACKED


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        pytest.param(raw(head(200, "Content-Length: 100") + b"short"), "truncated", id="11-short"),
        pytest.param(raw(head(200, "Transfer-Encoding: chunked") + b"5\r\nshort\r\n"), "truncated", id="11-open-chunks"),
        pytest.param(coded("gzip", PACKED[:-20]), "truncated", id="12-gzip-cut"),
        pytest.param(coded("gzip", PACKED[:-1]), "truncated", id="12-trailer-cut"),
        pytest.param(coded("gzip", PACKED[:1]), "truncated", id="12-one-byte"),
        pytest.param(coded("gzip", PACKED + PACKED[:-20]), "truncated", id="12-second-member-cut"),
        pytest.param(coded("deflate", zlib.compress(TEXT)[:-5]), "truncated", id="12-deflate-cut"),
        pytest.param(coded("gzip", TEXT), "bad_encoding", id="plain-called-gzip"),
        pytest.param(coded("gzip", PACKED[:40] + bytes(40) + PACKED[80:]), "bad_encoding", id="corrupt"),
    ],
)
def test_11_12_a_body_that_ends_early_or_is_corrupt_is_a_passing_fault(behaviour: Behaviour, reason: str) -> None:
    error = refused({"/": behaviour})
    assert error.reason == reason
    assert error.reason in RETRYABLE


@pytest.mark.parametrize(
    ("encoding", "data", "body"),
    [
        pytest.param("gzip", PACKED * 3, TEXT * 3, id="13-members"),
        pytest.param("gzip", PACKED + b"<!-- cached -->", TEXT, id="14-junk"),
        pytest.param("gzip", PACKED + bytes(512), TEXT, id="14-zeros"),
        pytest.param("gzip", PACKED + b"\x1f\x8bjunk that looks like a member", TEXT, id="14-false-member"),
        pytest.param("gzip", PACKED + b"\x1f", TEXT, id="14-half-a-magic"),
        pytest.param("deflate", zlib.compress(TEXT) + b"junk", TEXT, id="14-after-deflate"),
        pytest.param("deflate", zlib.compress(TEXT), TEXT, id="zlib"),
        pytest.param("deflate", raw_deflate(TEXT), TEXT, id="raw-deflate"),
        pytest.param("X-GZIP", PACKED, TEXT, id="x-gzip"),
        pytest.param("identity", TEXT, TEXT, id="identity"),
        pytest.param("gzip", b"", b"", id="empty"),
    ],
)
def test_13_14_bodies_that_are_whole_are_whole(encoding: str, data: bytes, body: bytes) -> None:
    assert fetched({"/": coded(encoding, data)}).body == body


def test_what_came_as_gzip_is_handed_on_as_it_came_too() -> None:
    assert fetched({"/": coded("gzip", PACKED)}).packed == PACKED
    assert fetched({"/": coded("deflate", zlib.compress(TEXT))}).packed == b""
    assert fetched({"/": coded("identity", TEXT)}).packed == b""


def test_a_zoo_of_members_is_refused() -> None:
    crumbs = gzip.compress(b"", mtime=0) * (limits.GZIP_MEMBERS + 1)
    assert refused({"/": coded("gzip", crumbs)}).reason == "bad_encoding"


def test_a_body_without_length_ends_with_the_connection() -> None:
    assert fetched({"/": raw(b"HTTP/1.0 200 OK\r\n\r\nold but whole")}).body == b"old but whole"


async def pieces(data: bytes, cuts: list[int]) -> AsyncIterator[bytes]:
    edges = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    for start, end in itertools.pairwise(edges):
        yield data[start:end]


def run_read(data: bytes, cuts: list[int], encoding: str, cap: int, *, cut: bool = False) -> bytes:
    reading = read_body(pieces(data, cuts), choose_decoder(encoding), cap, cut=cut)
    try:
        reading.send(None)
    except StopIteration as done:
        result: bytes = done.value
        return result
    raise AssertionError("nothing here waits")


members = st.lists(st.binary(max_size=300), min_size=1, max_size=4)
cuts = st.lists(st.integers(min_value=0, max_value=5000), max_size=12)


@given(members, cuts, st.binary(max_size=20).filter(lambda junk: not junk.startswith(b"\x1f")))
def test_inflating_does_not_depend_on_where_the_chunks_end(parts: list[bytes], cuts: list[int], junk: bytes) -> None:
    packed = b"".join(gzip.compress(part, mtime=0) for part in parts) + junk
    assert run_read(packed, cuts, "gzip", 10_000) == b"".join(parts)
    assert run_read(zlib.compress(parts[0]) + junk, cuts, "deflate", 10_000) == parts[0]
    assert run_read(raw_deflate(b"\xff" + parts[0]), cuts, "deflate", 10_000) == b"\xff" + parts[0]


@given(st.binary(min_size=1, max_size=3000), cuts, st.integers(min_value=0, max_value=3000))
def test_the_cap_is_exact_and_cutting_gives_its_prefix(data: bytes, cuts: list[int], cap: int) -> None:
    if len(data) > cap:
        with pytest.raises(Refused, match="too_big"):
            run_read(data, cuts, "", cap)
    else:
        assert run_read(data, cuts, "", cap) == data
    assert run_read(data, cuts, "", cap, cut=True) == data[:cap]


@given(st.binary(max_size=400), cuts)
def test_garbage_called_gzip_or_deflate_gives_bytes_or_a_name(data: bytes, cuts: list[int]) -> None:
    named = set()
    for encoding in ("gzip", "deflate"):
        try:
            assert len(run_read(data, cuts, encoding, 2000)) <= 2000
        except Refused as refusal:
            named.add(refusal.reason)
    assert named <= {"bad_encoding", "truncated", "too_big"}


@given(st.integers(min_value=0, max_value=5000))
def test_inflating_never_returns_more_than_one_byte_over_the_room(room: int) -> None:
    assert len(Inflate(gzip=True).feed(gzip.compress(bytes(100_000), mtime=0), room)) == room + 1
