"""Who wrote it: cleaning of claimed names, and the byline that stands in the page."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from lxml import html as lxml_html

from extractors.clean import one_line

_BY = re.compile(
    r"^(?:(?:this (?:post|article|story) was )?(?:written |reported |posted )?by|authors?|a post by|von|par|por|di|作者|文|记者|記者|来源)"
    r"(?:\s*[:：]\s*|\s+)",
    re.IGNORECASE,
)
_ROLE = re.compile(r"^View all posts by |\s+\|.*$| Author .*$|\s+(?:Updated|Reviewed by|See more|Redakteur(?:in)?)\b.*$", re.IGNORECASE)
_ASIDE = re.compile(r"\s+[-–—]\s.*$|\s*\([^()]*\)$")  # 'Ada Example - Daily Team', 'Ada Example (Editor)'
_AND = re.compile(r"\s+(?:and|und|et|y|og|och|&)\s+(?=[A-ZÀ-Þ])")
_MONTH_TAIL = re.compile(  # a date that stood beside the name
    r"(?:^|\s+)(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?"
    r"|Dec(?:ember)?)(?:\s+\d{1,2})?$"
)
_CAPITAL = r"[A-ZÀ-ÖØ-ÞĀ-žΑ-ΩА-ЯḀ-ỿ][\w.'’-]*"
_INSIDE = r"d[aeiou]s?|al|as|ben|bin|bint|del|della|den|der|e|el|ibn|la|le|te[nr]|van|vom|von|y|zu[mr]?"  # small words of a name
PERSON = re.compile(rf"{_CAPITAL}(?: (?:{_CAPITAL}|\({_CAPITAL}\)|{_INSIDE})){{1,4}}|[\u3400-\u9fff]{{2,5}}")
_NO_NAME = re.compile(
    r"https?:|@|©|privacy policy|guidelines|conditions"
    r"|^(?:admin|administrator|editor|staff|webmaster|user|author|authors|the author|none|null|undefined|n/a|updated|posted|share"
    r"|published on|powered by|[\d.]+)$",
    re.IGNORECASE,
)
_MARKED = re.compile(r"author(?!i)|byline|by-line|/staff/|/people/|/by/")  # in lower case: ignoring it costs four times as much
_SIGNED = re.compile(
    r"author|byl|bbl|username|screenname|writer|zuozhe|bianji|xiaobian|channel-name|journalist-name|(?:submitted|posted)-by"
)
_SIGNING = frozenset("class id itemprop rel data-testid data-component".split())
_ELSEWHERE = re.compile(r"comment|menu|nav|sidebar|related|popular", re.IGNORECASE)
_CUT = re.compile(r"\s[-–|•·,]\s*|,|\s+(?:Published|Updated|last updated|\d)|(?<=[a-zß-ÿ.])(?<! and)\s+(?:[A-Z]{3,}\s*)+$")
_OFFICE = re.compile(
    r"一覧|\b(?:on|at|the|in|Staff|People|Editor|Writer|Author|Reporter|Contributor|Correspondent|Journalist|Columnist|Analyst|Specialist"
    r"|Senior|Chief|Head|Manager|Director|Faculty|Students|About|All|Current|Our|More|View|Profile|Team|News|Reviews?|Written|Read|By|Posted"
    r"|Powered|Published|Updated|Follow|Twitter|Facebook|LinkedIn|Instagram)\b"
)
_LINK = re.compile(r"\s*(?:,|and|und|et|y|og|och|&|\+|;|/|\|)\s*", re.IGNORECASE)  # what stands between two names of one byline
_OTHER_HAND = re.compile(
    r"(?:reviewed|checked|edited|photograph\w*|photos?|illustrat\w*|translated|contributions?|editor)\b.*", re.IGNORECASE
)
_SAYS_BY = re.compile(r"\s*(?:written |posted )?(?:by|von|par)\b\s*[:：]?.{0,60}$", re.IGNORECASE)
_FAMILY_FIRST = re.compile(r"^([^,]+), ([^,]+)$")
_PICTURE = re.compile(  # what an alternative text adds to the name
    r"^(?:(?:head ?shot|photo|picture|portrait|avatar) of |author )|(?:'s)? (?:image|photo|avatar|picture|headshot)$", re.IGNORECASE
)
_LETTERS = re.compile(r"[a-z\d]+")
_WRITTEN = re.compile(r"(?:written )?by|author|verfasst von|geschrieben von|écrit par|escrito por|scritto da", re.IGNORECASE)
SEEN = 6  # marked short texts before the heading, and after it; a later one belongs to another article
HEADING = 4  # words; a shorter h1 may be the paper's name
META = (
    "author", "article:author", "dc.creator", "dcterms.creator", "parsely-author", "cxenseparse:author", "sailthru.author", "byl",
    "citation_author",
)  # fmt: skip
NEAR = 25  # elements after the heading; a 'By Name' that nothing marks, or a name beside its picture, is this page's byline there only
TAGS = ("a", "span", "p", "div", "strong", "address", "em", "li", "h3", "h4")


def clean_names(names: Sequence[str]) -> list[str]:
    """Return the single names without 'By', roles, dates and what is no name at all."""
    single = (part for name in names for part in _AND.split(one_line(html.unescape(name), 120)))
    cleaned = (_without_aside(_without_month(_ROLE.sub("", _BY.sub("", name)).strip(" ,;|"))) for name in single)
    return list(dict.fromkeys(name for name in cleaned if name and not _NO_NAME.search(name)))


def meta_authors(tree: lxml_html.HtmlElement) -> Iterator[list[str]]:
    """Yield the authors that each kind of <meta> names, the kind believed first; and those of a card that says 'Written by'."""
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        name = (element.get("property") or element.get("name") or element.get("itemprop") or "").strip().lower()
        content = (element.get("content") or "").strip()
        if content and (name in META or name.startswith(("twitter:label", "twitter:data"))):
            found.setdefault(name, []).append(_FAMILY_FIRST.sub(r"\2 \1", content[:500]) if name == "citation_author" else content[:500])
    yield from (found[name] for name in META if name in found)
    for number in "12":
        if _WRITTEN.fullmatch(found.get(f"twitter:label{number}", [""])[0]):
            yield found.get(f"twitter:data{number}", [])


def _without_month(name: str) -> str:
    """Cut a date that stood beside the name; Tom May and April June keep theirs."""
    if name.count(" ") == 1 and name.split(" ")[1] in {"May", "June", "April", "August"}:
        return name
    return _MONTH_TAIL.sub("", name)


def _without_aside(name: str) -> str:
    """Cut what is added to a full name; the name of an office keeps its additions."""
    short = _ASIDE.sub("", name)
    return short if PERSON.fullmatch(short) else name


def byline(tree: lxml_html.HtmlElement, title: str) -> list[str]:
    """Return the people of the page's byline: rel=author before what says 'By' or is called so, before the rest; of equals what follows
    the heading, and of those the first.
    """
    best: tuple[int, list[str]] = (-2, [])
    for rank, element in _marked(tree, title):
        names = _people([" ".join(text.split()) for text in element.itertext() if text.strip()])
        if not names and best[0] < -1 and _spelt(element):
            best = -1, clean_names((element.text_content(),))
        elif names and rank > best[0]:
            best = rank, names
    return best[1]


def is_signed(tree: lxml_html.HtmlElement) -> bool:
    """Tell whether any element is named as one that trafilatura.metadata.extract_author looks for; without one its search finds nobody."""
    return any(
        element.tag == "author" or any(name in _SIGNING and _SIGNED.search(value.lower()) for name, value in element.items())
        for element in tree.iter("*")
    )


def _people(parts: Sequence[str]) -> list[str]:
    """Return the names that begin a byline's texts: the first that is one, and those that a comma or an 'and' ties to it."""
    found: list[str] = []
    tied = True
    for part in parts:
        if _LINK.fullmatch(part):
            tied = True
        elif not found and _OTHER_HAND.fullmatch(part):
            return []
        elif names := _named(part) if tied else []:
            found, tied = [*found, *names], part.endswith((",", " and", " &"))
        elif found:
            break
    return found or _named(" ".join(parts))


def _spelt(element: lxml_html.HtmlElement) -> bool:
    """Tell a link to an author's own page though its text is no full name: /author/amanda is Amanda's, rel=author is of anybody."""
    words = _LETTERS.findall(element.text_content().lower())
    if element.get("rel") == "author" and len(words) == 1:
        return True
    text = "".join(words)
    folder, _, last = (element.get("href") or "").partition("?")[0].rstrip("/").rpartition("/")
    return len(text) > 2 and "author" in folder.lower() and text == "".join(_LETTERS.findall(last.lower()))


def _named(text: str) -> list[str]:
    return [name for name in clean_names((_CUT.split(text)[0],)) if PERSON.fullmatch(name) and not _OFFICE.search(name)]


def _marked(tree: lxml_html.HtmlElement, title: str) -> Iterator[tuple[int, lxml_html.HtmlElement]]:
    """Yield (rank, element) of the first short texts that are marked as the author's, before the heading and after it."""
    found, after, near, pictured = 0, 0, 0, ""
    for element in tree.iter("h1", "img", *TAGS):
        near -= 1
        if element.tag == "img":
            pictured = _PICTURE.sub("", element.get("alt") or "")
        elif element.tag == "h1":
            if not after and ((words := element.text_content().split()) == title.split() or len(words) >= HEADING):
                found, after, near = 0, 1, NEAR
        elif near > 0 and _SAYS_BY.match(element.text or ""):
            yield 3, element
        elif near > 0 and pictured and (element.text or "").strip() == pictured:
            yield 1, element
        elif found < SEEN and _MARKED.search(_marks(element)) and 2 < len(text := " ".join(element.text_content().split())) < 90:
            found += 1
            named = element.get("class") or ""
            if not _ELSEWHERE.search(named[:25]):
                strength = 2 * (element.get("rel") == "author") + (text.lower().startswith("by") or "byline" in named or "author" in named)
                yield 2 * strength + after, element
        elif found == SEEN and after and near <= 0:
            return


def _marks(element: lxml_html.HtmlElement) -> str:
    """Return what may say that an element holds an author: its class, relation, property, and a link's address."""
    said = [element.get(name) or "" for name in ("rel", "itemprop", "class")]
    return " ".join([*said, element.get("href") or ""] if element.tag == "a" else said).lower()
