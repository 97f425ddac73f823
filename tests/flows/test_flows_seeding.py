from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from flows.seeding import SeedError, load_catalogue, load_routing, load_seeds, load_sources
from flows.settings import ROOT, Settings, read_settings

SOURCE = '[[source]]\nid = "wire"\nkind = "feed"\nurl = "https://wire.example/rss"\npublisher = "Wire"\n'


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    seeds = tmp_path / "seeds"
    shutil.copytree(ROOT / "seeds", seeds)
    found = read_settings({"TOPICWATCH_HOME": str(tmp_path / "home"), "TOPICWATCH_SEEDS": str(seeds)})
    found.overlay.mkdir(parents=True)
    return found


def test_the_shipped_seeds_load(tmp_path: Path) -> None:
    seeds = load_seeds(read_settings({"TOPICWATCH_HOME": str(tmp_path)}))
    assert len(seeds.catalogue.topics) == 12
    assert len(seeds.dossiers) >= 4
    assert len(seeds.enabled) >= 40
    assert [r.ref for r in seeds.routing.recipients] == ["files"]


def test_the_overlay_replaces_fields_by_id_and_adds_new_ids(settings: Settings) -> None:
    (settings.overlay / "sources.toml").write_text('[[source]]\nid = "ft-ai"\nenabled = false\n' + SOURCE, encoding="utf-8")
    before = {s.source_id: s for s in load_sources(settings.seeds, settings.seeds / "nowhere")}
    after = {s.source_id: s for s in load_sources(settings.seeds, settings.overlay)}
    assert after["ft-ai"] == replace(before["ft-ai"], enabled=False)
    assert after["wire"].publisher == "Wire"
    assert len(after) == len(before) + 1


def test_a_topic_of_the_overlay_joins_the_others(settings: Settings) -> None:
    (settings.overlay / "topics.toml").write_text('[[topic]]\nid = "new"\nname_en = "New"\nterms_en = ["x"]\n', encoding="utf-8")
    topics = load_catalogue(settings.seeds, settings.overlay).topics
    assert topics[-1].topic_id == "new"
    assert len(topics) == 13


def test_the_digest_follows_the_catalogue(settings: Settings) -> None:
    before = load_seeds(settings).digest
    (settings.overlay / "topics.toml").write_text('[[topic]]\nid = "cloud-kyc"\nabout = "another"\n', encoding="utf-8")
    assert load_seeds(settings).digest != before


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("sources.toml", SOURCE.replace("kind", "knd"), ("sources.toml", "'wire'", "knd")),
        ("sources.toml", SOURCE.replace('"wire"', '"Wire!"'), ("sources.toml", "a-z")),
        ("sources.toml", '[[source]]\nid = "wire"\nkind = "feed"\n', ("'wire'", "url is missing")),
        ("sources.toml", "[[source]\n", ("sources.toml", "not valid TOML", "line 1")),
        ("topics.toml", '[[topic]]\nname_en = "x"\n', ("topic", "id")),
        ("routing.toml", '[[recipient]]\nref = "a"\nchannel = "pigeon"\n', ("routing.toml", "line", "channel")),
        ("routing.toml", '[[route]]\ntopics = ["no-such"]\nto = ["files"]\n', ("routing.toml", "no-such")),
    ],
)
def test_a_typo_names_the_file_and_the_place(settings: Settings, file: str, text: str, words: tuple[str, ...]) -> None:
    (settings.overlay / file).write_text(text, encoding="utf-8")
    with pytest.raises(SeedError) as caught:
        load_seeds(settings)
    for word in words:
        assert word in str(caught.value)


def test_without_routing_alerts_go_to_files(settings: Settings) -> None:
    assert [r.channel for r in load_routing(settings, ()).recipients] == ["file"]
