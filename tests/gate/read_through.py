"""How much clean text matters: a stream's pages read through the true bodies, trafilatura and our extractor, then decided and scored.

    PYTHONPATH=.:tests python -m gate.read_through [STREAM ...]

Every article is rendered as its publisher's page (tests/newsroom); only title and body differ between the three, and official documents
come from an API anyway. A page that gives nothing leaves what the feed says. Shipped weights and judge: the streams are known to them, so
it is the differences that count.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from trafilatura import bare_extraction

from extractors.clean import tidy
from extractors.failures import Unreadable
from extractors.feeds import parse_feed
from extractors.limits import BODY_CHARS
from extractors.model import Article, Entry, h
from extractors.pages import read_page
from flows.streams import Stream, load_stream
from gate.crossval import SEEDED, line, replay, score
from gate.known_seeds import seeded
from gate.unseen import read_stream, shipped_parts
from newsroom.feeds import CONTENT_TYPES, path_of, render_feed
from newsroom.model import load_items
from newsroom.pages import render_page
from newsroom.styles import publishers_of
from topics.judge import shipped_judge
from topics.rules import DEFAULT_RULES
from training.block_read import page_f1
from training.labelled import SHARED, repository_catalogue

STREAMS = ("nov-2026", "sep-2026", "mar-2027")
WAYS = ("true bodies", "trafilatura", "topicwatch")
NOW = datetime(2027, 6, 1, tzinfo=UTC)  # after every article
Words = tuple[str, str]  # title and body


@dataclass(frozen=True, slots=True)
class Served:
    """A page as its publisher serves it, with the feed's entry that leads to it."""

    page: bytes
    url: str
    kind: str
    entry: Entry


def served(name: str) -> Iterator[tuple[str, Served]]:
    """Yield every article that has a page, by the stream's own id."""
    items = load_items(SHARED / "streams" / name)
    for publisher in publishers_of(items):
        own = [item for item in items if item.publisher == publisher.name]
        base, style = f"https://{publisher.host}", publisher.style
        if publisher.is_federal_register:
            continue
        entries: dict[str, Entry] = {}
        for item in own:  # one by one: a feed is cut after its newest items
            listed = parse_feed(render_feed(publisher, [item], base), base, CONTENT_TYPES[style.feed], publisher.slug, NOW).entries
            entries[item.id] = replace(listed[0], body="")
        for item in own:
            related = [(other.title, base + path_of(other)) for other in own if other is not item][:3]
            url, kind = base + path_of(item), f"text/html; charset={style.encoding}"
            yield item.id, Served(render_page(publisher, item, url, related), url, kind, entries[item.id])


def by_trafilatura(given: Served) -> Words:
    """What trafilatura alone makes of a page, as it comes out of the box."""
    found = bare_extraction(given.page, url=given.url, with_metadata=True)
    text = getattr(found, "text", None) or ""
    return (getattr(found, "title", None) or given.entry.title), tidy("\n\n".join(text.split("\n")), BODY_CHARS) or given.entry.summary


def by_us(given: Served) -> Words:
    """What our extractor makes of it."""
    try:
        page = read_page(given.page, given.url, given.kind, given.entry, NOW)
    except Unreadable:
        return given.entry.title, given.entry.summary
    return page.title, page.body


def retold(stream: Stream, words: Mapping[str, Words]) -> Stream:
    """The stream with other titles and bodies."""

    def told(article: Article) -> Article:
        title, body = words.get(stream.ids[article.article_id], (article.title, article.body))
        return replace(article, title=title, body=body, content_hash=h(title, body))

    return replace(stream, nights=tuple((night, tuple(map(told, articles))) for night, articles in stream.nights))


def show(name: str) -> list[tuple[int, int, int, int]]:
    """Print a stream's three lines; gives (right, raised, on time, gold) of each."""
    stream, catalogue = load_stream(SHARED / "streams" / name), repository_catalogue()
    pages = dict(served(name))
    true = {stream.ids[a.article_id]: (a.title, a.body) for _, articles in stream.nights for a in articles}
    counts = []
    for way, read in zip(WAYS, (None, by_trafilatura, by_us), strict=True):
        words = {key: read(page) for key, page in pages.items()} if read else {key: true[key] for key in pages}
        other = retold(stream, words)
        readings = read_stream(other, catalogue, shipped_parts(other))
        results = replay(other, readings, catalogue, DEFAULT_RULES, seeded(name in SEEDED, DEFAULT_RULES), lambda _: shipped_judge())
        figures = score(name, other, results)
        clean = sum(page_f1(true[key][1], body) for key, (_, body) in words.items()) / len(words)
        titles = sum(true[key][0] == title for key, (title, _) in words.items()) / len(words)
        print(f"{way:12} {line(name, figures)}\n{'':12} bodies F1 {clean:.3f}, titles exact {titles:.3f}, {len(words)} pages", flush=True)
        alert = figures["alert"]
        right, timely = alert["precision"] * alert["raised"], alert["recall_same_night_as_alert"] * alert["gold"]
        counts.append((round(right), alert["raised"], round(timely), alert["gold"]))
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("streams", nargs="*", default=list(STREAMS))
    totals = [[sum(part) for part in zip(*own, strict=True)] for own in zip(*map(show, parser.parse_args().streams), strict=True)]
    for way, (right, raised, timely, gold) in zip(WAYS, totals, strict=True):
        print(f"{way:12} pooled: precision {right}/{raised} = {right / raised:.3f}, recall on time {timely}/{gold} = {timely / gold:.3f}")


if __name__ == "__main__":
    main()
