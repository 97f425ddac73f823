"""Faults 5-9: what a bomb may cost. A child fetches them all and reports the most memory it ever held."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

CHILD = """
import asyncio, json, resource, sys
from dataclasses import replace
from pathlib import Path
from standins.hostile_http import PATIENT, HostileServer, bomb, flood, head, many_members, outcome
from extractors.client import Client

ROUTES = {
    "/gzip": bomb("gzip", 31),
    "/zlib": bomb("deflate", 15),
    "/deflate": bomb("deflate", -15),
    "/members": many_members(),
    "/twice": bomb("gzip", 31, 64 << 20, layers=2),
    "/chunks": flood(head(200, "Transfer-Encoding: chunked"), b"4000\\r\\n" + bytes(0x4000) + b"\\r\\n"),
    "/headers": flood(b"HTTP/1.1 200 OK\\r\\nX: ", b"a" * 65536),
}

def most_kib():
    # VmHWM is of this program alone; ru_maxrss starts at what the parent held when it forked.
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1)

async def main():
    async with HostileServer(ROUTES).running() as server:
        policy = replace(PATIENT, total_s=30.0, allowed_private=frozenset({("127.0.0.1", server.port)}))
        async with Client(policy) as client:
            ends = {path: str(getattr(await outcome(client, server.url(path), "sitemap"), "reason", "")) for path in ROUTES}
    print(json.dumps({"ends": ends, "kib": most_kib()}))

asyncio.run(main())
"""


@pytest.mark.slow
def test_bombs_stop_early_and_stay_small() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHILD],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["ends"] == {
        "/gzip": "too_big",
        "/zlib": "too_big",
        "/deflate": "too_big",
        "/members": "too_big",
        "/twice": "",  # unpacked once, as its header says: a small body of gzip
        "/chunks": "too_big",
        "/headers": "headers_too_big",
    }
    assert told["kib"] < 150 * 1024
