"""The labelled data of ../shared as values: leads, streams, the scorer that comes with them; and the repository's own catalogue."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import sys
import tomllib
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from topics.catalogue import build_catalogue
from topics.model import Catalogue

ROOT = Path(__file__).resolve().parent.parent.parent
SHARED = Path(os.environ.get("TOPICWATCH_SHARED", ROOT.parent / "shared"))
SELF_WRITTEN = ("nov-2026", "mar-2027", "sep-2026", "real-2024", "real-2025h1")
REAL = ("fr-dev", "press-dev")
# The repository's own labelled streams, written to teach; none of them is ever measured.
WRITTEN = tuple(sorted(p.name for p in (ROOT / "tests" / "data" / "training").iterdir() if p.is_dir()))


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
    folder = folder_of(name)
    head = json.loads((folder / "stream.json").read_text(encoding="utf-8"))
    gold = {g["id"]: g for g in read_jsonl(folder / "gold.jsonl")}
    return Stream(head["name"], head["nights"], set(head.get("warmup_nights", [])), read_jsonl(folder / "articles.jsonl"), gold,
                  read_jsonl(folder / "moves.jsonl"))  # fmt: skip


def steps_told(stream: Stream) -> dict[tuple[str, str], str]:
    """(article, topic) -> kind of the uncontested alert step that the article is listed for; of several the first of moves.jsonl."""
    found: dict[tuple[str, str], str] = {}
    for move in stream.moves:
        if move["severity"] == "alert" and not move.get("contested"):
            for article in move["articles"]:
                found.setdefault((article, move["topic"]), move["kind"])
    return found


def folder_of(name: str | Path) -> Path:
    """Where a stream lies: ../shared, the repository's own, or any folder."""
    if isinstance(name, Path) or Path(name).is_dir():
        return Path(name)
    return (ROOT / "tests" / "data" / "training" if name in WRITTEN else SHARED / "streams") / name


@cache
def repository_catalogue() -> Catalogue:
    """The catalogue of seeds/, without anybody's overlay."""
    tables = [tomllib.loads((ROOT / "seeds" / f"{name}.toml").read_text(encoding="utf-8")) for name in ("topics", "entities", "matters")]
    return build_catalogue(*tables)


@cache
def scorer() -> ModuleType:
    """The scorer that comes with the shared streams, as a module."""
    spec = importlib.util.spec_from_file_location("score_stream", SHARED / "streams" / "score_stream.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def words(text: str) -> frozenset[str]:
    """Lower-case words; Chinese by the character: the scorer's measure of a quote."""
    return frozenset(re.findall(r"[\u4e00-\u9fff]|[^\W_]+", text.lower()))


def holds(sentence: str, quote: str, share: float = 0.8) -> bool:
    """True when most words of the quote stand in the sentence."""
    want = words(quote)
    return bool(want) and len(words(sentence) & want) >= share * len(want)
