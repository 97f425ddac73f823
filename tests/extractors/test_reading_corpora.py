"""The readers against what others collected: feeds, dates, addresses, bombs. Without that data, which lies outside, these are skipped."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from extractors.clean import paragraphs, tidy, title_text
from extractors.dates import read_date
from extractors.failures import Unreadable
from extractors.feeds import FeedDocument, parse_feed
from extractors.urls import BadUrl, canonical_url, url_key

ROOT = Path(__file__).resolve().parents[2]
CORPORA = Path(os.environ.get("TOPICWATCH_SHARED", ROOT.parent / "shared")) / "corpora"
NOW = datetime(2026, 11, 25, tzinfo=UTC)
FIELD = re.compile(r"(?:entries\[(\d+)\]|feed)(?:\.(\w+)|\['(\w+)'\])")

pytestmark = pytest.mark.skipif(not CORPORA.is_dir(), reason="the shared corpora are not on this machine")


def rows(name: str) -> Iterator[dict[str, Any]]:
    path = CORPORA / name
    if not path.is_file():
        pytest.skip(f"{name} is not on this machine")
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def parse(body: bytes, url: str = "https://news.example/feed", kind: str = "") -> FeedDocument | None:
    try:
        return parse_feed(body, url, kind, "s", NOW)
    except Unreadable:
        return None


def said(document: FeedDocument | None, path: str) -> tuple[str, str] | None:
    """What our reader says at a path of feedparser's, with the field's name; None for a path that we do not have."""
    found = FIELD.fullmatch(path)
    if not found:
        return None
    name = (found[2] or found[3]).replace("description", "summary")
    if name not in ({"title"} if found[1] is None else {"title", "link", "summary"}):
        return None
    if document is None or (found[1] is not None and int(found[1]) >= len(document.entries)):
        return name, "nothing was read"
    if found[1] is None:
        return name, document.title
    entry = document.entries[int(found[1])]
    return name, {"title": entry.title, "link": entry.url, "summary": entry.summary}[name]


def wanted(name: str, value: str) -> set[str]:
    """The values that mean the same after our cleaning."""
    if name == "title":
        return {title_text(value, 500), title_text(value, 500, is_html=False)}
    if name == "summary":
        return {paragraphs(value, 4000), tidy(value, 4000)}
    try:
        return {canonical_url(value)}
    except BadUrl:
        return {""}


def compare(every: int) -> tuple[int, int, list[Any]]:
    checked = right = 0
    wrong = []
    for row in list(rows("feedparser-tests/expect.jsonl"))[::every]:
        path = CORPORA / "feedparser-tests" / row["file"]
        if path.suffix in {".gz", ".z"}:
            continue
        headers = {name.lower(): value for name, value in row["headers"].items()}
        document = parse(path.read_bytes(), headers.get("content-location", "http://127.0.0.1:8097/x"), headers.get("content-type", ""))
        for where, value in row["literal"]:
            if where == "len(entries)":
                ours: tuple[str, Any] | None = ("count", len(document.entries) if document else -1)
                fits = ours is not None and ours[1] == value
            else:
                ours = said(document, where)
                fits = ours is not None and isinstance(value, str) and ours[1] in wanted(ours[0], value)
            if ours is None or not isinstance(value, str | int):
                continue
            checked, right = checked + 1, right + fits
            wrong += [] if fits else [(row["file"], where, value, ours[1])]
    return checked, right, wrong


def test_a_sample_of_feedparsers_feeds_is_read_alike() -> None:
    checked, right, wrong = compare(every=12)
    assert checked > 30
    assert right >= checked * 0.96, wrong


@pytest.mark.slow
def test_feedparsers_feeds_are_read_alike() -> None:
    checked, right, wrong = compare(every=1)
    assert checked > 700
    assert right >= checked * 0.99, wrong


def test_feedparsers_dates() -> None:
    for row in rows("feedparser-dates/cases.jsonl"):
        at = read_date(row["date"]).at
        expected = datetime(*row["expected"][:6], tzinfo=UTC) if row["expected"] else None  # type: ignore[misc]
        assert (at.replace(microsecond=0) if at else None) == expected, row


def test_minifluxs_dates_all_give_one() -> None:
    refused = [row["date"] for row in rows("miniflux/dates_must_parse.jsonl") if read_date(row["date"]).at is None]
    assert refused == []


def test_feed_rs_publication_dates() -> None:
    checked = 0
    for expected in sorted((CORPORA / "feed-rs-fixtures").rglob("*.serde.json")):
        sources = [path for path in expected.parent.glob(expected.name.removesuffix(".serde.json") + ".*") if path != expected]
        if not sources:
            continue
        document = parse(sources[0].read_bytes())
        listed = json.loads(expected.read_text(encoding="utf-8"))["entries"]
        assert document is not None
        assert len(document.entries) == len(listed), sources[0].name
        for ours, theirs in zip(document.entries, listed, strict=True):
            if theirs.get("published"):
                checked += 1
                assert ours.published_at is not None, (sources[0].name, ours.flags)
                assert abs((ours.published_at - datetime.fromisoformat(theirs["published"])).total_seconds()) < 1, sources[0].name
    assert checked > 40


@pytest.mark.slow
def test_no_collected_feed_raises_or_takes_long() -> None:
    taken = []
    for folder in (
        "gofeed-testdata",
        "feedsmith-references",
        "w3c-feedvalidator",
        "miniflux",
        "xml-bombs",
        "feeds-misc",
        "feed-rs-fixtures",
    ):
        for path in sorted((CORPORA / folder).rglob("*")):
            if path.suffix in {".xml", ".rss", ".atom", ".json", ".rdf"}:
                start = time.process_time()
                parse(path.read_bytes())
                taken.append((time.process_time() - start, str(path)))
    for row in rows("miniflux/inline_docs.jsonl"):
        parse(row["doc"].encode("utf-8", "surrogatepass"))
    assert len(taken) > 1500
    assert max(taken)[0] < 5.0, max(taken)  # seconds of processor time; the slowest takes a tenth of it


def test_an_id_used_twice_is_two_entries() -> None:
    for row in rows("w3c-feedvalidator/expect.jsonl"):
        if "DuplicateEntries" in row["expect"] and not row["expect"].startswith("!"):
            document = parse((CORPORA / "w3c-feedvalidator" / row["file"]).read_bytes())
            assert document is not None, row["file"]
            assert len(document.entries) == 2, row["file"]


def test_bombs_leave_no_text_of_their_entities() -> None:
    for path in sorted((CORPORA / "xml-bombs").glob("*.xml")):
        document = parse(path.read_bytes())
        assert document is None or sum(len(entry.title) + len(entry.summary) for entry in document.entries) < 10_000, path.name


def addresses() -> Iterator[str]:
    for name in ("urls/courlan_recorded.jsonl", "urls/w3lib_recorded.jsonl"):
        yield from (argument for row in rows(name) for argument in row["args"] if isinstance(argument, str))
    yield from (CORPORA / "urls" / "courlan_input.txt").read_text(encoding="utf-8").splitlines()


def test_what_browsers_refuse_is_refused() -> None:
    failures = [row for row in rows("urls/wpt_urltestdata.jsonl") if row.get("failure")]
    assert len(failures) > 100
    for row in failures:
        with pytest.raises(BadUrl):
            canonical_url(row["input"], row["base"] or "")


def test_what_browsers_read_is_read_alike_or_refused_by_name() -> None:
    read = 0
    for row in rows("urls/wpt_urltestdata.jsonl"):
        if row.get("failure"):
            continue
        try:
            ours = canonical_url(row["input"], row["base"] or "")
        except BadUrl as refusal:
            assert refusal.reason in {"scheme", "userinfo", "empty", "host"}, row  # noqa: PT017
            continue
        read += 1
        assert ours == canonical_url(row["href"])
        assert canonical_url(ours) == ours
    assert read > 100


def test_canonical_addresses_stay_as_they_are() -> None:
    read = 0
    for address in addresses():
        try:
            once = canonical_url(address)
        except BadUrl:
            continue
        read += 1
        assert canonical_url(once) == once
        assert url_key(once)
    assert read > 500
