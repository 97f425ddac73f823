"""The raw archive's file: what is written, what stays out, how it is mended and dropped, and that it never ends a night."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from extractors.fetched import Fetched, FetchError, Purpose, Validators
from extractors.listing import NOTHING
from extractors.model import Cursor, Entry, Source
from extractors.settling import HOST_FAILING
from extractors.warc_writer import Member, read_members
from flows.archive import Archive, Recorder, digest_of, open_archive, path_of
from flows.archived import ArchivedNight, Replayer, open_night
from flows.lines import Hits, Line, Remembered
from flows.settings import Settings, SettingsError, read_settings

NIGHT = date(2026, 11, 5)
AT = datetime(2026, 11, 5, 2, tzinfo=UTC)
KEY = "k-0123456789abcdef"
SOURCE = Source("bills", "congress", f"https://api.example/v3?api_key={KEY}", "Congress", key_env="MY_KEY")
HEADERS = {"content-type": "application/json", "set-cookie": "session=abc", "x-request-id": "9", "link": f"</n?k={KEY}>"}
QUEUED = Entry("e1", "bills", "https://a.example/waits", "Waits", published_at=AT, official_ids=("bill:1",), flags=("f",))


class Web:
    """A web of three answers."""

    async def fetch(self, url: str, *, purpose: Purpose, validators: Validators = NOTHING, headers: Mapping[str, str] = {}) -> Fetched:
        if "gone" in url:
            raise FetchError("gone", "https://a.example/gone", 7.0, status=410, detail="HTTP 410")
        if "same" in url:
            return Fetched(url, 304, HEADERS, b"", (), True, '"e"', "then", "ab")
        moved = url.replace("old", "new")
        hops = ((301, url),) if moved != url else ()
        return Fetched(moved, 200, HEADERS, f'{{"next": "?api_key={KEY}"}}'.encode(), hops, False, '"e"', "then", "ab")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"TOPICWATCH_HOME": str(tmp_path)})


ASKED = ("https://a.example/old?token=hush-hush", SOURCE.url, "https://a.example/same", "https://a.example/gone")


async def ask(client: Recorder | Replayer, url: str) -> object:
    try:
        return await client.fetch(url, purpose="page")
    except FetchError as fault:
        return (fault.reason, fault.url, fault.retry_after, fault.status, fault.detail)


def write(settings: Settings, run_seq: int = 1) -> list[object]:
    """Record one reading; gives what the source heard."""
    archive = open_archive(settings, NIGHT, run_seq, AT)
    assert archive is not None
    pages = Hits({"k1": "p_1", "k2": "p_2"})
    assert pages.get("k1") == "p_1"
    client = Recorder(Web(), archive, KEY)
    heard = [asyncio.run(ask(client, url)) for url in ASKED]
    archive.heard(Line(SOURCE, client, Remembered(Cursor("etag", position="7"), frozenset(), (QUEUED,)), pages, KEY))
    assert archive.fault == ""
    return heard


def members(path: Path) -> list[Member]:
    with path.open("rb") as file:
        return list(read_members(file))


def test_a_reading_comes_back_as_it_was_but_for_secrets(settings: Settings) -> None:
    heard = write(settings)
    night = open_night(settings, NIGHT)
    ((told,),) = night.readings.values()
    assert (told.source_id, told.cursor, told.queued) == ("bills", Cursor("etag", position="7"), (QUEUED,))
    assert told.known_pages == {"k1": "p_1"}
    client = Replayer(night, told)
    again = [asyncio.run(ask(client, url)) for url in ASKED]
    assert client.missing == []
    kept = {"content-type": "application/json", "link": "</n?k=" + "*" * len(KEY) + ">"}
    blotted = f'{{"next": "?api_key={"*" * len(KEY)}"}}'.encode()
    moved, first, same, gone = heard
    assert isinstance(moved, Fetched)
    assert isinstance(first, Fetched)
    assert isinstance(same, Fetched)
    hops = ((301, "https://a.example/old?token=..."),)
    shown = replace(moved, url="https://a.example/new?token=...", hops=hops, headers=kept, body=blotted)
    assert again == [shown, replace(first, headers=kept, body=blotted), replace(same, headers={}), gone]


def test_nothing_secret_is_in_the_file(settings: Settings) -> None:
    write(settings)
    text = gzip.decompress(path_of(settings, NIGHT).read_bytes()).decode()
    for secret in (KEY, "hush-hush", "session=abc", "MY_KEY", "User-Agent", str(settings.home)):
        assert secret not in text


class Packed:
    """A web that sends gzip, handed on as the client does."""

    async def fetch(self, url: str, *, purpose: Purpose, validators: Validators = NOTHING, headers: Mapping[str, str] = {}) -> Fetched:
        body = f"<p>{url}</p>".encode()
        sent = {"content-type": "text/html", "content-encoding": "gzip"}
        return Fetched(url, 200, sent, body, (), False, "", "", "ab", gzip.compress(body, mtime=0))


def test_what_came_as_gzip_is_kept_as_it_came_unless_a_key_is_in_it(settings: Settings) -> None:
    archive, urls = Archive(path_of(settings, NIGHT), 1, AT), ("https://a.example/1", f"https://a.example/{KEY}")
    client = Recorder(Packed(), archive, KEY)
    bodies = [asyncio.run(client.fetch(url, purpose="page")).body for url in urls]
    archive.heard(Line(SOURCE, client, Remembered(Cursor(), frozenset(), ()), Hits({}), KEY))
    _, as_it_came, blotted, _ = members(path_of(settings, NIGHT))
    assert as_it_came.block.endswith(b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % _sized(gzip.compress(bodies[0], mtime=0)))
    assert blotted.block.endswith(b"\r\n\r\n" + bodies[1].replace(KEY.encode(), b"*" * len(KEY)))
    night = open_night(settings, NIGHT)
    again = asyncio.run(Replayer(night, night.readings[1][0]).fetch(urls[0], purpose="page"))
    assert (again.body, again.headers) == (bodies[0], {"content-type": "text/html"})


def _sized(data: bytes) -> tuple[int, bytes]:
    return len(data), data


def test_every_record_is_a_gzip_member_with_the_fields_that_the_standard_wants(settings: Settings) -> None:
    write(settings)
    found = members(path_of(settings, NIGHT))
    assert [m.fields["warc-type"] for m in found] == ["warcinfo", "response", "response", "metadata"]
    data = path_of(settings, NIGHT).read_bytes()
    assert found[-1].end == len(data)
    for member in found:
        raw = gzip.decompress(data[member.start : member.end])
        assert raw.startswith(b"WARC/1.1\r\n")
        assert raw.endswith(member.block + b"\r\n\r\n")
        assert member.fields["warc-date"] == "2026-11-05T02:00:00Z"
        assert member.record_id.startswith("<urn:uuid:")
    assert len({member.record_id for member in found}) == 4


@pytest.mark.parametrize("cut", [1, 9, 60, 200])
def test_what_a_kill_tore_is_cut_off_before_more_is_written(settings: Settings, cut: int) -> None:
    write(settings)
    path = path_of(settings, NIGHT)
    whole = len(members(path))
    path.write_bytes(path.read_bytes()[:-cut])
    assert len(members(path)) == whole - 1
    write(settings, run_seq=2)
    assert len(members(path)) == whole - 1 + 3
    assert gzip.decompress(path.read_bytes())
    assert set(open_night(settings, NIGHT).readings) == {2}


def test_the_oldest_nights_go_and_none_is_kept_when_none_is_wanted(settings: Settings) -> None:
    three = replace(settings, archive_nights=3)
    for day in range(1, 6):
        archive = open_archive(three, date(2026, 11, day), day, AT)
        assert archive is not None
        archive.append(b"x")
    (settings.archive / "notes.txt").write_text("mine", encoding="utf-8")
    names = sorted(p.name for p in settings.archive.iterdir())
    assert names == ["2026-11-03.warc.gz", "2026-11-04.warc.gz", "2026-11-05.warc.gz", "notes.txt"]
    assert open_archive(replace(settings, archive_nights=0), NIGHT, 6, AT) is None
    assert [p.name for p in settings.archive.iterdir()] == ["notes.txt"]


def test_a_disk_that_refuses_is_told_and_ends_nothing(settings: Settings) -> None:
    settings.home.mkdir(exist_ok=True)
    settings.archive.write_text("a file where the folder should be", encoding="utf-8")
    archive = Archive(path_of(settings, NIGHT), 1, AT)
    client = Recorder(Web(), archive)
    assert isinstance(asyncio.run(ask(client, SOURCE.url)), Fetched)
    assert archive.fault


def test_a_page_whose_host_was_given_up_is_given_up_again_and_another_is_missing(settings: Settings) -> None:
    fault = {"reason": "timeout", "url": "u", "retry_after": None, "status": 0, "detail": ""}
    exchanges = [{"asked": str(n), "purpose": "page", "fault": fault} for n in range(3)]
    write(settings)
    night = open_night(settings, NIGHT)
    ((told,),) = night.readings.values()
    client = Replayer(night, replace(told, exchanges=exchanges))
    given_up = asyncio.run(ask(client, "https://a.example/never-asked"))
    assert isinstance(given_up, tuple)
    assert given_up[-1] == HOST_FAILING
    assert client.missing == []
    client = Replayer(night, replace(told, exchanges=exchanges[:2]))
    asyncio.run(ask(client, "https://a.example/never-asked"))
    assert client.missing == ["https://a.example/never-asked"]


def test_a_source_is_told_by_what_its_table_sets() -> None:
    assert digest_of(SOURCE) == digest_of(replace(SOURCE, terms=""))
    assert digest_of(SOURCE) != digest_of(replace(SOURCE, url="https://other.example/"))


def test_how_many_nights_are_kept_is_a_setting(tmp_path: Path) -> None:
    own = {"TOPICWATCH_HOME": str(tmp_path)}
    assert read_settings(own).archive_nights == 30
    assert read_settings({**own, "TOPICWATCH_ARCHIVE_NIGHTS": "0"}).archive_nights == 0
    with pytest.raises(SettingsError, match="TOPICWATCH_ARCHIVE_NIGHTS='many'"):
        read_settings({**own, "TOPICWATCH_ARCHIVE_NIGHTS": "many"})


def test_foreign_records_are_passed_over(settings: Settings) -> None:
    write(settings)
    path = path_of(settings, NIGHT)
    block = json.dumps({"form": "somebody-else"}).encode()
    head = b"WARC/1.1\r\nWARC-Type: metadata\r\nContent-Length: %d\r\n\r\n" % len(block)
    path.write_bytes(path.read_bytes() + gzip.compress(head + block + b"\r\n\r\n", mtime=0))
    night = open_night(settings, NIGHT)
    assert isinstance(night, ArchivedNight)
    assert set(night.readings) == {1}
