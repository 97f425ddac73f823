"""An outlet's past: own texts on a topic against rewrites, as of a view, one count a revision however often it was decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from storage.as_of import View
from storage.store import Store
from storage.window import Window
from topics.model import Outcome, Verdict

Make = Any
TOLD: dict[int, tuple[str, Outcome, tuple[str, ...]]] = {
    1: ("Wire", "move", ("chips",)),
    2: ("Mill", "rewrite", ("chips",)),
    3: ("Mill", "rewrite", ()),
    4: ("Mill", "near_duplicate", ("chips",)),
    5: ("Garden", "off_topic", ()),
}


def record(window: Window, make: Make, night: date, told: dict[int, tuple[str, Outcome, tuple[str, ...]]]) -> int:
    """Record one night whose articles have these publishers, outcomes and topics."""
    run = make.begin(window, night)
    articles = [replace(make.article(number), publisher=publisher) for number, (publisher, _, _) in told.items()]
    window.record_source(run.run_seq, make.reading(articles), None, make.now)
    found = window.undecided("night", night)
    result = make.result(found, run.run_seq, night)
    by_title = {f"Title {number}": row for number, row in told.items()}
    titles = {article.article_id: article.title for article in found}
    verdicts = tuple(decided(verdict, by_title[titles[verdict.article_id]]) for verdict in result.verdicts)
    window.record_night(run.run_seq, replace(result, verdicts=verdicts), make.readings(found), (), (), "done", {}, make.now)
    return int(run.run_seq)


def decided(verdict: Verdict, row: tuple[str, Outcome, tuple[str, ...]]) -> Verdict:
    return replace(verdict, outcome=row[1], topics=row[2])


def asked(make: Make, *publishers: str) -> Any:
    return replace(make.probes(), publishers=frozenset(publishers))


def test_own_texts_on_a_topic_and_rewrites_are_counted(store: Store, make: Make) -> None:
    with store.window() as window:
        run = record(window, make, make.night(1), TOLD)
        known = window.slice(View.by_run(run), asked(make, "Wire", "Mill", "Garden", "Nobody"))
        assert known.outlets == (("Mill", 1, 2), ("Wire", 1, 0))
        assert window.slice(View.by_run(run), asked(make, "Wire")).outlets == (("Wire", 1, 0),)
        assert window.slice(View.by_run(run), make.probes()).outlets == ()


def test_the_past_is_that_of_the_view(store: Store, make: Make) -> None:
    with store.window() as window:
        first = record(window, make, make.night(1), {1: TOLD[1]})
        record(window, make, make.night(2), {2: ("Wire", "rewrite", ("chips",))})
        past = {
            view: window.slice(view, asked(make, "Wire")).outlets
            for view in (View.by_run(first), View.by_night(make.night(2)), View.by_night(make.night(3)))
        }
        assert list(past.values()) == [(("Wire", 1, 0),), (("Wire", 1, 0),), (("Wire", 1, 1),)]


def test_a_revision_that_is_decided_again_counts_as_it_was_decided_last(store: Store, make: Make) -> None:
    with store.window() as window:
        record(window, make, make.night(1), {1: ("Wire", "rewrite", ("chips",))})
        run = make.begin(window, make.night(1), "reread")
        found = window.undecided("reread", make.night(1))
        window.record_night(run.run_seq, make.result(found, run.run_seq, make.night(1)), make.readings(found), (), (), "done", {}, make.now)
        assert window.slice(View.by_run(run.run_seq), asked(make, "Wire")).outlets == (("Wire", 1, 0),)
