"""Ends Prefect's embedded server with the run that started it, even when that run is killed and can end nothing itself (Linux).

Prefect stops the server in an exit handler, which SIGKILL and the kernel's memory killer leave no time for: it would idle on, 200 MB of it.
Also a program: `python embedded.py MARK` waits for the end of its input, then ends the servers that bear the mark.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

MARK = "TOPICWATCH_RUN_MARK"  # in the environment of a run, and of what it starts
OF_PREFECT = "PREFECT__SERVER_EPHEMERAL=1"  # set by Prefect for its embedded server alone
PATIENCE_S = 5.0  # as long as Prefect itself waits for the server's polite end


@cache
def guard() -> subprocess.Popen[bytes]:
    """Start the process that outlives this one by a moment; call before the embedded server is started. Once a run is enough."""
    os.environ[MARK] = mark = secrets.token_hex(8)
    command = [sys.executable, "-I", __file__, mark]
    # In a session of its own: what is sent to the run's whole group must not hit it. The system closes the pipe when the run is gone.
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, start_new_session=True)  # noqa: S603 -- our own file


def servers_of(mark: str) -> list[int]:
    """Give the process ids of the embedded servers that bear a mark; none where there is no /proc."""
    wanted = {f"{MARK}={mark}".encode(), OF_PREFECT.encode()}
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes()
        except OSError:  # ended meanwhile, or another user's
            continue
        if wanted <= set(environment.split(b"\0")):
            found.append(int(process.name))
    return found


def end_servers(mark: str) -> None:
    """Ask the servers that bear a mark to end, and end those that do not."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in servers_of(mark):
            os.kill(pid, number)
        until = time.monotonic() + PATIENCE_S
        while servers_of(mark) and time.monotonic() < until:
            time.sleep(0.1)


if __name__ == "__main__":
    sys.stdin.buffer.read()
    end_servers(sys.argv[1])
