"""WARC files: records, damage, pieces, ranges; each page read as if it had been fetched."""

from __future__ import annotations

import gzip
import re
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.model import Cursor, Source
from extractors.warc_records import RECORD_BYTES, RECORDS, split_records
from standins.hostile_http import Behaviour, HostileServer, Wire, head, raw, reply
from standins.scripted_web import NOW
from standins.source_web import ends, example, read_live

PLAIN = example("warc/sample.warc")
PARTS = [part for part in re.split(rb"(?=WARC/1\.0\r\nWARC-Type)", PLAIN) if part]
PACKED = b"".join(gzip.compress(part, mtime=0) for part in PARTS)
FIRST, OTHER, SECOND = (
    "https://www.scmp.com/tech/article/1/chip-rule",
    "https://lantern.example/a/other",
    "https://www.scmp.com/tech/article/2/second",
)
WINDOW = (NOW - timedelta(days=7), NOW)


def source(url: str, **params: str) -> Source:
    return Source("news", "warc", url, "CC-NEWS", params=tuple(params.items()))


def urls(data: bytes, hosts: tuple[str, ...] = ()) -> list[str]:
    return [record.url for record in split_records(data, hosts, last=True).records]


@pytest.mark.parametrize("data", [PLAIN, PACKED], ids=["plain", "gzip by record"])
def test_only_html_answered_with_200_counts(data: bytes) -> None:
    piece = split_records(data, (), last=True)
    assert [record.url for record in piece.records] == [FIRST, OTHER, SECOND]
    assert piece.used == len(data)
    assert piece.flags == ()
    assert piece.records[0].body.startswith(b"<!doctype html>")
    assert piece.records[0].captured == "2026-11-24T20:15:00Z"


def test_hosts_are_kept_with_their_subdomains_and_nothing_else() -> None:
    assert urls(PACKED, ("scmp.com",)) == [FIRST, SECOND]
    assert urls(PACKED, ("cmp.com",)) == []


@pytest.mark.parametrize("data", [PLAIN, PACKED], ids=["plain", "gzip by record"])
@pytest.mark.parametrize("size", [700, 1_500, 4_000, 100_000])
def test_pieces_of_any_size_give_the_same_pages(data: bytes, size: int) -> None:
    found, place = [], 0
    while place < len(data):
        piece = split_records(data[place : place + size], (), last=place + size >= len(data))
        assert piece.used > 0
        found += [record.url for record in piece.records]
        place += piece.used
    longest = max(map(len, PARTS)) if data is PLAIN else max(len(gzip.compress(part, mtime=0)) for part in PARTS)
    assert found == [FIRST, OTHER, SECOND] if size > longest + 20 else set(found) <= {FIRST, OTHER, SECOND}


def test_damage_costs_what_it_hit() -> None:
    at = PACKED.find(b"\x1f\x8b", 400)
    hurt = PACKED[: at + 30] + b"\x00" * 40 + PACKED[at + 70 :]
    piece = split_records(hurt, (), last=True)
    assert "damaged" in piece.flags
    assert [record.url for record in piece.records][-1] == SECOND
    assert urls(b"junk before" + PACKED) == [FIRST, OTHER, SECOND]
    assert urls(PACKED[:-50]) == [FIRST, OTHER]


def record(body: bytes, *headers: str) -> bytes:
    block = "\r\n".join(["HTTP/1.1 200 OK", "Content-Type: text/html", *headers, "", ""]).encode() + body
    top = f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/x\r\nContent-Length: {len(block)}\r\n\r\n"
    return top.encode() + block + b"\r\n\r\n"


def test_bodies_that_were_stored_as_they_came() -> None:
    page = b"<html><body>" + b"text " * 100 + b"</body></html>"
    chunked = b"10\r\n" + page[:16] + b"\r\n" + f"{len(page) - 16:x}".encode() + b"\r\n" + page[16:] + b"\r\n0\r\n\r\n"
    for stored in (
        record(page),
        record(gzip.compress(page), "Content-Encoding: gzip"),
        record(zlib.compress(page), "Content-Encoding: deflate"),
        record(page, "Content-Encoding: gzip"),  # labelled, but stored decoded
        record(chunked, "Transfer-Encoding: chunked"),
        record(page, "Transfer-Encoding: chunked"),
    ):
        assert [found.body for found in split_records(stored, (), last=True).records] == [page]
    assert split_records(record(page, "Content-Encoding: br"), (), last=True).flags == ("bad_record",)


def test_bombs_are_passed_over() -> None:
    bomb = gzip.compress(record(b"<html>" + b"\x00" * (RECORD_BYTES + 10)), mtime=0)
    inner = gzip.compress(record(gzip.compress(b"<" + b"\x00" * (RECORD_BYTES + 10)), "Content-Encoding: gzip"), mtime=0)
    piece = split_records(bomb + inner + PACKED, (), last=True)
    assert [found.url for found in piece.records] == [FIRST, OTHER, SECOND]
    assert set(piece.flags) == {"too_big", "bad_record"}


def test_a_piece_gives_a_bounded_number_of_records() -> None:
    data = gzip.compress(record(b"<html>x</html>"), mtime=0) * (RECORDS + 50)
    piece = split_records(data, (), last=True)
    assert len(piece.records) == RECORDS
    assert len(split_records(data[piece.used :], (), last=True).records) == 50


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.integers(0, len(PACKED) - 1), st.booleans())
def test_no_bytes_raise_or_stand_still(junk: bytes, place: int, last: bool) -> None:
    for data in (junk, PACKED[:place] + junk + PACKED[place:], PLAIN[: place % len(PLAIN)] + junk):
        piece = split_records(data, (), last=last)
        assert 0 < piece.used <= len(data) or not data


def test_a_file_on_disk_is_read_to_its_end_and_not_again(tmp_path: Path) -> None:
    path = tmp_path / "news.warc.gz"
    path.write_bytes(PACKED)
    reading, server = read_live({}, lambda server: source(str(path), hosts="scmp.com"), window=WINDOW)
    assert sorted(ends(reading)) == [("Chip rule applies to cloud", "fetched", ""), ("Second step follows", "fetched", "")]
    article = next(article for article in reading.articles if article.url == FIRST)
    assert (article.publisher, article.text_kind, article.published_at) == ("scmp.com", "full", datetime(2026, 11, 24, 18, tzinfo=UTC))
    assert article.extractor != "entry"
    assert reading.cursor.position.endswith(f":{len(PACKED)}")
    again, _ = read_live({}, lambda server: source(path.as_uri(), hosts="scmp.com"), window=WINDOW, cursor=Cursor(position="other:7"))
    assert len(again.articles) == 2
    quiet, _ = read_live({}, lambda server: source(str(path), hosts="scmp.com"), window=WINDOW, cursor=reading.cursor)
    assert (quiet.outcome, quiet.disposed) == ("not_modified", ())
    assert server.paths() == []


def test_a_missing_file_is_named() -> None:
    reading, _ = read_live({}, lambda server: source("/no/such/file.warc.gz"), window=WINDOW)
    assert (reading.outcome, reading.reason) == ("failed", "no_file")


def test_a_backfill_keeps_what_lies_in_its_window_and_only_that(tmp_path: Path) -> None:
    path = tmp_path / "news.warc"
    path.write_bytes(PLAIN.replace(b"2026-11-24T18:00:00Z", b"2026-10-30T18:00:00Z", 1))
    window = (NOW - timedelta(days=40), NOW - timedelta(days=20))
    reading, _ = read_live({}, lambda server: source(str(path)), window=window, cursor=Cursor(position="keep"))
    assert ends(reading) == [("Chip rule applies to cloud", "fetched", "")]
    assert reading.cursor.position == "keep"


def ranged(data: bytes) -> Behaviour:
    async def behave(wire: Wire) -> None:
        first, last = map(int, re.findall(r"\d+", wire.request.headers["range"]))
        part = data[first : last + 1]
        if not part:
            await reply(b"", 416)(wire)
            return
        told = f"Content-Range: bytes {first}-{first + len(part) - 1}/{len(data)}"
        await raw(head(206, "Content-Type: application/gzip", f"Content-Length: {len(part)}", told) + part)(wire)

    return behave


def made(server: HostileServer) -> Source:
    return source(server.url("/news.warc.gz"), chunk_mb="1")


def test_a_remote_file_is_read_by_ranges() -> None:
    padding = gzip.compress(b"WARC/1.0\r\nWARC-Type: metadata\r\nContent-Length: 2000\r\n\r\n" + b"m" * 2_000 + b"\r\n\r\n", 0, mtime=0)
    data = padding * 700 + PACKED
    assert len(data) > 1 << 20
    reading, server = read_live({"/news.warc.gz": ranged(data)}, made, window=WINDOW)
    assert len(reading.articles) == 3
    starts = [int(re.findall(r"\d+", seen.headers["range"])[0]) for seen in server.requests]
    assert starts[0] == 0
    assert 900_000 < starts[1] < 1 << 20  # where the last whole record ended


def test_servers_that_know_no_ranges_or_lie_about_them() -> None:
    whole, _ = read_live({"/news.warc.gz": reply(PACKED, kind="application/gzip")}, made, window=WINDOW)
    assert len(whole.articles) == 3
    lie = raw(head(206, "Content-Length: 5", "Content-Range: bytes 9-13/90") + b"12345")
    wrong, _ = read_live({"/news.warc.gz": lie}, made, window=WINDOW)
    assert (wrong.outcome, wrong.reason) == ("failed", "bad_range")


def test_a_part_that_nobody_asked_for_is_no_document() -> None:
    part = raw(head(206, "Content-Type: text/html", "Content-Length: 5") + b"<html")
    reading, _ = read_live({"/": part}, lambda server: Source("s", "html_list", server.url(), "S"))
    assert (reading.outcome, reading.reason) == ("failed", "http_error")
