"""The readers against what others collected, by the table of `make corpora`; and the table itself against a corpus of our own."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from corpora import feeds, texts
from corpora.rows import Check
from corpora.run import CHECKS, main
from extractors.robots import read_rules

ROOT = Path(__file__).resolve().parents[2]
CORPORA = Path(os.environ.get("TOPICWATCH_SHARED", ROOT.parent / "shared")) / "corpora"
LONG = {feeds.nothing_raises}


def named(check: Check) -> str:
    return f"{check.path or 'feeds'}: {check.what}"


@pytest.mark.parametrize("check", [pytest.param(c, id=named(c), marks=[pytest.mark.slow] * (c.judge in LONG)) for c in CHECKS])
def test_every_bar_is_met(check: Check) -> None:
    if not (CORPORA / check.path).exists():
        pytest.skip(f"{CORPORA.name}/{check.path} is not beside the checkout")
    found = check.judge(CORPORA)
    assert found.cases > 0
    assert found.share >= check.bar, found.wrong


def write(path: Path, *rows: Mapping[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_a_folder_that_is_not_there_is_skipped_with_the_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none")]) == 0
    assert "corpora: skipped, there is no folder" in capsys.readouterr().out


def test_a_folder_of_the_same_form_is_judged_and_a_missed_bar_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = {"date": "Sun, 17 Dec 2017 1:55 PM EST"}
    write(tmp_path / "miniflux" / "dates_must_parse.jsonl", good)
    assert main([str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "xml-bombs" in told
    assert "skipped: not in this folder" in told
    write(tmp_path / "miniflux" / "dates_must_parse.jsonl", good, {"date": "when the leeks are ripe"})
    assert main([str(tmp_path)]) == 1
    told = capsys.readouterr().out
    assert "1/2" in told
    assert "BELOW" in told
    assert "wrong: when the leeks are ripe" in told


def test_each_judge_sees_what_is_wrong(tmp_path: Path) -> None:
    """A judge that found everything right would be none: each is given a case that we must get wrong."""
    cases: dict[str, list[dict[str, object]]] = {
        "feedparser-dates/cases.jsonl": [{"date": "2024-01-01", "expected": [2024, 1, 2, 0, 0, 0]}],
        "htmldate/recorded.jsonl": [
            {"fn": "find_date", "kw": {}, "result": None, "args": ["<html><head><meta name='date' content='2017-09-01'></head></html>"]},
        ],
        "robots/protego_recorded.jsonl": [
            {"fn": "can_fetch", "robots": "User-agent: *\nDisallow: /", "url": "/a", "agent": "topicwatch", "result": True, "test": "t"},
        ],
        "urls/wpt_urltestdata.jsonl": [
            {"input": "https://a.example/", "base": None, "failure": True},
            {"input": "https://a.example/b", "base": None, "href": "https://a.example/c"},
        ],
        "miniflux/non_public_ip.jsonl": [{"name": "loopback", "ip": "127.0.0.1", "non_public": False}],
        "feedparser-tests/expect.jsonl": [
            {"file": "x.xml", "headers": {}, "literal": [["entries[0].title", "Wrong"], ["len(entries)", 2], ["entries[0].tags", "x"]]},
        ],
    }
    for name, rows in cases.items():
        write(tmp_path / name, *rows)
    (tmp_path / "feedparser-tests" / "x.xml").write_bytes(b"<rss version='2.0'><channel><item><title>Right</title></item></channel></rss>")
    judged = {named(check): check.judge(tmp_path) for check in CHECKS if check.path in cases}
    assert {name: found.right for name, found in judged.items()} == dict.fromkeys(judged, 0)
    assert judged["feedparser-tests/expect.jsonl: title, link, id, summary, published, count"].cases == 2


def test_what_is_seen_of_a_string_leaves_out_only_what_nobody_sees() -> None:
    assert texts.seen("a\u200b b\t\x07c \u202ed \ufffe") == "a b c d"
    assert texts.seen("\u0c1c\u0c4d\u0c1e\u200c\u0c3e \U0001f468\u200d\U0001f469 \uf8ff") == (
        "\u0c1c\u0c4d\u0c1e\u200c\u0c3e \U0001f468\u200d\U0001f469 \uf8ff"
    )


def test_a_group_that_names_a_part_of_our_name_is_ours() -> None:
    text = "user-agent: topicwatcher\ndisallow: /\nuser-agent: *\ndisallow: /\nuser-agent: hedwig\nallow: /group3\n"
    rules = read_rules(text.encode(), "text/plain", "hedwig-new")
    rules.check("https://a.example/group3", "hedwig-new")
    own = read_rules(text.encode(), "text/plain", "topicwatch")
    with pytest.raises(Exception, match="disallowed"):
        own.check("https://a.example/group3", "topicwatch")
