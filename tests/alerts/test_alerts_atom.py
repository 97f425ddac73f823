"""Atom feeds of moves: valid, escaped, with ids that last (cases 89, 93, 102, 103)."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import feedparser
from lxml import etree

from alerts.atom import FeedEntry, atom_feed
from topics.model import Evidence, Move

AT = datetime(2026, 11, 7, 2, 0, tzinfo=UTC)
NS = {"a": "http://www.w3.org/2005/Atom"}
BAD = "]]></title><script>x</script> & <b>\x00\x1b[31m\ufffe\ud800\u202e"


def one_of(tree: etree._Element, path: str) -> str:
    (found,) = tree.findall(path, NS)
    return found.text or ""


def test_every_element_that_the_standard_asks_for_is_there_once(move: Callable[..., Move]) -> None:
    tree = etree.fromstring(atom_feed("cloud-kyc", "Cloud & KYC", [FeedEntry(move(), AT), FeedEntry(move(value="second"), AT)]))
    assert tree.tag == f"{{{NS['a']}}}feed"
    assert (one_of(tree, "a:title"), one_of(tree, "a:updated")) == ("topicwatch: Cloud & KYC", "2026-11-07T02:00:00+00:00")
    assert one_of(tree, "a:author/a:name") == "topicwatch"
    entries = tree.findall("a:entry", NS)
    ids = [one_of(tree, "a:id"), *(one_of(e, "a:id") for e in entries)]
    assert len(set(ids)) == 3
    assert all(i.startswith("urn:uuid:") for i in ids)
    for entry in entries:
        assert one_of(entry, "a:title") == "Adopted: The bureau adopts its rule"
        assert one_of(entry, "a:updated") == one_of(entry, "a:published")
        assert "“It adopts the rule.”" in one_of(entry, "a:content")
        assert [link.get("href") for link in entry.findall("a:link", NS)] == ["https://harbour-gazette.example/a"]


def test_a_feed_reader_reads_it(move: Callable[..., Move]) -> None:
    read = feedparser.parse(io.BytesIO(atom_feed("cloud-kyc", "Cloud KYC", [FeedEntry(move(), AT)])))
    assert (read.bozo, read.version, len(read.entries)) == (False, "atom10", 1)


def test_a_withdrawn_move_keeps_its_id_and_says_so(move: Callable[..., Move]) -> None:
    before, after = (
        etree.fromstring(atom_feed("t", "T", [FeedEntry(move(), AT, gone)])).find("a:entry", NS) for gone in (None, AT.replace(day=9))
    )
    assert before is not None
    assert after is not None
    assert one_of(before, "a:id") == one_of(after, "a:id")
    assert one_of(after, "a:title").startswith("Withdrawn: ")
    assert (one_of(after, "a:published"), one_of(after, "a:updated")) == ("2026-11-07T02:00:00+00:00", "2026-11-09T02:00:00+00:00")


def test_texts_from_the_web_stay_text(move: Callable[..., Move]) -> None:
    evil = Evidence("a", 1, "c", BAD, BAD, "javascript:alert(1)", independent=True)
    tree = etree.fromstring(atom_feed("t", BAD, [FeedEntry(move(headline=BAD, before=BAD, evidence=(evil,)), AT)]))
    assert {etree.QName(e).localname for e in tree.iter()} <= {
        "feed", "id", "title", "updated", "published", "author", "name", "entry", "category", "content",
    }  # fmt: skip
    assert "<script>x</script>" in one_of(tree, "a:entry/a:content")
    assert not tree.findall("a:entry/a:link", NS)


def test_an_empty_feed_is_a_feed() -> None:
    read = feedparser.parse(io.BytesIO(atom_feed("t", "T", [])))
    assert (read.bozo, read.version, read.entries) == (False, "atom10", [])


def test_the_same_moves_give_the_same_bytes(move: Callable[..., Move]) -> None:
    entries = [FeedEntry(replace(move(), move_id=str(n)), AT) for n in range(3)]
    assert atom_feed("t", "T", entries) == atom_feed("t", "T", entries)
