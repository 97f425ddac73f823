"""Feeds that others collected, through our reader."""

from __future__ import annotations

import codecs
import json
import re
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from corpora.rows import NOW, Verdict, rows, verdict
from extractors.clean import paragraphs, tidy, title_text
from extractors.dates import read_date
from extractors.failures import Unreadable
from extractors.feeds import FeedDocument, parse_feed
from extractors.model import Entry, h
from extractors.urls import BadUrl, canonical_url

FIELD = re.compile(r"(?:entries\[(\d+)\]|feed)(?:\.(\w+)|\['(\w+)'\])")
CODEC = re.compile(rb"SkipUnless:\s*__import__\('codecs'\)\.lookup\('([^']+)'\)")
NAMES = {"description": "summary", "guid": "id"}
OF_ENTRY = {"title", "link", "summary", "id", "published"}
FEED_FOLDERS = ("feedparser-tests", "gofeed-testdata", "feedsmith-references", "w3c-feedvalidator", "miniflux", "xml-bombs", "feeds-misc",
                "feed-rs-fixtures")  # fmt: skip
SUFFIXES = {".xml", ".rss", ".atom", ".json", ".rdf"}
LONGEST_S = 1.0  # of processor time, one document
SOURCE = "s"


def parse(body: bytes, url: str = "https://news.example/feed", kind: str = "") -> FeedDocument | None:
    """Read a feed; None when our reader says by name that it is none."""
    try:
        return parse_feed(body, url, kind, SOURCE, NOW)
    except Unreadable:
        return None


def feedparser_tests(corpora: Path, every: int = 1) -> Verdict:
    """Compare title, link, summary, id, publication date and count with what upstream's tests name as literals."""
    cases, wrong = 0, []
    folder = corpora / "feedparser-tests"
    for row in list(rows(folder / "expect.jsonl"))[::every]:
        path = folder / row["file"]
        body = path.read_bytes()
        if path.suffix in {".gz", ".z"} or _skipped_upstream(body):
            continue
        headers = {name.lower(): value for name, value in row["headers"].items()}
        document = parse(body, headers.get("content-location", "http://127.0.0.1:8097/x"), headers.get("content-type", ""))
        for where, value in row["literal"]:
            fits = _fits(document, where, value)
            if fits is not None:
                cases += 1
                wrong += [] if fits else [(row["file"], where, value)]
    return verdict(wrong, cases)


def _skipped_upstream(body: bytes) -> bool:
    """Tell whether upstream skips a case on this Python, as it names a codec that Python lacks."""
    found = CODEC.search(body[:500])
    if not found:
        return False
    try:
        codecs.lookup(found[1].decode())
    except LookupError:
        return True
    return False


def _fits(document: FeedDocument | None, where: str, value: Any) -> bool | None:
    """Tell whether we say the same at a path of feedparser's; None for a path that is not ours to tell."""
    if where == "len(entries)":
        return document is not None and len(document.entries) == value
    found = FIELD.fullmatch(where)
    if not found or not isinstance(value, str):
        return None
    name = NAMES.get(found[2] or found[3], found[2] or found[3])
    if name not in ({"title"} if found[1] is None else OF_ENTRY):
        return None
    if document is None or (found[1] is not None and int(found[1]) >= len(document.entries)):
        return False
    if found[1] is None:
        return document.title in _titles(value)
    return _entry_fits(document.entries[int(found[1])], name, value)


def _entry_fits(entry: Entry, name: str, value: str) -> bool:
    if name == "title":
        return entry.title in _titles(value)
    if name == "summary":
        return entry.summary in {paragraphs(value, 4000), tidy(value, 4000)}
    if name == "published":
        return entry.published_at == read_date(value).day_or_better
    address = _address(value)
    if name == "link":
        return entry.url == address
    return entry.entry_id in {h(SOURCE, key, *more) for key in (value, address) for more in ((), (entry.url or entry.title,))}


def _titles(value: str) -> set[str]:
    return {title_text(value, 500), title_text(value, 500, is_html=False)}


def _address(value: str) -> str:
    try:
        return canonical_url(value)
    except BadUrl:
        return ""


def feed_rs(corpora: Path) -> Verdict:
    """Compare the publication dates of real publishers' feeds."""
    cases, wrong = 0, []
    for expected in sorted((corpora / "feed-rs-fixtures").rglob("*.serde.json")):
        sources = [path for path in expected.parent.glob(expected.name.removesuffix(".serde.json") + ".*") if path != expected]
        if not sources:
            continue
        document = parse(sources[0].read_bytes())
        listed = json.loads(expected.read_text(encoding="utf-8"))["entries"]
        ours = document.entries if document else ()
        for place, theirs in enumerate(listed):
            if theirs.get("published"):
                cases += 1
                at = ours[place].published_at if len(ours) == len(listed) else None
                right = at is not None and abs((at - datetime.fromisoformat(theirs["published"])).total_seconds()) < 1
                wrong += [] if right else [(sources[0].name, place, theirs["published"])]
    return verdict(wrong, cases)


def nothing_raises(corpora: Path) -> Verdict:
    """Read every collected feed: no exception, none slower than a second of processor time."""
    cases, wrong = 0, []
    for name, body in _documents(corpora):
        cases += 1
        start = time.process_time()
        try:
            parse(body)
        except Exception as fault:  # whatever it is, it is the verdict
            wrong.append((name, type(fault).__name__))
        else:
            taken = time.process_time() - start
            wrong += [(name, f"{taken:.1f} s")] if taken > LONGEST_S else []
    return verdict(wrong, cases)


def _documents(corpora: Path) -> Iterator[tuple[str, bytes]]:
    for folder in FEED_FOLDERS:
        for path in sorted((corpora / folder).rglob("*")):
            if path.suffix in SUFFIXES and path.is_file():
                yield str(path.relative_to(corpora)), path.read_bytes()
    inline = corpora / "miniflux" / "inline_docs.jsonl"
    for number, row in enumerate(rows(inline) if inline.is_file() else (), 1):
        yield f"miniflux/inline_docs.jsonl, line {number}", row["doc"].encode("utf-8", "surrogatepass")


def duplicates(corpora: Path) -> Verdict:
    """An id that is used twice is two entries."""
    cases, wrong = 0, []
    for row in rows(corpora / "w3c-feedvalidator" / "expect.jsonl"):
        if "DuplicateEntries" in row["expect"] and not row["expect"].startswith("!"):
            cases += 1
            document = parse((corpora / "w3c-feedvalidator" / row["file"]).read_bytes())
            wrong += [] if document and len(document.entries) == 2 else [row["file"]]
    return verdict(wrong, cases)


def bombs(corpora: Path) -> Verdict:
    """A bomb is read or refused within a second, and leaves no text of its entities."""
    wrong = []
    paths = sorted((corpora / "xml-bombs").glob("*.xml"))
    for path in paths:
        start = time.process_time()
        document = parse(path.read_bytes())
        size = sum(len(entry.title) + len(entry.summary) for entry in document.entries) if document else 0
        if size > 10_000 or time.process_time() - start > LONGEST_S:
            wrong.append(path.name)
    return verdict(wrong, len(paths))
