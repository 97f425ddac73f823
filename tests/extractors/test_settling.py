"""What the fetching of a source's pages keeps until the source is settled."""

from __future__ import annotations

import asyncio

from extractors.listing import Desk
from extractors.model import Entry
from extractors.settling import _Pages
from standins.scripted_web import NOW, SENTENCES, InlineBox, ScriptedWeb, page

URL = "https://news.example/a/rule-on-chips"


def test_a_page_that_was_read_leaves_its_text_and_not_itself() -> None:
    desk = Desk(ScriptedWeb({URL: page("Rule on chips issued")}), InlineBox(), NOW, (None, None))
    answer = asyncio.run(_Pages(desk, asyncio.Semaphore(1)).read(Entry("e", "news", URL, "Rule on chips issued")))
    assert isinstance(answer, tuple)
    text, fetched = answer
    assert SENTENCES[0] in text.body
    assert (fetched.url, fetched.body, fetched.packed) == (URL, b"", b"")
