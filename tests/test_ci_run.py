"""`.ci/run` with stand-ins for make, apt-get and the browser: a check that cannot be made is named, first and last; a failure stays one."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NEEDED = ("bash", "env", "dirname", "mktemp", "rm", "tail", "timeout")
SAYS = "ci: NOT CHECKED: pages and mails in a real browser (no chromium: {why})"


def ci(folder: Path, **programs: str) -> subprocess.CompletedProcess[str]:
    for name in NEEDED:
        found = shutil.which(name)
        assert found, name
        (folder / name).symlink_to(found)
    for name, lines in {"make": 'echo "made $*"', "id": "echo 0", **programs}.items():
        path = folder / name.replace("_", "-")
        path.write_text(f"#!/usr/bin/env bash\n{lines}\n", encoding="utf-8")
        path.chmod(0o755)
    environment = {"PATH": str(folder), "TMPDIR": os.environ.get("TMPDIR", "/tmp")}
    return subprocess.run([ROOT / ".ci" / "run"], capture_output=True, text=True, env=environment, timeout=120, check=False)


@pytest.mark.parametrize(
    ("programs", "why"),
    [
        (
            {"apt_get": 'echo "E: Unable to locate package chromium" >&2; exit 100'},
            "apt-get ended with 100: E: Unable to locate package chromium",
        ),
        ({"apt_get": "exit 124"}, "apt-get took too long to install it"),
        ({"apt_get": "echo nothing to do"}, "apt-get ended with 0: nothing to do"),
        ({}, "no apt-get here to install it"),
        ({"id": "echo 1000", "apt_get": "exit 0"}, "only root may install it"),
    ],
)
def test_what_is_not_checked_is_said_first_and_last(tmp_path: Path, programs: dict[str, str], why: str) -> None:
    ended = ci(tmp_path, **programs)
    assert (ended.returncode, ended.stdout) == (0, "made test-all gate\n")
    assert ended.stderr.splitlines() == [SAYS.format(why=why)] * 2


def test_a_browser_that_is_there_or_can_be_had_needs_no_word(tmp_path: Path) -> None:
    there, had = tmp_path / "there", tmp_path / "had"
    there.mkdir()
    had.mkdir()
    assert ci(there, chromium="exit 0", apt_get="exit 1").stderr == ""
    shutil.copy2(there / "chromium", tmp_path / "chromium")
    installed = ci(had, apt_get=f'if [ "$1" = install ]; then {shutil.which("cp")} "{tmp_path}/chromium" "{had}/chromium"; fi')
    assert (installed.returncode, installed.stderr) == (0, "")


def test_what_fails_fails_ci(tmp_path: Path) -> None:
    assert ci(tmp_path, chromium="exit 0", make="exit 2").returncode == 2
