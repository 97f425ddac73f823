"""The heaps of a process that runs nights: a few, so that memory stays where it is however many threads come and go."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.arenas import ARENAS

ROOT = Path(__file__).resolve().parents[2]
BUSY = 12  # threads at once; more than a night has
# The heaps are counted while every thread holds memory of its own, as glibc itself lists them.
COUNT = f"""
import ctypes, sys, threading
if sys.argv[1] == "tools":
    from flows.settings import read_settings
    from flows.wiring import open_tools
    with open_tools(read_settings({{"TOPICWATCH_HOME": sys.argv[2]}})):
        pass
ready, go = threading.Barrier({BUSY} + 1), threading.Event()
def work():
    held = [bytes(5_000) for _ in range(20)]
    ready.wait()
    go.wait()
threads = [threading.Thread(target=work) for _ in range({BUSY})]
for thread in threads:
    thread.start()
ready.wait()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fopen(sys.argv[2].encode() + b"/heaps.xml", b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
go.set()
"""


def heaps(how: str, folder: Path) -> int:
    """Count the heaps of a process that had its tools opened, or had not."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")} | {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", COUNT, how, str(folder)], check=True, timeout=60, env=environment, cwd=folder)
    return (folder / "heaps.xml").read_text(encoding="utf-8").count("<heap ")


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_info"), reason="not glibc: there are no such heaps")
def test_the_threads_of_a_run_share_a_few_heaps(tmp_path: Path) -> None:
    assert heaps("bare", tmp_path) > BUSY / 2
    assert heaps("tools", tmp_path) <= ARENAS
