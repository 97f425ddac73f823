"""The scheduled run fires by itself and completes; SIGTERM, SIGKILL, a second instance and a Prefect server that is down end with a
clear line or none, and lose nothing.
"""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from standins.household import PATIENCE_S, ROOT, Answer, Town, evening
from standins.own_port import OwnPort
from standins.prefect_home import PrefectHome, free_port
from storage.store import Store


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


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


def embedded_servers(home: Path) -> list[int]:
    """Find the embedded Prefect servers of a data directory."""
    wanted = {f"PREFECT_HOME={home / 'prefect'}".encode(), b"PREFECT__SERVER_EPHEMERAL=1"}
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if wanted <= set((process / "environ").read_bytes().split(b"\0")):
                found.append(int(process.name))
        except OSError:
            continue
    return found


@pytest.mark.slow
@pytest.mark.prefect
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are found in /proc, which only Linux has")
def test_the_embedded_server_ends_with_its_night_killed_or_not(town: Town) -> None:
    home = town.house.home
    town.house.environment["PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"] = str(PATIENCE_S)
    running = town.house.start("night", "--as-of", "2026-10-05")
    eventually(lambda: bool(embedded_servers(home)))
    os.kill(running.pid, signal.SIGKILL)  # the run alone: nobody tells its server
    running.communicate()
    eventually(lambda: not embedded_servers(home))
    night = town.house.run("night", "--as-of", "2026-10-05")
    assert "no Prefect API" not in night.err
    assert embedded_servers(home) == []


@pytest.mark.slow
@pytest.mark.parametrize("url", ["http://me:hidden@127.0.0.1:{port}/api", "not-an-address"])
def test_a_prefect_server_that_is_down_costs_one_line_and_the_night_is_watched(town: Town, url: str) -> None:
    port = free_port()
    night = town.house.run("night", "--as-of", "2026-10-05", PREFECT_API_URL=url.format(port=port))
    where = f"127.0.0.1:{port}" if "{port}" in url else "no address"
    told = [line for line in night.err.splitlines() if "Prefect" in line]
    assert len(told) == 1, night.err
    assert re.fullmatch(rf"topicwatch: no Prefect API answers at PREFECT_API_URL, {where} \(\w+\); running without it", told[0])
    assert "Traceback" not in night.err
    assert "hidden" not in night.err + night.out
    assert "15 of 15 sources heard" in night.out


class OnlyHealthy(BaseHTTPRequestHandler):
    """A Prefect server that says it is well and takes nothing."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(200 if self.path.endswith("/health") else 503)
        self.end_headers()
        self.wfile.write(b"true")

    def do_POST(self) -> None:
        """Refuse."""
        self.send_error(503)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def check_gone(night: Answer) -> None:
    told = [line for line in night.out.splitlines() if "Prefect" in line]
    assert len(told) == 1, night.out + night.err
    assert re.fullmatch(r"the Prefect API at PREFECT_API_URL, 127\.0\.0\.1:\d+ went away \(\w+\): its pages do not show .*", told[0])
    assert night.err == ""


@pytest.mark.slow
@pytest.mark.prefect
def test_a_prefect_server_that_dies_in_the_middle_costs_one_line_and_everything_is_told_once(town: Town, tmp_path: Path) -> None:
    town.house.environment |= {"PREFECT_CLIENT_MAX_RETRIES": "1"}  # it waits a minute otherwise, twice
    town.night("2026-10-05")
    town.room.set_now(evening("2026-10-06"))
    prefect = PrefectHome(tmp_path, town.house.whole_environment())
    town.room.fail(town.room.publishers[0].name, "timeout", "page")
    heard = len(town.room.hits)
    with prefect.server() as server:
        town.house.environment["PREFECT_API_URL"] = prefect.api
        running = town.house.start("night", "--force", "--as-of", "2026-10-06")
        eventually(lambda: len(town.room.hits) > heard)
        server.kill()
        server.wait()
    town.room.fail(town.room.publishers[0].name, "")
    out, err = running.communicate(timeout=PATIENCE_S)
    assert running.returncode == 0, out + err
    check_gone(Answer(running.returncode, out, err))
    told = sorted(path.name for path in town.house.files("*.eml"))
    raised = [m for m in town.house.run("moves", "--json").json if m["disposition"] == "raised"]
    assert raised
    again = town.night("2026-10-06")
    assert (again["outcome"], again["moves"]) == ("done", {})
    assert sorted(path.name for path in town.house.files("*.eml")) == told
    assert [m for m in town.house.run("moves", "--json").json if m["disposition"] == "raised"] == raised


@pytest.mark.slow
def test_a_prefect_server_that_takes_no_run_is_told_and_the_night_is_watched_without_it(town: Town) -> None:
    town.house.environment |= {"PREFECT_CLIENT_MAX_RETRIES": "0"}
    with OwnPort(OnlyHealthy) as server:
        night = town.house.run("night", "--as-of", "2026-10-05", PREFECT_API_URL=f"http://127.0.0.1:{server.port}/api")
    check_gone(night)
    assert "watching from now" in night.out


@pytest.mark.slow
@pytest.mark.prefect
def test_what_ends_a_night_early_is_one_line_with_prefect_too(town: Town) -> None:
    town.house.environment["PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"] = str(PATIENCE_S)
    town.house.home.mkdir()
    with Store(town.house.home).run_lock():
        second = town.house.run("night", "--as-of", "2026-10-05", expect=5)
    assert re.fullmatch(r"topicwatch: locked by PID \d+ on host \S+ since .*\n", second.err)
