from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from flows.replay import baseline_of, run_replay
from flows.seeding import Seeds, load_seeds
from flows.settings import read_settings
from flows.streams import Stream, load_stream
from flows.tools import Tools
from standins.household import HARBOUR
from standins.plain_reader import PlainReader
from storage.store import Store


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Seeds:
    return load_seeds(read_settings({"TOPICWATCH_HOME": str(tmp_path_factory.mktemp("home"))}))


@pytest.fixture(scope="module")
def replays(tmp_path_factory: pytest.TempPathFactory, seeds: Seeds) -> Path:
    """Three replays for all tests, each in a folder of its own: three nights twice, from the same home, and two nights."""
    folder = tmp_path_factory.mktemp("replays")
    for name, nights in (("three", 3), ("again", 3), ("two", 2)):
        home = folder / "home"
        settings = read_settings({"TOPICWATCH_HOME": str(home)})
        run_replay(Tools(settings, seeds, Store(home), PlainReader(), {}), first_nights(nights), folder / name)
    return folder


def first_nights(number: int) -> Stream:
    stream = load_stream(HARBOUR)
    nights = stream.nights[:number]
    kept = {a.article_id for _, articles in nights for a in articles}
    return replace(stream, nights=nights, ids={k: v for k, v in stream.ids.items() if k in kept})


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_two_replays_are_byte_equal_and_every_article_is_decided_once(replays: Path) -> None:
    for file in ("moves.jsonl", "articles.jsonl"):
        assert (replays / "three" / file).read_bytes() == (replays / "again" / file).read_bytes()
    assert sorted(str(r["id"]) for r in rows(replays / "three" / "articles.jsonl")) == sorted(first_nights(3).ids.values())
    assert not [p for p in (replays / "three").iterdir() if p.is_dir()]


def test_a_move_names_its_articles_with_verbatim_quotes(replays: Path) -> None:
    stream = first_nights(3)
    texts = {stream.ids[a.article_id]: f"{a.title}\n\n{a.body}" for _, articles in stream.nights for a in articles}
    moves = rows(replays / "three" / "moves.jsonl")
    assert moves
    for move in moves:
        assert set(move) >= {"topic", "kind", "severity", "night", "articles", "quotes"}
        quotes = move["quotes"]
        assert isinstance(quotes, dict)
        for article, quote in quotes.items():
            assert quote in texts[article]


def test_a_later_night_changes_nothing_of_an_earlier_one(replays: Path) -> None:
    for file in ("moves.jsonl", "articles.jsonl"):
        assert (replays / "three" / file).read_bytes().startswith((replays / "two" / file).read_bytes())


@pytest.mark.parametrize(("baseline", "dossiers", "steps"), [("none", False, False), ("seeds", True, False), ("all", True, True)])
def test_a_baseline_keeps_what_it_says_and_no_step_from_the_first_night_on(
    seeds: Seeds, baseline: str, dossiers: bool, steps: bool
) -> None:
    first = date(2026, 10, 5)
    kept = baseline_of(seeds, baseline, first)  # type: ignore[arg-type]
    assert bool(kept.dossiers) == dossiers
    assert any(m.steps for m in kept.catalogue.measures) == steps
    assert all(step.on < first for m in kept.catalogue.measures for step in m.steps)
    assert [m.keys for m in kept.catalogue.measures] == [m.keys for m in seeds.catalogue.measures]
