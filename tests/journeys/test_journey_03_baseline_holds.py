"""Rewrites of the seeds bring nothing; the official final rule alerts although seed 002 speaks of rules imposed; each step once.

FAULTS.md (case 99).
"""

from __future__ import annotations

import pytest

from standins.household import Town

pytestmark = pytest.mark.slow
REWRITES = {"har-002": "seed-003", "har-015": "seed-000", "har-016": "seed-001", "har-017": "seed-002", "har-048": "seed-003"}
DAYS = [f"2026-10-{day:02d}" for day in range(5, 15)]


def test_seeds_stay_silent_and_the_final_rule_alerts_once(town: Town) -> None:
    nights = town.nights(*DAYS)
    final = [
        a for n in nights if n["night"] == "2026-10-07" for a in n["alerts"] if "cloud-kyc" in a["topics"] and a["purpose"] != "digest"
    ]
    assert len(final) == 1
    told = [a["id"] for n in nights for a in n["alerts"]]
    assert len(told) == len(set(told))
    by_id = town.urls()
    for rewrite in REWRITES:
        found = town.house.run("explain", by_id[rewrite], "--json").json
        assert {v["outcome"] for v in found["verdicts"]} <= {"rewrite", "near_duplicate", "restates_known", "background", "no_move"}, (
            rewrite
        )
        assert not found["moves"], rewrite
