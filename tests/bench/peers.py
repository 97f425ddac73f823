"""Others doing the same job on the same server: trafilatura's command line, newspaper4k, news-please, each from an environment of its own:

python3 -m venv var/peers && var/peers/bin/pip install -U pip
var/peers/bin/pip install trafilatura "newspaper4k[all]" news-please lxml_html_clean PySocks
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.loopback import Web
from bench.pace import POOL, Pace, processor
from training.labelled import ROOT

HOME = ROOT / "var" / "peers"
JOB = Path(__file__).with_name("peer_job.py")
PEERS = {"trafilatura": "trafilatura", "newspaper4k": "newspaper", "news-please": "newsplease"}  # name -> module
# Its politeness is a wait between pages of one host; ours is spared on loopback too.
TRAFILATURA = "[DEFAULT]\nSLEEP_TIME = 0\nSSRF_PROTECTION = off\n"


def peers(web: Web) -> Iterator[Pace | str]:
    """The pace of each peer that is installed, else the reason why it is left out."""
    for name, module in PEERS.items():
        yield (
            measured(name, web) if installed(module) else f"{name}: left out, it is not installed in {HOME} (tests/bench/peers.py says how)"
        )


def installed(module: str) -> bool:
    """Tell whether the peers' environment holds a module."""
    python = HOME / "bin" / "python"
    return python.exists() and subprocess.run([python, "-c", f"import {module}"], capture_output=True, check=False).returncode == 0


def measured(name: str, web: Web) -> Pace | str:
    """Let one peer do the job; what it wrote is counted."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "out")
        out.mkdir()
        command = by_itself(web, Path(folder), out) if name == "trafilatura" else [HOME / "bin" / "python", JOB, name, out, *web.feeds()]
        start, used = time.perf_counter(), processor()
        proxy = {"http_proxy": f"socks5h://127.0.0.1:{web.ports[0]}"} if name == "trafilatura" else {}
        ended = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, env={**os.environ, **proxy})
        taken, used = time.perf_counter() - start, processor() - used
        read = sum(1 for path in out.rglob("*") if path.is_file() and path.stat().st_size)
        if not read:
            return f"{name}: left out, it read nothing: {(ended.stderr.strip().splitlines() or ['no word'])[-1][:200]}"
        return Pace(name, read, taken, used)


def by_itself(web: Web, folder: Path, out: Path) -> list[str | Path]:
    """The command line of trafilatura for a list of feeds."""
    config, feeds = folder / "own.cfg", folder / "feeds.txt"
    config.write_text(TRAFILATURA, encoding="utf-8")
    feeds.write_text("\n".join(web.named_feeds()), encoding="utf-8")
    flags = ["--feed", "--json", "--no-comments", "--parallel", str(POOL), "--config-file", str(config)]
    return [HOME / "bin" / "trafilatura", "-i", feeds, *flags, "-o", out]
