"""The labelled data of ../shared as values: leads, streams, and the words of a quote."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
SHARED = Path(os.environ.get("TOPICWATCH_SHARED", ROOT.parent / "shared"))
SELF_WRITTEN = ("nov-2026", "mar-2027", "sep-2026", "real-2024", "real-2025h1")
REAL = ("fr-dev", "press-dev")


@dataclass
class Lead:
    """One labelled lead, or one item of a labelled digest."""

    lead_id: str
    lang: str
    title: str
    body: str
    day: date
    topics: list[str]
    move: bool
    label: str  # kind of a move, else 'm_' + modality
    quote: str


@dataclass
class Stream:
    """A labelled stream with its gold."""

    name: str
    nights: list[str]
    warmup: set[str]
    articles: list[dict[str, Any]]
    gold: dict[str, dict[str, Any]] = field(default_factory=dict)
    moves: list[dict[str, Any]] = field(default_factory=list)


def leads() -> list[Lead]:
    """All leads, digests cut into their items."""
    out = []
    for path in sorted((SHARED / "reader" / "leads").glob("*.jsonl")):
        for row in read_jsonl(path):
            for n, item in enumerate(row.get("items") or [row]):
                title = "" if "items" in row else row["title"]
                kind = item["kind"] if item["move"] else f"m_{item['modality']}"
                out.append(
                    Lead(f"{row['id']}-{n}", row["lang"], title, item.get("text", item.get("body")) or "", date.fromisoformat(row["date"]),
                         list(item["topics"]), bool(item["move"]), kind, item.get("quote") or "")
                )  # fmt: skip
    return out


def stream(name: str | Path) -> Stream:
    """A stream of ../shared/streams by name, or any folder of that form."""
    folder = SHARED / "streams" / name if isinstance(name, str) and not Path(name).is_dir() else Path(name)
    head = json.loads((folder / "stream.json").read_text(encoding="utf-8"))
    gold = {g["id"]: g for g in read_jsonl(folder / "gold.jsonl")}
    return Stream(head["name"], head["nights"], set(head.get("warmup_nights", [])), read_jsonl(folder / "articles.jsonl"), gold,
                  read_jsonl(folder / "moves.jsonl"))  # fmt: skip


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def words(text: str) -> frozenset[str]:
    """Lower-case words; Chinese by the character: the scorer's measure of a quote."""
    return frozenset(re.findall(r"[\u4e00-\u9fff]|[^\W_]+", text.lower()))


def holds(sentence: str, quote: str, share: float = 0.8) -> bool:
    """True when most words of the quote stand in the sentence."""
    want = words(quote)
    return bool(want) and len(words(sentence) & want) >= share * len(want)
