"""For all tests: a data directory of their own, and a short turn of the invariants for the fast run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

# `make test` looks for a mistake that shows soon; `make test-all` and CI take hypothesis's full number.
settings.register_profile("fast", max_examples=25, deadline=None)


@pytest.fixture(scope="session", autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep every test out of a developer's var/, whose config/ is laid over seeds/."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOPICWATCH_HOME", str(tmp_path_factory.mktemp("home")))
        yield
