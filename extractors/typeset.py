"""Texts as the Government Publishing Office typesets them: broken lines, indented paragraphs, inside one <pre> or in plain text."""

from __future__ import annotations

import html
import re

from extractors import limits
from extractors.clean import one_line, tidy
from extractors.failures import Unreadable

READ_CHARS = 400_000  # of one file; what counts stands at its beginning
TEXT_CHARS = 8_000  # of a bill or report: its long title, short title and first sections
_PRE = re.compile(r"<pre[^>]{0,200}>(.*?)(?:</pre>|\Z)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
_BREAK = re.compile(r"\n[ \t]*\n|\[\[Page [^\]]{1,20}\]\]|^[ \t]*[-=_]{5,}[ \t]*$", re.MULTILINE)
_HEADING = re.compile(
    r"^[ \t]*(AGENCY|ACTION|SUMMARY|DATES|ADDRESSES|FOR FURTHER INFORMATION(?: CONTACT)?|SUPPLEMENTARY INFORMATION):", re.MULTILINE
)
_OPENING = re.compile(r"^[ \t]*(?:A BILL|AN ACT|An Act|(?:JOINT |CONCURRENT )?RESOLUTION)[ \t]*$", re.MULTILINE)
_RIN = re.compile(r"\b\d{4}-[A-Z]{2}\d{2}\b")
_CFR = re.compile(r"\b(\d{1,2}) CFR Parts? (\d{1,4}(?:(?:, and |, | and )\d{1,4})*)")


def typeset_text(body: bytes) -> str:
    """Give the text of a file, tags and entities resolved when it is HTML; raises Unreadable('empty' | 'wrong_type')."""
    if body.startswith(b"%PDF") or b"\x00" in body[:1_000]:
        raise Unreadable("wrong_type")
    raw = body[:READ_CHARS].decode("utf-8", "replace").replace("\r\n", "\n")
    pre = _PRE.search(raw)
    text = html.unescape(_TAG.sub("", pre[1])) if pre else raw
    if not text.strip():
        raise Unreadable("empty")
    return text


def parse_preamble(body: bytes) -> tuple[str, tuple[str, ...]]:
    """Give summary, action and dates of a Federal Register text as paragraphs, and the numbers that its head names.

    The same body as the documents API gives. Raises Unreadable('no_text') for a text without a summary, and as typeset_text does.
    """
    raw = typeset_text(body)
    marks = list(_HEADING.finditer(raw))
    ends = [mark.start() for mark in marks[1:]] + [len(raw)]
    parts: dict[str, str] = {}
    for mark, end in zip(marks, ends, strict=False):
        block = raw[mark.end() : min(end, mark.end() + 2 * limits.SUMMARY_CHARS)]
        parts.setdefault(mark[1], tidy(unwrapped(block), limits.SUMMARY_CHARS))
    if not parts.get("SUMMARY"):
        raise Unreadable("no_text")
    lines = [parts["SUMMARY"]]
    if parts.get("ACTION"):
        lines.append(f"Action: {parts['ACTION'].rstrip('.')}.")
    if parts.get("DATES"):
        lines.append(f"Dates: {parts['DATES']}")
    head = one_line(raw[: marks[0].start()], limits.SUMMARY_CHARS)
    cfr = [f"cfr:{m[1]}-{part}" for m in _CFR.finditer(head) for part in re.findall(r"\d+", m[2])]
    return "\n\n".join(lines), tuple(dict.fromkeys([*(f"rin:{rin}" for rin in _RIN.findall(head)), *cfr]))


def parse_act(body: bytes) -> str:
    """Give the beginning of a bill, law or report as paragraphs, from its long title on; raises Unreadable as typeset_text does."""
    raw = typeset_text(body)
    opening = _OPENING.search(raw)
    text = tidy(unwrapped(raw[opening.start() if opening else 0 :][: 4 * TEXT_CHARS]), TEXT_CHARS)
    if not text:
        raise Unreadable("no_text")
    return text


def unwrapped(block: str) -> str:
    """Join lines that the typesetter broke; a blank or ruled line, a page mark or a deeper indent begins a paragraph."""
    found: list[str] = []
    for part in _BREAK.split(block):
        before = None
        for line in part.split("\n"):
            indent = len(line) - len(line.lstrip())
            if not line.strip():
                continue
            if before is None or indent > before:
                found.append(line.strip())
            else:
                found[-1] += " " + line.strip()
            before = indent
    return "\n\n".join(found)
