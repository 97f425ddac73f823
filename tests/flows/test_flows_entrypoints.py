from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from flows.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
MOST_COMMANDS = 20
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


ENTRIES = {
    "flows/nightly.py:nightly": "nightly ['as_of', 'force']",
    "flows/backfill.py:backfill": "backfill ['since', 'sources', 'until']",
    "flows/deliver.py:deliver": "deliver []",
}


@pytest.mark.slow
@pytest.mark.parametrize(("entrypoint", "told"), ENTRIES.items())
def test_prefect_loads_each_entry_file_as_a_module_of_its_own(tmp_path: Path, entrypoint: str, told: str) -> None:
    assert run(tmp_path, "-c", LOAD, entrypoint) == told


def test_the_deployments_are_these_entry_files() -> None:
    described = (ROOT / "deploy" / "prefect.yaml").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^ +entrypoint: (\S+)$", described) == list(ENTRIES)


def test_the_commands_fit_on_a_page_and_those_of_the_readme_exist() -> None:
    program = get_command(app)
    assert isinstance(program, TyperGroup)
    assert len(program.commands) <= MOST_COMMANDS
    told = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Commands")[2].partition("\n## ")[0]
    rows = [row.partition("` | ")[0] for row in told.splitlines() if row.startswith("| `")]
    named = {word for row in rows for word in re.findall(r"`([a-z]+)", f"{row}`")}
    assert named
    assert named <= set(program.commands)
    for words, option in ((row.split("`")[1].split(), option) for row in rows for option in re.findall(r"--[a-z-]+", row)):
        command = program.commands[words[0]]
        assert option in {name for parameter in command.params for name in parameter.opts}, f"{words[0]} {option}"


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
