"""Clean text measured: our reader and trafilatura beside it on ../shared/extraction, with the scorer that comes with it.

    PYTHONPATH=.:tests python -m gate.extraction [--cross DIR | --shipped] [--worst N] [--speed]

Cross-validated by publisher: each page is read by a model that has seen nothing of its publisher, as `python -m training.train_blocks`
left them in DIR (var/blocks). --shipped reads with the weights of extractors/weights instead, which were trained on these very pages.
--speed times both on 200 pages.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from extractors.block_model import read_model, shipped
from extractors.model import Entry
from extractors.page_body import trafilatura_body
from extractors.page_tree import read_tree
from extractors.pages import read_page
from training.block_read import NOWHERE, Row, read_part, score
from training.block_rows import HTML, golds, page_bytes
from training.labelled import SHARED
from training.train_blocks import CROSS, FOLDS

FIELDS = (("title", "title"), ("author", "author"), ("date", "day"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shipped", action="store_true")
    parser.add_argument("--cross", type=Path, default=CROSS)
    parser.add_argument("--worst", type=int, default=0)
    parser.add_argument("--speed", action="store_true")
    options = parser.parse_args()
    folder = SHARED / "extraction" / "dev"
    if options.speed:
        print(speed(folder, 200))
        return
    rows = {row.page_id: row for row in (read_part(folder, shipped(), beside=True) if options.shipped else crossed(folder, options.cross))}
    gold = golds(folder)
    print("\n".join(report(gold, rows)))
    for line in worst(gold, rows, options.worst):
        print(line)


def crossed(folder: Path, cross: Path) -> Iterator[Row]:
    """Read every page with the model fitted on other publishers."""
    for fold in range(FOLDS):
        yield from read_part(folder, read_model(cross / f"fold-{fold}"), fold, FOLDS, beside=True)


def report(gold: Sequence[Mapping[str, Any]], rows: Mapping[str, Row]) -> Iterator[str]:
    """Yield the table: bodies of both readers, then our metadata, for all pages, for news, and for each collection."""
    groups = {"ALL": list(gold), "NEWS": [page for page in gold if page["dataset"] != "wcxb"]}
    for name in sorted({page["dataset"] for page in gold}):
        groups[name] = [page for page in gold if page["dataset"] == name]
    yield f"{'':14}{'n':>5} {'F1':>7}{'P':>7}{'R':>7}{'exact':>7}{'<.5':>5}   trafilatura: {'F1':>6}{'exact':>7}"
    for name, pages in groups.items():
        ours = summary(pages, {page_id: row.text for page_id, row in rows.items()})
        theirs = summary(pages, {page_id: row.theirs for page_id, row in rows.items()})
        yield (
            f"{name:14}{len(pages):5} {ours['F1']:7.4f}{ours['P']:7.4f}{ours['R']:7.4f}{ours['exact']:7.3f}{ours['under_half']:5}"
            f"   {'':12} {theirs['F1']:7.4f}{theirs['exact']:7.3f}"
        )
    for name, pages in groups.items():
        yield f"{name:14}" + "  ".join(f"{field} {share(pages, rows, field, ours_):.3f}" for field, ours_ in FIELDS)
    asked = sum(row.extractor != "blocks" for row in rows.values())
    yield f"trafilatura or a script gave the body of {asked} of {len(rows)} pages"


def summary(pages: Sequence[Mapping[str, Any]], texts: Mapping[str, str]) -> dict[str, Any]:
    """Return what the scorer says of some pages."""
    found: dict[str, Any] = score().summarise([score().score_body(page["body"], texts.get(page["id"], "")) for page in pages])
    return found


def share(pages: Sequence[Mapping[str, Any]], rows: Mapping[str, Row], field: str, ours: str) -> float:
    """Return the share of pages whose field is exact, of those whose gold has it."""
    judge = getattr(score(), f"score_{field}")
    told = [judge(page[field], getattr(rows[page["id"]], ours)) == "exact" for page in pages if page[field] and page["id"] in rows]
    return sum(told) / len(told) if told else 0.0


def worst(gold: Sequence[Mapping[str, Any]], rows: Mapping[str, Row], count: int) -> Iterator[str]:
    """Yield the pages that were read worst."""
    told = []
    for page in gold:
        row = rows[page["id"]]
        body = score().score_body(page["body"], row.text)
        told.append(
            (body["f"], f"{body['f']:.3f} p {body['p'] or 0:.2f} r {body['r']:.2f} {row.raw:.2f} {row.extractor:11} {page['url'][:90]}")
        )
    yield from (line for _, line in sorted(told)[:count])


def speed(folder: Path, count: int) -> str:
    """Time whole pages (read_page) against trafilatura's body alone from the same bytes; processor time, one run after a warm one."""
    names = [gold["id"] for gold in golds(folder)]
    pages = [page_bytes(folder, name) for name in names[:: max(1, len(names) // count)]]
    now, spent = datetime(2026, 11, 25, tzinfo=UTC), [0.0, 0.0]
    for page in [*pages[:5], *pages]:
        hint = Entry("e", "s", NOWHERE + "page", "Title")
        begun = time.process_time()
        read_page(page, NOWHERE + "page", HTML, hint, now)
        middle = time.process_time()
        trafilatura_body(read_tree(page, HTML), NOWHERE)
        spent = [spent[0] + middle - begun, spent[1] + time.process_time() - middle]
    return f"{len(pages)} pages: ours {1000 * spent[0] / len(pages):.1f} ms a page, trafilatura {1000 * spent[1] / len(pages):.1f} ms"


if __name__ == "__main__":
    main()
