"""The described kinds through the real client and the real parse box, on their examples and on hostile answers."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from extractors.box import ParseBox
from extractors.model import Source
from extractors.source_fields import FIELDS
from standins.hostile_http import Behaviour, HostileServer, bomb, reply
from standins.source_web import asking, example, json_reply, read_live, zipped

MIIT = (("items", "data.searchResult.dataResults.*.groupData"), ("title", "data.title"), ("link", "data.url"), ("pages", "no"))
CDX = asking(lambda path: json_reply("wayback/captures_2.json" if "from=" in path else "wayback/older.json"))
JSON = "application/json"
MEMBERS = example("warc/sample.warc").split(b"WARC/1.0\r\n")[1:]
WARC = reply(b"".join(gzip.compress(b"WARC/1.0\r\n" + part) for part in MEMBERS), kind="application/gzip")
# kind -> params, the answer at /list and below, entries that it lists
KINDS: Mapping[str, tuple[tuple[tuple[str, str], ...], Behaviour, int]] = {
    "html_list": ((("match", "^/zcfb/"), ("pages", "no")), reply(example("html_list/mofcom.html")), 3),
    "page_watch": ((("watch", "text"), ("text", "main")), reply(example("page_watch/firms_before.html")), 1),
    "json_list": (MIIT, json_reply("json_list/miit.json"), 3),
    "json_html_list": ((("html", "data.html"), ("item", "ul"), ("pages", "no")), json_reply("json_html_list/samr.json"), 2),
    "gdelt": ((("query", "chip rule"), ("pages", "no")), json_reply("gdelt/articles.json"), 2),
    "gkg": ((("match", "EXPORT_CONTROL|entity list"), ("files", "1"), ("pages", "no")), reply(zipped("gkg/quarter.gkg.csv")), 2),
    "wayback": ((("site", "www.bis.gov/press-release/"),), CDX, 1),
    "warc": ((), WARC, 3),
    "model_hub": ((("orgs", "deepseek-ai"),), json_reply("model_hub/models.json"), 2),
}


class Listed(dict[str, Behaviour]):
    """The answer at /list stands for every path below it too."""

    def get(self, path: str, default: Any = None) -> Any:
        return self["/list"] if path.startswith("/list") else default


@pytest.fixture(scope="module")
def box() -> Iterator[ParseBox]:
    with ParseBox(workers=1) as one:
        yield one


def at(server: HostileServer, kind: str) -> Source:
    return Source(kind, kind, server.url("/list"), "Publisher", lang="zh", tier="official", params=KINDS[kind][0])


def test_every_described_kind_is_tried_here() -> None:
    assert set(KINDS) == set(FIELDS)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_kind_is_read_through_the_client_and_the_box(kind: str, box: ParseBox) -> None:
    _, answer, entries = KINDS[kind]
    reading, _ = read_live(Listed({"/list": answer}), lambda server: at(server, kind), box=box)
    assert reading.reason == ("cut" if kind == "gkg" else ""), "of a week's files of gkg the first is read"
    assert len(reading.disposed) == entries


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize(
    "body", [b"", b"\x00\xff" * 500, b"{" * 50_000, b"[" * 50_000, b"[null, 7]", b'{"data": {"html": 7}, "articles": 1}']
)
def test_hostile_answers_are_a_named_failure_or_nothing(kind: str, body: bytes) -> None:
    reading, _ = read_live(Listed({"/list": reply(body, kind=JSON)}), lambda server: at(server, kind))
    assert reading.articles == ()
    assert not reading.reason.startswith("unexpected")
    assert reading.outcome in ({"failed", "empty", "not_modified"} if kind in {"wayback", "model_hub", "warc"} else {"failed"})


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_bomb_is_stopped_by_the_client(kind: str) -> None:
    reading, _ = read_live(Listed({"/list": bomb("gzip", 31, 1 << 26, kind=JSON)}), lambda server: at(server, kind))
    assert (reading.outcome, reading.reason, reading.articles) == ("failed", "too_big", ())


@pytest.mark.parametrize("kind", ["html_list", "json_list", "gdelt"])
def test_listed_links_to_private_places_are_refused_unasked(kind: str) -> None:
    evil = "http://169.254.169.254/latest/meta-data"
    bodies = {
        "html_list": f"<html><body><a href='{evil}'>公告 一二三</a></body></html>".encode(),
        "json_list": b'{"rows": [{"title": "t", "url": "%s"}]}' % evil.encode(),
        "gdelt": b'{"articles": [{"title": "t", "url": "%s"}]}' % evil.encode(),
    }
    params = {"html_list": (), "json_list": (("items", "rows"),), "gdelt": (("query", "abc"),)}[kind]
    reading, server = read_live(
        {"/list": reply(bodies[kind], kind="text/html" if kind == "html_list" else JSON)},
        lambda server: Source("s", kind, server.url("/list"), "P", params=params),
    )
    assert [(end.disposition, end.reason) for end in reading.disposed] == [("refused", "private_address")]
    assert all(path.startswith("/list") for path in server.paths())
