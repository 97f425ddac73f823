"""The parse box with real child processes (FAULTS.md, 44, 67-69). The parsers it runs here are the project's own."""

from __future__ import annotations

import asyncio
import io
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from extractors.box import ParseBox, ParseFailed, Unreadable, _PlainUnpickler
from extractors.clean import title_text
from extractors.feeds import parse_feed
from extractors.model import Entry
from extractors.pages import read_page
from standins.scripted_web import NOW, SENTENCES, page, rss
from standins.scripted_web import item as feed_item

ROOT = Path(__file__).resolve().parents[2]
FEED = rss(feed_item("https://news.example/a", "A title"))[0]


@pytest.fixture
def box() -> Iterator[ParseBox]:
    with ParseBox(workers=2, timeout_s=5.0) as open_box:
        yield open_box


def parse(box: ParseBox, body: bytes) -> str:
    return box.run(parse_feed, body, "https://news.example/feed", "", "news", NOW).entries[0].title


@pytest.mark.slow
def test_it_gives_what_the_parser_gives_and_reuses_its_process(box: ParseBox) -> None:
    assert parse(box, FEED) == "A title"
    first = box._idle[0].process.pid
    assert parse(box, FEED) == "A title"
    assert [child.process.pid for child in box._idle] == [first]


@pytest.mark.slow
def test_refusals_pass_through_and_errors_are_named(box: ParseBox) -> None:
    with pytest.raises(Unreadable, match="empty"):
        box.run(parse_feed, b"", "https://news.example/feed", "", "news", NOW)
    with pytest.raises(ParseFailed, match="parse_error"):
        box.run(title_text, None, 5)
    assert box.run(title_text, "fine", 50) == "fine"


HOSTILE_FEEDS = {
    "attributes": b"<rss version='2.0'><channel><item "
    + b" ".join(b'a%d="x"' % n for n in range(200_000))
    + b"><title>x</title></item></channel></rss>",
    "nest": b"<rss version='2.0'><channel><item>" + b"<a>" * 1_000_000 + b"</item></channel></rss>",
}
HOSTILE_PAGES = {
    "br": b"<html><body>" + b"x<br>" * 200_000,
    "p": b"<html><body>" + b"<p>x" * 200_000,
    "attributes": b"<html><body " + b" ".join(b"a%d=1" % n for n in range(200_000)) + b">hello",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE_FEEDS)
def test_44_a_feed_that_would_take_for_ever_is_killed_and_the_next_is_fine(name: str) -> None:
    with ParseBox(workers=1, timeout_s=1.5) as box:
        with pytest.raises(ParseFailed, match="parse_timeout"):
            box.run(parse_feed, HOSTILE_FEEDS[name], "https://news.example/feed", "", "news", NOW)
        box.timeout_s = 20.0
        assert parse(box, FEED) == "A title"


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE_PAGES)
def test_67_a_page_that_would_take_for_ever_is_killed(name: str) -> None:
    with ParseBox(workers=1, timeout_s=2.5) as box, pytest.raises(ParseFailed, match="parse_timeout"):
        box.run(read_page, HOSTILE_PAGES[name], "https://news.example/a/x", "text/html", Entry("", "", "", ""), NOW)


@pytest.mark.slow
def test_68_69_depth_and_a_huge_script_end_in_a_name_or_in_the_text() -> None:
    hint = Entry("", "", "https://news.example/a/x", "")
    with ParseBox(workers=1, timeout_s=30.0) as box:
        with pytest.raises(Unreadable, match="no_text"):
            box.run(read_page, b"<html><body>" + b"<div>" * 1_000_000, hint.url, "text/html", hint, NOW)
        script = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"' + "x" * 10_000_000 + '"}</script>'
        text = box.run(read_page, page("A huge script", head=script), hint.url, "text/html", hint, NOW)
        assert SENTENCES[0] in text.body
        assert text.title == "A huge script"


@pytest.mark.slow
def test_memory_is_bounded() -> None:
    with ParseBox(workers=1, timeout_s=20.0, memory_bytes=200_000_000) as box:
        with pytest.raises(ParseFailed) as caught:
            box.run(title_text, "a " * 60_000_000, 10**9)
        assert caught.value.reason in {"parse_memory", "parse_crash"}
        assert box.run(title_text, "fine", 50) == "fine"


@pytest.mark.slow
def test_many_at_once_from_a_loop_and_a_process_replaced_in_time() -> None:
    async def work() -> list[str]:
        with ParseBox(workers=2, timeout_s=20.0, recycle=3) as box:
            found = await asyncio.gather(*(box.arun(title_text, f"<b>{n}</b>", 50) for n in range(12)))
            assert all(child.done < 3 for child in box._idle)
            return found

    assert asyncio.run(work()) == [str(n) for n in range(12)]


@pytest.mark.slow
def test_closing_ends_a_running_parse_and_leaves_no_process() -> None:
    box = ParseBox(workers=2, timeout_s=60.0)
    reasons: list[str] = []

    def work() -> None:
        try:
            box.run(parse_feed, HOSTILE_FEEDS["nest"], "https://news.example/feed", "", "news", NOW)
        except ParseFailed as failure:
            reasons.append(failure.reason)

    thread = threading.Thread(target=work)
    thread.start()
    while not box._busy:
        pass
    pid = next(iter(box._busy)).process.pid
    box.close()
    thread.join(timeout=20)
    box.close()
    assert reasons == ["parse_crash"]
    assert not Path(f"/proc/{pid}").exists()
    with pytest.raises(ParseFailed):
        box.run(title_text, "x", 5)


@pytest.mark.slow
def test_a_child_sees_none_of_our_secrets_and_nothing_of_main(tmp_path: Path) -> None:
    script = tmp_path / "console"
    script.write_text(
        "import os\nos.environ['SECRET_TOKEN'] = 'hunter2'\nprint('main ran')\n"
        "from extractors.box import ParseBox\nfrom extractors.clean import title_text\n"
        "box = ParseBox(workers=1)\nprint(box.run(title_text, '<b>x</b>', 5))\n"
        "print('hunter2' in open(f'/proc/{box._idle[0].process.pid}/environ').read())\nbox.close()\n",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.splitlines() == ["main ran", "x", "False"]


def test_an_answer_may_hold_plain_values_only() -> None:
    entry = Entry("e", "s", "", "T", published_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert _PlainUnpickler(io.BytesIO(pickle.dumps(("ok", entry)))).load() == ("ok", entry)
    for harmful in (os.system, subprocess.Popen, title_text):
        with pytest.raises(pickle.UnpicklingError):
            _PlainUnpickler(io.BytesIO(pickle.dumps(("ok", harmful)))).load()


@pytest.mark.slow
def test_a_child_that_reads_no_job_costs_its_time_and_no_more() -> None:
    """Of a job larger than a pipe holds, the rest waits for a child that does not read on."""
    with ParseBox(workers=1, timeout_s=2.0) as box:
        assert parse(box, FEED) == "A title"
        os.kill(box._idle[0].process.pid, signal.SIGSTOP)
        with pytest.raises(ParseFailed, match="parse_timeout"):
            parse(box, FEED + b" " * 500_000)
        assert parse(box, FEED) == "A title"
