"""Reads a labelled stream's gold.jsonl and moves.jsonl, which a replay itself never opens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from flows.streams import Stream, StreamError
from topics.errors.gold import Gold, GoldArticle, GoldMove

NEEDED = {"gold.jsonl": ("id", "relation"), "moves.jsonl": ("id", "topic", "kind", "severity", "night", "articles")}


def load_gold(folder: Path, stream: Stream) -> Gold:
    """Read the labels; raises StreamError naming file, line and what is wrong."""
    own = {name: article_id for article_id, name in stream.ids.items()}
    moves = tuple(_move(row, own, where) for where, row in _rows(folder / "moves.jsonl"))
    articles = {_known(row["id"], own, where): _article(row, own) for where, row in _rows(folder / "gold.jsonl")}
    unlabelled = sorted(name for name, article_id in own.items() if article_id not in articles)
    if unlabelled:
        raise StreamError(f"{folder / 'gold.jsonl'}: {len(unlabelled)} articles have no label, the first is {unlabelled[0]!r}")
    return Gold(moves, articles, stream.warmup)


def _move(row: Mapping[str, Any], own: Mapping[str, str], where: str) -> GoldMove:
    try:
        night = date.fromisoformat(row["night"])
    except ValueError as error:
        raise StreamError(f"{where}: the night {row['night']!r} is no day") from error
    return GoldMove(
        gold_id=row["id"],
        topic=row["topic"],
        kind=row["kind"],
        severity=row["severity"],
        night=night,
        articles=tuple(_known(i, own, where) for i in row["articles"]),
        headline=row.get("headline") or "",
        before=row.get("before") or "",
        after=row.get("after") or "",
        quotes={_known(i, own, where): tuple(sentences) for i, sentences in (row.get("quotes") or {}).items()},
        contested=bool(row.get("contested")),
    )


def _article(row: Mapping[str, Any], own: Mapping[str, str]) -> GoldArticle:
    copied = row.get("duplicate_of") or ""
    return GoldArticle(row["relation"], tuple(row.get("topics") or ()), own.get(copied, copied), row.get("note") or "")


def _known(name: str, own: Mapping[str, str], where: str) -> str:
    if name not in own:
        raise StreamError(f"{where}: {name!r} is no article of articles.jsonl")
    return own[name]


def _rows(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """(where, row) of every line; raises StreamError."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise StreamError(f"{path} is missing: --errors needs the stream's labels, gold.jsonl and moves.jsonl beside it") from error
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            where = f"{path}, line {number}"
            found.append((where, _checked(line, where, NEEDED[path.name])))
    return found


def _checked(line: str, where: str, needed: tuple[str, ...]) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise StreamError(f"{where}: not JSON: {error.msg}") from error
    missing = [name for name in needed if name not in row] if isinstance(row, dict) else list(needed)
    if missing:
        raise StreamError(f"{where}: {missing[0]} is missing")
    return dict(row)
