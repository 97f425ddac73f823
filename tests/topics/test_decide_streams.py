"""The ledger proved apart from reading: with perfect claims nearly every alert of the labelled streams is right and on its night."""

from __future__ import annotations

import pytest

from gate import perfect_claims
from training.labelled import SELF_WRITTEN, SHARED

FLOOR = 0.97


@pytest.mark.slow
@pytest.mark.parametrize("name", SELF_WRITTEN)
def test_perfect_claims_give_perfect_alerts(name: str) -> None:
    if not (SHARED / "streams" / name).is_dir():
        pytest.skip("the labelled streams are not in this repository")
    alerts = perfect_claims.score(name, perfect_claims.replay(name))["alert"]
    assert alerts["precision"] >= FLOOR, alerts["wrong"]
    assert alerts["recall_same_night"] >= FLOOR, alerts["missed"]
