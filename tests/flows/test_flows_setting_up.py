"""init: what is written is read back as it was meant, once, and only when all of it works."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from flows.seeding import SeedError, load_routing
from flows.setting_up import Answers, Mail, go_live, set_up
from flows.settings import Settings, SettingsError, read_settings

MAIL = Mail("mail.example", "watch@reader.example", 465, "tls", "watch", 'p"ss\\word')
FULL = Answers("https://reader.example/bot", 3, "smtp", "ana@reader.example", "Asia/Shanghai", "22:00-07:00", "https://watch.example", MAIL)


def settings(home: Path) -> Settings:
    return read_settings({"TOPICWATCH_HOME": str(home)})


def test_what_was_answered_is_in_force_and_secret(tmp_path: Path) -> None:
    set_up(settings(tmp_path), FULL)
    found = settings(tmp_path)
    assert (found.contact, found.hour) == ("https://reader.example/bot", 3)
    assert found.links is not None
    assert found.links.base == "https://watch.example"
    routing = load_routing(found, ())
    (me,) = routing.recipients
    assert (me.ref, me.channel, me.address, me.habits.zone, routing.live) == ("me", "smtp", "ana@reader.example", "Asia/Shanghai", False)
    assert routing.smtp is not None
    assert (routing.smtp.port, routing.smtp.password, routing.smtp.sender) == (465, 'p"ss\\word', "watch@reader.example")
    config = tmp_path / "config"
    assert stat.S_IMODE((config / "secrets.toml").stat().st_mode) == 0o600
    assert "ana@" not in (config / "routing.toml").read_text()
    assert "word'" not in repr(FULL)


def test_a_second_time_keeps_secrets_and_routing(tmp_path: Path) -> None:
    set_up(settings(tmp_path), FULL)
    config = tmp_path / "config"
    (config / "secrets.toml").write_text((config / "secrets.toml").read_text() + 'OWN = "kept"\n', encoding="utf-8")
    before = settings(tmp_path).secrets
    routing = (config / "routing.toml").read_text()
    set_up(settings(tmp_path), Answers("other@reader.example", 5, "files"))
    after = settings(tmp_path)
    assert (after.contact, after.hour) == ("other@reader.example", 5)
    assert {k: after.secrets[k] for k in ("TOPICWATCH_LINK_SECRET", "OWN", "MY_ADDRESS")} == {
        k: before[k] for k in ("TOPICWATCH_LINK_SECRET", "MY_ADDRESS")
    } | {"OWN": "kept"}
    assert (config / "routing.toml").read_text() == routing


@pytest.mark.parametrize(
    "wrong",
    [
        replace(FULL, address="no address"),
        replace(FULL, contact="two\nlines"),
        replace(FULL, quiet="x"),
        replace(FULL, hour=25),
        replace(FULL, url="x"),
    ],
)
def test_what_cannot_work_is_refused_before_anything_is_written(tmp_path: Path, wrong: Answers) -> None:
    with pytest.raises((SeedError, SettingsError)):
        set_up(settings(tmp_path), wrong)
    assert not (tmp_path / "config").exists()


def test_live_is_turned_on_once_and_for_a_file_that_does_not_name_it(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="run `topicwatch init` first"):
        go_live(settings(tmp_path))
    set_up(settings(tmp_path), FULL)
    for _ in range(2):
        go_live(settings(tmp_path))
        assert load_routing(settings(tmp_path), ()).live
    path = tmp_path / "config" / "routing.toml"
    path.write_text('[[recipient]]\nref = "a"\nchannel = "file"\n', encoding="utf-8")
    go_live(settings(tmp_path))
    assert load_routing(settings(tmp_path), ()).live
    assert path.read_text().count("live") == 1


def test_own_settings_give_way_to_the_environment_and_typos_are_named(tmp_path: Path) -> None:
    set_up(settings(tmp_path), FULL)
    assert read_settings({"TOPICWATCH_HOME": str(tmp_path), "TOPICWATCH_HOUR": "7"}).hour == 7
    (tmp_path / "config" / "settings.toml").write_text('contakt = "x"\n', encoding="utf-8")
    with pytest.raises(SettingsError, match=r"settings\.toml: unknown field 'contakt'"):
        settings(tmp_path)


def test_a_link_secret_or_address_that_is_no_use_is_refused(tmp_path: Path) -> None:
    base = {"TOPICWATCH_HOME": str(tmp_path)}
    assert read_settings(base).links is None
    with pytest.raises(SettingsError, match="at least 32 characters"):
        _ = read_settings({**base, "TOPICWATCH_LINK_SECRET": "short"}).links
    with pytest.raises(SettingsError, match="want an http"):
        _ = read_settings({**base, "TOPICWATCH_LINK_SECRET": "x" * 32, "TOPICWATCH_URL": "javascript:x"}).links
