"""Reads the pages of ../shared/extraction with any block model, and scores them with the scorer that lies beside them."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import ModuleType

from extractors.block_model import BlockModel
from extractors.dates import pick_date
from extractors.failures import Unreadable
from extractors.metadata import own_day, read_metadata
from extractors.page_body import read_body, trafilatura_body
from extractors.page_tree import drop_hidden, read_tree
from training.block_rows import HTML, fold_of, golds, page_bytes
from training.labelled import SHARED

NOW = datetime(2026, 11, 25, tzinfo=UTC)  # later than every page of the collection
NOWHERE = "https://page.invalid/"  # the address is not given: it would tell the date of some pages


@dataclass(frozen=True, slots=True)
class Row:
    """One page as it was read, with the text that trafilatura alone gives when that was asked for."""

    page_id: str
    text: str
    raw: float
    extractor: str
    title: str = ""
    author: str = ""
    day: str = ""
    theirs: str = ""


def read_part(folder: Path, model: BlockModel, fold: int = 0, folds: int = 1, *, beside: bool = False) -> Iterator[Row]:
    """Read the pages of one fold of publishers; `raw` is a measure of trust as the model's curves give it."""
    for gold in golds(folder):
        if fold_of(gold["domain"], folds) == fold:
            yield _read(page_bytes(folder, gold["id"]), gold["id"], model, beside=beside)


def _read(page: bytes, name: str, model: BlockModel, *, beside: bool) -> Row:
    try:
        tree = read_tree(page, HTML)
    except Unreadable:
        return Row(name, "", 0.0, "")
    meta = read_metadata(tree, NOWHERE + name)
    body = read_body(tree, meta, NOWHERE + name, model)
    at, _, witness = pick_date(meta.witnesses, NOW, lang=meta.lang)
    theirs = ""
    if beside:
        tree = read_tree(page, HTML)
        drop_hidden(tree)
        theirs = trafilatura_body(tree, NOWHERE + name)
    return Row(
        name, body.text, body.trust, body.extractor, meta.title, meta.author, own_day(at, witness, meta.witnesses) if at else "", theirs
    )


@cache
def score() -> ModuleType:
    """Return the scorer that comes with the pages."""
    spec = importlib.util.spec_from_file_location("score_extraction", SHARED / "extraction" / "score_extraction.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def page_f1(gold: str, text: str) -> float:
    """Return the F1 of one page."""
    return float(score().score_body(gold, text)["f"])
