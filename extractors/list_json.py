"""Lists in JSON without a feed: rows by dotted paths, or rows in HTML that a JSON answer carries; MIIT and SAMR are made of this."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from extractors.api_json import read_json
from extractors.failures import Unreadable
from extractors.list_html import rows_of
from extractors.list_page import ListPage, Row, entries_of
from extractors.list_walk import walk
from extractors.listing import Desk, Listing
from extractors.model import Cursor, Source
from extractors.page_tree import read_tree
from extractors.source_fields import read_fields

MISSING = object()


def parse_json_list(body: bytes, url: str, content_type: str, source: Source, now: datetime) -> ListPage:
    """Parse one answer; raises Unreadable('empty' | 'wrong_type' | 'no_list').

    'no_list' means that the path to the rows leads nowhere: the answer is an error, or its form has changed. An empty list is none.
    """
    settings = read_fields(source)
    rows = rows_at(read_json(body), settings["items"])
    return entries_of(_rows(rows, settings), url, source, settings, now)


def parse_json_html_list(body: bytes, url: str, content_type: str, source: Source, now: datetime) -> ListPage:
    """Parse one answer that carries its rows as HTML text; raises Unreadable('empty' | 'wrong_type' | 'no_list')."""
    settings = read_fields(source)
    markup = at_path(read_json(body), settings["html"])
    if not isinstance(markup, str):
        raise Unreadable("no_list")
    if not markup.strip():
        return ListPage(())
    tree = read_tree(f"<html><body>{markup}</body></html>".encode(), "text/html; charset=utf-8")
    return entries_of(rows_of(tree, settings), url, source, settings, now)


def rows_at(answer: Any, path: str) -> list[Any]:
    """Follow a path to a list; '*' stands for every member of a list on the way: 'results.*.groupData' joins the inner lists."""
    head, star, rest = path.partition(".*.")
    listed = at_path(answer, head)
    if not isinstance(listed, list):
        raise Unreadable("no_list")
    if not star:
        return listed
    rows: list[Any] = []
    for one in listed:
        rows += rows_at(one, rest) if isinstance(one, dict) and at_path(one, rest.partition(".*.")[0]) is not MISSING else []
    return rows


def at_path(answer: Any, path: str) -> Any:
    """Follow a dotted path through objects and, by number, lists; MISSING where it leads nowhere."""
    for step in path.split("."):
        if isinstance(answer, Mapping) and step in answer:
            answer = answer[step]
        elif isinstance(answer, list) and step.isdecimal() and int(step) < len(answer):
            answer = answer[int(step)]
        else:
            return MISSING
    return answer


def _rows(rows: list[Any], settings: Mapping[str, str]) -> Iterable[Row]:
    for raw in rows:
        told = {name: _text(raw, settings[name]) for name in ("title", "link", "date", "number", "summary")}
        yield Row(**told)


def _text(raw: Any, paths: str) -> str:
    """Read the first of the paths, separated by '|', that leads to a text or a whole number."""
    for path in paths.split("|"):
        value = at_path(raw, path) if path else ""
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return ""


async def list_json(source: Source, cursor: Cursor, desk: Desk) -> Listing:
    """List a JSON list; raises FetchError, ParseFailed, Unreadable."""
    # Not purpose "api": these are parts of a web page, documented nowhere, so robots.txt is asked.
    return await walk(source, cursor, desk, "feed", parse_json_list)


async def list_json_html(source: Source, cursor: Cursor, desk: Desk) -> Listing:
    """List a list whose rows come as HTML inside JSON; raises FetchError, ParseFailed, Unreadable."""
    return await walk(source, cursor, desk, "feed", parse_json_html_list)
