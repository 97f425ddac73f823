"""The ledger proved apart from reading: perfect claims from a stream's labels, replayed night by night with decide().

A claim is made for each gold move that an article's quotes state: topic, kind and quote come from the labels, everything else by the
plain rules that the reader uses too. No gold id, story or night enters a claim.

    python -m gate.perfect_claims [STREAM ...]       (run from tests/)
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from extractors.model import Article
from gate.memory import Memory
from topics.claims import ClaimMaker, Quote
from topics.decide import decide
from topics.mentions import Gazetteer
from topics.model import Claim, Known, NightContext, NightResult, Reading
from topics.profiles import paragraph
from topics.rules import DEFAULT_RULES, Rules
from topics.sketch import sketch
from training.labelled import SELF_WRITTEN, SHARED, repository_catalogue, scorer

REAL = ("fr-dev", "press-dev")


@dataclass(frozen=True)
class Stream:
    """One labelled stream: its articles, gold rows and gold moves, and its nights in order."""

    name: str
    articles: tuple[dict[str, Any], ...]
    gold: tuple[dict[str, Any], ...]
    moves: tuple[dict[str, Any], ...]
    nights: tuple[date, ...]
    warmup: frozenset[str]


def read_jsonl(path: Path) -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())


@lru_cache(maxsize=8)
def load_stream(name: str) -> Stream:
    folder = SHARED / "streams" / name
    about = json.loads((folder / "stream.json").read_text(encoding="utf-8"))
    rows = [read_jsonl(folder / f"{part}.jsonl") for part in ("articles", "gold", "moves")]
    nights = tuple(date.fromisoformat(night) for night in about["nights"])
    return Stream(name, rows[0], rows[1], rows[2], nights, frozenset(about.get("warmup_nights", ())))


@lru_cache(maxsize=1)
def maker() -> ClaimMaker:
    return ClaimMaker(repository_catalogue(), Gazetteer(repository_catalogue()))


def article_of(row: Mapping[str, Any], *, official: bool) -> Article:
    at = datetime.fromisoformat(row["published_at"]).astimezone(UTC)
    return Article(
        article_id=row["id"], rev=1, url=row["url"], publisher=row["publisher"], lang=row["lang"], title=row["title"],
        body=row["body"], published_at=at, first_seen_at=at, author=row.get("author") or "", precision="instant",
        official_ids=(f"fr_doc:{row['id']}",) if official else (),
        tier="official" if official else "general", source_id="stream",
    )  # fmt: skip


def claims_of(article: Article, moves: Sequence[Mapping[str, Any]]) -> tuple[Claim, ...]:
    stated = [(move, (move.get("quotes") or {}).get(article.article_id)) for move in moves if move["kind"] != "surge"]
    return tuple(_claim(article, move, quotes) for move, quotes in stated if quotes)


def _claim(article: Article, move: Mapping[str, Any], quotes: Sequence[str]) -> Claim:
    text = f"{article.title}\n\n{article.body}"
    words = max(quotes, key=lambda q: (q in article.body, len(q)))
    quote = Quote(words, max(text.find(words), 0), f"{words}\n{paragraph(article, words)}", int(words not in article.title))
    return maker().make(article, move["topic"], move["kind"], quote, "new", 1.0, 1.0, ("perfect", "1"))


def nights_of(stream: Stream) -> Iterator[tuple[date, tuple[Reading, ...]]]:
    """The nights of a stream in order, each with a perfect reading of every article."""
    official = stream.name.startswith("fr-")
    topics = {row["id"]: tuple((topic, 1.0) for topic in row["topics"]) for row in stream.gold}
    by_night: dict[str, list[Reading]] = {}
    for row in stream.articles:
        article = article_of(row, official=official)
        names = maker().entities(f"{article.title}\n{article.body}")
        drawn = sketch(article.title, article.body, article.lang, names)
        route = "official" if official else "brief" if len(article.body) < 400 else "article"
        reading = Reading(article, topics[row["id"]], claims_of(article, stream.moves), drawn, article.lang, route)  # type: ignore[arg-type]
        by_night.setdefault(row["published_at"][:10], []).append(reading)
    for night in stream.nights:
        yield night, tuple(by_night.get(night.isoformat(), ()))


@lru_cache(maxsize=8)
def read_stream(name: str) -> tuple[tuple[date, tuple[Reading, ...]], ...]:
    return tuple(nights_of(load_stream(name)))


def replay(name: str, rules: Rules = DEFAULT_RULES, start: Known | None = None) -> tuple[NightResult, ...]:
    """Decide every night on what the nights before it left."""
    memory, results = Memory(start or Known(), rules=rules), []
    for number, (night, readings) in enumerate(read_stream(name), 1):
        result = decide(NightContext(night, number), readings, memory.known(night), repository_catalogue(), rules)
        memory = memory.take(result, readings)
        results.append(result)
    return tuple(results)


@lru_cache(maxsize=1)
def raised_rows(results: Sequence[NightResult]) -> list[dict[str, Any]]:
    shown = [move for result in results for move in result.moves if move.disposition in {"raised", "watch", "late"}]
    return [
        {
            "topic": move.topic, "kind": move.kind, "severity": move.severity, "night": move.night.isoformat(),
            "articles": [e.article_id for e in move.evidence], "quotes": {e.article_id: e.quote for e in move.evidence},
        }
        for move in shown
    ]  # fmt: skip


def score(name: str, results: Sequence[NightResult]) -> dict[str, Any]:
    stream = load_stream(name)
    relation = {row["id"]: row["relation"] for row in stream.gold}
    scored: dict[str, Any] = scorer().score_moves(raised_rows(results), list(stream.moves), relation, set(stream.warmup))
    return scored


def counts(row: Mapping[str, Any]) -> tuple[int, int, int, int]:
    """(raised right, raised, on time, gold) of one severity."""
    return (
        round(row["precision"] * row["raised"]), row["raised"], round(row["recall_same_night"] * row["gold"]), row["gold"],
    )  # fmt: skip


def main(names: Sequence[str]) -> None:
    for name in names or SELF_WRITTEN:
        scored = score(name, replay(name))
        for severity in ("alert", "watch"):
            row = scored[severity]
            right, raised, on_time, gold = counts(row)
            print(f"{name:12} {severity:5} right {right}/{raised} on time {on_time}/{gold} kind {row['kind_right']}")
            print(f"{'':18} wrong {row['wrong']} missed {row['missed']}")


if __name__ == "__main__":
    main(sys.argv[1:])
