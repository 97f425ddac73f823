"""A real Prefect server and worker of a test's own: its own home, its own port, ended by process id."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PREFECT = [sys.executable, "-m", "prefect"]
PATIENCE_S = 900.0  # a bound for what hangs, not a measure


def free_port() -> int:
    """Ask the system for a port that nobody uses."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class PrefectHome:
    """Talks to the server, and runs Prefect's command line against it."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.api = f"http://127.0.0.1:{free_port()}/api"
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("TOPICWATCH_", "PREFECT_"))}
        self.environment = {
            **kept,
            **environment,
            "PREFECT_HOME": str(folder / "prefect"),
            "PREFECT_API_URL": self.api,
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            "PREFECT_CLI_PROMPT": "false",
        }
        self.log = folder / "prefect.log"

    @contextmanager
    def running(self, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run a standing Prefect command (server start, worker start) for the length of the with block."""
        with self.log.open("ab") as log:
            process = subprocess.Popen([*PREFECT, *words], stdout=log, stderr=log, env=self.environment, cwd=ROOT)
            try:
                yield process
            finally:
                process.terminate()
                try:
                    process.wait(timeout=20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    @contextmanager
    def server(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run the server and wait until it answers."""
        port = self.api.rsplit(":", 1)[1].removesuffix("/api")
        with self.running("server", "start", "--host", "127.0.0.1", "--port", port) as process:
            self.wait("the server", self.healthy)
            yield process

    def command(self, *words: str) -> str:
        """Run a Prefect command to its end."""
        ended = subprocess.run(
            [*PREFECT, *words], capture_output=True, text=True, env=self.environment, cwd=ROOT, timeout=PATIENCE_S, check=False
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def healthy(self) -> bool:
        """Tell whether the server answers."""
        try:
            return bool(self.get("/health"))
        except (OSError, ValueError):
            return False

    def get(self, path: str) -> Any:
        """Ask the API."""
        with urllib.request.urlopen(self.api + path, timeout=10) as answer:
            return json.load(answer)

    def post(self, path: str, table: Mapping[str, Any]) -> Any:
        """Ask the API with a body."""
        request = urllib.request.Request(self.api + path, json.dumps(table).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def runs(self, deployment: str) -> list[Any]:
        """Give the flow runs of a deployment, newest first."""
        found: list[Any] = self.post(
            "/flow_runs/filter", {"deployments": {"name": {"any_": [deployment]}}, "sort": "EXPECTED_START_TIME_DESC"}
        )
        return found

    def wait(self, what: str, look: Callable[[], Any], seconds: float = PATIENCE_S) -> Any:
        """Look again and again until there is something; fails with the log's end."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = look()
            if found:
                return found
            time.sleep(0.5)
        tail = self.log.read_text(encoding="utf-8", errors="replace")[-4000:] if self.log.exists() else ""
        raise AssertionError(f"waited {seconds:.0f} s for {what}\n{tail}")
