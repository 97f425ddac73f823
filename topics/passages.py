"""An article cut into sentences and passages, each with its offset in title + blank line + body."""

from __future__ import annotations

import re
from dataclasses import dataclass

HAN = re.compile(r"[\u4e00-\u9fff]")
# A paragraph ends at a blank line, or where a list item, a numbered entry or a bold heading starts a line of its own.
_PARAGRAPH = re.compile(r"\n\s*\n|\n(?=\s*(?:\*\*)?\d{1,2}[.)、]|\s*[-–•🔹▪◆●*]\s|\s*\*\*)")
_SENTENCE_EN = re.compile(r"(?:(?<=[.!?][\"”’')\]])|(?<=[a-z0-9)\]%”\"’][.!?]))\*{0,2}\s+(?=[A-Z\"“‘'*\[(0-9$€£])")
_SENTENCE_ZH = re.compile(r"(?<=[。！？；])[”’」』）]?")
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|Gov|Sen|Rep|Reps|Sens|Gen|Inc|Corp|Co|Ltd|No|Nos|vs|St|Sec|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec))\.$"
)
_MARKUP = re.compile(r"^(?:[-–•🔹▪◆●*]+\s*)?(?:\*{0,2}\d{1,2}[.)、]\s*)?\**|\*+$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, verbatim; start is its offset in title + blank line + body; paragraph 0 is the title."""

    text: str
    start: int
    paragraph: int


@dataclass(frozen=True, slots=True)
class Passage:
    """One to three sentences that are judged together; the first carries the title."""

    index: int
    sentences: tuple[int, ...]  # positions in Text.sentences
    with_title: bool


@dataclass(frozen=True, slots=True)
class Text:
    """A title and body as sentences and passages; sentences[0] is the title, which may be empty."""

    sentences: tuple[Sentence, ...]
    passages: tuple[Passage, ...]


def split_text(title: str, body: str, lang: str) -> Text:
    """Cut an article; headings of fewer than seven words join the paragraph that follows them."""
    sentences = [Sentence(title.strip(), len(title) - len(title.lstrip()), 0)]
    groups: list[list[int]] = []
    held: list[int] = []
    for number, (start, end) in enumerate(_paragraphs(body), 1):
        found = _sentences(body, start, end, lang)
        positions = list(range(len(sentences), len(sentences) + len(found)))
        sentences += [Sentence(body[a:b], len(title) + 2 + a, number) for a, b in found]
        if len(found) == 1 and _size(sentences[-1].text) < 7:
            held += positions
        elif found:
            groups.append(held + positions)
            held = []
    if held:
        groups.append(held)
    return Text(tuple(sentences), _passages(groups))


def _passages(groups: list[list[int]]) -> tuple[Passage, ...]:
    passages: list[Passage] = []
    for group in groups:
        at = 0
        while at < len(group):
            take = 2 if len(group) - at == 4 else 3
            passages.append(Passage(len(passages), tuple(group[at : at + take]), with_title=not passages))
            at += take
    return tuple(passages) or (Passage(0, (), with_title=True),)


def _paragraphs(body: str) -> list[tuple[int, int]]:
    edges, start = [], 0
    for cut in _PARAGRAPH.finditer(body):
        edges.append((start, cut.start()))
        start = cut.end()
    edges.append((start, len(body)))
    return [edge for a, b in edges if (edge := _trim(body, a, b))[0] < edge[1]]


def _sentences(body: str, start: int, end: int, lang: str) -> list[tuple[int, int]]:
    """Offsets of the sentences of one paragraph; list marks and bold stars at the edges are left out."""
    pattern = _SENTENCE_ZH if lang == "zh" or len(HAN.findall(body, start, end)) > (end - start) / 4 else _SENTENCE_EN
    out, at = [], start
    for cut in pattern.finditer(body, start, end):
        if (
            cut.end() <= at
            or cut.end() >= end
            or (pattern is _SENTENCE_EN and _ABBREVIATION.search(body, max(at, cut.start() - 6), cut.start()))
        ):
            continue
        out.append((at, cut.end()))
        at = cut.end()
    out.append((at, end))
    spans = [_trim(body, *_unmarked(body, a, b)) for a, b in out]
    return [(a, b) for a, b in spans if b - a > 1]


def _unmarked(body: str, start: int, end: int) -> tuple[int, int]:
    start, end = _trim(body, start, end)
    for mark in _MARKUP.finditer(body[start:end]):
        if mark.end() == end - start and mark.start() > 0:
            end = start + mark.start()
        elif mark.start() == 0:
            start += mark.end()
    return start, end


def _trim(body: str, start: int, end: int) -> tuple[int, int]:
    while start < end and body[start].isspace():
        start += 1
    while end > start and body[end - 1].isspace():
        end -= 1
    return start, end


def _size(text: str) -> float:
    """Length in words; two Chinese characters count as one."""
    han = len(HAN.findall(text))
    return han / 2 if han > len(text) / 4 else len(text.split())
