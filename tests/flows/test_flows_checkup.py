"""`doctor` notices that nights have stopped coming: nobody else would, a quiet night looks the same."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from flows.checkup import database
from flows.settings import read_settings
from standins.told_store import NOW, told_store


def test_nights_that_stopped_are_said_with_the_day_of_the_last(tmp_path: Path) -> None:
    settings = read_settings({"TOPICWATCH_HOME": str(tmp_path / "home")})
    assert database(settings, NOW) == "none yet; the first night makes it"
    told_store(settings.home)
    assert database(settings, NOW + timedelta(hours=35)) == "1 runs, the last for night 2026-11-06 (done)"
    with pytest.raises(ValueError, match=r"no night since 2026-11-07 02:00 UTC: does the schedule still run"):
        database(settings, NOW + timedelta(hours=37))
