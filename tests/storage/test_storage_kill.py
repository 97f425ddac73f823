"""SIGKILL at random moments: what was acknowledged is there, nothing is there by half, and the counter never runs ahead."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from storage.counters import counters
from storage.side_record import missing, read_side
from storage.store import Store

Make = Any
ROOT = Path(__file__).resolve().parents[2]
CHILD = Path(__file__).with_name("kill_child.py")
BATCH = 5
KILLS = 12

HALF_BATCHES = f"""SELECT source_id FROM (SELECT source_id, count(*) AS n FROM entry GROUP BY 1) e
    FULL JOIN (SELECT source_id, count(*) AS n FROM revision GROUP BY 1) r USING (source_id)
    FULL JOIN (SELECT source_id, "cursor" FROM source) s USING (source_id)
    FULL JOIN (SELECT source_id, new FROM run_source) t USING (source_id)
    WHERE e.n IS DISTINCT FROM {BATCH} OR r.n IS DISTINCT FROM {BATCH} OR t.new IS DISTINCT FROM {BATCH}
    OR s."cursor" IS DISTINCT FROM '{BATCH}'"""
HALF_NIGHTS = """SELECT run_seq FROM run LEFT JOIN (SELECT run_seq, count(*) AS verdicts FROM verdict GROUP BY 1) v USING (run_seq)
    LEFT JOIN (SELECT run_seq, count(*) AS moves FROM move GROUP BY 1) m USING (run_seq)
    LEFT JOIN (SELECT run_seq, count(*) AS told FROM delivery GROUP BY 1) d USING (run_seq)
    WHERE (outcome IS NULL) <> (verdicts IS NULL) OR verdicts IS DISTINCT FROM moves OR moves IS DISTINCT FROM told"""


def killed_run(store: Store, number: int, lines_first: int, after: float) -> list[list[str]]:
    """Let a run go on for some seconds after so many lines, kill it, and give back what it had acknowledged."""
    process = subprocess.Popen(
        [sys.executable, str(CHILD), str(store.data_dir), str(number)], env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    with process.stdout:
        first = b"".join(process.stdout.readline() for _ in range(lines_first))
        time.sleep(after)
        process.send_signal(signal.SIGKILL)
        process.wait()
        lines = (first + process.stdout.read()).decode().splitlines()
    return [line.split() for line in lines if len(line.split()) == 2]


@pytest.mark.slow
def test_kills_at_random_moments(store: Store, make: Make) -> None:
    chance = random.Random(20261105)
    acknowledged: list[list[str]] = []
    for kill in range(KILLS):
        acknowledged += killed_run(store, kill * 100_000, 1 + kill % 6, chance.uniform(0.0, 0.3))
        side = read_side(store.side)
        assert side is not None
        with store.window() as window:
            con = window._open()
            assert missing(side, counters(con)) == {}
            assert con.execute(HALF_BATCHES).fetchall() == []
            assert con.execute(HALF_NIGHTS).fetchall() == []
            sources = {f"s{number}" for what, number in acknowledged if what == "W1"}
            assert sources <= set(window.cursors())
            done = {run for (run,) in con.execute("SELECT run_seq FROM run WHERE outcome = 'done'").fetchall()}
            assert {int(run) for what, run in acknowledged if what == "W2"} <= done
            sent = {name for (name,) in con.execute("SELECT delivery_id FROM delivery WHERE status = 'sent'").fetchall()}
            assert {name for what, name in acknowledged if what == "W3"} <= sent
        if store.snapshot.exists():
            with store.read() as reads:
                assert all(run.outcome == "done" for run in reads.runs()[:1])
    assert {what for what, _ in acknowledged} == {"W1", "W2", "W3"}
    with store.window() as window:
        run = make.begin(window, make.night(1))
        found = window.undecided("night", make.night(1))
        window.record_night(run.run_seq, make.result(found, run.run_seq, make.night(1)), make.readings(found), (), (), "done", {}, make.now)
        assert (
            window._open().execute("SELECT count(*) FROM move").fetchall()
            == window._open().execute("SELECT count(*) FROM article").fetchall()
        )
