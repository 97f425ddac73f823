"""The scheduled run fires by itself and completes; SIGTERM and a second instance end with a clear line and lose nothing."""

from __future__ import annotations

import re
import signal
import time
from pathlib import Path

import pytest

from standins.household import PATIENCE_S, ROOT, Town
from standins.prefect_home import PrefectHome


@pytest.mark.slow
@pytest.mark.prefect
def test_a_scheduled_run_fires_by_itself_and_completes(town: Town, tmp_path: Path) -> None:
    prefect = PrefectHome(tmp_path, town.house.whole_environment())
    every_minute = (ROOT / "deploy" / "prefect.yaml").read_text(encoding="utf-8").replace("0 2 * * *", "* * * * *")
    described = tmp_path / "prefect.yaml"
    described.write_text(every_minute, encoding="utf-8")
    with prefect.server():
        prefect.command("work-pool", "create", "topicwatch", "--type", "process")
        prefect.command("--no-prompt", "deploy", "--all", "--prefect-file", str(described))
        form = prefect.get("/deployments/name/backfill/backfill")["parameter_openapi_schema"]
        assert set(form["required"]) == {"since", "until"}
        with prefect.running("worker", "start", "--pool", "topicwatch"):
            done = prefect.wait(
                "a scheduled run to complete", lambda: [r for r in prefect.runs("nightly") if r["state_type"] == "COMPLETED"]
            )
    assert done[0]["auto_scheduled"] is True
    found = town.house.run("moves", "--json").json
    assert isinstance(found, list)
    assert (town.house.home / "read.duckdb").exists()


@pytest.mark.slow
def test_a_second_instance_is_turned_away_with_a_clear_line(town: Town) -> None:
    town.room.fail(town.room.publishers[0].name, "timeout")
    first = town.house.start("night", "--plain", "--as-of", "2026-10-05")
    lock = town.house.home / "run.lock"
    deadline = time.monotonic() + PATIENCE_S
    while not (lock.exists() and lock.stat().st_size):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    second = town.house.run("night", "--plain", "--as-of", "2026-10-05", expect=5)
    assert re.search(r"locked by PID \d+ on host \S+ since", second.err)
    assert "Traceback" not in second.err
    assert town.house.kill(first, signal.SIGTERM) == 1


@pytest.mark.slow
def test_sigterm_ends_soon_and_the_next_run_goes_on(town: Town) -> None:
    town.room.fail(town.room.publishers[0].name, "timeout", "page")
    running = town.house.start("night", "--plain", "--as-of", "2026-10-05")
    deadline = time.monotonic() + PATIENCE_S
    while not any(hit.status == 200 for hit in town.room.hits):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    running.send_signal(signal.SIGTERM)
    out, err = running.communicate(timeout=PATIENCE_S)
    assert running.returncode == 1, out + err
    assert "asked to stop" in err
    assert "Traceback" not in err
    town.room.fail(town.room.publishers[0].name, "")
    assert town.night("2026-10-05")["outcome"] == "done"
