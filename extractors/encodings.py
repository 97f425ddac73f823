"""Bytes to text: what the bytes prove comes before what the labels claim, because labels lie (FAULTS.md, 46-49)."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

import chardet

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# How '<' and the character after it lie in memory when there is no byte order mark.
_WIDE = (
    (re.compile(rb"<\x00\x00\x00.\x00\x00\x00", re.DOTALL), "utf-32-le"),
    (re.compile(rb"\x00\x00\x00<\x00\x00\x00.", re.DOTALL), "utf-32-be"),
    (re.compile(rb"<\x00[^\x00]\x00"), "utf-16-le"),
    (re.compile(rb"\x00<\x00[^\x00]"), "utf-16-be"),
)
_EBCDIC = b"\x4c\x6f\xa7\x94"
# A label means the superset that senders use in its place.
_SUPERSETS = {
    "gb2312": "gb18030", "gbk": "gb18030", "hz": "hz", "big5": "big5hkscs", "shift_jis": "cp932", "euc_kr": "cp949", "iso8859-1": "cp1252",
    "ascii": "cp1252", "iso8859-9": "cp1254", "tis_620": "cp874", "iso8859-11": "cp874",
}  # fmt: skip
_SEVEN_BIT = frozenset({"iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_kr", "hz", "utf-7"})
# Python codecs that are no character encodings, or that no sender means.
_NEVER = frozenset({"punycode", "idna", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem", "palmos", "utf_7", "utf-7"})
_XML_LABEL = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([A-Za-z0-9._:\-]{1,40})")
_META_LABEL = re.compile(rb"<meta[^>]{0,400}?charset\s*=\s*[\"']?\s*([A-Za-z0-9._:\-]{1,40})", re.IGNORECASE)
_HEADER_LABEL = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9._:\-]{1,40})", re.IGNORECASE)
SNIFFED = 200_000
HEAD = 4096


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text, the codec that gave it, and whether every byte was understood."""

    text: str
    encoding: str
    whole: bool = True


def decode(body: bytes, content_type: str = "") -> Decoded:
    """Decode a feed or page; never raises.

    Order: byte order mark, the pattern of a wide encoding, a seven-bit encoding that is declared, strict UTF-8, the declared label
    (document, then header), chardet, and at last windows-1252 or UTF-8 with replacement characters (`whole` is then False).
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return _with(body[len(mark) :], name)
    head = body[:HEAD]
    for pattern, name in _WIDE:
        if pattern.match(head):
            return _with(body, name)
    if head.startswith(_EBCDIC):
        names = declared(head.decode("cp037").encode("ascii", "replace"), "")
        return _with(body, names[0] if names else "cp037")
    labels = declared(head, content_type)
    for name in labels:
        if name in _SEVEN_BIT:
            return _with(body, name)
    strict = _strict(body, "utf-8")
    if strict is not None:
        return Decoded(strict, "utf-8")
    return _legacy(body, labels)


def declared(head: bytes, content_type: str) -> list[str]:
    """Return the codecs that the document's head and the header name, the document's first, unknown and senseless names left out."""
    labels = [found[1].decode("ascii") for pattern in (_XML_LABEL, _META_LABEL) if (found := pattern.search(head))]
    if header := _HEADER_LABEL.search(content_type):
        labels.append(header[1])
    names: list[str] = []
    for label in labels:
        name = codec_name(label)
        if name and name not in names:
            names.append(name)
    return names


def codec_name(label: str) -> str:
    """Return Python's name for a label, widened to the superset that senders mean; '' for none or one that is no character encoding."""
    try:
        info = codecs.lookup(label.strip().lower())
    except (LookupError, ValueError):
        return ""
    name = info.name
    if name in _NEVER or not getattr(info, "_is_text_encoding", True):
        return ""
    return _SUPERSETS.get(name, name)


def _legacy(body: bytes, labels: list[str]) -> Decoded:
    guess = codec_name(str(chardet.detect(_sample(body))["encoding"] or ""))
    # A single-byte label accepts any bytes, so it proves nothing: a multi-byte guess that decodes outranks it.
    candidates = sorted(dict.fromkeys([*labels, guess]), key=lambda name: name not in _MULTI) if guess in _MULTI else [*labels, guess]
    for name in candidates:
        if name and name != "utf-8" and (text := _strict(body, name)) is not None:
            return Decoded(text, name)
    if "utf-8" in labels or guess == "utf-8" or _mostly_utf8(body):
        return Decoded(body.decode("utf-8", "replace"), "utf-8", whole=False)
    name = next((name for name in candidates if name), "cp1252")
    return Decoded(body.decode(name, "replace"), name, whole=False)


_MULTI = frozenset({"gb18030", "big5hkscs", "cp932", "euc_jp", "cp949", "euc_tw", "johab"})


def _sample(body: bytes) -> bytes:
    """Take the parts that tell: the bytes beyond ASCII with a little around them, so that a long head of markup hides nothing."""
    if len(body) <= SNIFFED:
        return body
    first = next((place for place, byte in enumerate(body) if byte > 0x7F), 0)
    return body[first : first + SNIFFED]


def _mostly_utf8(body: bytes) -> bool:
    replaced = body.decode("utf-8", "replace")
    wide = sum(char > "\x7f" for char in replaced[:SNIFFED])
    return wide > 0 and replaced[:SNIFFED].count("�") * 10 < wide


def _strict(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name)
    except (UnicodeError, LookupError):
        return None


def _with(body: bytes, name: str) -> Decoded:
    text = _strict(body, name)
    return Decoded(text, name) if text is not None else Decoded(body.decode(name, "replace"), name, whole=False)
