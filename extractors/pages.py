"""An article page to clean text: body by extractors.page_body, everything else by extractors.metadata, from one parsed tree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from extractors.block_model import shipped
from extractors.block_texts import length
from extractors.date_text import DATES
from extractors.dates import pick_date
from extractors.failures import Unreadable
from extractors.language import base_language, guess_language
from extractors.metadata import Metadata, own_day, read_metadata
from extractors.model import Entry, Precision, TextKind
from extractors.page_body import STUB, VERSIONS, read_body
from extractors.page_tree import read_tree
from extractors.sites import shape, site_rules
from extractors.urls import BadUrl, canonical_url, url_key
from extractors.walls import CONSENT, WALL

_BYLINE_WORDS = re.compile(
    r"\b(?:by|von|par|published|updated|posted|on|at|[0-9]{1,2} min(?:ute)?s? read)\b|来源|作者|发布时间|记者", re.IGNORECASE
)
weight = length  # of a text in Latin characters
TEASER = 1_200  # weighted characters; a longer text before the wall is enough to judge by


@dataclass(frozen=True, slots=True)
class PageText:
    """One page reduced to text; body has paragraphs separated by a blank line, confidence lies in 0..1."""

    title: str
    body: str
    author: str
    published_at: datetime | None
    precision: Precision
    witness: str
    lang: str
    text_kind: TextKind
    canonical_url: str
    confidence: float
    extractor: str = "blocks"  # blocks | trafilatura | script: who gave the body
    extractor_version: str = ""
    day: str = ""  # the day of published_at where the page was published, '2026-03-02'


def read_page(body: bytes, url: str, content_type: str, hint: Entry, now: datetime) -> PageText:
    """Read a page's bytes; `hint` is the entry that led to it, its date one witness among others.

    Raises Unreadable('empty' | 'wrong_type' | 'no_text' | 'challenge' | 'index_page'). A stub keeps the entry's own words: text_kind
    'summary', or 'headline' with the title as body.
    """
    tree = read_tree(body, content_type)
    meta = read_metadata(tree, url)
    shape(tree, url, site_rules())
    body_read = read_body(tree, meta, url, shipped())
    text = body_read.text
    if is_index(url, text, meta):
        raise Unreadable("index_page")
    if not text and not meta.title:  # nor is it a stub, whose entry would lend it words
        raise Unreadable("no_text")
    title = meta.title or hint.title
    text = without_heading(text, title, meta.author)
    kind, text = settle_text(text, meta, hint, title)
    if not text:
        raise Unreadable("no_text")
    fallback = base_language(hint.lang) or base_language(meta.lang)
    at, precision, witness = pick_date([*meta.witnesses, *feed_witness(hint)], now, lang=meta.lang or hint.lang)
    return PageText(
        title=title,
        body=text,
        author=meta.author or hint.author,
        published_at=at,
        precision=precision,
        witness=witness,
        lang=guess_language(f"{title}\n{text}", fallback),
        text_kind=kind,
        canonical_url=own_canonical(meta.canonical, url),
        confidence=confidence(kind, body_read.trust),
        extractor=body_read.extractor,
        extractor_version=VERSIONS[body_read.extractor],
        day=own_day(at, witness, meta.witnesses) if at else "",
    )


def without_heading(text: str, title: str, author: str) -> str:
    """Drop first paragraphs that only repeat the title, the byline or the date; the last paragraph always stays."""
    lines = text.split("\n\n")
    while len(lines) > 1 and (_folded(lines[0]) == _folded(title) or _is_byline(lines[0], author)):
        lines.pop(0)
    return "\n\n".join(lines)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _is_byline(line: str, author: str) -> bool:
    """Tell a line of date, author and the words around them from a sentence."""
    if len(line) > 120:
        return False
    rest = DATES.sub(" ", line)
    for name in filter(None, author.split(", ")):
        rest = rest.replace(name, " ")
    return rest != line and not re.search(r"\w", _BYLINE_WORDS.sub(" ", rest))


def settle_text(text: str, meta: Metadata, hint: Entry, title: str) -> tuple[TextKind, str]:
    """Decide what the text is: 'full', or 'summary' or 'headline' when the page kept it back."""
    consent = bool(CONSENT.search(text[:400])) and weight(text) < TEASER and not meta.is_article
    if weight(text) >= STUB and not consent:
        walled = weight(text) < TEASER and bool(WALL.search(text[-500:]))
        return ("summary" if walled else "full"), text
    if not text and not (hint.summary or meta.is_article):
        return "headline", ""
    return own_words(hint, title)


def own_words(hint: Entry, title: str) -> tuple[TextKind, str]:
    """Return what the entry itself says: its summary when there is one beyond the title, else the title."""
    summary = hint.summary.strip()
    if weight(summary) >= 40 and summary != hint.title:
        return "summary", summary
    return "headline", title or hint.title or summary


def feed_witness(hint: Entry) -> list[tuple[str, str]]:
    """Return the entry's date as a witness for pick_date."""
    if hint.published_at is None:
        return []
    return [("feed", hint.published_at.date().isoformat() if hint.precision == "day" else hint.published_at.isoformat())]


def is_index(url: str, text: str, meta: Metadata) -> bool:
    """Tell a front page or list: the root of a site, or only short lines on an undated page that does not call itself an article."""
    try:
        path = url_key(url).partition("/")[2]
    except BadUrl:
        path = "?"
    if not path:
        return True
    lines = text.split("\n\n")
    undated = not any(witness in {"json-ld", "meta", "time"} for witness, _ in meta.witnesses)
    return not meta.is_article and undated and len(lines) >= 15 and max(map(weight, lines)) < 160


def own_canonical(claimed: str, url: str) -> str:
    """Return the page's rel=canonical if it names the same site, else the page's own address: no page speaks for another site."""
    try:
        own = canonical_url(url)
        if claimed:
            here, there = url_key(own).partition("/")[0], url_key(claimed).partition("/")[0]
            if here == there or here.endswith("." + there) or there.endswith("." + here):
                return claimed
    except BadUrl:
        return ""
    return own


def confidence(kind: TextKind, trust: float) -> float:
    """Return what to believe of the text: for a full one the F1 that such bodies reach on average (extractors/weights/blocks-trust.tsv)."""
    if kind != "full":
        return 0.5 if kind == "summary" else 0.3
    return round(trust, 3)
