"""Dates that stand in the visible text near the head of an article, and in its address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from lxml import html as lxml_html

_URL_DATE = re.compile(r"/(20\d{2}|199\d)[/\-_]?([01]\d)[/\-_]?([0-3]\d)(?=[/\-_.?]|$)")
_URL_WORDS = re.compile(r"/(20\d{2}|199\d)/(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/([0-3]?\d)(?=/)", re.IGNORECASE)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez|janv|févr|avr|juin|juil|août|déc)[a-zäéû]*\.?"
_CLOCK = r"(?:,?\s+(?:at\s+|um\s+|à\s+)?\d{1,2}[:h]\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?)?(?:\s+[A-Z]{2,4}\b)?)?"
DATES = re.compile(
    rf"\d{{4}}年\s?\d{{1,2}}月\s?\d{{1,2}}日(?:\s*\d{{1,2}}:\d{{2}}(?::\d{{2}})?)?"
    rf"|\b(?:19|20)\d{{2}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}(?:[T ]\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?:Z|[+\-]\d{{2}}:?\d{{2}})?)?(?!\d)"
    rf"|\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+20\d{{2}}{_CLOCK}"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th|er)?\.?\s+(?:de\s+)?{_MONTH},?\s+(?:de\s+)?20\d{{2}}{_CLOCK}"
    r"|\b\d{1,2}\.\d{1,2}\.20\d{2}\b",
    re.IGNORECASE,
)
# These two are asked of lower-case names: ignoring case costs a search four times as much.
_DATED = re.compile(r"date|time|publi|posted|byline|meta|info|source|stamp|author|pubtime|laiyuan|ly")
_NOT_OURS = re.compile(r"copyright|©|\(c\)|rights reserved|版权|updated?:|last (?:modified|updated)|modified|更新", re.IGNORECASE)
_OUTSIDE = frozenset({"footer", "nav", "aside", "script", "style", "noscript", "form", "select", "template"})
_OTHERS = re.compile(
    r"comment|related|recommend|sidebar|footer|(?<!elementor-)widget(?! blog)|teaser|promo|latest|popular|trending|more-|archive|copyright"
)
_ALONE = re.compile(  # words that may stand beside a date that is all that an unmarked text says
    r"\b(?:published|posted|written|first published|date|on|at|am|the|mon|tues|wednes|thurs|fri|satur|sun)(?:day)?\b"
    r"|\d{1,2} min(?:ute)?s? read|[\s,.:|•·–—-]",
    re.IGNORECASE,
)
SHORT = 160
SEEN = 4_000
PARTS = 12  # texts of an element that may say a date alone
NEAR = 40  # elements before and after the page's heading among which an unmarked date may stand


def url_date(url: str) -> str:
    """Return the full date in an address as text ('2026-03-02'), or ''."""
    if found := _URL_DATE.search(url):
        return "-".join(found.groups())
    if found := _URL_WORDS.search(url):
        return f"{found[3]} {found[2]} {found[1]}"
    return ""


def date_texts(tree: lxml_html.HtmlElement) -> Iterator[str]:
    """Yield the dates in short texts that are marked as date, byline or source line; three at most.

    Footers, asides and lists of other articles are left out. A line with a copyright sign is never one (FAULTS.md, 72).
    """
    given = 0
    for element in _own_elements(tree):
        if not _is_marked(element):
            continue
        text = _short_text(element)
        if not text or _NOT_OURS.search(text):
            continue
        for found in DATES.finditer(text):
            yield found[0]
            given += 1
            if given == 3:
                return


def _short_text(element: lxml_html.HtmlElement) -> str:
    """Return an element's text on one line, '' when it is longer than SHORT."""
    words: list[str] = []
    for part in element.itertext():
        words += part.split()
        if len(words) > SHORT:
            return ""
    text = " ".join(words)
    return text if len(text) <= SHORT else ""


def lone_date(tree: lxml_html.HtmlElement) -> str:
    """Return the first date near the page's only main heading that is all that its element says, '' when there is none."""
    walked = list(_own_elements(tree))
    headings = [place for place, element in enumerate(walked) if element.tag == "h1"]
    if len(headings) != 1:
        return ""
    middle = headings[0]
    for element in (*walked[middle : middle + NEAR], *walked[max(0, middle - NEAR) : middle]):
        parts = list(islice(element.itertext(), PARTS + 1))
        text = " ".join(" ".join(parts).split()) if len(parts) <= PARTS else ""
        found = DATES.search(text) if len(text) <= SHORT else None
        if found and not _ALONE.sub("", text.replace(found[0], "", 1)):
            return found[0]
    return ""


def _is_marked(element: lxml_html.HtmlElement) -> bool:
    return element.tag == "time" or (len(element) <= 8 and _says(element)[0])


def _says(element: lxml_html.HtmlElement) -> tuple[bool, bool]:
    """Tell whether an element's names speak of a date, and of something other than the article."""
    named, own, item = element.get("class"), element.get("id"), element.get("itemprop")
    return _meaning(f"{named or ''} {own or ''} {item or ''}") if named or own or item else (False, False)


@lru_cache(maxsize=10_000)  # most elements of a page are named as others are
def _meaning(names: str) -> tuple[bool, bool]:
    lower = names.lower()
    return bool(_DATED.search(lower)), bool(_OTHERS.search(lower))


def _own_elements(tree: lxml_html.HtmlElement) -> Iterator[lxml_html.HtmlElement]:
    """Walk in document order without entering the parts that are not the article's."""
    waiting, seen = [tree], 0
    while waiting and seen < SEEN:
        element = waiting.pop()
        if not isinstance(element.tag, str) or element.tag in _OUTSIDE:
            continue
        seen += 1
        if element.tag not in {"html", "body", "main", "article"} and _says(element)[1]:
            continue
        yield element
        waiting.extend(reversed(element))
