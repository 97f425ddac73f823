from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from flows.streams import StreamError, load_stream

ROW = {
    "id": "x-1",
    "url": "https://wire.example/a",
    "publisher": "Wire",
    "lang": "en",
    "published_at": "2026-01-01T07:00:00Z",
    "title": "A title",
    "author": None,
    "body": "One.\n\nTwo.",
}
REGISTER = "https://www.federalregister.gov/documents/2026/01/02/2026-00001/a-rule"
OFFICIAL = ROW | {"id": "x-2", "url": REGISTER, "published_at": "2026-01-02T13:00:00Z"}


def write(folder: Path, *rows: object) -> Path:
    (folder / "stream.json").write_text(json.dumps({"name": "tiny", "nights": ["2026-01-01", "2026-01-02"]}), encoding="utf-8")
    (folder / "articles.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    return folder


def test_articles_fall_into_their_nights(tmp_path: Path) -> None:
    stream = load_stream(write(tmp_path, ROW, OFFICIAL))
    assert [(night, [stream.ids[a.article_id] for a in articles]) for night, articles in stream.nights] == [
        (date(2026, 1, 1), ["x-1"]),
        (date(2026, 1, 2), ["x-2"]),
    ]
    first = stream.nights[0][1][0]
    assert first.published_at == first.first_seen_at == datetime(2026, 1, 1, 7, tzinfo=UTC)
    assert (first.tier, first.author, first.text_kind) == ("general", "", "full")


def test_a_register_document_is_an_official_text_with_its_number(tmp_path: Path) -> None:
    article = load_stream(write(tmp_path, OFFICIAL)).nights[1][1][0]
    assert article.is_official
    assert article.official_ids == ("fr:2026-00001",)
    assert article.article_id.startswith("d_")


@pytest.mark.parametrize(
    ("row", "word"),
    [
        (ROW | {"title": ""}, "title is missing"),
        (ROW | {"url": "https://wire.example/b", "published_at": "2026-02-01T00:00:00Z"}, "none of the nights"),
        ("{", "not JSON"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, row: object, word: str) -> None:
    write(tmp_path, ROW)
    with (tmp_path / "articles.jsonl").open("a", encoding="utf-8") as file:
        file.write((row if isinstance(row, str) else json.dumps(row)) + "\n")
    with pytest.raises(StreamError, match=f"line 2: .*{word}"):
        load_stream(tmp_path)


def test_two_articles_of_one_url_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StreamError, match="line 2"):
        load_stream(write(tmp_path, ROW, ROW | {"id": "x-9"}))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StreamError, match=r"stream\.json is missing"):
        load_stream(tmp_path)
