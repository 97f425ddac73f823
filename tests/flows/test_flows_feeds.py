"""Feeds come from the snapshot: what was told, newest first, one file per topic that stays in its folder (case 102)."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import feedparser

from extractors.model import h
from flows.feeds import NEWEST, file_stem, write_feeds
from storage.model import LedgerEntry, MoveRow
from topics.model import LedgerRow, Move, Topic


def row(number: int, topic: str = "chips") -> MoveRow:
    night = date(2026, 1, 1).fromordinal(date(2026, 1, 1).toordinal() + number)
    move = Move(h(topic, number), topic, "m", "adopted", "alert", f"step {number}", "", "", "v", 0.9, f"Rule {number}", (), "raised", night)
    return MoveRow(move, number)


@dataclass
class Snapshot:
    """Answers what the feeds ask, and keeps which dispositions they asked for."""

    rows: list[MoveRow]
    withdrawn: dict[str, int]
    asked: set[str]

    def runs(self) -> list[Any]:
        return [SimpleNamespace(run_seq=n, started_at=datetime(2026, 11, 6, 2, 0, n % 60, tzinfo=UTC)) for n in range(300)]

    def ledger(self) -> list[LedgerEntry]:
        rows = {i: LedgerRow(i, "m", "chips", "adopted", "v", (), None, "press:2", "c", date(2026, 1, 1)) for i in self.withdrawn}
        return [LedgerEntry(rows[i], 1, "", (("retracted", "c", "wrong", seq),), True) for i, seq in self.withdrawn.items()]

    def moves(self, *, topic: str, dispositions: Sequence[str]) -> tuple[MoveRow, ...]:
        self.asked |= set(dispositions)
        return tuple(r for r in self.rows if r.move.topic == topic)


def written(folder: Path, snapshot: Snapshot) -> dict[str, Any]:
    @contextmanager
    def read() -> Iterator[Snapshot]:
        yield snapshot

    topics = [Topic(i, i.title(), "", "") for i in ("chips", "../../x")]
    tools: Any = SimpleNamespace(
        settings=SimpleNamespace(outbox=folder / "out"),
        store=SimpleNamespace(read=read),
        seeds=SimpleNamespace(catalogue=SimpleNamespace(topics=topics)),
    )
    write_feeds(tools)
    assert {p.parent for p in folder.rglob("*") if p.is_file()} == {folder / "out" / "feeds"}
    return {p.stem: feedparser.parse(io.BytesIO(p.read_bytes())) for p in (folder / "out" / "feeds").iterdir()}


def test_each_topic_has_its_file_with_the_newest_first(tmp_path: Path) -> None:
    snapshot = Snapshot([row(n) for n in range(1, NEWEST + 6)], {"step 101": 120}, set())
    feeds = written(tmp_path, snapshot)
    assert set(feeds) == {"chips", h("../../x")}
    titles = [e.title for e in feeds["chips"].entries]
    assert len(titles) == NEWEST
    assert titles[:2] == ["Adopted: Rule 105", "Adopted: Rule 104"]
    assert [t for t in titles if t.startswith("Withdrawn")] == ["Withdrawn: Adopted: Rule 101"]
    assert feeds[h("../../x")].entries == []
    assert snapshot.asked == {"raised", "late", "watch"}


def test_a_feed_written_again_is_the_same_file(tmp_path: Path) -> None:
    snapshot = Snapshot([row(1)], {}, set())
    written(tmp_path, snapshot)
    before = (tmp_path / "out" / "feeds" / "chips.atom").read_bytes()
    written(tmp_path, snapshot)
    assert (tmp_path / "out" / "feeds" / "chips.atom").read_bytes() == before


def test_a_plain_id_names_its_file() -> None:
    assert file_stem("cloud-kyc") == "cloud-kyc"
    assert file_stem("a/b") == h("a/b")
