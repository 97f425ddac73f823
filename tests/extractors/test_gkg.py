"""GDELT's knowledge graph: which files are asked for, what a line becomes, and what a broken one costs."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from extractors import limits
from extractors.failures import Unreadable
from extractors.gkg import file_url, parse_gkg
from extractors.model import Cursor, Source, SourceReading
from standins.hostile_http import Behaviour, HostileServer, reply
from standins.scripted_web import NOW
from standins.source_web import article, ends, example, read_live, zipped

PARAMS = (("match", "(?i)EXPORT_CONTROL|entity list"),)
SOURCE = Source("gkg", "gkg", "https://data.example/gdeltv2/", "GDELT", params=PARAMS)
QUARTER = zipped("gkg/quarter.gkg.csv")
AN_HOUR = (NOW - timedelta(hours=1), NOW)


def read_files(files: dict[str, Behaviour], cursor: Cursor | None = None, **more: object) -> tuple[SourceReading, list[str]]:
    """Read files by their quarter, '0415' is that of 04:15; gives the quarters that were asked for too."""
    routes = {f"/v2/20261125{quarter}00.gkg.csv.zip": behaviour for quarter, behaviour in files.items()}
    params = (*PARAMS, ("pages", "no"))
    reading, server = read_live(
        routes, lambda s: Source("gkg", "gkg", s.url("/v2"), "GDELT", params=params), cursor=cursor, **{"window": AN_HOUR, **more},  # type: ignore[arg-type]
    )  # fmt: skip
    return reading, [path.rpartition("/")[2][8:12] for path in server.paths()]


def test_the_address_of_a_quarter() -> None:
    at = datetime(2026, 11, 25, 4, 15, tzinfo=UTC)
    translated = Source("g", "gkg", SOURCE.url, "G", params=(*PARAMS, ("translated", "yes")))
    assert file_url(SOURCE, at) == "https://data.example/gdeltv2/20261125041500.gkg.csv.zip"
    assert file_url(translated, at) == "https://data.example/gdeltv2/20261125041500.translation.gkg.csv.zip"


def test_a_line_is_wanted_by_its_title_or_what_gdelt_found_in_it() -> None:
    first, second = parse_gkg(QUARTER, SOURCE, NOW).entries
    assert (first.title, first.url) == ("Harbour & Sons: chip rule “issued”", "https://www.juniper.example/2026/11/chip-rule-issued")
    assert (first.published_at, first.flags, first.lang) == (
        datetime(2026, 11, 25, 3, 10, tzinfo=UTC),
        ("publisher:juniper.example",),
        "en",
    )
    assert (second.title, second.published_at) == ("", datetime(2026, 11, 25, 4, 15, tzinfo=UTC))


def test_a_translated_line_names_its_language() -> None:
    (entry,) = parse_gkg(zipped("gkg/quarter.translation.gkg.csv"), SOURCE, NOW).entries
    assert (entry.title, entry.lang) == ("芯片 新规 发布", "zh")


def packed(*members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for number, member in enumerate(members):
            file.writestr(f"{number}.csv", member)
    return out.getvalue()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "wrong_type"),
        (b"PK\x03\x04 cut", "wrong_type"),
        (example("gkg/quarter.gkg.csv"), "wrong_type"),
        (packed(), "wrong_type"),
        (packed(b"a", b"b"), "wrong_type"),
        (QUARTER[:200] + bytes(20) + QUARTER[220:], "wrong_type"),
        (packed(b"<html>\n"), "empty"),
    ],
)
def test_what_is_no_file_of_the_graph_is_named(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        parse_gkg(body, SOURCE, NOW)


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "GKG_BYTES", 1 << 20)
    with pytest.raises(Unreadable, match="too_big"):
        parse_gkg(packed(bytes(3 << 20)), SOURCE, NOW)


def test_files_are_read_from_the_windows_first_quarter_and_the_next_night_goes_on() -> None:
    full = reply(QUARTER)
    reading, asked = read_files({"0500": full, "0515": full, "0530": full, "0545": full})
    assert asked == ["0500", "0515", "0530", "0545", "0600"]  # the last is not there yet
    assert (reading.outcome, len(reading.disposed), reading.cursor.position) == ("ok", 2, "20261125060000")
    again, asked = read_files({"0600": full}, reading.cursor)
    assert (asked, again.cursor.position) == (["0600"], "20261125061500")


def test_a_quarter_that_gdelt_left_out_is_passed_over() -> None:
    reading, asked = read_files({"0445": reply(QUARTER)}, window=(NOW - timedelta(minutes=90), NOW))
    assert (asked[:3], reading.outcome, len(reading.disposed)) == (["0430", "0445", "0500"], "ok", 2)
    assert reading.cursor.position == "20261125050000"


def test_a_file_that_fails_keeps_what_came_before_and_the_place() -> None:
    reading, _ = read_files({"0500": reply(QUARTER), "0515": reply(b"nothing")})
    assert (reading.outcome, reading.reason, len(reading.disposed), reading.cursor.position) == ("failed", "partial:wrong_type", 2, "")


def test_a_backlog_is_read_in_parts() -> None:
    few = (*PARAMS, ("pages", "no"), ("files", "2"))
    routes = {f"/v2/2026112500{minute}00.gkg.csv.zip": reply(QUARTER) for minute in ("00", "15", "30")}
    reading, server = read_live(
        routes, lambda s: Source("gkg", "gkg", s.url("/v2"), "GDELT", params=few), window=(NOW.replace(hour=0), NOW)
    )  # fmt: skip
    assert (len(server.paths()), reading.outcome, reading.reason, reading.cursor.position) == (2, "ok", "cut", "20261125003000")


def test_an_article_is_read_at_its_publisher_and_bears_its_name() -> None:
    routes: dict[str, Behaviour] = {"/story": article("Chip rule")}

    def answer(server: HostileServer) -> Source:
        line = example("gkg/quarter.gkg.csv").splitlines()[0].replace(b"https://www.juniper.example", server.url("").encode())
        line = line.replace(b"/2026/11/chip-rule-issued", b"/story").replace(b"20261125031000", b"20261125052000")
        routes["/v2/20261125050000.gkg.csv.zip"] = reply(packed(line))
        return Source("gkg", "gkg", server.url("/v2"), "GDELT", params=PARAMS)

    reading, _ = read_live(routes, answer, window=AN_HOUR)
    assert ends(reading) == [("Harbour & Sons: chip rule “issued”", "fetched", "")]
    assert (reading.articles[0].publisher, reading.articles[0].text_kind) == ("127.0.0.1", "full")
