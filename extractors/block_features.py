"""What the block model is told: about 200 numbers for each block of a page, by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extractors.block_texts import Columns, PageFacts, texts
from extractors.block_words import CLASS_NAMES, TEXT_BITS, TEXT_NAMES
from extractors.blocks import ANCESTORS, Block

_WORD = re.compile(r"\w+")
TAGS = tuple("p div li h1 h2 h3 h4 h5 tr td blockquote figcaption pre section article dd span body".split())
_TAG_PLACE = {tag: place for place, tag in enumerate(TAGS)}
_PROSE_TAGS = frozenset("p blockquote li div h2 h3 pre section article body".split())
_HEADS = frozenset("h1 h2 h3 h4 h5 h6".split())
NEIGHBOURS = (-3, -2, -1, 1, 2, 3)


def features(blocks: Sequence[Block], facts: PageFacts) -> Columns:
    """Return one column a feature, all as long as `blocks` (which must not be empty)."""
    columns: Columns = {}
    columns |= texts(blocks, facts)
    columns |= _places(blocks)
    columns["prose"] = _prose(blocks, columns)
    columns |= _shares(blocks, columns)
    columns |= _looks(blocks, columns)
    columns |= _distances(blocks, columns)
    columns |= _sections(blocks, columns)
    columns |= _neighbours(blocks, columns)
    return columns


def _places(blocks: Sequence[Block]) -> Columns:
    columns: Columns = {
        "tag": np.array([_TAG_PLACE.get(block.tag, -1) for block in blocks]),
        "depth": np.array([len(block.path) for block in blocks]),
    }
    for name, bits in (
        ("own", np.array([block.own for block in blocks])),
        ("near", np.array([block.near for block in blocks])),
        ("above", np.array([block.above for block in blocks])),
    ):
        columns |= {f"{name}_{word}": (bits >> place) & 1 for place, word in enumerate(CLASS_NAMES)}
    tags = np.array([block.tags for block in blocks])
    return columns | {f"inside_{tag}": (tags >> place) & 1 for place, tag in enumerate(ANCESTORS)}


# The whole page


def _prose(blocks: Sequence[Block], columns: Columns) -> NDArray[Any]:
    """Return each block's length where it reads like running text, else 0."""
    like = (columns["linked"] < 0.35) & (columns["length"] > 40) & (columns["function"] > 0.2)
    return np.where(like, columns["length"], 0.0)


def _shares(blocks: Sequence[Block], columns: Columns) -> Columns:
    """Return how much of the page's prose the parents hold, and where in it the block stands."""
    prose, count = columns["prose"], len(blocks)
    total = float(prose.sum()) or 1.0
    prosaic = np.where([block.tag in _PROSE_TAGS for block in blocks], prose, 0.0)
    shares: Columns = {}
    for name, up in (("own", 1), ("parent", 2), ("grand", 3), ("great", 4)):
        ids = np.array([block.path[-up] if len(block.path) >= up else 0 for block in blocks])
        # Who counts: blocks whose parent at the same distance is this element.
        sums = np.bincount(ids, weights=prosaic)
        shares[f"share_{name}"] = sums[ids] / total
        shares[f"most_{name}"] = sums[ids] / (float(sums.max()) or 1.0)
    under = _under(blocks, prosaic)
    for name, up in (("parent", 2), ("grand", 3), ("great", 4)):
        shares[f"under_{name}"] = np.array([under[block.path[-up] if len(block.path) >= up else 0] for block in blocks]) / total
    passed = np.cumsum(prose)
    sums = np.concatenate([[0.0], passed])
    where = np.arange(count)
    for reach in (2, 5):
        shares[f"prose_around_{reach}"] = (sums[np.minimum(count, where + reach + 1)] - sums[np.maximum(0, where - reach)]) / total
    return shares | {
        "share": prose / total, "place": where / count, "prose_before": passed / total, "prose_after": total - passed,
        "page_blocks": np.full(count, count), "page_prose": np.full(count, total),
        "page_prosaic": np.full(count, total / (float(columns["length"].sum()) or 1.0)),
    }  # fmt: skip


def _under(blocks: Sequence[Block], weights: NDArray[Any]) -> dict[int, float]:
    """Return the weight below every element, by its number."""
    found: dict[int, float] = {}
    for block, weight in zip(blocks, weights.tolist(), strict=True):
        for number in block.path:
            found[number] = found.get(number, 0.0) + weight
    return found


def _looks(blocks: Sequence[Block], columns: Columns) -> Columns:
    """Return what blocks of the same tag and class say together: paragraphs of one text look alike."""
    numbers: dict[str, int] = {}
    ids = np.array([numbers.setdefault(block.look, len(numbers)) for block in blocks])
    count = np.bincount(ids)
    mean = {name: np.bincount(ids, weights=columns[name]) / count for name in ("length", "linked", "ends", "function")}
    prose = np.bincount(ids, weights=columns["prose"])
    return {
        "alike": count[ids], "alike_share": (prose / (float(prose.sum()) or 1.0))[ids],
        **{f"alike_{name}": values[ids] for name, values in mean.items()},
    }  # fmt: skip


def _distances(blocks: Sequence[Block], columns: Columns) -> Columns:
    """Return how far the block stands, in steps of the tree and of the page, from the heading and from the thick of the prose."""
    where = np.arange(len(blocks))
    heads = [
        (columns["in_title"][place] + columns["title_in"][place], block.tag == "h1", -place, place)
        for place, block in enumerate(blocks)
        if block.tag in _HEADS
    ]
    head = max(heads)[-1] if heads else -1
    first = next((place for place, block in enumerate(blocks) if block.tag == "h1"), -1)
    parents = np.array([block.path[-2] if len(block.path) > 1 else 0 for block in blocks])
    thick = int(np.bincount(parents, weights=columns["prose"]).argmax())
    middle = int(np.argmax(np.where(parents == thick, columns["prose"], -1.0)))
    found: Columns = {
        "from_h1": where - first if first >= 0 else np.full(len(blocks), -99),
        "from_head": where - head if head >= 0 else np.full(len(blocks), -99),
        "heads_between": _heads_since(blocks, head),
        **_articles(blocks, columns["prose"], head),
    }
    for name, other in (("head", head), ("thick", middle)):
        path = blocks[other].path if other >= 0 else (0,)
        shared = np.array([shared_path(block.path, path) for block in blocks])
        found[f"up_to_{name}"] = columns["depth"] - shared
        found[f"down_to_{name}"] = len(path) - shared
    return found


def shared_path(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    """Count the elements that hold both of two blocks."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _heads_since(blocks: Sequence[Block], head: int) -> NDArray[Any]:
    """Count the h1 after the page's own heading: each may begin another article."""
    return np.cumsum([block.tag == "h1" and place > head for place, block in enumerate(blocks)])


def _articles(blocks: Sequence[Block], prose: NDArray[Any], head: int) -> Columns:
    """Return which of the page's outermost `article` elements the block is in: others than the heading's are other articles."""
    held = np.array([block.article for block in blocks])
    sums = np.bincount(held, weights=prose)
    own = blocks[head].article if head >= 0 else int(sums.argmax())
    order: dict[int, int] = {}
    for number, amount in zip(held.tolist(), prose.tolist(), strict=True):
        if amount and number:
            order.setdefault(number, len(order))
    return {
        "article_share": sums[held] / (float(prose.sum()) or 1.0), "article_own": np.where(held > 0, held == own, -1),
        "article_number": np.array([order.get(number, -1) for number in held.tolist()]), "articles": np.full(len(blocks), len(order)),
    }  # fmt: skip


def _sections(blocks: Sequence[Block], columns: Columns) -> Columns:
    """Return what the last heading before the block said, and how long ago; and the page's `article` elements."""
    bits, tag, ago, text = 0, -1, 99, []
    for block in blocks:
        if block.tag in _HEADS or (len(block.text) < 60 and block.strong == len(block.text)):
            bits, tag, ago = _heading_bits(block), _TAG_PLACE.get(block.tag, -1), 0
        else:
            ago += 1
        text.append((bits, tag, ago))
    table = np.array(text)
    found: Columns = {f"headed_{word}": (table[:, 0] >> place) & 1 for place, word in enumerate(TEXT_NAMES)}
    return found | {"headed_tag": table[:, 1], "headed_ago": table[:, 2]}


def _heading_bits(block: Block) -> int:
    bits = 0
    for word in _WORD.findall(block.text.lower())[:12]:
        bits |= TEXT_BITS.get(word, 0)
    return bits


def _neighbours(blocks: Sequence[Block], columns: Columns) -> Columns:
    count = len(blocks)
    total = float(columns["prose"].sum()) or 1.0
    looks: dict[str, int] = {}
    values: Columns = {
        "length": columns["length"], "linked": columns["linked"], "prose": columns["prose"] / total, "tag": columns["tag"],
        "ends": columns["ends"],
        "words": np.maximum.reduce([columns[f"says_{word}"] for word in TEXT_NAMES]),
        "look": np.array([looks.setdefault(block.look, len(looks)) for block in blocks]),
        "parent": np.array([block.path[-2] if len(block.path) > 1 else 0 for block in blocks]),
    }  # fmt: skip
    found: Columns = {}
    for step in NEIGHBOURS:
        far = abs(step) == 3
        places = np.arange(count) + step
        inside = (places >= 0) & (places < count)
        at = np.clip(places, 0, count - 1)
        for name, column in values.items():
            if name in {"look", "parent"}:
                found[f"same_{name}{step:+d}"] = inside & (column[at] == column)
            elif not far or name in {"length", "linked", "prose"}:
                found[f"{name}{step:+d}"] = np.where(inside, column[at], -2.0)
    return found
