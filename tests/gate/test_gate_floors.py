"""The floors of floors.toml, held against the shipped reader and the ledger; without ../shared only the repository's own stream runs."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from extractors.block_model import shipped
from flows.streams import Stream, load_stream
from gate import crossval, doors, extraction, novelty_gate, perfect_claims, unseen
from gate.known_seeds import seeded
from topics.doors import Doors
from topics.judge import shipped_judge
from topics.mentions import Gazetteer
from topics.model import NightResult
from topics.reader import shipped_weights
from topics.rules import DEFAULT_RULES
from training.block_read import read_part
from training.block_rows import golds
from training.labelled import ROOT, SELF_WRITTEN, SHARED, read_jsonl, repository_catalogue

FLOORS = tomllib.loads((Path(__file__).parent / "floors.toml").read_text(encoding="utf-8"))
OWN = ROOT / "tests" / "data" / "streams"
needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason=f"the labelled streams are not beside the checkout ({SHARED.name}/ is absent)"
)
pytestmark = pytest.mark.slow


def decided(folder: Path, with_seeds: bool) -> tuple[Stream, list[NightResult]]:
    """A stream read by the shipped reader and decided night by night."""
    stream, catalogue = load_stream(folder), repository_catalogue()
    readings = unseen.read_stream(stream, catalogue, [({night for night, _ in stream.nights}, shipped_weights())])
    return stream, crossval.replay(stream, readings, catalogue, DEFAULT_RULES, seeded(with_seeds, DEFAULT_RULES), lambda _: shipped_judge())


@cache
def figures(name: str) -> dict[str, Any]:
    return crossval.score(name, *decided(SHARED / "streams" / name, name in crossval.SEEDED))


def counts(found: dict[str, Any]) -> tuple[int, int, int]:
    """(raised right, raised, on time as alert)."""
    alert = found["alert"]
    return round(alert["precision"] * alert["raised"]), alert["raised"], round(alert["recall_same_night_as_alert"] * alert["gold"])


@needs_shared
def test_the_self_written_streams() -> None:
    floor, found = FLOORS["self_written"], {n: figures(n) for n in SELF_WRITTEN}
    for name, row in found.items():
        print(crossval.line(name, row))
    right, raised, on_time = (sum(c) for c in zip(*map(counts, found.values()), strict=True))
    print(f"pooled right {right}/{raised}, on time {on_time}")
    copies = [row["articles"]["duplicates"] for row in found.values()]
    assert right / raised >= floor["right_share"]
    assert on_time >= floor["on_time"]
    assert sum(c["syndicated"]["caught"] for c in copies) >= floor["syndicated"]
    assert sum(c["rewrite"]["caught"] for c in copies) >= floor["rewrites"]
    assert sum(len(row["articles"]["moves_lost_as_duplicates"]) for row in found.values()) <= floor["moves_lost_as_duplicates"]


@needs_shared
def test_real_official_documents() -> None:
    floor, found = FLOORS["fr_dev"], figures("fr-dev")
    right, raised, on_time = counts(found)
    print(crossval.line("fr-dev", found))
    assert right / raised >= floor["right_share"]
    assert on_time >= floor["on_time"]


@needs_shared
def test_the_ledger_with_perfect_claims() -> None:
    floor = FLOORS["perfect_claims"]
    rows = [perfect_claims.counts(perfect_claims.score(name, perfect_claims.replay(name))["alert"]) for name in SELF_WRITTEN]
    right, raised, on_time, gold = (sum(column) for column in zip(*rows, strict=True))
    print(f"perfect claims: right {right}/{raised}, on time {on_time}/{gold}")
    assert right / raised >= floor["right_share"]
    assert on_time >= floor["on_time"]


@pytest.mark.parametrize("folder", [pytest.param(SHARED / "streams", marks=needs_shared), ROOT / "tests" / "data" / "training", OWN])
def test_the_doors_let_in_what_tells_a_move(folder: Path) -> None:
    found = doors.total(doors.measure([folder], Doors(repository_catalogue())))
    print(f"doors: {found.let_in} of {found.moves} let in, {found.spared} of {found.off} spared; lost: {'; '.join(found.lost)}")
    assert found.let_in >= found.moves * FLOORS["doors"]["recall"]
    if folder.is_relative_to(SHARED):
        assert found.spared >= found.off * FLOORS["doors"]["spared"]


@cache
def own(name: str) -> tuple[int, int, int, int]:
    """(raised right, raised, on time, alert moves) of one of our own streams that no weight has seen.

    A raised move is right when a gold move of its topic shares an article with it and is not taken yet.
    """
    stream, results = decided(OWN / name, True)
    raised, _ = crossval.predictions(stream, results)
    alerts = sorted((m for m in raised if m["severity"] == "alert"), key=lambda m: (m["night"], m["topic"]))
    gold = read_jsonl(OWN / name / "moves.jsonl")
    taken: dict[str, str] = {}
    for move in alerts:
        fits = [g for g in gold if g["topic"] == move["topic"] and set(g["articles"]) & set(move["articles"]) and g["id"] not in taken]
        if fits:
            taken[fits[0]["id"]] = move["night"]
    wanted = [g for g in gold if g["severity"] == "alert"]
    found = len(taken), len(alerts), sum(taken.get(g["id"]) == g["night"] for g in wanted), len(wanted)
    print("{}: right {}/{}, on time {}/{}".format(name, *found))
    return found


@pytest.mark.parametrize("pool", ["unseen", "blind_articles", "blind_short", "snare"])
def test_our_own_streams(pool: str) -> None:
    floor = FLOORS[pool]
    right, raised, on_time, gold = (sum(column) for column in zip(*map(own, floor["streams"]), strict=True))
    print(f"{pool}: right {right}/{raised}, on time {on_time}/{gold}")
    assert right / raised >= floor["right_share"]
    assert on_time >= floor["on_time"]


@needs_shared
def test_clean_text() -> None:
    """By the shipped weights, which have seen these pages; `python -m gate.extraction` reads them with weights that have not."""
    floor, folder = FLOORS["extraction"], SHARED / "extraction" / "dev"
    rows, gold = {row.page_id: row for row in read_part(folder, shipped())}, golds(folder)
    texts = {name: row.text for name, row in rows.items()}
    news = [page for page in gold if page["dataset"] != "wcxb"]
    whole, ours = extraction.summary(gold, texts), extraction.summary(news, texts)
    andy, fundus = ([page for page in gold if page["dataset"] == name] for name in ("andy", "fundus-tests"))
    found = {
        "f1": whole["F1"],
        "news": ours["F1"],
        "exact": whole["exact"],
        "author_news": extraction.share(news, rows, "author", "author"),
        "date_andy": extraction.share(andy, rows, "date", "day"),
        "date_fundus": extraction.share(fundus, rows, "date", "day"),
    }
    print(found)
    assert {name: value for name, value in found.items() if value < floor[name]} == {}


@needs_shared
def test_known_and_new_texts() -> None:
    floor, gazetteer = FLOORS["novelty"], Gazetteer(repository_catalogue())
    found = novelty_gate.federal_register(gazetteer, identity=True)
    stories, cost = novelty_gate.happenings(gazetteer)
    print(found, stories, cost)
    assert found["all new"][0] <= floor["new_lost"]
    assert found["retells"][0] / found["retells"][1] >= floor["retells"]
    assert stories >= floor["stories"]
    assert cost <= floor["first_story_cost"]
