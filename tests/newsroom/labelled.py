"""A reader that knows the answers: it reads a stream's labels, so that everything after the reading can be tested by itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from extractors.model import Article
from topics.claims import ClaimMaker, Quote
from topics.mentions import Gazetteer
from topics.model import Catalogue, Claim, Reading, Request
from topics.reader import route_of
from topics.sketch import sketch

NAME, VERSION = "labelled", "1"


class LabelledReader:
    """Implements Reader from gold.jsonl and moves.jsonl of a stream folder.

    label_of maps an article's URL to its id in the stream (Newsroom.article_id_of). An article the stream does not know is off topic.
    """

    def __init__(self, folder: Path, label_of: Callable[[str], str | None]) -> None:
        self._gold = {row["id"]: row for row in _rows(folder / "gold.jsonl")}
        self._moves = {row["id"]: row for row in _rows(folder / "moves.jsonl")}
        self._label_of = label_of
        self._for = ""
        self._tools: tuple[Gazetteer, ClaimMaker] | None = None

    @property
    def version(self) -> str:
        """Name and version, stored with every claim."""
        return f"{NAME}-{VERSION}"

    def requests(self, article: Article, catalogue: Catalogue) -> tuple[Request, ...]:
        """Ask nothing."""
        return ()

    def read(self, article: Article, catalogue: Catalogue, answers: Mapping[str, str] | None = None) -> Reading:
        """Read one article from its labels: its topics, and a sure claim for each move that it states in so many words."""
        gazetteer, maker = self._prepared(catalogue)
        label = self._gold.get(self._label_of(article.url) or "", {"id": "", "topics": [], "moves": []})
        names = {m.entity_id for m in gazetteer.find(f"{article.title}\n\n{article.body}") if m.entity_id}
        return Reading(
            article=article,
            topics=tuple((topic, 1.0) for topic in label["topics"]),
            claims=tuple(claim for move in label["moves"] for claim in self._claim(article, self._moves[move], label["id"], maker)),
            sketch=sketch(article.title, article.body, article.lang, sorted(names)),
            language=article.lang,
            route=route_of(article),
            reader_version=self.version,
        )

    def _prepared(self, catalogue: Catalogue) -> tuple[Gazetteer, ClaimMaker]:
        if self._tools is None or self._for != catalogue.digest:
            gazetteer = Gazetteer(catalogue)
            self._tools, self._for = (gazetteer, ClaimMaker(catalogue, gazetteer)), catalogue.digest
        return self._tools

    def _claim(self, article: Article, move: Mapping[str, Any], label: str, maker: ClaimMaker) -> list[Claim]:
        text = f"{article.title}\n\n{article.body}"
        quotes = [quote for quote in move["quotes"].get(label, ()) if quote in text]
        if not quotes:
            return []
        best = quotes[-1]  # the title comes first in a move's quotes; the sentence says more
        quote = Quote(best, text.rindex(best), f"{article.title} {best}", 0)
        return [maker.make(article, move["topic"], move["kind"], quote, "new", 0.99, 1.0, (NAME, VERSION))]


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
