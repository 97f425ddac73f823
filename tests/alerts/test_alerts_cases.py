"""Every acceptance case of FAULTS.md about alerts has a test that names it."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
NAMED = re.compile(r"\((?:FAULTS|cases?) ([\d ,and-]+)")
RANGE = re.compile(r"(\d+)(?:-(\d+))?")


def cases_of(text: str) -> set[int]:
    spans = [RANGE.findall(listed) for listed in NAMED.findall(text)]
    return {case for span in spans for first, last in span for case in range(int(first), int(last or first) + 1)}


def test_cases_86_to_103_are_named() -> None:
    found = cases_of(" ".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py")))
    assert set(range(86, 104)) - found == set()
