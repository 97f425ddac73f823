from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from flows.replay import baseline_of, run_replay
from flows.seeding import load_seeds
from flows.settings import read_settings
from flows.streams import Stream, load_stream
from flows.tools import Tools
from standins.household import HARBOUR
from standins.plain_reader import PlainReader
from storage.store import Store


def tools_in(home: Path) -> Tools:
    settings = read_settings({"TOPICWATCH_HOME": str(home)})
    return Tools(settings, load_seeds(settings), Store(home), PlainReader(), {})


def first_nights(number: int) -> Stream:
    stream = load_stream(HARBOUR)
    nights = stream.nights[:number]
    kept = {a.article_id for _, articles in nights for a in articles}
    return replace(stream, nights=nights, ids={k: v for k, v in stream.ids.items() if k in kept})


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_two_replays_are_byte_equal_and_every_article_is_decided_once(tmp_path: Path) -> None:
    stream = first_nights(3)
    for name in ("one", "two"):
        run_replay(tools_in(tmp_path / "home"), stream, tmp_path / name)
    for file in ("moves.jsonl", "articles.jsonl"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    assert sorted(str(r["id"]) for r in rows(tmp_path / "one" / "articles.jsonl")) == sorted(stream.ids.values())
    assert not [p for p in (tmp_path / "one").iterdir() if p.is_dir()]


def test_a_move_names_its_articles_with_verbatim_quotes(tmp_path: Path) -> None:
    stream = first_nights(2)
    run_replay(tools_in(tmp_path / "home"), stream, tmp_path / "out")
    texts = {stream.ids[a.article_id]: f"{a.title}\n\n{a.body}" for _, articles in stream.nights for a in articles}
    moves = rows(tmp_path / "out" / "moves.jsonl")
    assert moves
    for move in moves:
        assert set(move) >= {"topic", "kind", "severity", "night", "articles", "quotes"}
        quotes = move["quotes"]
        assert isinstance(quotes, dict)
        for article, quote in quotes.items():
            assert quote in texts[article]


def test_a_later_night_changes_nothing_of_an_earlier_one(tmp_path: Path) -> None:
    run_replay(tools_in(tmp_path / "home"), first_nights(2), tmp_path / "two")
    run_replay(tools_in(tmp_path / "home"), first_nights(3), tmp_path / "three")
    for file in ("moves.jsonl", "articles.jsonl"):
        assert (tmp_path / "three" / file).read_bytes().startswith((tmp_path / "two" / file).read_bytes())


@pytest.mark.parametrize(("baseline", "dossiers", "steps"), [("none", False, False), ("seeds", True, False), ("all", True, True)])
def test_a_baseline_keeps_what_it_says_and_no_step_from_the_first_night_on(baseline: str, dossiers: bool, steps: bool) -> None:
    seeds = load_seeds(read_settings({}))
    first = date(2026, 10, 5)
    kept = baseline_of(seeds, baseline, first)  # type: ignore[arg-type]
    assert bool(kept.dossiers) == dossiers
    assert any(m.steps for m in kept.catalogue.measures) == steps
    assert all(step.on < first for m in kept.catalogue.measures for step in m.steps)
    assert [m.keys for m in kept.catalogue.measures] == [m.keys for m in seeds.catalogue.measures]
