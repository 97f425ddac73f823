"""What the ids in verdicts and moves stand for: who told it, when, in which words, as far as a run knew."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from storage.model import Cited
from storage.store import Store
from topics.model import LedgerChange

Make = Any


def decide(store: Store, make: Make, number: int, night: int, **verdict: Any) -> str:
    """Read one article of another outlet and decide it as given; gives its article id."""
    with store.window() as window:
        run = make.begin(window, make.night(night))
        window.record_source(run.run_seq, make.reading([make.article(number, source="beta")], source="beta"), None, make.now)
        (found,) = window.undecided("night", make.night(night))
        result = make.result([found], run.run_seq, make.night(night))
        (own,) = result.verdicts
        changes = verdict.pop("changes", ())
        quiet = replace(result, verdicts=(replace(own, **verdict),), moves=(), ledger=(), changes=changes)
        window.record_night(run.run_seq, quiet, make.readings([found]), (), (), "done", {}, make.now)
    return str(found.article_id)


def first_night(store: Store, make: Make) -> Any:
    """One article that tells a move; gives the move."""
    with store.window() as window:
        make.full_night(window, [1], make.night(1))
    store.publish_snapshot()
    with store.read() as reads:
        return reads.moves()[0].move


def covering(store: Store, asked: str, as_of: int | None = None) -> Cited | None:
    store.publish_snapshot()
    with store.read() as reads:
        found = reads.explain(asked, as_of)
    return found.about(found.verdicts[-1].verdict.covers_id)


def test_an_article_that_covers_comes_with_title_publisher_link_and_day(store: Store, make: Make) -> None:
    move = first_night(store, make)
    first = move.evidence[0].article_id
    copy = decide(store, make, 2, 2, outcome="near_duplicate", covers_id=first)
    found = covering(store, copy)
    assert found is not None
    assert (found.what, found.cited_id, found.publisher, found.title) == ("article", first, "alpha news", "Title 1")
    assert (found.url, found.day) == ("https://alpha.example/1", make.night(1))


def test_a_seed_that_covers_comes_with_its_title_and_day(store: Store, make: Make) -> None:
    dossier = make.dossier("seed-9", published=datetime(2026, 3, 1, tzinfo=UTC))
    with store.window() as window:
        run = make.begin(window, make.night(0))
        window.record_baseline([dossier], make.catalogue(), run.run_seq, "digest")
    rewrite = decide(store, make, 2, 1, outcome="rewrite", covers_id="seed-9")
    found = covering(store, rewrite)
    assert found == Cited("seed-9", "seed", "seed news", "Seed seed-9", "", datetime(2026, 3, 1, tzinfo=UTC).date())


def test_a_step_that_covers_comes_with_its_words_and_the_article_that_told_it(store: Store, make: Make) -> None:
    move = first_night(store, make)
    again = decide(store, make, 2, 2, outcome="restates_known", covers_id=move.ledger_id)
    found = covering(store, again)
    assert found is not None
    assert (found.what, found.kind, found.topic, found.support) == ("step", "in_force", make.topic, "press:1")
    assert (found.quote, found.day) == ("The rule number 1 takes effect.", make.night(1))
    assert (found.publisher, found.title, found.url) == ("alpha news", "Title 1", "https://alpha.example/1")
    assert not found.retracted


def test_a_move_that_covers_comes_with_the_words_of_its_evidence(store: Store, make: Make) -> None:
    move = first_night(store, make)
    follow = decide(store, make, 2, 2, outcome="follow_up", covers_id=move.move_id)
    found = covering(store, follow)
    assert found is not None
    assert (found.what, found.title, found.support) == ("move", "Rule 1 in force", "raised")
    assert (found.quote, found.publisher, found.day) == (move.evidence[0].quote, "alpha news", make.night(1))


def test_what_happened_to_a_step_later_is_told_as_of_the_run_that_is_asked(store: Store, make: Make) -> None:
    move = first_night(store, make)
    again = decide(store, make, 2, 2, outcome="restates_known", covers_id=move.ledger_id)
    decide(store, make, 3, 3, outcome="no_move", changes=(LedgerChange(move.ledger_id, "retracted", "desk", "it was wrong"),))
    now, then = covering(store, again), covering(store, again, as_of=2)
    assert now is not None
    assert then is not None
    assert (now.retracted, now.later) == (True, (("retracted", "it was wrong", 3),))
    assert (then.retracted, then.later) == (False, ())


def test_an_id_that_nobody_knows_is_left_out(store: Store, make: Make) -> None:
    odd = decide(store, make, 2, 1, outcome="rewrite", covers_id="seed-gone")
    assert covering(store, odd) is None


def test_a_move_brings_the_step_that_it_changes_and_is_found_by_its_own_step(store: Store, make: Make) -> None:
    first = first_night(store, make)
    with store.window() as window:
        run = make.begin(window, make.night(2))
        window.record_source(run.run_seq, make.reading([make.article(2)]), None, make.now)
        found = window.undecided("night", make.night(2))
        result = make.result(found, run.run_seq, make.night(2))
        changing = replace(result, moves=(replace(result.moves[0], before_id=first.ledger_id, before="in words"),))
        window.record_night(run.run_seq, changing, make.readings(found), (), (), "done", {}, make.now)
    store.publish_snapshot()
    (move,) = changing.moves
    with store.read() as reads:
        for asked in (move.move_id, move.ledger_id, found[0].article_id):
            told = reads.explain(asked)
            before, own = told.about(move.before_id), told.about(move.ledger_id)
            assert [row.move for row in told.moves] == [move], asked
            assert before is not None
            assert own is not None
            assert (before.quote, before.day) == ("The rule number 1 takes effect.", make.night(1))
            assert own.quote == "The rule number 2 takes effect."


@pytest.mark.parametrize("asked", ["p_none", "https://never.example/"])
def test_what_was_never_seen_cites_nothing(store: Store, make: Make, asked: str) -> None:
    first_night(store, make)
    with store.read() as reads:
        assert reads.explain(asked).cited == ()
