"""What the kinds of source give, through the store and back: changes of one page, entries that wait for an archive."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from extractors.model import Cursor, Source, SourceReading
from standins.hostile_http import HostileServer, reply
from standins.scripted_web import NOW
from standins.source_web import asking, example, json_reply, read_live
from storage.store import Store

TEXT = Source("firms", "page_watch", "", "Office", params=(("watch", "text"), ("text", "main")))


def firms(server: HostileServer) -> Source:
    return replace(TEXT, url=server.url("/firms"))


def stored(store: Store, reading: SourceReading, name: str) -> tuple[int, Cursor]:
    """Store a reading as one run does; returns how many revisions are undecided, and the cursor that the next run finds."""
    with store.window() as window:
        run = window.begin_run(name, "learn", NOW.date(), NOW, None, None, "c", "b", "r", "0", NOW)
        window.record_source(run.run_seq, reading, None, NOW)
        window.end_run(run.run_seq, "done", {}, NOW)
        return len(window.undecided("night", NOW.date())), window.cursors()[reading.source.source_id]


def test_every_change_of_a_page_is_stored_once(tmp_path: Path) -> None:
    store, cursor, counts = Store(tmp_path), Cursor(), []
    third = example("page_watch/firms_after.html").replace(b"</ul>", b"<li>Meadow Chips</li></ul>")
    for n, body in enumerate([example("page_watch/firms_before.html"), example("page_watch/firms_after.html"), third, third]):
        reading, _ = read_live({"/firms": reply(body)}, firms, cursor=cursor)
        count, cursor = stored(store, reading, f"run-{n}")
        counts.append(count)
    assert counts == [1, 2, 3, 3]


def test_an_entry_that_waits_remembers_the_archives_address(tmp_path: Path) -> None:
    def make(server: HostileServer) -> Source:
        return Source("past", "wayback", server.url("/cdx"), "Bureau", params=(("site", "www.bis.gov/press-release/"),))

    routes = {"/cdx": asking(lambda path: json_reply("wayback/captures_2.json" if "from=" in path else "wayback/older.json"))}
    body_at = "/web/20261122081500id_/https://www.bis.gov/press-release/second-thing"
    reading, server = read_live({**routes, body_at: reply(b"", 503)}, make)
    assert [end.disposition for end in reading.disposed] == ["queued"]
    store = Store(tmp_path)
    stored(store, reading, "run-1")
    with store.window() as window:
        (waiting,) = window.queued_entries("past")
    assert f"fetch:http://127.0.0.1:{server.port}{body_at}" in waiting.flags
