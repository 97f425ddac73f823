"""The harbour stream, and a plain HTTP client for looking at the newsroom as any program would."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

HARBOUR = Path(__file__).resolve().parents[1] / "data" / "streams" / "harbour"
NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]  # lower-case names
    body: bytes


class Get:
    """GET a loopback URL; every request on a connection of its own."""

    def __call__(self, url: str, headers: Mapping[str, str] = NOTHING, method: str = "GET") -> Answer:
        parts = urlsplit(url)
        line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
        try:
            line.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), headers={"Connection": "close", **headers})
            reply = line.getresponse()
            return Answer(reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read())
        finally:
            line.close()


@pytest.fixture(scope="session")
def get() -> Get:
    return Get()


@pytest.fixture(scope="session")
def harbour() -> Path:
    return HARBOUR


@pytest.fixture(scope="session")
def rows(harbour: Path) -> Mapping[str, list[dict[str, Any]]]:
    def read(name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (harbour / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]

    return {name: read(name) for name in ("articles", "gold", "moves")}
