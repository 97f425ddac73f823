"""The pages of ../shared/extraction as rows for the block model: features of each block, and whether it is in the gold body."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extractors.block_features import features
from extractors.block_texts import Columns
from extractors.blocks import Block, cut, visible
from extractors.failures import Unreadable
from extractors.metadata import read_metadata
from extractors.page_body import facts_of
from extractors.page_tree import read_tree

HTML = "text/html; charset=utf-8"
Words = list[str]
Gram = tuple[str, ...]
_TOKEN = re.compile(r"\w+")
AROUND = 12  # blocks; a label of three words further from the text than this is not taken for a part of it


@dataclass(frozen=True, slots=True)
class Page:
    """One page with its gold; `blocks` may be empty."""

    gold: dict[str, Any]
    blocks: list[Block]
    columns: Columns
    labels: NDArray[np.int8]
    words: NDArray[np.float64]

    @property
    def weights(self) -> NDArray[np.float64]:
        """Each block's share of the page's words, so that every page counts the same; news counts half as much again."""
        share = self.words / max(1.0, self.words.sum()) + 2e-4
        return np.asarray(share * (0.0 if "suspect" in self.gold else 1.0 if self.gold["dataset"] == "wcxb" else 1.5))


def fold_of(domain: str, folds: int) -> int:
    """Return the fold of a publisher: the same on every machine, and no publisher in two."""
    return int.from_bytes(hashlib.blake2b(domain.encode(), digest_size=8).digest()) % folds


def golds(folder: Path) -> list[dict[str, Any]]:
    """Return the gold rows of a part."""
    with (folder / "gold.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def page_bytes(folder: Path, name: str) -> bytes:
    """Return one page as it came."""
    return gzip.decompress((folder / "pages" / f"{name}.html.gz").read_bytes())


def read_pages(folder: Path) -> Iterator[Page]:
    """Yield every page of the part that can be parsed."""
    for gold in golds(folder):
        try:
            tree = read_tree(page_bytes(folder, gold["id"]), HTML)
        except Unreadable:
            continue
        blocks = visible(cut(tree))
        if blocks:
            table = features(blocks, facts_of(read_metadata(tree, gold["url"])))
            columns: Columns = {name: column.astype(np.float32) for name, column in table.items()}
            words = np.array([len(_TOKEN.findall(block.text)) for block in blocks], dtype=np.float64)
            yield Page(gold, blocks, columns, label(blocks, gold["body"]), words)


def label(blocks: Sequence[Block], body: str) -> NDArray[np.int8]:
    """Return 1 for the blocks that make up the gold body, each part of the gold used once.

    Blocks are aligned with the gold in order; what is out of order may take what is left. A block of fewer than four words counts only
    where the gold has it, between the blocks around it.
    """
    gold = _TOKEN.findall(body)
    texts = [_TOKEN.findall(block.text) for block in blocks]
    chain = _chain(texts, gold)
    left = Counter(_grams(gold))
    found = np.zeros(len(blocks), dtype=np.int8)
    rest = sorted((n for n, words in enumerate(texts) if len(words) >= 4 and n not in chain), key=lambda n: -len(texts[n]))
    for n in [*sorted(chain), *rest]:
        found[n] = _take(_grams(texts[n]), left) > 0.5
    for n, words in enumerate(texts):
        if 0 < len(words) < 4:
            found[n] = _between(n, words, chain, gold)
    return found


def _grams(words: Words) -> list[Gram]:
    return list(zip(words, words[1:], words[2:], words[3:], strict=False))


def _take(grams: list[Gram], left: Counter[Gram]) -> float:
    """Return the share of the block's runs that the gold still has, and use them up."""
    hits = 0
    for gram, count in Counter(grams).items():
        taken = min(count, left[gram])
        left[gram] -= taken
        hits += taken
    return hits / len(grams)


def _chain(texts: Sequence[Words], gold: Words) -> dict[int, tuple[int, int]]:
    """Return {block: (begin, end) in the gold} of the best series of blocks that stands in the gold in the page's order."""
    places: dict[Gram, list[int]] = defaultdict(list)
    for place, gram in enumerate(_grams(gold)):
        places[gram].append(place)
    found: list[tuple[int, int, int, int]] = []  # block, begin, end, hits
    for n, words in enumerate(texts):
        votes: Counter[int] = Counter()
        for offset, gram in enumerate(_grams(words)):
            votes.update(place - offset for place in places.get(gram, ())[:20])
        found.extend((n, at, at + len(words), hits) for at, hits in votes.most_common(3) if hits >= 0.3 * (len(words) - 3))
    best, before = [row[3] for row in found], [-1] * len(found)
    for one, (n, begin, _, hits) in enumerate(found):
        for other in range(one - 1, max(-1, one - 400), -1):
            if found[other][0] < n and found[other][2] <= begin + 2 and best[other] + hits > best[one]:
                best[one], before[one] = best[other] + hits, other
    chain: dict[int, tuple[int, int]] = {}
    at = int(np.argmax(best)) if best else -1
    while at >= 0:
        chain[found[at][0]] = found[at][1], found[at][2]
        at = before[at]
    return chain


def _between(n: int, words: Words, chain: dict[int, tuple[int, int]], gold: Words) -> bool:
    order = sorted(chain)
    place = bisect(order, n)
    if not order or (place == 0 and n < order[0] - AROUND) or (place == len(order) and n > order[-1] + AROUND):
        return False
    low = max(0, chain[order[place - 1]][1]) if place else 0
    high = chain[order[place]][0] if place < len(order) else len(gold)
    return any(gold[at : at + len(words)] == words for at in range(low, min(high, low + 60) - len(words) + 1))
