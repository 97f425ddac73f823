"""What a night knows: the two views, their limits, and that nothing learnt later changes them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.as_of import View
from storage.store import Store
from storage.window import Window
from topics.model import Known, LedgerChange, LedgerRow, Matter, MatterKey

Make = Any
ROOT = Path(__file__).resolve().parents[2]


def change(window: Window, make: Make, number: int, *changes: LedgerChange, **more: Any) -> None:
    run = make.begin(window, make.night(number))
    result = replace(make.result([], run.run_seq, make.night(number)), changes=changes, **more)
    window.record_night(run.run_seq, result, (), (), (), "done", {}, make.now)


def test_a_view_is_by_run_or_by_night() -> None:
    with pytest.raises(ValueError, match="by run or by night"):
        View()


def test_an_empty_store_knows_nothing(store: Store, make: Make) -> None:
    with store.window() as window:
        assert window.slice(View.by_run(0), make.probes(topics=())) == Known()
        assert window.slice(View.by_night(make.night(1)), make.probes(topics=())) == Known()


def test_old_documents_come_by_band_or_with_the_ledger_and_unprobed_topics_not_at_all(store: Store, make: Make) -> None:
    with store.window() as window:
        run = make.begin(window, make.night(-80))
        window.record_source(run.run_seq, make.reading([make.article(1), make.article(2)]), None, make.now)
        found = window.undecided("night", make.night(-80))
        told = [a for a in found if a.title == "Title 2"]
        result = replace(make.result(told, 1, make.night(-80)), verdicts=make.result(found, 1, make.night(-80)).verdicts)
        window.record_night(run.run_seq, result, make.readings(found), (), (), "done", {}, make.now)
        make.full_night(window, [3], make.night(1))
        view = View.by_run(2)
        titles = [
            sorted(d.title for d in window.slice(view, probes).documents)
            for probes in (
                make.probes(),
                make.probes(bands=[1001]),
                make.probes(topics=["other"]),
                make.probes(topics=["other"], bands=[1001, (1 << 64) - 2]),
            )
        ]
        assert titles == [["Title 2", "Title 3"], ["Title 1", "Title 2", "Title 3"], [], ["Title 1"]]
        by_key = window.slice(view, make.probes(topics=["other"], keys=[("name", "m_2")]))
        assert [row.matter_id for row in by_key.ledger] == ["m_2"]
        assert [d.title for d in by_key.documents] == ["Title 2"]
        assert len(by_key.claims) == 1


def test_a_step_that_was_only_watched_is_not_told_yet(store: Store, make: Make) -> None:
    with store.window() as window:
        for number, disposition in ((1, "watch"), (2, "watch"), (3, "raised"), (4, "raised")):
            run = make.begin(window, make.night(number))
            article = make.article(1, source=f"s{number}", article_id=f"p_{number}")
            window.record_source(run.run_seq, make.reading([article], source=f"s{number}"), None, make.now)
            found = window.undecided("night", make.night(number))
            result = make.result(found, run.run_seq, make.night(number))
            result = replace(result, moves=tuple(replace(m, disposition=disposition) for m in result.moves))
            window.record_night(run.run_seq, result, make.readings(found), (), (), "done", {}, make.now)
        told = [len(window.slice(View.by_run(n), make.probes()).move_ids) for n in range(5)]
        assert told == [0, 0, 0, 1, 1]
        changes = window.slice(View.by_run(4), make.probes()).changes
        assert [c.reason for c in changes] == ["told again as watch", "told again as raised"]
        window.publish_snapshot()
    with store.read() as reads:
        assert [(row.move.disposition, row.run_seq) for row in reads.moves()] == [("raised", 3)]


def test_undecided_texts_are_not_known(store: Store, make: Make) -> None:
    with store.window() as window:
        run = make.begin(window, make.night(1))
        sketches = {make.article(1).article_id: make.sketch(1)}
        window.record_source(run.run_seq, make.reading([make.article(1)]), sketches, make.now)
        assert window.slice(View.by_run(1), make.probes(bands=[1001])).documents == ()


def test_by_night_knows_what_happened_before_whenever_learnt(store: Store, make: Make) -> None:
    with store.window() as window:
        make.full_night(window, [3], make.night(3))
        make.full_night(window, [1], make.night(1), mode="backfill", source="beta")
        assert [d.title for d in window.slice(View.by_night(make.night(3)), make.probes()).documents] == ["Title 1"]
        assert [d.title for d in window.slice(View.by_run(1), make.probes()).documents] == ["Title 3"]
        assert len(window.slice(View.by_run(2), make.probes()).documents) == 2


def test_a_corrected_text_hides_the_step_and_its_claim_from_its_run_on_and_nothing_confirms_it_again(store: Store, make: Make) -> None:
    with store.window() as window:
        make.full_night(window, [1], make.night(1))
        before = window.slice(View.by_run(1), make.probes())
        (row,) = before.ledger
        change(window, make, 2, LedgerChange(row.ledger_id, "retracted", "p_1:2", "the quoted sentence is gone"))
        after = window.slice(View.by_run(2), make.probes())
        assert (after.ledger, after.claims) == ((), ())
        assert after.changes == (LedgerChange(row.ledger_id, "retracted", "p_1:2", "the quoted sentence is gone"),)
        assert after.move_ids == before.move_ids
        assert window.slice(View.by_run(1), make.probes()) == before
        change(window, make, 3, LedgerChange(row.ledger_id, "confirmed", "c", "found again by a backfill"))
        assert window.slice(View.by_run(3), make.probes()).ledger == ()
        change(window, make, 5, LedgerChange(row.ledger_id, "superseded", "c", "postponed"))
        assert window.slice(View.by_night(make.night(2)), make.probes()).ledger == (row,)


def test_a_step_that_a_person_took_back_is_known_as_such_for_good(store: Store, make: Make) -> None:
    with store.window() as window:
        make.full_night(window, [1], make.night(1))
        before = window.slice(View.by_run(1), make.probes())
        (row,) = before.ledger
        gone = LedgerChange(row.ledger_id, "retracted", "person:desk", "it was a draft")
        change(window, make, 2, gone)
        again = LedgerChange(row.ledger_id, "confirmed", "c", "told again as raised")
        change(window, make, 3, again)
        for run, changes in ((2, (gone,)), (3, (gone, again))):
            known = window.slice(View.by_run(run), make.probes())
            assert (known.ledger, known.claims, known.changes) == (before.ledger, before.claims, changes)
        window.publish_snapshot()
    with store.read() as reads:
        assert [entry.retracted for entry in reads.ledger() if entry.row.ledger_id == row.ledger_id] == [True]


def test_a_revised_article_comes_with_its_text_as_it_was_decided(store: Store, make: Make) -> None:
    with store.window() as window:
        make.full_night(window, [1], make.night(1))
        (document,) = window.slice(View.by_run(1), make.probes()).documents
        asked = replace(make.probes(), revised=((document.doc_id, 2),))
        ((article_id, text),) = window.slice(View.by_run(1), asked).former
        assert (article_id, text.partition("\n\n")[0]) == (document.doc_id, "Title 1")
        assert window.slice(View.by_run(0), asked).former == ()
        assert window.slice(View.by_run(1), make.probes()).former == ()


def test_a_matter_bears_its_last_names_and_keeps_its_keys(store: Store, make: Make) -> None:
    with store.window() as window:
        make.full_night(window, [1, 2], make.night(1))
        by_key = make.probes(topics=["other"], keys=[("name", "m_1")])
        before = window.slice(View.by_run(1), by_key)
        change(window, make, 2, matters=(Matter("m_1", "Order m_1"),), keys=(MatterKey("name", "m_1", "m_2"),))
        after = window.slice(View.by_run(2), by_key)
        assert {row.matter_id for row in after.ledger} == {"m_1"}
        assert ([m.name_en for m in before.matters], [m.name_en for m in after.matters]) == (["Rule m_1"], ["Order m_1"])
        assert {(k.value, k.matter_id) for k in after.keys} == {("m_1", "m_1")}, "the first matter keeps a key"
        assert window.slice(View.by_run(1), by_key) == before


def test_coverage_counts_families_once_and_copies_never(store: Store, make: Make) -> None:
    with store.window() as window:
        make.full_night(window, [1], make.night(-40), source="old")
        run = make.begin(window, make.night(1))
        sources = {1: "alpha", 2: "alpha", 3: "beta", 4: "gamma", 5: "delta"}
        for number, source in sources.items():
            article = make.article(10 + number, source=source, family="" if source == "delta" else f"{source} group")
            window.record_source(run.run_seq, make.reading([article], source=source), None, make.now)
        found = window.undecided("night", make.night(1))
        result = make.result(found, run.run_seq, make.night(1))
        copies = {a.article_id for a in found if a.source_id == "gamma"}
        verdicts = tuple(replace(v, outcome="near_duplicate") if v.article_id in copies else v for v in result.verdicts)
        window.record_night(run.run_seq, replace(result, verdicts=verdicts), make.readings(found), (), (), "done", {}, make.now)
        known = window.slice(View.by_run(2), make.probes())
        assert known.coverage == (("chips", make.night(-40), 1), ("chips", make.night(1), 3))
        assert known.nights == (make.night(-40), make.night(1))
        assert window.slice(View.by_run(1), make.probes()).coverage == (("chips", make.night(-40), 1),)
        assert window.slice(View.by_night(make.night(1)), make.probes()).nights == (make.night(-40),)
        assert window.slice(View.by_run(2), make.probes(topics=["other"])).coverage == ()


def test_seeds_are_known_to_the_run_that_records_them_and_edits_retire_them(store: Store, make: Make) -> None:
    with store.window() as window:
        first = make.begin(window, make.night(1))
        assert window.record_baseline([make.dossier("s1"), make.dossier("s2", number=901)], make.catalogue(), first.run_seq, "b1")
        assert not window.record_baseline([], make.catalogue(), first.run_seq, "b1"), "the same digest is left alone"
        known = window.slice(View.by_run(first.base_run_seq), make.probes(topics=["other"]))
        assert [(d.doc_id, d.rev, d.origin, d.topics, d.sketch) for d in known.documents] == [
            ("s1", 1, "seed", ("chips",), make.sketch(900)),
            ("s2", 1, "seed", ("chips",), make.sketch(901)),
        ]
        assert {c.origin_id for c in known.claims} == {"s1", "s2"}
        change(window, make, 1)
        second = make.begin(window, make.night(2))
        edited = make.dossier("s1", digest="d2", number=905)
        assert window.record_baseline([edited], make.catalogue(), second.run_seq, "b2")
        later = window.slice(View.by_run(second.base_run_seq), make.probes(topics=["other"]))
        assert [(d.doc_id, d.rev, d.sketch) for d in later.documents] == [("s1", 2, make.sketch(905))]
        assert later.claims == edited.claims
        assert window.slice(View.by_run(first.base_run_seq), make.probes(topics=["other"])) == known


def test_a_step_that_leaves_the_baseline_is_retracted_and_comes_back_confirmed(store: Store, make: Make) -> None:
    seed = make.dossier("s1")
    step = LedgerRow("step", "m_kyc", "chips", "adopted", "v", (), None, "official", "c_step", make.night(-9))
    claims = (replace(seed.claims[0], claim_id="c_step", origin="catalogue", origin_id="m_kyc"), *seed.claims)
    with store.window() as window:
        seen = []
        for number, ledger in enumerate(((step,), (), (step,), (step,))):
            run = make.begin(window, make.night(number))
            window.record_baseline([seed], make.catalogue(), run.run_seq, f"b{number}", ledger=ledger, claims=claims)
            seen.append(window.slice(View.by_run(run.base_run_seq), make.probes()))
            change(window, make, number)
        assert [len(known.ledger) for known in seen] == [1, 0, 1, 1]
        assert [{c.origin for c in known.claims} for known in seen] == [{"seed", "catalogue"}, {"seed"}, *[{"seed", "catalogue"}] * 2]
        assert [[c.what for c in known.changes] for known in seen] == [[], ["retracted"], ["confirmed"], ["confirmed"]]
        make.full_night(window, [1], make.night(6))
        assert len(window.slice(View.by_run(99), make.probes()).ledger) == 2
        run = make.begin(window, make.night(7))
        window.record_baseline([seed], make.catalogue(), run.run_seq, "b9")
        assert [row.matter_id for row in window.slice(View.by_run(99), make.probes()).ledger] == ["m_1"], (
            "a night's step is not its business"
        )


def test_a_backfill_before_a_seed_was_published_does_not_know_it(store: Store, make: Make) -> None:
    with store.window() as window:
        run = make.begin(window, make.night(1))
        window.record_baseline([make.dossier("s1", published=make.now)], make.catalogue(), run.run_seq, "b1")
        nights = [len(window.slice(View.by_night(make.night(n)), make.probes()).documents) for n in (1, 2)]
    assert nights == [0, 1]


def test_the_catalogue_brings_matters_and_keys(store: Store, make: Make) -> None:
    with store.window() as window:
        run = make.begin(window, make.night(1))
        window.record_baseline([], make.catalogue(), run.run_seq, "b1")
        known = window.slice(View.by_run(run.base_run_seq), make.probes(keys=[("docket", "bis-2026:9")]))
        assert known.matters == (Matter("m_kyc", "KYC rule", "KYC 规则"),)
        assert known.keys == (MatterKey("docket", "bis-2026:9", "m_kyc"),), "in the spelling that claims ask for"


def night_with(window: Window, make: Make, number: int, mode: str) -> None:
    """One whole run over two articles, with a seed edit, an alias, a new name and a retraction on top."""
    make.full_night(window, [number, number + 100], make.night(number % 7), mode=mode, source=f"s{number}")
    run = make.begin(window, make.night(number % 7))
    window.record_baseline(
        [make.dossier(f"s{number % 2}", digest=f"d{number}", number=number)],
        make.catalogue("chips", f"t{number}"),
        run.run_seq,
        f"b{number}",
    )
    ledger = window._open().execute("SELECT min(ledger_id), max(ledger_id) FROM ledger").fetchall()[0]
    result = replace(
        make.result([], run.run_seq, make.night(number % 7)),
        changes=(LedgerChange(ledger[0], "retracted", "x", f"{number}"), LedgerChange(ledger[1], "confirmed", "y", f"{number}")),
        matters=(Matter(f"m_{number}", f"renamed {number}"),),
        keys=(MatterKey("name", f"m_{number}", "m_new"),),
    )
    window.record_night(run.run_seq, result, (), (), (), "done", {}, make.now)


@pytest.mark.slow
@given(
    st.lists(
        st.tuples(st.integers(1, 90), st.sampled_from(["night", "backfill", "learn"])), min_size=2, max_size=3, unique_by=lambda p: p[0]
    )
)
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_what_is_learnt_later_changes_no_earlier_slice(
    tmp_path_factory: pytest.TempPathFactory, make: Make, nights: list[tuple[int, str]]
) -> None:
    """Invariant 4: every slice by run is the same bytes when it is derived again after more was learnt."""
    store = Store(tmp_path_factory.mktemp("invariant4"))
    probes = make.probes(bands=[1001, 1002, (1 << 64) - 2], topics=["chips", "t1"], keys=[("name", "m_1"), ("docket", "BIS-2026:9")])
    slices: dict[int, bytes] = {}
    with store.window() as window:
        for number, mode in nights:
            for run_seq, before in slices.items():
                assert repr_of(window.slice(View.by_run(run_seq), probes)) == before
            night_with(window, make, number, mode)
            last = window._open().execute("SELECT max(run_seq) FROM run").fetchall()[0][0]
            slices |= {run_seq: repr_of(window.slice(View.by_run(run_seq), probes)) for run_seq in range(last - 2, last + 1)}


def test_junk_rows_of_later_runs_change_nothing(store: Store, make: Make) -> None:
    """Invariant 4 on the bare tables: every row copied under later run numbers, with everything else about it changed."""
    with store.window() as window:
        run = make.begin(window, make.night(1))
        window.record_baseline([make.dossier("s1")], make.catalogue(), run.run_seq, "b1")
        make.full_night(window, [1, 2], make.night(2))
        probes = make.probes(bands=[1001], keys=[("name", "m_1")])
        before = {n: repr_of(window.slice(View.by_run(n), probes)) for n in range(3)}
        con = window._open()
        for table in ("verdict", "claim", "matter", "matter_key", "ledger"):
            con.execute(f"INSERT INTO {table} SELECT * REPLACE (run_seq + 50 AS run_seq, night - INTERVAL 3 DAY AS night) FROM {table}")
        con.execute("INSERT INTO ledger_change SELECT ledger_id, 'retracted', 'junk', 'junk', night, 50 FROM ledger WHERE run_seq < 50")
        con.execute("INSERT INTO move SELECT * REPLACE (move_id || 'x' AS move_id, 50 AS run_seq) FROM move")
        con.execute("INSERT INTO seed SELECT * REPLACE (rev + 9 AS rev, 50 AS run_seq) FROM seed")
        con.execute("UPDATE seed SET retired_run_seq = 50 WHERE run_seq < 50")
        con.execute("INSERT INTO sketch SELECT * REPLACE ('s9' AS scheme, 50 AS run_seq) FROM sketch")
        con.execute("INSERT INTO band SELECT * FROM band")
        con.execute("INSERT INTO source SELECT * REPLACE (source_id || 'x' AS source_id, 50 AS run_seq) FROM source")
        con.execute("INSERT INTO topic SELECT * REPLACE (topic_id || 'x' AS topic_id, 50 AS run_seq) FROM topic")
        con.execute("UPDATE source SET armed_run_seq = 50 WHERE armed_run_seq IS NULL")
        assert {n: repr_of(window.slice(View.by_run(n), probes)) for n in range(3)} == before
        assert repr_of(window.slice(View.by_run(60), probes)) != before[2]


def repr_of(known: Known) -> bytes:
    """The bytes of a slice; sets sorted, because their order is nobody's promise."""
    sets = {name: sorted(getattr(known, name)) for name in ("move_ids", "unarmed_sources", "unarmed_topics")}
    return repr((replace(known, move_ids=frozenset(), unarmed_sources=frozenset(), unarmed_topics=frozenset()), sets)).encode()


SLICER = """
import sys; from datetime import date; from pathlib import Path
from storage.as_of import View; from storage.store import Store; from topics.model import Probes
probes = Probes(frozenset([1001]), frozenset(["chips"]), frozenset([("name", "m_1")]), date(2026, 10, 1))
with Store(Path(sys.argv[1])).window() as window:
    for view in (View.by_run(2), View.by_night(date(2026, 11, 6))):
        known = window.slice(view, probes)
        print(known.documents, known.claims, known.ledger, known.changes, known.matters, known.keys, sorted(known.move_ids), known.coverage)
    print(window.undecided("backfill", date(2026, 11, 5)), window.undecided("night", date(2026, 11, 5)), window.cursors())
"""


@pytest.mark.slow
def test_slices_do_not_depend_on_the_time_zone_or_the_hash_seed(store: Store, make: Make) -> None:
    """Invariant 10, storage's part: texts told minutes around midnight UTC."""
    with store.window() as window:
        make.full_night(window, [1], make.night(1))
        make.full_night(window, [2], make.night(1), source="beta")
        run = make.begin(window, make.night(1), "backfill")
        edges = [make.now.replace(day=4, hour=23, minute=59), make.now.replace(hour=0, minute=1), make.now.replace(hour=23, minute=59)]
        articles = [make.article(50 + n, published=at, source="gamma") for n, at in enumerate(edges)]
        window.record_source(run.run_seq, make.reading(articles, source="gamma"), None, make.now)
        assert len(window.undecided("backfill", make.night(1))) == 2
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SLICER, str(store.data_dir)],
            env={**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
        for zone, seed in (("America/New_York", "0"), ("Asia/Shanghai", "1"), ("UTC", "2"))
    }
    assert len(outputs) == 1
    assert b"gamma" in next(iter(outputs))
