"""Prefect's embedded server does not outlive a run that is killed; the stand-in for it is a process with its marks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flows import embedded
from standins.household import PATIENCE_S

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are found in /proc, which only Linux has")
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(900)"
POLITE = "import time; print('up', flush=True); time.sleep(900)"
RUN = "import os, time; from flows import embedded; embedded.guard(); print(os.environ[embedded.MARK], flush=True); time.sleep(900)"


@pytest.fixture
def servers() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def start(code: str, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env={**os.environ, **environment})
        started.append(process)
        assert process.stdout is not None
        process.stdout.readline()
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_only_servers_that_bear_the_mark_are_ended_stubborn_ones_too(
    servers: Callable[..., subprocess.Popen[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "PATIENCE_S", 0.2)
    server = {"PREFECT__SERVER_EPHEMERAL": "1"}
    polite = servers(POLITE, **server, **{embedded.MARK: "ours"})
    stubborn = servers(STUBBORN, **server, **{embedded.MARK: "ours"})
    another = servers(POLITE, **server, **{embedded.MARK: "ours too"})
    no_server = servers(POLITE, **{embedded.MARK: "ours"})
    embedded.end_servers("ours")
    assert (polite.wait(PATIENCE_S), stubborn.wait(PATIENCE_S)) == (-signal.SIGTERM, -signal.SIGKILL)
    assert (another.poll(), no_server.poll()) == (None, None)


def test_a_killed_run_takes_its_server_along_though_its_group_is_killed_with_it(servers: Callable[..., subprocess.Popen[str]]) -> None:
    run = subprocess.Popen([sys.executable, "-c", RUN], stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert run.stdout is not None
    mark = run.stdout.readline().strip()
    server = servers(POLITE, PREFECT__SERVER_EPHEMERAL="1", **{embedded.MARK: mark})
    os.killpg(run.pid, signal.SIGKILL)
    run.communicate()
    assert server.wait(PATIENCE_S) == -signal.SIGTERM
