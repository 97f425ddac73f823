from __future__ import annotations

from pathlib import Path

import pytest

from flows.settings import ROOT, SettingsError, read_settings


def test_defaults_keep_everything_in_var() -> None:
    settings = read_settings({})
    assert settings.home == ROOT / "var"
    assert settings.seeds == ROOT / "seeds"
    for place in (settings.overlay, settings.journal, settings.outbox):
        assert place.is_relative_to(settings.home)


def test_home_moves_everything(tmp_path: Path) -> None:
    settings = read_settings({"TOPICWATCH_HOME": str(tmp_path)})
    assert (settings.home, settings.overlay) == (tmp_path, tmp_path / "config")


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("TOPICWATCH_HOUR", "24", "0 to 23"),
        ("TOPICWATCH_HOUR", "two", "whole number"),
        ("TOPICWATCH_PARALLEL", "0", "1 to 64"),
        ("TOPICWATCH_ALLOW_PRIVATE", "localhost", "host:port"),
        ("TOPICWATCH_CONTACT", "me (at) here", "without brackets"),
        ("TOPICWATCH_CONTACT", "a\r\nX-Evil: 1", "ASCII"),
    ],
)
def test_a_bad_value_names_the_variable_and_the_mend(name: str, value: str, word: str) -> None:
    with pytest.raises(SettingsError, match=name) as caught:
        read_settings({name: value})
    assert word in str(caught.value)


def test_private_pairs_are_read() -> None:
    settings = read_settings({"TOPICWATCH_ALLOW_PRIVATE": "127.0.0.1:8080, [::1]:9"})
    assert settings.allowed_private == {("127.0.0.1", 8080), ("::1", 9)}


def test_secrets_come_from_the_file_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "secrets.toml").write_text('DESK = "desk@news.example"\nROOM = "room@news.example"\n', encoding="utf-8")
    settings = read_settings({"TOPICWATCH_HOME": str(tmp_path), "ROOM": "other@news.example"})
    assert settings.secrets["DESK"] == "desk@news.example"
    assert settings.secrets["ROOM"] == "other@news.example"
    assert "desk@news.example" not in repr(settings)


def test_a_broken_secrets_file_is_named_without_its_text(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "secrets.toml").write_text('DESK = "desk@news.example\n', encoding="utf-8")
    with pytest.raises(SettingsError, match=r"secrets\.toml") as caught:
        read_settings({"TOPICWATCH_HOME": str(tmp_path)})
    assert "desk@" not in str(caught.value)


def test_a_secret_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "secrets.toml").write_text("PORT = 25\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="PORT must be a text"):
        read_settings({"TOPICWATCH_HOME": str(tmp_path)})
