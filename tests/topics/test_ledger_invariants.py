"""Invariants 3, 6, 8 and 10 of SCHEMA.md."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gate.pool import as_bytes, fingerprint, pool, two_nights
from gate.small_night import FIRST, Nights, article, claim, only, reading, told
from topics.model import Claim, Known, LedgerRow, Reading

ROOT = Path(__file__).resolve().parents[2]
SIZE = len(pool())


@settings(max_examples=12, deadline=None)
@given(st.permutations(range(SIZE)), st.permutations(range(SIZE)), st.integers(1, SIZE))
def test_the_order_of_articles_changes_nothing(first: list[int], second: list[int], count: int) -> None:
    def chosen(order: list[int], day: int) -> list[Reading]:
        return [pool(day)[index] for index in order if index < count]

    shuffled = two_nights(chosen(first, 0), chosen(second, 1))
    straight = two_nights(pool(0)[:count], pool(1)[:count])
    assert [as_bytes(r) for r in shuffled] == [as_bytes(r) for r in straight]


def postponed(until: date, night: int, outlet: str) -> Reading:
    day = f"{until:%B} {until.day}, {until.year}"
    text = f"Rule put off\nThe Commerce Department postponed the tenant identification rule until {day}. So it goes."
    return told(f"{outlet}{night}", text, "eased", day=night)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 5)), min_size=1, max_size=6))
def test_each_new_postponement_is_one_move_however_often_it_is_told(tellings: list[tuple[int, int]]) -> None:
    days = [date(2027, month, 15) for month in (3, 5, 7, 9, 11)]
    nights, night, told_before = Nights(), 0, set[int]()
    for which, gap in tellings:
        moves = nights.night(*(postponed(days[which], night, outlet) for outlet in "ab"), day=night).moves
        assert len(moves) == (which not in told_before)
        told_before.add(which)
        night += gap


VAGUE = st.lists(
    st.sampled_from(
        "new rules imposed on cloud providers require companies to verify the identity of foreign customers know your customer bis "
        "infrastructure as a service final rule bureau of industry and security users models trained government officials said".split()
    ),
    min_size=3,
    max_size=24,
)


@settings(max_examples=60, deadline=None)
@given(VAGUE, st.booleans(), st.integers(1, 400))
def test_a_vague_claim_never_covers_an_official_step(words: list[str], of_seed: bool, age: int) -> None:
    quote = " ".join(words).capitalize()
    told_on = FIRST - timedelta(age)
    origin = "seed" if of_seed else "article"
    said = Claim(
        "c", origin, "x", 1, "cloud-kyc", "adopted", "bis", "", ("bis",), (), (), "new", "past", quote, 0,  # type: ignore[arg-type]
    )  # fmt: skip
    row = LedgerRow("l", "m", "cloud-kyc", "adopted", quote, ("bis",), None, "seed" if of_seed else "press:1", "c", told_on)
    text = """Customer Identification; Final rule
In this final rule the Bureau of Industry and Security requires providers of infrastructure as a service to verify the identity of \
foreign customers. The rule is effective December 18, 2026."""
    of = article("d", text, tier="official", official_ids=("fr_doc:2026-30001",))
    known = Known(claims=(said,), ledger=(row,))
    move = only(Nights().night(reading(of, claim(of, "adopted")), claims=known.claims, ledger=known.ledger).moves)
    assert (move.disposition, move.kind) == ("raised", "adopted")


@pytest.mark.parametrize(("zone", "seed"), [("America/New_York", "0"), ("Asia/Shanghai", "1"), ("UTC", "7")])
def test_decisions_are_byte_equal_in_every_zone_and_under_every_hash_seed(zone: str, seed: str) -> None:
    env = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
    child = subprocess.run([sys.executable, "-m", "gate.pool"], env=env, cwd=ROOT, capture_output=True, text=True, check=True)
    assert child.stdout.strip() == fingerprint()
