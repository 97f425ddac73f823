"""The delivery flow: quiet while a run holds the lock, failed when a delivery is dead; and it drains on a schedule of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from alerts.marks import DrainReport
from flows import delivering
from flows.checkup import channels
from flows.delivering import deliver_due
from flows.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 7, 2, 0, tzinfo=UTC)

FLOW = """
import sys
from contextlib import contextmanager
from types import SimpleNamespace
from alerts.marks import DrainReport
from flows import deliver as entry
from storage.errors import Locked

@contextmanager
def open_tools():
    yield SimpleNamespace(clock=lambda: None)

def deliver_due(tools, now):
    outcome = eval(sys.argv[1])
    if isinstance(outcome, Exception):
        raise outcome
    return outcome

entry.open_tools, entry.deliver_due = open_tools, deliver_due
ended = entry.deliver.fn()
print(ended if isinstance(ended, dict) else f"{ended.name} {ended.message}")
"""


class Store:
    """A store that counts its snapshots."""

    def __init__(self) -> None:
        self.published = 0

    @contextmanager
    def run_lock(self) -> Iterator[None]:
        yield

    def publish_snapshot(self) -> None:
        self.published += 1


@pytest.mark.parametrize(
    ("report", "published"), [(DrainReport(), 0), (DrainReport(late=3), 0), (DrainReport(sent=1), 1), (DrainReport(lost=1), 1)]
)
def test_the_snapshot_is_made_anew_only_when_something_changed(
    report: DrainReport, published: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    store = Store()
    tools: Any = SimpleNamespace(store=store, settings=SimpleNamespace(inbox=tmp_path))
    monkeypatch.setattr(delivering, "settle", lambda _tools, _now: report)
    assert deliver_due(tools, NOW) == report
    assert store.published == published


def test_deliver_drains_on_a_schedule_of_its_own() -> None:
    described = (ROOT / "deploy" / "prefect.yaml").read_text(encoding="utf-8")
    own = described[described.index("- name: deliver") :]
    assert 'cron: "*/5 * * * *"' in own
    assert "concurrency_limit: 1" in own


@pytest.mark.slow
@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        ("DrainReport(sent=2)", "{'sent': 2}"),
        ("DrainReport(lost=1, failures=(('ana', 'smtp 550 at RCPT'),))", "Failed 1 deliveries are dead; ana: smtp 550 at RCPT"),
        ("Locked('by PID 1')", "{}"),
    ],
)
def test_a_dead_delivery_makes_a_failed_run(outcome: str, told: str, tmp_path: Path) -> None:
    environment = {**os.environ, "TOPICWATCH_HOME": str(tmp_path), "PREFECT_HOME": str(tmp_path / "prefect")}
    ended = subprocess.run([sys.executable, "-c", FLOW, outcome], capture_output=True, text=True, env=environment, cwd=ROOT, check=False)
    assert ended.stdout.strip() == told, ended.stderr


def test_the_doctor_says_what_a_webhook_cannot_do(tmp_path: Path) -> None:
    text = '[[recipient]]\nref = "room"\nchannel = "slack"\naddress_env = "HOOK"\n[[recipient]]\nref = "files"\nchannel = "file"\n'
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "routing.toml").write_text(text, encoding="utf-8")
    said = channels(Settings(tmp_path, ROOT / "seeds", secrets={"HOOK": "https://hooks.example/s3cr3t"}))
    assert said.startswith("room: slack webhook (no threads;")
    assert said.endswith("files: file")
    assert "s3cr3t" not in said
