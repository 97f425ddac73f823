from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOAD = """
import sys, warnings
from prefect.flows import load_flow_from_entrypoint
flow = load_flow_from_entrypoint(sys.argv[1], use_placeholder_flow=False)
print(flow.name, sorted(flow.parameters.properties))
"""


def run(home: Path, *words: str) -> str:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("TOPICWATCH_", "PREFECT_"))}
    env |= {"TOPICWATCH_HOME": str(home), "PREFECT_HOME": str(home / "prefect"), "DO_NOT_TRACK": "1"}
    ended = subprocess.run([sys.executable, *words], capture_output=True, text=True, env=env, cwd=ROOT, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("entrypoint", "told"),
    [
        ("flows/nightly.py:nightly", "nightly ['as_of', 'force']"),
        ("flows/backfill.py:backfill", "backfill ['since', 'sources', 'until']"),
        ("flows/deliver.py:deliver", "deliver []"),
    ],
)
def test_prefect_loads_each_entry_file_as_a_module_of_its_own(tmp_path: Path, entrypoint: str, told: str) -> None:
    assert run(tmp_path, "-c", LOAD, entrypoint) == told


def test_help_is_quick_to_answer_because_nothing_heavy_is_imported(tmp_path: Path) -> None:
    heavy = "{'prefect', 'duckdb', 'trafilatura', 'feedparser', 'numpy', 'httpx'}"
    assert run(tmp_path, "-c", f"import sys, flows.cli.main; print(sorted({heavy} & set(sys.modules)))") == "[]"


def test_prefect_keeps_its_files_in_the_data_directory(tmp_path: Path) -> None:
    code = """
import os
os.environ.pop("PREFECT_HOME")
from flows.settings import prefect_environment
prefect_environment()
print(os.environ["PREFECT_HOME"], os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"], os.environ["DO_NOT_TRACK"])
"""
    assert run(tmp_path, "-c", code) == f"{tmp_path / 'prefect'} false 1"
