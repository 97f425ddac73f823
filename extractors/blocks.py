"""Cuts a parsed page into text blocks: what stands together inside one block element, with all that its place in the page says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from lxml import etree
from lxml import html as lxml_html

from extractors.block_words import class_bits

_BLOCKS = frozenset(
    "p div li ul ol h1 h2 h3 h4 h5 h6 tr table section article blockquote pre figure figcaption header footer hr dd dt dl main aside nav "
    "form thead tbody tfoot address fieldset details summary body center caption amp-accordion".split()
)
_SILENT = frozenset("script style noscript template head iframe math".split())
_CONTROLS = frozenset("svg select button object embed audio video canvas map input textarea option datalist".split())
_NAMED = frozenset("class id role itemprop data-testid data-component data-module data-type data-name data-qa data-tracking".split())
ANCESTORS = (
    "article", "main", "aside", "nav", "footer", "header", "figure", "form", "table", "ul", "ol", "section", "blockquote", "a", "dl",
    "details", "h2", "h3",
)  # fmt: skip
_ANCESTOR_BITS = {tag: 1 << place for place, tag in enumerate(ANCESTORS)}
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em|rem|%)?\s*(?:;|$|!)", re.IGNORECASE)
_EMPTY = frozenset("br img wbr source track hr".split())
_CELLS = frozenset({"td", "th"})
_STRONG = frozenset("b strong em i".split())
MAX_BLOCKS = 6_000
MAX_DEPTH = 200
LINE = 80  # characters; shorter blocks are labels and links


class _Frame(NamedTuple):
    """An open element."""

    tag: str
    own: int  # bits of its class names
    above: int  # bits of all elements above it
    tags: int  # bits of ANCESTORS, itself included
    hidden: bool
    linked: bool
    strong: bool
    name: str  # tag and class: equal ones look alike on the page
    path: tuple[int, ...]  # the numbers of all open elements, itself last
    article: int  # the number of the outermost article element, 0 outside of any


@dataclass(frozen=True, slots=True)
class Block:
    """One run of text; `path` numbers the elements that hold it, the innermost block element last."""

    text: str
    linked: int  # characters inside links
    strong: int  # characters in bold or italics
    tag: str
    own: int
    near: int
    above: int
    tags: int
    hidden: bool
    look: str  # tag and class of the element and of its parent
    path: tuple[int, ...]
    article: int  # the number of the outermost article element that holds it, 0 when none does


def cut(tree: lxml_html.HtmlElement) -> list[Block]:
    """Return the page's text blocks in document order, at most MAX_BLOCKS; the tree stays as it is."""
    body = tree.find("body")
    walk = _Walk()
    steps = etree.iterwalk(tree if body is None else body, events=("start", "end", "comment", "pi"))
    for step, element in steps:
        if step == "start":
            if walk.enter(element):
                continue
            steps.skip_subtree()
        elif step == "end":
            walk.leave(element)
        elif tail := element.tail:
            walk.text(tail, walk.stack[-1])
        if len(walk.blocks) >= MAX_BLOCKS:
            break
    walk.flush()
    return walk.blocks


def visible(blocks: list[Block]) -> list[Block]:
    """Leave out what no reader sees (FAULTS.md, 73), unless nearly the whole text is hidden: such a page is shown by its script."""
    shown = hidden = 0
    for block in blocks:
        size = len(block.text)
        if size > LINE and block.linked * 2 < size:
            hidden += size * block.hidden
            shown += size * (not block.hidden)
    return blocks if hidden > 4 * shown and hidden > 1_000 else [block for block in blocks if not block.hidden]


class _Walk:
    """Collects text between block borders."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.stack = [_Frame("body", 0, 0, 0, False, False, False, "body", (0,), 0)]
        self._parts: list[str] = []
        self._linked = self._strong = self._count = 0
        self._broken = False  # a line break came last
        self._skipped = False

    def enter(self, element: lxml_html.HtmlElement) -> bool:
        """Open an element; False when its inside is no text."""
        tag, top = element.tag, self.stack[-1]
        if tag in _SILENT or (tag in _CONTROLS and element.find(".//p") is None) or len(self.stack) > MAX_DEPTH:
            self._skipped = True
            return False
        if tag in _BLOCKS and self._parts:
            self.flush()
        if tag in _EMPTY:
            self._skipped = True
            if tag == "br":
                self._line_break()
            return False
        if tag in _CELLS:
            self._parts.append(" ")
        own, hidden, name = _attributes(element, tag)
        self._count += 1
        frame = _Frame(
            tag, own, top.above | top.own, top.tags | _ANCESTOR_BITS.get(tag, 0), hidden or top.hidden, top.linked or tag == "a",
            top.strong or tag in _STRONG, name, (*top.path, self._count),
            top.article or self._count * (tag == "article"),
        )  # fmt: skip
        self.stack.append(frame)
        if text := element.text:
            self.text(text, frame)
        return True

    def _line_break(self) -> None:
        if self._broken:
            self.flush()
        self._parts.append(" ")
        self._broken = True

    def leave(self, element: lxml_html.HtmlElement) -> None:
        """Close an element; its tail belongs to what holds it."""
        if self._skipped:
            self._skipped = False
        else:
            if self._parts and self.stack[-1].tag in _BLOCKS:
                self.flush()
            if len(self.stack) > 1:
                self.stack.pop()
        if tail := element.tail:
            self.text(tail, self.stack[-1])

    def text(self, text: str, frame: _Frame) -> None:
        """Take text that stands in `frame`; space before all text says nothing."""
        said = text.strip()
        if said:
            self._parts.append(text)
            self._broken = False
            self._linked += len(said) * frame.linked
            self._strong += len(said) * frame.strong
        elif self._parts:
            self._parts.append(" ")

    def flush(self) -> None:
        """End the block that is open, if it holds any text."""
        text = " ".join("".join(self._parts).split())
        linked, strong = self._linked, self._strong
        self._parts.clear()
        self._linked = self._strong = 0
        self._broken = False
        if not text:
            return
        place = len(self.stack) - 1
        while place > 1 and self.stack[place].tag not in _BLOCKS:
            place -= 1
        frame, parent, grand = self.stack[place], self.stack[max(0, place - 1)], self.stack[max(0, place - 2)]
        self.blocks.append(
            Block(
                text, linked, strong, frame.tag, frame.own, parent.own | grand.own, frame.above, frame.tags, frame.hidden,
                f"{frame.name}<{parent.name}", frame.path, frame.article,
            )
        )  # fmt: skip


def _attributes(element: lxml_html.HtmlElement, tag: str) -> tuple[int, bool, str]:
    said, name, hidden = "", tag, False
    for key, value in element.items():
        if key in _NAMED:
            said += " " + value
            if key == "class":
                name = f"{tag}.{value}"
        elif key == "hidden":
            hidden = value.lower() != "until-found"
        elif key == "style":
            hidden = hidden or bool(_HIDDEN_STYLE.search(value))
    return class_bits(said[:400]) if said else 0, hidden, name
