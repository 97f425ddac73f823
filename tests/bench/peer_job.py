"""What newspaper4k and news-please do of the job: runs in their own environment, and needs nothing but them.

    var/peers/bin/python tests/bench/peer_job.py newspaper4k|news-please FOLDER FEED ...

Reads the feeds' links, lets the peer fetch and extract the pages in its own parallel way, and writes one JSON file a page; pictures are
not fetched.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.request import urlopen

BATCH = 100  # news-please starts a thread for each page of a call
THREADS = 4  # of newspaper4k


def links(feeds: Iterable[str]) -> list[str]:
    found: list[str] = []
    for feed in feeds:
        with urlopen(feed) as answer:
            found += re.findall(r"<item>.*?<link>(.*?)</link>", answer.read().decode())
    return found


def newspaper4k(urls: list[str]) -> Iterator[tuple[str, str]]:
    newspaper: Any = import_module("newspaper")
    articles = [newspaper.Article(url, fetch_images=False) for url in urls]
    for article in import_module("newspaper.mthreading").fetch_news(articles, threads=THREADS):
        yield article.title, article.text


def news_please(urls: list[str]) -> Iterator[tuple[str, str]]:
    crawler: Any = import_module("newsplease").NewsPlease
    for start in range(0, len(urls), BATCH):
        for article in crawler.from_urls(urls[start : start + BATCH], {"timeout": 60}, fetch_images=False).values():
            yield (article.title or "", article.maintext or "") if article else ("", "")


def main() -> None:
    read = newspaper4k if sys.argv[1] == "newspaper4k" else news_please
    for number, (title, text) in enumerate(read(links(sys.argv[3:]))):
        if text:
            Path(sys.argv[2], f"{number}.json").write_text(json.dumps({"title": title, "text": text}), encoding="utf-8")


if __name__ == "__main__":
    main()
