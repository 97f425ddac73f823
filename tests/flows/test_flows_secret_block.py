"""Secrets from a Prefect block: read where the settings name one, beaten by the environment, in no output."""

from __future__ import annotations

import json
import subprocess
import sys
import types
from pathlib import Path

import pytest

from flows.settings import ROOT, Settings, read_settings
from flows.wiring import with_block
from standins.household import Household
from standins.prefect_home import PrefectHome

SAVE = "import sys, json; from prefect.blocks.system import Secret; Secret(value=json.loads(sys.argv[2])).save(sys.argv[1])"
ROUTING = '[[recipient]]\nref = "room"\nchannel = "slack"\naddress_env = "ROOM_HOOK"\n'


def test_without_a_block_nothing_is_asked() -> None:
    settings = read_settings({})
    assert with_block(settings) is settings
    assert read_settings({"TOPICWATCH_SECRET_BLOCK": "watch"}).secret_block == "watch"


@pytest.mark.prefect
def test_a_block_on_a_real_server(tmp_path: Path) -> None:
    home = Household(tmp_path / "home", ROOT / "seeds", {"TOPICWATCH_SECRET_BLOCK": "watch"})
    home.config("routing.toml", ROUTING)
    prefect = PrefectHome(tmp_path, home.whole_environment())
    home.environment |= {"PREFECT_API_URL": prefect.api, "PREFECT_HOME": str(tmp_path / "prefect")}

    def save(name: str, value: object) -> None:
        command = [sys.executable, "-c", SAVE, name, json.dumps(value)]
        subprocess.run(command, env=prefect.environment, cwd=ROOT, check=True, capture_output=True)

    with prefect.server():
        missing = home.run("doctor", expect=None)
        assert missing.code != 0
        assert "secret/watch cannot be loaded (ValueError)" in " ".join((missing.out + missing.err).split())
        save("watch", {"ROOM_HOOK": "https://hooks.example/s3cr3t"})
        found = home.run("doctor", "--json", expect=None)
        rows = {r["check"]: r for r in json.loads(found.out)}
        assert rows["channels"]["ok"], found.out
        assert rows["channels"]["detail"].startswith("room: slack webhook")
        assert "s3cr3t" not in found.out + found.err
        save("list", ["https://hooks.example/s3cr3t"])
        wrong = home.run("doctor", expect=None, TOPICWATCH_SECRET_BLOCK="list")
        assert "must hold one JSON object of names and texts" in " ".join((wrong.out + wrong.err).split())
        assert "s3cr3t" not in wrong.out + wrong.err


def test_the_environment_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake = types.ModuleType("flows.secret_block")
    fake.secrets_of = lambda _name: {"A": "block", "B": "block"}  # type: ignore[attr-defined]  # prefect itself takes seconds to load
    monkeypatch.setitem(sys.modules, "flows.secret_block", fake)
    given = Settings(tmp_path, tmp_path, secrets={"A": "environment"}, secret_block="watch")
    assert with_block(given).secrets == {"A": "environment", "B": "block"}
