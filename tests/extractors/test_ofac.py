"""OFAC's lists: the difference to the last reading, and never the whole list as news."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.failures import Unreadable
from extractors.model import Cursor, Source
from extractors.ofac import compare_list, parse_list
from standins.examples import NOW, ExampleWeb, example
from standins.hostile_http import reply

PATH = "/api/PublicationPreview/exports/CONS_PRIM.CSV"
SOURCE = Source("ofac-lists", "ofac", PATH, "Office of Foreign Assets Control", tier="official")
BEFORE, AFTER = example("ofac", "before.csv"), example("ofac", "after.csv")


def test_the_first_reading_only_remembers() -> None:
    reading = ExampleWeb({PATH: BEFORE}).read(SOURCE)
    assert (reading.outcome, reading.reason, reading.disposed, reading.articles) == ("not_modified", "", (), ())
    assert [mark.partition("=")[0] for mark in reading.cursor.position.split(";")] == ["50001", "50002", "50003"]


def test_the_next_one_tells_what_was_added_changed_and_removed() -> None:
    told = replace(SOURCE, params=(("changes", "yes"),))
    first = ExampleWeb({PATH: BEFORE}).read(told)
    dated = reply(AFTER, 200, "Last-Modified: Tue, 24 Nov 2026 15:00:00 GMT", kind="text/csv")
    second = ExampleWeb({PATH: dated}).read(told, first.cursor)
    texts = {a.title: a.body.split("\n\n") for a in second.articles}
    listed = "Non-SDN Chinese Military-Industrial Complex Companies List (CMIC-EO13959)"
    names = "Cloud Terrace Artificial Intelligence Technology Co., Ltd., Cloud Terrace Chip Design Co., Ltd."
    added = texts[f"OFAC added 2 entities to the {listed}: {names}"]
    assert added[0] == f"The Treasury Department's Office of Foreign Assets Control added 2 entities to the {listed}: {names}."
    assert added[1].startswith("Added under CMIC-EO13959: CLOUD TERRACE ARTIFICIAL INTELLIGENCE TECHNOLOGY CO., LTD. (entity; ")
    assert added[1].endswith('Listing Date (CMIC) 24 Nov 2026; Website "example.cn".).')
    assert f"OFAC changed 1 entity on the {listed}: Harbour Light Semiconductor Co., Ltd." in texts
    assert texts["OFAC removed 1 entry from its list"][1] == "Removed entry numbers: 50003."
    assert {a.published_at for a in second.articles} == {datetime(2026, 11, 24, 15, tzinfo=UTC)}
    assert all(a.is_official and a.text_kind == "full" for a in second.articles)
    again = ExampleWeb({PATH: AFTER}).read(SOURCE, second.cursor)
    assert (again.outcome, again.articles) == ("not_modified", ())


def test_the_same_change_has_the_same_identity_whenever_it_is_read() -> None:
    _, position = compare_list(BEFORE, {}, "", SOURCE, NOW)
    known = dict(part.split("=") for part in position.split(";"))
    one, _ = compare_list(AFTER, known, "", SOURCE, NOW)
    two, _ = compare_list(AFTER, dict(reversed(known.items())), "", SOURCE, datetime(2026, 12, 1, tzinfo=UTC))
    assert [entry.official_ids for entry in one] == [entry.official_ids for entry in two]
    assert len({entry.entry_id for entry in one}) == len(one)


def test_programs_choose() -> None:
    _, position = compare_list(BEFORE, {}, "", SOURCE, NOW)
    known = dict(part.split("=") for part in position.split(";"))
    iran = replace(SOURCE, params=(("programs", "IRAN,SDGT"),))
    assert compare_list(AFTER, known, "", iran, NOW)[0] == ()
    china = replace(SOURCE, params=(("programs", "CMIC-EO13959"),))
    assert [entry.flags for entry in compare_list(AFTER, known, "", china, NOW)[0]] == [("list:added",)]
    both = replace(SOURCE, params=(("programs", "CMIC-EO13959"), ("changes", "yes")))
    assert [entry.flags for entry in compare_list(AFTER, known, "", both, NOW)[0]] == [("list:added",), ("list:changed",)]


def test_a_list_that_lost_most_of_its_entries_is_no_news_and_is_not_remembered() -> None:
    before = ExampleWeb({PATH: BEFORE}).read(SOURCE).cursor
    reading = ExampleWeb({PATH: BEFORE.splitlines(keepends=True)[0]}).read(SOURCE, before)
    assert (reading.outcome, reading.reason, reading.articles) == ("failed", "list_shrank", ())
    assert reading.cursor.position == before.position


def test_an_unchanged_list_is_known_by_its_hash_even_without_validators() -> None:
    first = ExampleWeb({PATH: BEFORE}).read(SOURCE)
    again = ExampleWeb({PATH: BEFORE}).read(SOURCE, replace(first.cursor, position="50001=000000"))
    assert (again.outcome, again.cursor.position) == ("not_modified", "50001=000000")


def test_of_the_past_nothing_is_asked() -> None:
    server = ExampleWeb({PATH: AFTER})
    past = (datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 8, tzinfo=UTC))
    reading = server.read(SOURCE, Cursor(position="50001=000000"), window=past)
    assert (reading.outcome, reading.articles, server.asked) == ("not_modified", (), [])


def test_the_standard_xml_is_the_same_list() -> None:
    found = parse_list(example("ofac", "list.xml"))
    assert found.published == "11/24/2026"
    assert [(p.uid, p.name, p.kind, p.programs, p.remarks) for p in found.parties] == [
        ("50001", "HARBOUR LIGHT SEMICONDUCTOR CO., LTD.", "Entity", ("CMIC-EO13959",), "Listed in June."),
        ("50010", "CLOUD TERRACE ARTIFICIAL INTELLIGENCE TECHNOLOGY CO., LTD.", "Entity", ("CMIC-EO13959", "SDGT"), ""),
    ]
    entries, _ = compare_list(example("ofac", "list.xml"), {"50001": found.parties[0].digest}, "", SOURCE, NOW)
    assert [(e.published_at, e.precision) for e in entries] == [(datetime(2026, 11, 24, tzinfo=UTC), "day")] * 2


def test_a_csv_row_is_read_by_its_columns() -> None:
    parties = {p.uid: p for p in parse_list(BEFORE).parties}
    assert parties["50002"].programs == ("IRAN", "SDGT")
    assert (parties["50002"].remarks, parties["50002"].kind, parties["50003"].kind) == ("", "Entity", "Vessel")


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><sdnList><sdnEntry><uid>&b;</uid></sdnEntry></sdnList>'
HEAD = b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
FILE = HEAD + b"<sdnList><sdnEntry><uid>1</uid><lastName>&f;</lastName></sdnEntry></sdnList>"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\x1a", b"<html><body>unblock</body></html>", b"<sdnList/>", b"<sdnList><sdnEntry>", BOMB, FILE,
        b'"a","b"\r\n', b'1,"unclosed\r\n2,',
        b"\x00" * 1000, b"name,type,program,more\r\n", b"<rss><channel/></rss>",
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable, match=r"empty|wrong_type"):
        parse_list(body)


@given(st.sets(st.integers(1, 40), min_size=1), st.sets(st.integers(1, 40), min_size=1))
def test_every_difference_is_told_once_or_the_list_is_refused(before: set[int], after: set[int]) -> None:
    def rows(uids: set[int]) -> bytes:
        return "".join(f'{uid},"PARTY {uid}",-0- ,"P{uid % 3}"\r\n' for uid in sorted(uids)).encode()

    known: dict[str, Any] = dict(part.split("=") for part in compare_list(rows(before), {}, "", SOURCE, NOW)[1].split(";"))
    if len(before - after) > len(before) / 2:
        with pytest.raises(Unreadable, match="list_shrank"):
            compare_list(rows(after), known, "", SOURCE, NOW)
        return
    entries, position = compare_list(rows(after), known, "", SOURCE, NOW)
    body = "\n\n".join(entry.body for entry in entries)
    assert {uid for uid in range(1, 41) if f"Added under P{uid % 3}: PARTY {uid} " in body} == after - before
    assert sum(len(line.split(": ")[1].split(",")) for line in body.split("\n\n") if line.startswith("Removed entry")) == len(
        before - after
    )
    assert {int(part.partition("=")[0]) for part in position.split(";")} == after
