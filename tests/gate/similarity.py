"""Replay streams with sketches, copies and stories alone: python tests/gate/similarity.py STREAM... (all self-written ones without a name).

Strictly night by night, in decision order, with the dossiers as baseline where the stream has one. Prints the scorer's duplicate and story
lines, and with --errors every article that was wrongly called a copy or missed.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from extractors.model import Article
from flows.streams import FEDERAL_REGISTER
from topics.mentions import Gazetteer
from topics.model import Known, KnownDocument, Reading
from topics.reader import route_of
from topics.rules import DEFAULT_RULES
from topics.seeds import build_dossier
from topics.similar import DEFAULT_COPY_RULES, Copy, CopyRules, as_known, find_copies
from topics.sketch import sketch
from topics.stories import DEFAULT_STORY_RULES, StoryRules, assign_stories
from training.labelled import ROOT, SELF_WRITTEN, WRITTEN, Stream, repository_catalogue, scorer, stream

SEEDED = ("nov-2026", "mar-2027", "sep-2026")


@dataclass(frozen=True)
class Replayed:
    """What a replay decided about each article."""

    copies: dict[str, Copy]
    stories: dict[str, str]


def readings(source: Stream, gazetteer: Gazetteer) -> Iterator[list[Reading]]:
    """The readings of each night in decision order; nothing but sketches is read."""
    rows = sorted(source.articles, key=lambda row: (row["published_at"], row["id"]))
    for _, night in groupby(rows, key=lambda row: row["published_at"][:10]):
        yield [reading(row, gazetteer) for row in night]


def reading(row: dict[str, Any], gazetteer: Gazetteer) -> Reading:
    """One article of a stream as a reading without claims."""
    at = datetime.fromisoformat(row["published_at"].replace("Z", "+00:00")).astimezone(UTC)
    text = f"{row['title']}\n{row['body']}"
    names = {m.entity_id for m in gazetteer.find(text) if m.entity_id}
    number = FEDERAL_REGISTER.match(row["url"])
    article = Article(
        row["id"], 1, row["url"], row["publisher"], row["lang"], row["title"], row["body"], at, at,
        official_ids=(f"fr:{number.group(1)}",) if number else (), tier="official" if number else "general",
    )  # fmt: skip
    fingerprint = sketch(row["title"], row["body"], row["lang"], sorted(names))
    return Reading(article, (), (), fingerprint, row["lang"], route=route_of(article))


def dossiers() -> list[KnownDocument]:
    """The four dossiers as known documents."""
    made = [build_dossier(tomllib.loads(p.read_text(encoding="utf-8")), p.name) for p in sorted((ROOT / "seeds/baseline").glob("*.toml"))]
    return [KnownDocument(d.seed_id, 1, "seed", d.publisher, "", None, d.topics, d.seed_id, d.sketch, d.title) for d in made]


def replay(
    nights: list[list[Reading]], known: list[KnownDocument], gold: dict[str, dict[str, Any]], copy_rules: CopyRules, story_rules: StoryRules
) -> Replayed:
    """Decide every night on what the nights before it left."""
    documents, copies, stories = list(known), dict[str, Copy](), dict[str, str]()
    pasts: dict[str, list[int]] = {}
    for night in nights:
        documents = remembered(documents, night[0].article.told_at.date())
        outlets = tuple((outlet, own, again) for outlet, (own, again) in sorted(pasts.items()))
        found = find_copies(night, Known(documents=tuple(documents), outlets=outlets), copy_rules)
        told = assign_stories(night, documents, story_rules, found)
        copies.update({article: copy for (article, _), copy in found.items()})
        stories.update({article: story for (article, _), story in told.items()})
        documents += [as_known(each, stories[each.article.article_id]) for each in night]
        for outlet, again in told_by(night, gold):
            pasts.setdefault(outlet, [0, 0])[again] += 1
    return Replayed(copies, stories)


def remembered(documents: list[KnownDocument], tonight: date) -> list[KnownDocument]:
    """What a night still knows: the dossiers and the last weeks, as storage's slice has it."""
    since = tonight - timedelta(DEFAULT_RULES.memory_days)
    return [document for document in documents if document.night is None or document.night >= since]


def told_by(night: list[Reading], gold: dict[str, dict[str, Any]]) -> list[tuple[str, bool]]:
    """(outlet, was it told again) of a night's texts on a topic, by their labels: nothing here reads topics."""
    labels = [(each.article.publisher, gold[each.article.article_id]) for each in night]
    return [(outlet, label["relation"] == "rewrite") for outlet, label in labels if label["topics"]]


def main() -> None:
    """Replay the named streams and print their lines."""
    names = [name for name in sys.argv[1:] if not name.startswith("-")] or list(SELF_WRITTEN)
    gazetteer, score = Gazetteer(repository_catalogue()), scorer()
    for name in names:
        source = stream(Path(name).name)
        known = dossiers() if source.name in (*SEEDED, *WRITTEN) else []
        done = replay(list(readings(source, gazetteer)), known, source.gold, DEFAULT_COPY_RULES, DEFAULT_STORY_RULES)
        decided = {
            row["id"]: {"duplicate_of": copy.covers_id if (copy := done.copies.get(row["id"])) else None, "story": done.stories[row["id"]]}
            for row in source.articles
        }
        result = score.score_articles(decided, list(source.gold.values()))
        caught = ", ".join(f"{kind} {row['caught']}/{row['gold']}" for kind, row in result["duplicates"].items())
        print(
            f"{source.name:12} {caught}; duplicate precision {result['duplicate_precision']:.3f} of {len(done.copies)}; "
            f"moves lost {result['moves_lost_as_duplicates']}; others lost {result['other_articles_lost']}; "
            f"stories B-cubed {result['stories_bcubed']}"
        )
        if "--errors" in sys.argv:
            show(source, done)


def show(source: Stream, done: Replayed) -> None:
    """Every wrong or missed copy with its reasons."""
    for row in source.articles:
        gold, copy = source.gold[row["id"]], done.copies.get(row["id"])
        wanted = gold["relation"] in ("syndicated", "rewrite")
        if wanted != bool(copy) and gold["relation"] != "late_report":
            found = (
                f"{copy.how} of {copy.covers_id} {copy.score} {'; '.join(copy.reasons)}"
                if copy
                else f"missed, covers {gold['duplicate_of']}"
            )
            print(f"   {row['id']} {gold['relation']}: {gold['note']} | {found}")


if __name__ == "__main__":
    main()
