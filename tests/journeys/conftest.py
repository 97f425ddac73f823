from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsroom.web import Newsroom
from standins.household import HARBOUR, Town, evening, move_in


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with Newsroom(HARBOUR, now=evening("2026-10-05")) as room:
        yield Town(room, move_in(tmp_path, room))
