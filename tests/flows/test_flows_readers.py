"""A text that the reader breaks on: the night ends without it and names it, and the next run reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from extractors.model import Article
from flows.pipeline import Plan, begin, config_digest, decide_night, record
from flows.readers import BROKEN, ReaderError, read_articles
from flows.replay import reading_of
from flows.seeding import load_seeds
from flows.settings import read_settings
from flows.streams import load_stream
from flows.summary import Summary
from flows.tools import Tools
from standins.household import HARBOUR
from standins.plain_reader import PlainReader
from storage.store import Store
from topics.judge import shipped_judge
from topics.model import Catalogue, Reading

NIGHT, ARTICLES = load_stream(HARBOUR).nights[0]


class Breaking(PlainReader):
    """Breaks on some texts; its error quotes them."""

    def __init__(self, urls: Sequence[str]) -> None:
        self.urls = urls

    def read(self, article: Article, catalogue: Catalogue, answers: Mapping[str, str] | None = None) -> Reading:
        if article.url in self.urls:
            raise ValueError(f"secret words of {article.body}")
        return super().read(article, catalogue, answers)


def tools_in(home: Path, *broken: str) -> Tools:
    settings = read_settings({"TOPICWATCH_HOME": str(home)})
    return Tools(settings, load_seeds(settings), Store(home), Breaking(broken), {})


def watch(tools: Tools, night: date, articles: tuple[Article, ...]) -> tuple[Summary, set[str]]:
    """One night, and the links that it gave a verdict on."""
    after = datetime.combine(night + timedelta(1), time.min, UTC)
    started = begin(tools, Plan(night, after, "night", (), alert=False, armed=True))
    with tools.store.window() as window:
        window.record_source(started.run_seq, reading_of(articles), None, after)
    decided = decide_night(tools, started)
    return record(tools, started, (), decided), {r.article.url for r in decided.readings}


def test_the_night_goes_on_and_the_next_run_reads_it(tmp_path: Path) -> None:
    bad = ARTICLES[0].url
    tools = tools_in(tmp_path, bad)
    summary, decided = watch(tools, NIGHT, ARTICLES)
    assert decided == {a.url for a in ARTICLES} - {bad}
    (note,) = [note for note in summary.notes if bad in note]
    assert note.startswith(f"could not be read, the next run tries again: {bad}: ValueError in test_flows_readers.py, line ")
    assert "secret words" not in note
    summary, decided = watch(replace(tools, reader=PlainReader()), NIGHT + timedelta(1), ())
    assert decided == {bad}
    assert not [note for note in summary.notes if bad in note]


def test_a_reader_that_gives_nothing_but_faults_ends_the_run(tmp_path: Path) -> None:
    many = [replace(ARTICLES[0], article_id=f"p_{n}", url=f"https://outlet.example/{n}") for n in range(BROKEN)]
    tools = tools_in(tmp_path, *(a.url for a in many))
    assert len(read_articles(tools, many[1:])[1]) == BROKEN - 1
    with pytest.raises(ReaderError, match=rf"broke on each of {BROKEN} articles, first on https://outlet\.example/0: ValueError"):
        read_articles(tools, many)


def test_what_decides_is_in_the_runs_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tools = tools_in(tmp_path)
    first = config_digest(tools)
    digests = {
        first,
        config_digest(replace(tools, rules=replace(tools.rules, same_step=0.1))),
        config_digest(replace(tools, judge=shipped_judge())),
    }
    for name in ("DEFAULT_COPY_RULES", "DEFAULT_REWRITE_RULES", "DEFAULT_STORY_RULES"):
        with monkeypatch.context() as other:
            other.setattr(f"flows.pipeline.{name}", name)
            digests.add(config_digest(tools))
    assert len(digests) == 6
    assert config_digest(tools) == first
