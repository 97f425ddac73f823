"""The walls of the house (DESIGN.md): imports point one way, and each outside library lives in its room."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ORDER = ["extractors", "topics", "alerts", "storage", "flows"]
ENTRY_FILES = {"flows/nightly.py", "flows/backfill.py", "flows/deliver.py", "flows/artifacts.py", "flows/secret_block.py"}
LONGER = {"topics/model.py": "one room for the types that every decision shares"}
FILES = sorted(p for folder in ORDER for p in (ROOT / folder).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_imports_point_one_way(path: Path) -> None:
    folder = path.relative_to(ROOT).parts[0]
    allowed = ORDER[: ORDER.index(folder) + 1]
    for name in imports(path):
        top = name.split(".")[0]
        if top in ORDER:
            assert top in allowed, f"{relative(path)} imports {name}: {folder} may use {allowed} only"
            if folder == "topics" and top == "extractors":
                assert name.startswith("extractors.model"), f"{relative(path)}: topics takes only extractors.model, not {name}"


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_libraries_live_in_their_rooms(path: Path) -> None:
    folder, name = path.relative_to(ROOT).parts[0], relative(path)
    tops = {i.split(".")[0] for i in imports(path)}
    if folder != "storage":
        assert "duckdb" not in tops, f"{name}: only storage imports duckdb"
    if name not in ENTRY_FILES:
        assert "prefect" not in tops, f"{name}: only the entry files of flows/ import prefect"
    if "httpx" in tops or "httpcore" in tops:
        assert name in {"extractors/client.py", "extractors/transport.py", "alerts/posting.py"}, f"{name}: one client fetches web content"
    if folder == "topics":
        assert not tops & {"time", "random", "socket", "subprocess", "sqlite3"}, f"{name}: topics is pure"


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_only_flows_reads_the_environment(path: Path) -> None:
    if path.relative_to(ROOT).parts[0] == "flows":
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
            assert node.attr not in {"environ", "getenv"}, f"{relative(path)}:{node.lineno} reads the environment"


def test_no_stem_in_flows_equals_a_folder() -> None:
    stems = {p.stem for p in (ROOT / "flows").glob("*.py")}
    assert not stems & set(ORDER), "Prefect puts flows/ first on sys.path"


def test_our_packages_are_not_shadowed() -> None:
    for folder in ORDER:
        spec = importlib.util.find_spec(folder)
        assert spec is not None
        assert spec.origin is not None
        assert Path(spec.origin).parent == ROOT / folder


def test_every_init_is_empty() -> None:
    for folder in ORDER:
        for path in (ROOT / folder).rglob("__init__.py"):
            assert path.read_text(encoding="utf-8") == "", relative(path)


def test_no_file_outgrows_its_room() -> None:
    for path in FILES:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= 300 or relative(path) in LONGER, f"{relative(path)} has {lines} lines: move a part to its own file"
