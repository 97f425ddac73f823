"""Every fetch, feed and extraction case of FAULTS.md, 1-74, is claimed by a test that exists (claims.tsv: case, test)."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CLAIMS = Path(__file__).with_name("claims.tsv")
CASES = range(1, 75)
STORED = "tests/storage/test_storage_source_window.py::test_changed_text_is_a_new_revision_and_flipping_back_is_none"
REAL = {
    "extractors.client", "extractors.transport", "extractors.box", "extractors.feeds", "extractors.pages", "flows.pipeline",
    "standins.source_web", "standins.hostile_http",
}  # fmt: skip
Claims = list[tuple[int, str]]


def claims() -> Claims:
    lines = CLAIMS.read_text(encoding="utf-8").splitlines()
    return [(int(case), test) for case, test in (line.split("\t") for line in lines if line and not line.startswith("#"))]


@cache
def named(path: str) -> frozenset[str]:
    """The tests that pytest finds in a file, without their parameters."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


@cache
def takes_part(path: str) -> bool:
    """Tell whether a file's tests can go through the real client, parser or night: whether it imports one."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return any(isinstance(node, ast.ImportFrom) and node.module in REAL for node in ast.walk(tree))


def missing(claimed: Claims) -> Iterator[str]:
    """Name each case without a test, or with none through the real thing, and each claim of a test that there is not."""
    for case in CASES:
        files = {test.partition("::")[0] for number, test in claimed if number == case}
        if not files:
            yield f"case {case}: no test claims it"
        elif not any((ROOT / path).is_file() and takes_part(path) for path in files):
            yield f"case {case}: no test of it goes through the real client, parser or night"
    for case, test in claimed:
        path, _, name = test.partition("::")
        if case not in CASES or not (ROOT / path).is_file() or name not in named(path):
            yield f"case {case}: {test} does not exist"


def test_every_case_is_claimed_by_a_test_that_exists() -> None:
    assert list(missing(claims())) == []
    assert claims() == sorted(set(claims())), "in order, each claim once"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda found: [c for c in found if c[0] != 44], "case 44: no test claims it"),
        (lambda found: [*(c for c in found if c[0] != 54), (54, STORED)], "case 54: no test of it goes through the real"),
        (lambda found: [*found, (75, found[0][1])], "case 75: "),
        (lambda found: [*found, (7, "tests/faults/test_faults_claimed.py::test_nothing")], "case 7: "),
        (lambda found: [*found, (7, "tests/faults/test_gone.py::test_a")], "case 7: "),
    ],
)
def test_a_case_without_a_test_is_told(change: Callable[[Claims], Claims], told: str) -> None:
    (line,) = missing(change(claims()))
    assert line.startswith(told)
