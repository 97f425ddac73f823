"""Who wrote it: cleaning of claimed names, and the byline that stands in the page."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from lxml import html as lxml_html

from extractors.clean import one_line

_BY = re.compile(
    r"^(?:(?:written |reported |posted )?by|authors?|a post by|von|par|por|di|作者|文|记者|記者|来源)\s*[:：]?\s+", re.IGNORECASE
)
_ROLE = re.compile(r"^View all posts by |\s+\|.*$| Author .*$|\s+(?:Updated|Reviewed by|See more|Redakteur(?:in)?)\b.*$", re.IGNORECASE)
_AND = re.compile(r"\s+(?:and|und|et|y|og|och|&)\s+(?=[A-ZÀ-Þ])")
_MONTH_TAIL = re.compile(  # a date that stood beside the name
    r"(?:^|\s+)(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?"
    r"|Dec(?:ember)?)(?:\s+\d{1,2})?$"
)
PERSON = re.compile(r"[A-ZÀ-Þ][\w.'’-]*(?: [\w.'’-]+){1,3}|[\u3400-\u9fff]{2,5}")
_NO_NAME = re.compile(
    r"https?:|@|©|^(?:admin|administrator|editor|staff|webmaster|user|author|authors|the author|none|null|n/a|updated|posted|share)$"
    r"|privacy policy|guidelines|conditions",
    re.IGNORECASE,
)
_MARKED = re.compile(r"\bauthor|by-?line|/(?:authors?|staff|people|by)/")  # in lower case: ignoring it costs four times as much
_SIGNED = re.compile(
    r"author|byl|bbl|username|screenname|writer|zuozhe|bianji|xiaobian|channel-name|journalist-name|(?:submitted|posted)-by"
)
_SIGNING = frozenset("class id itemprop rel data-testid data-component".split())
_ELSEWHERE = re.compile(r"comment|menu|nav|sidebar|related|popular", re.IGNORECASE)
_CUT = re.compile(r"\s[-–|•·,]\s*|,|\s+(?:Published|Updated|last updated|\d)|\s+(?:[A-Z]{3,}\s*)+$")
_OFFICE = re.compile(
    r"一覧|\b(?:on|at|the|in|Staff|People|Editor|Writer|Author|Reporter|Contributor|About|More|View|Profile|Team|News|Reviews?|Written|Read)\b"
)
SEEN = 6  # marked short texts; a later one belongs to another article


def clean_names(names: Sequence[str]) -> list[str]:
    """Return the single names without 'By', roles, dates and what is no name at all."""
    single = (part for name in names for part in _AND.split(one_line(html.unescape(name), 120)))
    cleaned = (_without_month(_ROLE.sub("", _BY.sub("", name)).strip(" ,;|")) for name in single)
    return list(dict.fromkeys(name for name in cleaned if name and not _NO_NAME.search(name)))


def _without_month(name: str) -> str:
    """Cut a date that stood beside the name; Tom May and April June keep theirs."""
    if name.count(" ") == 1 and name.split(" ")[1] in {"May", "June", "April", "August"}:
        return name
    return _MONTH_TAIL.sub("", name)


def byline(tree: lxml_html.HtmlElement) -> list[str]:
    """Return the people of the page's byline: rel=author before what says 'By' or is called so, before the rest; the first of equals."""
    best: tuple[int, list[str]] = (-1, [])
    for rank, text in _marked(tree):
        names = [name for name in clean_names((_CUT.split(text)[0],)) if PERSON.fullmatch(name) and not _OFFICE.search(name)]
        if names and rank > best[0]:
            best = rank, names
    return best[1]


def is_signed(tree: lxml_html.HtmlElement) -> bool:
    """Tell whether any element is named as one that trafilatura.metadata.extract_author looks for; without one its search finds nobody."""
    return any(
        element.tag == "author" or any(name in _SIGNING and _SIGNED.search(value.lower()) for name, value in element.items())
        for element in tree.iter("*")
    )


def _marked(tree: lxml_html.HtmlElement) -> Iterator[tuple[int, str]]:
    """Yield (rank, text) of the first short texts that are marked as the author's."""
    found = 0
    for element in tree.iter("a", "span", "p", "div", "strong", "address", "em", "li", "h3", "h4"):
        named, rel = element.get("class") or "", element.get("rel") or ""
        link = element.get("href") or "" if element.tag == "a" else ""
        if not _MARKED.search(f"{rel} {element.get('itemprop') or ''} {named} {link}".lower()):
            continue
        text = " ".join(" ".join(element.itertext()).split())
        if 3 < len(text) < 90:
            found += 1
            if not _ELSEWHERE.search(named[:25]):
                yield 2 * (rel == "author") + (text.lower().startswith("by") or "byline" in named or "author" in named), text
        if found == SEEN:
            return
