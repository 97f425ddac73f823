"""A run at 02:00 decides what was published the day before, and decides as a replay does whose night is that day itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from extractors.model import Article
from flows.pipeline import Plan, begin, decide_night, record
from flows.replay import reading_of, replayed
from flows.seeding import load_seeds
from flows.settings import read_settings
from flows.streams import load_stream
from flows.tools import Tools
from gate.small_night import CATALOGUE, article, claim, reading
from standins.household import HARBOUR
from standins.plain_reader import PlainReader
from storage.store import Store
from topics.judge import shipped_judge
from topics.model import Catalogue, Kind, Move, NightResult, Reading, Request, Verdict

WIRE = """Commerce bars contractors from hosting with Lantern Cloud
WASHINGTON, Nov 2 - The Commerce Department on Monday barred federal contractors from hosting data with Lantern Cloud, a Chinese provider, \
after auditors found 14 open storage buckets. "We could read payroll files," the chief auditor told reporters. Contractors have until \
March 1 to move. Lantern Cloud said that it had closed the buckets within a day and that no customer had complained."""
AGAIN = """Ministry shows Lantern Cloud the door
The Commerce Department barred federal contractors on Monday from hosting data with Lantern Cloud, the provider from China. Payroll files \
stood open there."""
POSTPONED = """Commerce postpones tenant checks for data centers
The Commerce Department postponed the tenant identification rule for data centers until March 1, 2027. Small owners had asked for time."""
POSTPONED_AGAIN = """Tenant checks for data centers put off once more
The Commerce Department postponed the tenant identification rule for data centers until June 1, 2027. Small owners had asked for time."""


class ByHand:
    """Reads in the first sentence of every article one step of the kind that it was told."""

    version = "hand-1"

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self._kinds = kinds

    def requests(self, article: Article, catalogue: Catalogue) -> tuple[Request, ...]:
        return ()

    def read(self, article: Article, catalogue: Catalogue, answers: Mapping[str, str] | None = None) -> Reading:
        return reading(article, claim(article, self._kinds[article.article_id]))


def nights(home: Path, lag: int, days: Mapping[int, str], kind: Kind) -> list[NightResult]:
    """Decide one article a day in a real store, by runs at 02:00 of the day that is `lag` days after its noon."""
    articles = {day: replace(article(f"p_{day}", text, day=day), rev=0, content_hash=f"{day}") for day, text in days.items()}
    settings = read_settings({"TOPICWATCH_HOME": str(home)})
    seeds = replace(load_seeds(settings), catalogue=CATALOGUE, dossiers=())
    tools = Tools(settings, seeds, Store(home), ByHand({a.article_id: kind for a in articles.values()}), {})
    results = []
    for told in articles.values():
        night = told.told_at.date() + timedelta(lag)
        now = datetime.combine(night, time(2), UTC) if lag else told.told_at
        started = begin(tools, Plan(night, now, "night", (), alert=False, armed=True))
        with tools.store.window() as window:
            window.record_source(started.run_seq, reading_of((replace(told, first_seen_at=now),)), None, now)
        decided = decide_night(tools, started)
        record(tools, started, (), decided, publish=False)
        results.append(decided.result)
    return results


@pytest.mark.parametrize("lag", [0, 1])
def test_a_story_of_yesterday_is_no_story_of_the_same_night(tmp_path: Path, lag: int) -> None:
    _, second = nights(tmp_path, lag, {0: WIRE, 1: AGAIN}, "adopted")
    (verdict,) = second.verdicts
    assert not second.moves
    assert verdict.outcome == "restates_known"
    assert "same_step adopted 2026-11-02" in verdict.reasons[0]
    assert "told_day 1" in verdict.reasons[0]


@pytest.mark.parametrize("lag", [0, 1])
def test_a_postponement_told_the_day_after_another_is_a_second_one(tmp_path: Path, lag: int) -> None:
    _, second = nights(tmp_path, lag, {0: POSTPONED, 1: POSTPONED_AGAIN}, "eased")
    assert [move.kind for move in second.moves] == ["eased"]
    assert "changed_value" in second.verdicts[0].reasons[0]


def test_both_runs_say_the_same_to_the_letter(tmp_path: Path) -> None:
    days = {0: POSTPONED, 1: WIRE, 2: AGAIN, 3: POSTPONED_AGAIN}
    early, late = (nights(tmp_path / str(lag), lag, days, "eased") for lag in (0, 1))
    assert [r.verdicts for r in early] == [r.verdicts for r in late]
    assert [[replace(m, night=m.night - timedelta(1)) for m in r.moves] for r in late] == [list(r.moves) for r in early]


@pytest.mark.slow
def test_harbour_decided_a_day_later_tells_the_same_moves_and_verdicts(tmp_path: Path) -> None:
    stream = load_stream(HARBOUR)
    found = {}
    for lag in (0, 1):
        settings = read_settings({"TOPICWATCH_HOME": str(tmp_path / "home")})
        tools = Tools(settings, load_seeds(settings), Store(tmp_path / "home"), PlainReader(), {}, judge=shipped_judge())
        shifted = replace(stream, nights=tuple((night + timedelta(lag), articles) for night, articles in stream.nights))
        with replayed(tools, shifted, tmp_path / str(lag)) as done:
            found[lag] = [unnamed(result, lag) for result in done.results]
    assert sum(len(moves) for moves, _ in found[0]) > 5
    for early, late in zip(found[0], found[1], strict=True):
        assert early == late


def unnamed(result: NightResult, lag: int) -> tuple[list[Move], list[Verdict]]:
    """A night's moves, dated by the day of telling, and its verdicts; a surge is named after the night itself, so its ids are left out."""
    named = {move.move_id for move in result.moves if move.kind == "surge"}
    dated = [replace(move, night=move.night - timedelta(lag)) for move in result.moves]
    moves = [replace(move, move_id="", ledger_id="", value="") if move.move_id in named else move for move in dated]
    verdicts = [replace(v, covers_id="") if v.covers_id in named else v for v in result.verdicts]
    return sorted(moves, key=lambda m: (m.move_id, m.topic)), verdicts
