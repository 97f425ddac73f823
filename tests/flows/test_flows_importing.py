"""`sources import` and `sources export`: from a feed reader into the user's sources.toml and back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from extractors.discovery import FeedLink
from extractors.model import Source
from extractors.opml import Subscriptions, parse_opml
from flows.cli.main import app
from flows.importing import add_sources, links_of, new_id, plan_import
from flows.seeding import SeedError, load_sources
from flows.settings import ROOT, read_settings
from standins.hostile_http import HostileServer, reply
from standins.scripted_web import NOW
from standins.source_web import EXAMPLES

SEEDS = ROOT / "seeds"
OPML = EXAMPLES / "opml" / "subscriptions.opml"


def test_what_a_source_reads_already_is_left_out_in_any_form() -> None:
    have = (Source("juniper", "feed", "http://www.juniper.example/feed/", "Juniper"),)
    plan = plan_import(parse_opml(OPML.read_bytes()), have)
    assert [name for name, _ in plan.added] == ["kuaixun"]
    assert plan.left_out == (
        ("ftp://old.example/feed", "no http(s) address"),
        ("https://juniper.example/feed", "source 'juniper' reads it already"),
    )


def test_ids_are_slugs_and_differ() -> None:
    links = [
        FeedLink("https://www.a-b.example/f", "The Paper!"),
        FeedLink("https://a-b.example/g", "The Paper!"),
        FeedLink("https://报.example/f", "报"),
    ]
    plan = plan_import(Subscriptions(tuple(links)), ())
    assert [name for name, _ in plan.added][:2] == ["a-b-the-paper", "a-b-the-paper-2"]
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for name, _ in plan.added)
    assert new_id(FeedLink("https://x.example/f", "é" * 90), {"x", "x-2"}) == "x-3"


def test_tables_are_appended_and_load(tmp_path: Path) -> None:
    own = tmp_path / "config"
    own.mkdir()
    (own / "sources.toml").write_text('# mine\n[[source]]\nid = "ustr"\nenabled = false\nwhy_disabled = "mine"\n', encoding="utf-8")
    nasty = FeedLink('https://a.example/f?q="x"', 'A "b" \\ é 快\tz', lang="zh-TW")
    add_sources(own / "sources.toml", plan_import(Subscriptions((nasty,)), ()), "mine.opml")
    found = {source.source_id: source for source in load_sources(SEEDS, own)}
    assert found["ustr"].why_disabled == "mine"
    (added,) = [source for source in found.values() if source.status == "imported from mine.opml"]
    assert (added.publisher, added.lang, added.enabled) == (nasty.title, "zh", True)


def test_a_damaged_file_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text("[[source]\n", encoding="utf-8")
    with pytest.raises(SeedError, match="not valid TOML"):
        add_sources(path, plan_import(parse_opml(OPML.read_bytes()), ()), "x")
    assert path.read_text(encoding="utf-8") == "[[source]\n"


def test_the_commands(tmp_path: Path) -> None:
    env, runner = {"TOPICWATCH_HOME": str(tmp_path)}, CliRunner()
    tried = runner.invoke(app, ["sources", "import", str(OPML), "--dry-run"], env=env)
    assert (tried.exit_code, (tmp_path / "config").exists()) == (0, False)
    done = runner.invoke(app, ["sources", "import", str(OPML)], env=env)
    assert done.exit_code == 0
    assert "2 added, 1 left out" in done.stdout
    again = runner.invoke(app, ["sources", "import", str(OPML)], env=env)
    assert "0 added, 3 left out" in again.stdout
    out = tmp_path / "mine.opml"
    assert runner.invoke(app, ["sources", "export", str(out)], env=env).exit_code == 0
    links = {link.url for link in parse_opml(out.read_bytes()).links}
    assert "https://juniper.example/feed" in links
    assert "https://www.whitehouse.gov/presidential-actions/feed/" in links
    assert "https://36kr.com/feed" not in links  # disabled


def test_what_is_wrong_is_said_in_one_line(tmp_path: Path) -> None:
    env, runner = {"TOPICWATCH_HOME": str(tmp_path / "home")}, CliRunner()
    missing = runner.invoke(app, ["sources", "import", str(tmp_path / "none.opml")], env=env)
    assert (missing.exit_code, "none.opml: No such file" in missing.stderr) == (2, True)
    page = tmp_path / "page.html"
    page.write_text("<html></html>", encoding="utf-8")
    other = runner.invoke(app, ["sources", "import", str(page)], env=env)
    assert (other.exit_code, "page.html: not_opml" in other.stderr) == (2, True)


def test_a_sites_address_brings_the_feeds_it_names(tmp_path: Path) -> None:
    head = "<html><head><link rel=alternate type=application/rss+xml title='All news' href=/feed></head><body></body></html>"

    async def run() -> Subscriptions:
        async with HostileServer({"/": reply(head)}).running() as server:
            env = {"TOPICWATCH_HOME": str(tmp_path), "TOPICWATCH_ALLOW_PRIVATE": f"127.0.0.1:{server.port}"}
            return await asyncio.to_thread(links_of, read_settings(env), server.url("/"), NOW)

    (link,) = asyncio.run(run()).links
    assert (link.url.rpartition("/")[2], link.title, link.guessed) == ("feed", "All news", False)
