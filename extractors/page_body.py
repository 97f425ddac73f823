"""The body of a page: the block model first, trafilatura beside it where the model is unsure, a script's text where both find none."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from importlib.metadata import version

from lxml import html as lxml_html
from trafilatura import bare_extraction

from extractors import limits
from extractors.block_model import BlockModel, Judged, judge
from extractors.block_texts import PageFacts, length
from extractors.blocks import cut, visible
from extractors.clean import tidy
from extractors.metadata import Metadata
from extractors.page_tree import drop_hidden, visible_text
from extractors.script_body import script_body
from extractors.walls import CONSENT, WALL

BLOCKS, TRAFILATURA, SCRIPT = "blocks", "trafilatura", "script"
VERSIONS = {BLOCKS: "1", TRAFILATURA: version("trafilatura"), SCRIPT: "1"}
SURE = 0.88  # certainty of the block model below which trafilatura is asked; its own body is better there (gate.extraction)
STUB = 200  # weighted characters; less is a paywall's or a consent page's remainder, not an article (FAULTS.md, 71)
_TOKEN = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Body:
    """The main text, paragraphs separated by a blank line; `trust` is the F1 that such texts reach on average."""

    text: str
    trust: float
    extractor: str


def facts_of(meta: Metadata) -> PageFacts:
    """Return what the block model wants to know of a page beside its blocks."""
    return PageFacts(meta.title, meta.description, meta.author, meta.script_body)


def read_body(tree: lxml_html.HtmlElement, meta: Metadata, url: str, model: BlockModel) -> Body:
    """Return the main text without comments, '' when there is none; takes hidden elements out of the tree when it is in doubt."""
    ours = judge(visible(cut(tree)), facts_of(meta), model)
    text = tidy(ours.text, limits.BODY_CHARS)
    if ours.certainty >= SURE and length(text) >= STUB:
        return Body(text, model.own.at(ours.certainty), BLOCKS)
    scripted = script_body(tree, meta.script_body)
    return _second_opinion(tree, url, ours, text, scripted, model)


def _second_opinion(tree: lxml_html.HtmlElement, url: str, ours: Judged, text: str, scripted: str, model: BlockModel) -> Body:
    drop_hidden(tree)
    theirs = trafilatura_body(tree, url)
    if max(length(theirs), length(text)) < STUB <= length(scripted):
        return Body(tidy(scripted, limits.BODY_CHARS), model.other.at(0.0), SCRIPT)
    if theirs and not length(theirs) < STUB <= length(text):
        return Body(theirs, model.other.at(agreement(text, theirs)), TRAFILATURA)
    return Body(text, model.own.at(ours.certainty), BLOCKS)


def trafilatura_body(tree: lxml_html.HtmlElement, url: str) -> str:
    """Return what trafilatura takes for the main text, or ''.

    Precision is favoured; where that leaves next to nothing of a page that says more and shows no wall, the balanced mode reads it again.
    """
    text = _trafilatura(tree, url, precision=True)
    if length(text) >= STUB:
        return text
    seen = visible_text(tree, 20_000)
    if length(seen) < 3 * STUB or WALL.search(seen) or CONSENT.search(seen[:1_000]):
        return text
    return max(text, _trafilatura(tree, url, precision=False), key=len)


def _trafilatura(tree: lxml_html.HtmlElement, url: str, *, precision: bool) -> str:
    # deduplicate stays off: it keeps memory between documents and empties later ones.
    found = bare_extraction(tree, url=url, favor_precision=precision, include_comments=False, deduplicate=False, with_metadata=False)
    text = getattr(found, "text", None) or ""
    return tidy("\n\n".join(text.split("\n")), limits.BODY_CHARS)


def agreement(one: str, other: str) -> float:
    """Return how far two texts are made of the same words, 0..1."""
    a, b = Counter(_TOKEN.findall(one)), Counter(_TOKEN.findall(other))
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 0.0
