"""A night of the newsroom decided again from its raw archive, with the network closed: the same bytes, or the name of what is missing."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from extractors import transport
from extractors.warc_records import split_records
from extractors.warc_writer import Member, read_members, response_record
from flows.archive import mend
from flows.archived import ArchiveError
from flows.pipeline import run_night
from flows.rederive import rederive
from flows.seeding import load_seeds
from flows.settings import read_settings
from flows.tools import Tools
from flows.wiring import plan_night
from newsroom.labelled import LabelledReader
from newsroom.web import Newsroom
from standins.household import HARBOUR, ROOT, Household, evening
from storage.store import Store

NOW = datetime(2026, 10, 5, tzinfo=UTC)
DAYS = ("2026-10-05", "2026-10-06", "2026-10-07")


class Past:
    """A home that watched three nights of the newsroom, which is closed now."""

    def __init__(self, home: Path) -> None:
        with Newsroom(HARBOUR, now=evening(DAYS[0])) as room:
            pairs = ",".join(f"{host}:{port}" for host, port in room.allowed_private)
            settings = read_settings({"TOPICWATCH_HOME": str(home), "TOPICWATCH_ALLOW_PRIVATE": pairs})
            seeds = replace(load_seeds(settings), sources=room.sources())
            self.sources_toml = room.sources_toml()
            self.tools = Tools(settings, seeds, Store(home), LabelledReader(HARBOUR, room.article_id_of), {})
            for day in DAYS:
                room.set_now(evening(day))
                # One publisher's pages wait for a night and are read the night after.
                room.fail(room.publishers[0].name, "503" if day == DAYS[0] else "", "page")
                run_night(self.tools, plan_night(self.tools, evening(day), force=True))
            # A night's second run appends to its file.
            run_night(self.tools, plan_night(self.tools, evening(DAYS[-1]), force=True))

    def file(self, day: str) -> Path:
        return self.tools.settings.archive / f"{day}.warc.gz"


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Past:
    return Past(tmp_path_factory.mktemp("home"))


@pytest.fixture(autouse=True)
def closed(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    """Close the network: whoever asks for a connection fails the test."""

    def refuse(*_: object, **__: object) -> None:
        pytest.fail("the network was asked")

    monkeypatch.setattr(transport, "look_up", refuse)
    monkeypatch.setattr("socket.socket.connect", refuse)


@pytest.mark.parametrize("day", DAYS)
def test_every_night_comes_out_again_byte_by_byte(past: Past, day: str) -> None:
    before = {path: path.read_bytes() for path in past.tools.settings.home.iterdir() if path.is_file()}
    runs = rederive(past.tools, evening(day).date())
    assert [len(run.recorded) > 0 for run in runs] == ([True, False] if day == DAYS[-1] else [True])
    for run in runs:
        assert run.differing == ()
        assert "\n".join(run.again).encode() == "\n".join(run.recorded).encode()
        assert run.since == ()
    assert {path: path.read_bytes() for path in past.tools.settings.home.iterdir() if path.is_file()} == before


def test_the_nights_hold_moves_so_that_equality_says_something(past: Past) -> None:
    with past.tools.store.read() as reads:
        tables = [json.loads(line)[0] for run in reads.runs() for line in reads.decisions(run.run_seq)]
    assert {"verdict", "move", "ledger"} <= set(tables)
    assert any(row["outcome"] == "move" for row in verdicts(past))


def verdicts(past: Past) -> list[dict[str, str]]:
    with past.tools.store.read() as reads:
        rows = [json.loads(line) for run in reads.runs() for line in reads.decisions(run.run_seq)]
    return [{"outcome": row[3]} for row in rows if row[0] == "verdict"]


def test_pages_that_waited_were_in_the_nights(past: Past) -> None:
    told = [record for day in DAYS[:2] for record in metadata(past.file(day))]
    assert any(each.get("fault", {}).get("status") == 503 for one in told for each in one["exchanges"])
    assert any(one["queued"] for one in told)


def metadata(path: Path) -> list[dict[str, Any]]:
    with path.open("rb") as file:
        return [json.loads(m.block) for m in read_members(file) if m.fields["warc-type"] == "metadata"]


def test_other_readers_find_every_page(past: Past) -> None:
    """Each file is one valid gzip stream, and our reader of foreign WARC files, which shares no code with the writer, reads its pages."""
    found, written, flags = 0, 0, set[str]()
    for day in DAYS:
        data, place = past.file(day).read_bytes(), 0
        assert gzip.decompress(data).startswith(b"WARC/1.1\r\nWARC-Type: warcinfo\r\n")
        while place < len(data):
            piece = split_records(data[place:], (), last=True)
            place, found, flags = place + piece.used, found + len(piece.records), flags | set(piece.flags)
        written += len(pages(past.file(day)))
    assert flags == set()
    assert found == written > 5


def pages(path: Path) -> list[Member]:
    with path.open("rb") as file:
        return [m for m in read_members(file) if m.fields["warc-type"] == "response" and b"Content-Type: text/html" in m.block[:500]]


def test_a_torn_end_costs_nothing_that_was_whole(past: Past, tmp_path: Path) -> None:
    path = past.file(DAYS[0])
    whole = path.read_bytes()
    try:
        path.write_bytes(whole + whole[:200])  # a run that was killed while it wrote
        assert rederive(past.tools, evening(DAYS[0]).date())[0].is_equal
        mend(path)
        assert path.read_bytes() == whole
    finally:
        path.write_bytes(whole)


def test_what_the_archive_lacks_is_named(past: Past) -> None:
    path = past.file(DAYS[0])
    whole = path.read_bytes()
    with path.open("rb") as file:
        members = list(read_members(file))
    page = pages(path)[0]
    try:
        path.write_bytes(whole[: page.start] + whole[page.end :])
        with pytest.raises(ArchiveError, match=f"no record of {re.escape(page.fields['warc-target-uri'])}, asked for by source "):
            rederive(past.tools, evening(DAYS[0]).date())
        path.write_bytes(whole[: members[-1].start + 40])  # the last reading is torn
        source = json.loads(members[-1].block)["source"]
        with pytest.raises(ArchiveError, match=f"no record of the reading of source '{source}'"):
            rederive(past.tools, evening(DAYS[0]).date())
    finally:
        path.write_bytes(whole)
    with pytest.raises(ArchiveError, match=r"there is no archive of the night 2026-10-30 .* kept are 2026-10-05 to 2026-10-07"):
        rederive(past.tools, date(2026, 10, 30))


def test_another_text_in_the_archive_is_another_decision(past: Past) -> None:
    """The decisions stand on the archive alone: nothing is taken from what the store holds of that night."""
    path = past.file(DAYS[0])
    whole = path.read_bytes()
    with path.open("rb") as file:
        members = list(read_members(file))
    emptied = pages(path)
    try:
        changed = {
            m.start: response_record(m.record_id, m.fields["warc-target-uri"], 200, {"content-type": "text/html"}, b"<p>-</p>", NOW)
            for m in emptied
        }
        path.write_bytes(b"".join(changed.get(m.start, whole[m.start : m.end]) for m in members))
        (run,) = rederive(past.tools, evening(DAYS[0]).date())
        assert not run.is_equal
        assert {line[0] for line in run.differing} == {"-", "+"}
    finally:
        path.write_bytes(whole)


def test_the_command_line_tells_it(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    home = past.tools.settings.home
    environment = {"TOPICWATCH_HOME": str(home)}
    house = Household(home, ROOT / "seeds", environment)
    gone = house.run("replay", "--from-archive", DAYS[0], expect=1)
    assert "is no longer in sources.toml" in gone.err
    both = house.run("replay", "stream", "--from-archive", DAYS[0], expect=2)
    assert "--from-archive takes no stream" in both.err
    house.config("sources.toml", past.sources_toml)
    told = house.run("replay", "--from-archive", DAYS[0], expect=1).out
    # The command line reads with the shipped reader and judge, the nights were read from labels: it says so, and what differs.
    assert f"night {DAYS[0]}, run 1: " in told
    assert "changed since: rules or judge, reader" in told
