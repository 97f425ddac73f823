"""A page's bytes to a parsed tree, or the named reason why it is no article page."""

from __future__ import annotations

import re

from lxml import html as lxml_html
from trafilatura.utils import load_html

from extractors.encodings import decode
from extractors.failures import Unreadable

_TYPES = re.compile(r"(?:text/(?:html|plain|xml)|application/(?:xhtml\+xml|xml|octet-stream)|)\s*(?:;|$)", re.IGNORECASE)
_MAGIC = (
    b"%PDF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"PK\x03\x04", b"\x1f\x8b", b"RIFF", b"\x00\x00\x00\x18ftyp", b"\x7fELF",
    b"MZ\x90", b"Rar!", b"\xd0\xcf\x11\xe0", b"7z\xbc\xaf", b"BZh", b"{\\rtf", b"OggS", b"ID3", b"wOFF", b"wOF2", b"SQLite format 3",
)  # fmt: skip
_JSON = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[\[{\"\d\]])")
_FEED = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,500}?-->\s*)?<(?:rss|feed|rdf:RDF|urlset|sitemapindex)[\s>]", re.DOTALL | re.IGNORECASE
)
_CHALLENGE_TITLE = re.compile(
    r"just a moment|attention required|access denied|are you a (?:robot|human)|verif(?:y|ying) (?:that )?you are (?:a )?human"
    r"|checking your browser|security check|request (?:access|unblocked)|pardon our interruption|bot (?:check|verification)"
    r"|human verification|ddos.guard|安全验证|访问验证",
    re.IGNORECASE,
)
_CHALLENGE_TEXT = re.compile(
    r"enable javascript and cookies to continue|verify you are (?:a )?human|checking (?:if the site connection is secure|your browser)"
    r"|cf-browser-verification|unusual traffic from your|complete the security check|due to aggressive automated scraping"
    r"|滑动验证|请完成验证",
    re.IGNORECASE,
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em|rem|%)?\s*(?:;|$|!)", re.IGNORECASE)
SHORT_PAGE = 2_500  # visible characters; a challenge page says little


def read_tree(body: bytes, content_type: str) -> lxml_html.HtmlElement:
    """Parse a page; raises Unreadable('empty' | 'wrong_type' | 'no_text' | 'challenge')."""
    if not body.strip():
        raise Unreadable("empty")
    text = page_text(body, content_type)
    tree = load_html(text)
    if tree is None:
        raise Unreadable("no_text")
    if is_challenge(tree):
        raise Unreadable("challenge")
    return tree


def page_text(body: bytes, content_type: str) -> str:
    """Decode a page; raises Unreadable('wrong_type') for anything but markup or plain text, whatever its label says."""
    kind = content_type.partition(";")[0].strip()
    if not _TYPES.match(kind) or body.lstrip()[:16].startswith(_MAGIC):
        raise Unreadable("wrong_type")
    text = decode(body, content_type).text
    head = text[:2_000]
    if "<" not in text and kind != "text/plain":
        raise Unreadable("wrong_type")
    if _JSON.match(head) or _FEED.match(head) or text[:20_000].count("\x00") > 20 or head.count("\ufffd") > 200:
        raise Unreadable("wrong_type")
    return text.replace("\x00", "")


def is_challenge(tree: lxml_html.HtmlElement) -> bool:
    """Tell a bot check from an article (FAULTS.md, 36): its title or its few words say so."""
    title = tree.find(".//title")
    heading = " ".join(title.itertext())[:200] if title is not None else ""
    suspicious = bool(_CHALLENGE_TITLE.search(heading))
    seen = visible_text(tree, SHORT_PAGE + 1)
    return len(seen) <= SHORT_PAGE and (suspicious or (len(seen) <= SHORT_PAGE // 2 and bool(_CHALLENGE_TEXT.search(seen))))


def visible_text(tree: lxml_html.HtmlElement, limit: int) -> str:
    """Return the text outside scripts and styles, at most about `limit` characters."""
    parts: list[str] = []
    size = 0
    for element in tree.iter():
        if isinstance(element.tag, str) and element.tag not in {"script", "style", "template", "head", "title", "meta"}:
            parts.append(element.text or "")
            size += len(element.text or "")
        parts.append(element.tail or "")
        size += len((element.tail or "").strip())
        if size > limit:
            break
    return " ".join(" ".join(parts).split())


def drop_hidden(tree: lxml_html.HtmlElement) -> None:
    """Take out what no reader sees: the `hidden` attribute, display:none and its kin, templates (FAULTS.md, 73)."""
    for element in list(tree.iter()):
        if not isinstance(element.tag, str) or element.tag in {"html", "body", "head"} or element.getparent() is None:
            continue
        hidden = element.get("hidden")
        if (
            (hidden is not None and hidden.lower() != "until-found")
            or element.tag == "template"
            or _HIDDEN_STYLE.search(element.get("style") or "")
        ):
            element.drop_tree()
