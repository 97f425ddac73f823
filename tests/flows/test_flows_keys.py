"""API keys: named in sources.toml, kept in the environment or secrets.toml, and told in one line when they are missing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from extractors.model import Cursor, Source, SourceReading
from extractors.reading import ADAPTERS
from extractors.source_fields import FIELDS, settings_fault
from flows.seeding import SeedError, load_sources
from flows.settings import ROOT, Settings, read_settings
from flows.summary import health_lines, judge, source_line

KEYED = (
    '[[source]]\nid = "bills"\nkind = "congress"\nurl = "https://api.congress.gov/v3/bill"\n'
    'publisher = "Congress"\nkey_env = "MY_CONGRESS_KEY"\n'
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "seeds").mkdir()
    shutil.copy(ROOT / "seeds" / "sources.toml", tmp_path / "seeds")
    found = read_settings({"TOPICWATCH_HOME": str(tmp_path / "home"), "TOPICWATCH_SEEDS": str(tmp_path / "seeds"), "MY_KEY": " k1 \n"})
    found.overlay.mkdir(parents=True)
    return found


def test_a_key_is_looked_up_by_its_name_and_shown_nowhere(settings: Settings) -> None:
    (settings.overlay / "secrets.toml").write_text('OTHER_KEY = "k2"\n', encoding="utf-8")
    again = read_settings({"TOPICWATCH_HOME": str(settings.home), "MY_KEY": " k1 \n"})
    assert (again.key_of("MY_KEY"), again.key_of("OTHER_KEY"), again.key_of("NO_KEY"), again.key_of("")) == ("k1", "k2", "", "")
    assert "k1" not in repr(again)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (KEYED.replace("MY_CONGRESS_KEY", "abc-123-secret"), ("'bills'", "key_env must name an environment variable")),
        (KEYED.replace("https://", "http://"), ("'bills'", "https://")),
        (KEYED + 'params = { type = "hr" }\n', ("'bills'", "unknown field 'type'", "bills, congress, types")),
        (KEYED + "params = { congress = 1190 }\n", ("'bills'", "params.congress", "'1190'")),
    ],
)
def test_a_wrong_table_names_source_field_and_mend_but_never_a_key(settings: Settings, text: str, words: tuple[str, ...]) -> None:
    (settings.overlay / "sources.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SeedError) as caught:
        load_sources(settings.seeds, settings.overlay)
    assert all(word in str(caught.value) for word in words), caught.value
    assert "abc-123-secret" not in str(caught.value)


def test_a_right_table_is_a_source(settings: Settings) -> None:
    (settings.overlay / "sources.toml").write_text(KEYED + "params = { congress = 119 }\n", encoding="utf-8")
    source = load_sources(settings.seeds, settings.overlay)[-1]
    assert (source.source_id, source.key_env, source.params) == ("bills", "MY_CONGRESS_KEY", (("congress", "119"),))


def test_the_shipped_sources_of_known_kinds_have_right_params() -> None:
    sources = load_sources(ROOT / "seeds", ROOT / "seeds" / "nowhere")
    known = set(ADAPTERS) - set(FIELDS)
    assert {s.source_id: fault for s in sources if s.kind in known and (fault := settings_fault(s))} == {}
    assert {"public_inspection", "congress", "regulations", "govinfo", "ofac", "sitemap"} <= {s.kind for s in sources}
    assert not [s.source_id for s in sources if s.enabled and s.key_env]


def test_a_missing_key_is_one_line_of_the_note_and_no_failure() -> None:
    heard = SourceReading(Source("a", "feed", "https://a.example/", "A"), "ok", "", (), (), Cursor())
    missing = SourceReading(
        Source("b", "congress", "https://b.example/", "B", key_env="B_KEY"), "skipped", "needs_key:B_KEY", (), (), Cursor()
    )
    lines = [source_line(reading) for reading in (heard, missing)]
    assert health_lines(lines) == ("1 of 2 sources heard", "b: skipped, as its key B_KEY is not set")
    assert judge(lines, (), 0) == "done"
