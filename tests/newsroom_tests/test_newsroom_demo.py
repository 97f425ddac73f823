"""make demo: a data directory of its own, sources on this machine only, and a run whose files are all there."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from newsroom import demo
from newsroom.web import Newsroom


def test_an_earlier_demo_is_emptied_and_a_strange_folder_is_left_alone(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    demo.fresh(home)
    (home / "out").mkdir()
    demo.fresh(home)
    assert [path.name for path in home.iterdir()] == [demo.MARKER]
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(FileExistsError, match="mine is not empty"):
        demo.fresh(tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text(encoding="utf-8") == "years of work"
    assert demo.main(["--home", str(tmp_path / "mine")]) == 2


def test_it_asks_nobody_but_this_machine(tmp_path: Path, harbour: Path) -> None:
    with Newsroom(harbour, now=datetime(2026, 10, 6, tzinfo=UTC)) as room:
        settings = demo.prepare(tmp_path / "home", room)
    sources = tomllib.loads((settings.seeds / "sources.toml").read_text(encoding="utf-8"))["source"]
    assert len(sources) == 15
    assert all(source["url"].startswith("http://127.0.0.1:") for source in sources)
    assert {host for host, _ in settings.allowed_private} == {"127.0.0.1"}
    assert (settings.seeds / "topics.toml").exists()


@pytest.mark.slow
def test_the_whole_demo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "demo"
    assert demo.main(["--home", str(home)]) == 0
    told = capsys.readouterr().out
    assert "Night of Wednesday, 07 October 2026" in told
    assert "watching from now" in told
    assert "MOVED" in told
    out = home / "out"
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(out.glob("*.eml"))]
    slack = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(out.glob("*.json"))]
    assert len(mails) == len(slack) >= 3
    assert all(mail["Subject"] for mail in mails)
    assert all(message["blocks"] for message in slack)
    assert any("2026-19873" in path.read_text(encoding="utf-8") for path in out.glob("2026-10-07-*.json"))  # the official final rule
    assert (home / "read.duckdb").stat().st_size > 0
    page = (out / "index.html").read_text(encoding="utf-8")
    assert page.count("<h2>") == 4
    for place in ("*.eml", "*.json", "index.html", "read.duckdb"):
        assert place in told
