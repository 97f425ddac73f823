"""What people ask the snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from storage.gaps import find_gaps
from storage.model import Gap, RunSource
from storage.reads import Reads
from storage.store import Store
from topics.model import LedgerChange

Make = Any


@contextmanager
def published(store: Store) -> Iterator[Reads]:
    store.publish_snapshot()
    with store.read() as reads:
        yield reads


def two_nights(store: Store, make: Make) -> None:
    with store.window() as window:
        make.full_night(window, [1, 2], make.night(1))
        run = make.begin(window, make.night(2))
        again = make.article(1, text="The rule number 1 takes effect.\n\nOnce more.", source="beta", article_id="p_again")
        refused = make.disposed(make.article(7, source="beta"), "refused")
        reading = make.reading([again], source="beta")
        window.record_source(run.run_seq, replace(reading, disposed=(*reading.disposed, refused)), None, make.now)
        (found,) = window.undecided("night", make.night(2))
        result = make.result([found], run.run_seq, make.night(2))
        (verdict,) = result.verdicts
        ledger_id = result.ledger[0].ledger_id
        covered = replace(verdict, outcome="restates_known", covers_id=ledger_id, reasons=("same step",))
        quiet = replace(
            result, verdicts=(covered,), moves=(), ledger=(), changes=(LedgerChange(ledger_id, "confirmed", "c9", "told by beta"),)
        )
        window.record_night(run.run_seq, quiet, make.readings([found]), (), (), "partial", {"read": 1}, make.now)


def test_explain_finds_a_link_in_any_of_its_forms(store: Store, make: Make) -> None:
    two_nights(store, make)
    with published(store) as reads:
        for asked in ("https://beta.example/1", "http://www.beta.example/1?utm_source=x", "p_again", "beta.example/1"):
            told = reads.explain(asked)
            assert [(e.disposition, e.source_id) for e in told.entries] == [("fetched", "beta")], asked
            assert [(d.verdict.outcome, d.run_seq) for d in told.verdicts] == [("restates_known", 2)]
            covering = told.about(told.verdicts[0].verdict.covers_id)
            assert covering is not None
            assert (covering.what, covering.quote) == ("step", "The rule number 1 takes effect.")
            assert [a.body for a in told.revisions] == ["The rule number 1 takes effect.\n\nOnce more."]
            assert told.moves == ()
        assert reads.explain("https://beta.example/1", as_of=1).is_empty
        refused = reads.explain("https://beta.example/7")
        assert [(e.disposition, e.reason, e.article_id) for e in refused.entries] == [("refused", "because", "")]
        assert reads.explain("https://never.example/").is_empty
        assert reads.explain("file:///etc/passwd").is_empty


def test_explain_of_a_move_brings_its_articles_and_deliveries(store: Store, make: Make) -> None:
    two_nights(store, make)
    with published(store) as reads:
        move = reads.moves()[0].move
        told = reads.explain(move.move_id)
        assert [row.move for row in told.moves] == [move]
        assert [a.article_id for a in told.revisions] == [move.evidence[0].article_id]
        assert [d.channel for d in told.deliveries] == ["file"]
        by_article = reads.explain(move.evidence[0].article_id)
        assert by_article.moves == told.moves
        assert by_article.deliveries == told.deliveries


def test_moves_are_filtered(store: Store, make: Make) -> None:
    two_nights(store, make)
    with published(store) as reads:

        def count(**filters: Any) -> int:
            return len(reads.moves(**filters))

        assert count() == count(topic="chips") == count(since=make.night(1), until=make.night(1)) == count(dispositions=["raised"]) == 2
        assert count(topic="x") == count(since=make.night(2)) == count(until=make.night(0)) == count(dispositions=["watch"]) == 0
        assert count(matter_id="m_1") == 1
        assert count(run_seq=2) == 0


def test_alerts_come_back_as_they_were_composed(store: Store, make: Make) -> None:
    two_nights(store, make)
    with published(store) as reads:
        expected = sorted((make.alert(row.move) for row in reads.moves()), key=lambda alert: alert.alert_id)
        assert list(reads.alerts()) == expected
        assert reads.alerts(run_seq=2) == ()
        assert reads.alerts(matter_id="m_1") == tuple(a for a in expected if a.matter_id == "m_1")
        assert [d.alert_id for d in reads.deliveries(alert_id=expected[0].alert_id)] == [expected[0].alert_id]
        assert len(reads.deliveries(status="pending")) == 2


def test_the_ledger_as_of_a_run_a_night_and_now(store: Store, make: Make) -> None:
    two_nights(store, make)
    with store.window() as window:
        run = make.begin(window, make.night(3))
        ledger_id = window._open().execute("SELECT min(ledger_id) FROM ledger").fetchall()[0][0]
        result = replace(make.result([], run.run_seq, make.night(3)), changes=(LedgerChange(ledger_id, "retracted", "desk", "wrong"),))
        window.record_night(run.run_seq, result, (), (), (), "done", {}, make.now)
    with published(store) as reads:
        assert [len(reads.ledger(as_of)) for as_of in (0, 1, make.night(0), make.night(1), None)] == [0, 2, 0, 2, 2]
        assert sum(entry.retracted for entry in reads.ledger()) == 1
        assert sum(entry.retracted for entry in reads.ledger(make.night(2))) == 0
        assert sum(entry.retracted for entry in reads.ledger(2)) == 0
        changed = [entry.changes for entry in reads.ledger(2) if entry.changes]
        assert changed == [(("confirmed", "c9", "told by beta", 2),)]


def test_runs_sources_and_texts(store: Store, make: Make) -> None:
    two_nights(store, make)
    with published(store) as reads:
        assert [(r.run_seq, r.outcome) for r in reads.runs()] == [(2, "partial"), (1, "done")]
        assert [r.run_seq for r in reads.runs(limit=1)] == [2]
        assert [s.source_id for s in reads.run_sources(2)] == ["beta"]
        assert [(s.source_id, s.armed_run_seq, s.last.new if s.last else None) for s in reads.sources()] == [
            ("alpha", 1, 2),
            ("beta", 2, 2),
        ]
        text = reads.article("p_again")
        assert text is not None
        assert text.body.endswith("Once more.")
        assert reads.article("p_again", 2) is None
        assert reads.article("nix") is None
        assert reads.gaps() == ()


def heard(make: Make, run_seq: int, day: float, outcome: str = "ok", window_from: float | None = None) -> RunSource:
    at = make.now + timedelta(days=day)
    since = None if window_from is None else make.now + timedelta(days=window_from)
    return RunSource(run_seq, "alpha", since, at if since else None, outcome, "" if outcome == "ok" else "dns", 0, 0, 0, at)  # type: ignore[arg-type]


def gap(make: Make, since: float, until: float, reason: str, *, ended: bool = True, refilled: bool = False) -> Gap:
    return Gap("alpha", make.now + timedelta(days=since), make.now + timedelta(days=until), reason, ended, refilled)


def test_the_articles_that_tell_on_a_day_come_as_they_were_told_first(store: Store, make: Make) -> None:
    with store.window() as window:
        make.full_night(window, [1, 2], make.night(1))
        first, other = sorted(window.undecided("reread", make.night(1)), key=lambda article: article.article_id)
        run = make.begin(window, make.night(2))
        changed = replace(first, rev=0, body="The rule number 1 is off.", content_hash="", title="Off")
        (again,) = window.record_source(run.run_seq, make.reading([changed]), None, make.now)
    assert again.rev == 2
    with published(store) as reads:
        day = first.told_at.date()
        assert reads.told_on(day) == (first, other)
        assert reads.told_on(day - timedelta(days=1)) == reads.told_on(day + timedelta(days=1)) == ()


def test_gaps_of_a_source(make: Make) -> None:
    assert find_gaps([]) == ()
    assert find_gaps([heard(make, 1, 0), heard(make, 2, 1), heard(make, 3, 2.3)]) == ()
    assert find_gaps([heard(make, 1, 0), heard(make, 2, 4)]) == (gap(make, 0, 4, "no_run"),)
    assert find_gaps([heard(make, 1, 0), heard(make, 2, 4, window_from=-1)]) == ()
    failed = [heard(make, 1, 0), heard(make, 2, 1, "failed"), heard(make, 3, 2, "skipped")]
    assert find_gaps(failed) == (gap(make, 0, 1, "dns", ended=False),)
    assert find_gaps([*failed, heard(make, 4, 3)]) == (gap(make, 0, 3, "dns"),)
    assert find_gaps([*failed, heard(make, 4, 3, window_from=0)]) == (gap(make, 0, 3, "dns", refilled=True),)
    assert find_gaps([heard(make, 1, 0, "failed"), heard(make, 2, 1)]) == (gap(make, 0, 1, "dns"),)
    filled = [heard(make, 1, 0), heard(make, 2, 4), heard(make, 3, 4.5, window_from=-2)]
    assert find_gaps(filled) == (gap(make, 0, 4, "no_run", refilled=True),)
    assert find_gaps([heard(make, 1, 5), heard(make, 2, 1, window_from=-9), heard(make, 3, 6)]) == ()
