"""Clone, `make demo`: three nights of a small newsroom; what was read, kept and dropped, a few alerts, and where everything lies."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from standins.household import PATIENCE_S, ROOT

pytestmark = pytest.mark.slow


def demo(home: Path) -> str:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("TOPICWATCH_", "PREFECT_"))}
    env |= {"TOPICWATCH_HOME": str(home), "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}
    ended = subprocess.run(
        [sys.executable, str(ROOT / "deploy" / "demo.py")],
        capture_output=True,
        text=True,
        env=env,
        cwd=ROOT,
        timeout=PATIENCE_S,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    return ended.stdout


def test_the_demo_tells_three_nights_and_where_everything_lies_and_a_second_run_is_the_same(tmp_path: Path) -> None:
    first = demo(tmp_path)
    assert len(re.findall(r"^night \d{4}-\d\d-\d\d", first, re.MULTILINE)) == 3
    assert "watching from now" in first
    assert len(re.findall(r"fetched \d+ entries, read \d+ articles, kept \d+", first)) == 3
    assert re.search(r"dropped: \w+ \d+", first)
    assert 2 <= len(re.findall(r"^  NEW ", first, re.MULTILINE)) <= 4
    for what in ("mails (.eml)", "Slack messages (JSON)", "database (DuckDB)", "summary"):
        place = re.search(rf"^{re.escape(what)}:\s+(.*)$", first, re.MULTILINE)
        assert place is not None
        assert Path(place.group(1)).exists()
    assert list((tmp_path / "demo").rglob("*.eml"))
    assert {p.name for p in tmp_path.iterdir()} == {"demo"}
    assert demo(tmp_path) == first
