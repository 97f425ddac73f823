"""Dates and strings that others collected, through our readers and the store."""

from __future__ import annotations

import json
import re
import tempfile
import unicodedata
from datetime import UTC, date, datetime
from html import escape
from pathlib import Path

from corpora.feeds import parse
from corpora.rows import NOW, Verdict, rows, verdict
from extractors import limits
from extractors.articles import from_entry
from extractors.dates import pick_date, read_date
from extractors.metadata import read_metadata
from extractors.model import Cursor, Disposed, Source, SourceReading
from extractors.page_tree import read_tree
from flows.cli.show import clean
from storage.store import Store

SOURCE = Source("s", "feed", "https://news.example/feed", "News")
INVISIBLE = {"Cc", "Cf", "Cs"}  # control, format and half characters, which no reader sees; joiners stay
NOTHING = "-"  # the text that stands for a title of which nothing can be seen
JOINERS = "‌‍"
NONCHARACTERS = re.compile("[﷐-﷯￾￿]")


def feedparser_dates(corpora: Path) -> Verdict:
    """Each date is read as upstream's tests want it, or refused where they say so."""
    cases, wrong = 0, []
    for row in rows(corpora / "feedparser-dates" / "cases.jsonl"):
        cases += 1
        at = read_date(row["date"]).at
        expected = datetime(*row["expected"][:6], tzinfo=UTC) if row["expected"] else None  # type: ignore[misc]
        wrong += [] if (at.replace(microsecond=0) if at else None) == expected else [(row["date"], row["expected"], at)]
    return verdict(wrong, cases)


def miniflux_dates(corpora: Path) -> Verdict:
    """Each of these gives a date."""
    texts = [row["date"] for row in rows(corpora / "miniflux" / "dates_must_parse.jsonl")]
    return verdict([text for text in texts if read_date(text).at is None], len(texts))


def htmldate(corpora: Path) -> Verdict:
    """No date is invented: a page without one gives none, and one that we give lies within a day of one that the page names."""
    cases, wrong = 0, []
    for row in rows(corpora / "htmldate" / "recorded.jsonl"):
        if row["fn"] != "find_date" or not row["args"]:
            continue
        cases += 1
        page = row["args"][0]
        at = _day_of(page, row["kw"].get("url", "https://news.example/a"))
        if at is not None and (row["result"] is None or not _named(at, page + row["kw"].get("url", ""))):
            wrong.append((page[:120], row["result"], at))
    return verdict(wrong, cases)


def _day_of(page: str, url: str) -> date | None:
    tree = read_tree(page.encode(), "text/html; charset=utf-8")
    meta = read_metadata(tree, url)
    at, _, _ = pick_date(meta.witnesses, NOW, lang=meta.lang)
    return at.date() if at else None


def _named(at: date, text: str) -> bool:
    """Tell whether the day, month and year all stand in the text, in whatever form; a zone may move the day by one."""
    numbers = {int(number) for number in re.findall(r"\d+", text)} | {int(n) for n in re.findall(r"(?=(\d{2}))", text)}
    years = {int(number) for number in re.findall(r"(?=(\d{4}))", text)}
    return at.year in years | {2000 + n for n in numbers if n < 100} and bool({at.day - 1, at.day, at.day + 1} & numbers)


def naughty(corpora: Path) -> Verdict:
    """As titles these strings come back from feed, store and terminal as they are, but for characters that nobody sees."""
    texts = [row["s"] for row in rows(corpora / "naughty-strings" / "blns.jsonl")]
    items = [
        {"id": str(n), "url": f"https://news.example/{n}", "title": escape(text, quote=False), "content_text": NOTHING}
        for n, text in enumerate(texts)
    ]
    wrong = [(text, back) for text, back in zip(texts, _stored(items), strict=True) if back != (seen(text) or NOTHING)]
    return verdict(wrong, len(texts))


def seen(text: str) -> str:
    """What a reader sees of a string: NFC, on one line, without invisible characters."""
    kept = (c for c in re.sub(r"[\r\n\t\x85\u2028\u2029]", " ", text) if unicodedata.category(c) not in INVISIBLE or c in JOINERS)
    return " ".join(NONCHARACTERS.sub("", unicodedata.normalize("NFC", "".join(kept))).split())


def _stored(items: list[dict[str, str]]) -> list[str]:
    """Send the items through a feed into a store, and give the titles that come back, shown, in the order of the items."""
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": items[: limits.ENTRIES]}).encode()
    document = parse(body, kind="application/feed+json")
    assert document is not None
    disposed = tuple(Disposed(entry, "refused", "robots") for entry in document.entries)
    articles = tuple(from_entry(entry, SOURCE, NOW, whole=False).article for entry in document.entries)
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder)).window() as window:
        run = window.begin_run("r", "learn", NOW.date(), NOW, None, None, "c", "b", "r", "0", NOW)
        window.record_source(run.run_seq, SourceReading(SOURCE, "ok", "", disposed, articles, Cursor()), None, NOW)
        back = {article.url.rpartition("/")[2]: clean(article.title) for article in window.undecided("learn", NOW.date())}
    return [back.get(item["id"], "") for item in items]
