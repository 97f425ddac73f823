"""Measure copies and stories on the novelty data: python -m gate.novelty_gate.

fr_stream: an item is judged against the documents known up to it. Federal Register documents carry their number and so an identity of their
own, as the source delivers them; retells carry none. The second line is without any identity, by text alone. ecb_docs: one pass in stream
order, all on one day; novelty = 1 - likeness of the nearest text.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from extractors.model import Article
from topics.mentions import Gazetteer
from topics.model import Reading
from topics.shelf import Shelf
from topics.similar import as_known, find_copy
from topics.sketch import sketch
from topics.stories import DEFAULT_STORY_RULES, assign_stories, likeness
from training.labelled import SHARED, read_jsonl, repository_catalogue, scorer

DATA = SHARED / "novelty" / "dev"


def reading(row: dict[str, Any], at: datetime, gazetteer: Gazetteer, *, official: bool = False) -> Reading:
    """One row as a reading without claims."""
    text = f"{row['title']}\n{row['text']}"
    names = sorted({m.entity_id for m in gazetteer.find(text) if m.entity_id})
    ids = (f"fr:{row['id']}",) if official else ()
    article = Article(
        row["id"], 1, "", "p", "en", row["title"], row["text"], at, at, official_ids=ids, tier="official" if ids else "general"
    )
    return Reading(article, (), (), sketch(row["title"], row["text"], "en", names), "en")


def federal_register(gazetteer: Gazetteer, *, identity: bool) -> dict[str, tuple[int, int]]:
    """(suppressed, items) of the retells and of the new documents, in all and by kind."""
    documents = [as_known(reading(row, _day(row["date"]), gazetteer, official=identity)) for row in read_jsonl(DATA / "fr_docs.jsonl")]
    caught, seen = Counter[str](), Counter[str]()
    for row in read_jsonl(DATA / "fr_stream.jsonl"):
        item = reading(row, _day(row["date"]), gazetteer, official=identity and not row["label"])
        copy = find_copy(item, Shelf(documents[: row["known_upto"]]))
        for group in (row["kind"], "retells" if row["label"] else "all new"):
            seen[group] += 1
            caught[group] += copy is not None
    return {group: (caught[group], seen[group]) for group in seen}


def happenings(gazetteer: Gazetteer) -> tuple[float, float]:
    """B-cubed F1 and first-story cost of the ECB+ documents, all of one day: only words decide."""
    rows = read_jsonl(DATA / "ecb_docs.jsonl")
    at = datetime(2013, 1, 1, tzinfo=UTC)
    items = [reading(row, at, gazetteer) for row in rows]
    stories = {article: story for (article, _), story in assign_stories(items, []).items()}
    score = scorer().bcubed({row["id"]: row["cluster"] for row in rows}, stories)
    return float(score["f1"]), _first_story_cost(rows, items)


def _first_story_cost(rows: list[dict[str, Any]], items: list[Reading]) -> float:
    shelf, scored, told = Shelf(), [], set[str]()
    for row, item in zip(rows, items, strict=True):
        alike = [
            likeness(item.sketch, shelf.documents[i], c, item.article.told_at.date(), DEFAULT_STORY_RULES)
            for i, c in shelf.cosines(item.sketch).items()
        ]
        scored.append((1 - max(alike, default=0.0), row["cluster"] not in told))
        told.add(row["cluster"])
        shelf.add(as_known(item))
    first, rest = sum(f for _, f in scored), sum(not f for _, f in scored)
    best, hits, false = 1.0, 0, 0
    for _, is_first in sorted(scored, key=lambda pair: -pair[0]):
        hits, false = hits + is_first, false + (not is_first)
        best = min(best, (1 - hits / first) + 4.9 * false / rest)
    return best


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def main() -> None:
    """Print all figures."""
    gazetteer = Gazetteer(repository_catalogue())
    for label, identity in (("with document numbers", True), ("by text alone", False)):
        found = federal_register(gazetteer, identity=identity)
        print(f"fr_stream suppressed {label}:", {group: f"{n}/{of} = {n / of:.3f}" for group, (n, of) in found.items()})
    stories, cost = happenings(gazetteer)
    print(f"ecb_docs B-cubed {stories:.3f}; first-story cost {cost:.3f}")


if __name__ == "__main__":
    main()
