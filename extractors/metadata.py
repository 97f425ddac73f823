"""Title, author, address, language and date witnesses of a page: JSON-LD first, Open Graph next, and the visible heading where it agrees.

The recipe is that of the measurements on 681 news pages (title exact .876 against .684 of trafilatura).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import html as lxml_html
from trafilatura.metadata import extract_author

from extractors import limits
from extractors.byline import PERSON, byline, clean_names, is_signed, meta_authors
from extractors.clean import one_line
from extractors.date_text import date_texts, lone_date, url_date
from extractors.dates import read_date
from extractors.json_ld import JsonLd, read_json_ld
from extractors.urls import BadUrl, canonical_url

_TITLE_DATE = re.compile(r"[|–—-]\s*(\d{1,2}\.\d{1,2}\.20\d{2}|20\d{2}-\d{2}-\d{2})\s*$")
_OFFSET = re.compile(r"\d([+\-])(\d{2}):?(\d{2})$")
_WORD = re.compile(r"\w+")
_SITE_TAIL = re.compile(r"\s+[|\-–—·•»:]\s+[^|\-–—·•»:]{2,40}$")
_DATE_NAMES = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "date.published", "dc.date.issued",
    "dcterms.issued", "dcterms.created", "dc.date", "dcterms.date", "dc.date.created", "parsely-pub-date", "sailthru.date", "publishdate",
    "publish-date", "publish_date", "publication_date", "pubdate", "pub_date", "published_at", "cxenseparse:recs:publishtime",
    "article.published", "published_on", "w-published-date", "citation_date", "citation_publication_date", "article:create_at",
    "weibo: article:create_at", "datecreated", "date", "originalpublicationdate",
)  # fmt: skip
_HOST = re.compile(r"https?://([^/?#:\s]{3,255})", re.IGNORECASE)
_DOMAIN = re.compile(r"^www\.|\.(?:com|org|net|[a-z]{2})$")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the page says of itself; witnesses are (name, text) pairs for dates.pick_date, the strongest first."""

    title: str
    author: str
    lang: str
    canonical: str
    is_article: bool
    witnesses: tuple[tuple[str, str], ...]
    description: str = ""
    script_body: str = ""  # articleBody of JSON-LD


def read_metadata(tree: lxml_html.HtmlElement, url: str) -> Metadata:
    """Read everything but the body from a parsed page; changes nothing in the tree."""
    meta, ld = _meta(tree), read_json_ld(tree)
    lang = (tree.get("lang") or meta.get("content-language", "") or ld.lang or meta.get("og:locale", "")).strip()[:20]
    title = _title(tree, meta, ld)
    return Metadata(
        title=title,
        author=_author(tree, meta, ld, title),
        lang=lang.replace("_", "-"),
        canonical=_canonical(tree, url),
        is_article=bool(ld.headline or ld.published) or meta.get("og:type", "").lower() == "article",
        witnesses=tuple(_witnesses(tree, meta, ld, url)),
        description=meta.get("og:description") or meta.get("description", ""),
        script_body=ld.body,
    )


def _meta(tree: lxml_html.HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = (
            (element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv") or "").strip().lower()
        )
        content = (element.get("content") or "").strip()
        if name and content:
            found.setdefault(name, content[:2_000])
    return found


def _title(tree: lxml_html.HtmlElement, meta: dict[str, str], ld: JsonLd) -> str:
    """Prefer the visible heading that agrees with any claim: claims are often rewritten for search engines."""
    said = (html.unescape(ld.headline), meta.get("og:title", ""), meta.get("twitter:title", ""), _title_tag(tree))
    claims = [one_line(claim, limits.TITLE_CHARS) for claim in said if claim.strip()]
    headings = [one_line(text, limits.TITLE_CHARS) for text in _headings(tree)]
    for claim in claims:
        for heading in headings:
            if _agree(heading, claim):
                return heading
    first = list(dict.fromkeys(one_line(text, limits.TITLE_CHARS) for text in _headings(tree, ("h1",))))
    if len(first) == 1 and len(_WORD.findall(first[0])) >= 4:
        return first[0]
    if not claims:
        return headings[0] if headings else ""
    return claims[0] if ld.headline else _SITE_TAIL.sub("", claims[0])


def _title_tag(tree: lxml_html.HtmlElement) -> str:
    found = tree.find(".//title")
    return " ".join(found.itertext()) if found is not None else ""


def _headings(tree: lxml_html.HtmlElement, tags: tuple[str, ...] = ("h1", "h2")) -> Iterator[str]:
    for count, element in enumerate(tree.iter(*tags)):
        if count > 60:
            return
        text = " ".join(" ".join(element.itertext()).split())
        if 0 < len(text) <= limits.TITLE_CHARS and (element.tag == "h1" or "title" in (element.get("class") or "")):
            yield text


def _agree(heading: str, claimed: str) -> bool:
    """Tell whether a visible heading and a claimed title are one title: most words shared, or one holds the other nearly whole."""
    a, b = set(_WORD.findall(heading.lower())), set(_WORD.findall(claimed.lower()))
    if not a or not b:
        return False
    shared = len(a & b)
    return shared / len(a | b) >= 0.6 or (shared >= 3 and shared / min(len(a), len(b)) >= 0.9 and len(a) * 2 >= len(b))


def _author(tree: lxml_html.HtmlElement, meta: dict[str, str], ld: JsonLd, title: str) -> str:
    """Return the first claim that names people; a claim that only names the publisher comes last."""
    host = _HOST.match(meta.get("og:url", ""))
    publishers = set(_forms((ld.publisher, meta.get("og:site_name", ""), meta.get("application-name", ""), host[1] if host else "")))
    claimed = clean_names(ld.authors)
    said = next(filter(None, map(clean_names, meta_authors(tree))), [])
    for names in (claimed, said):
        if people := [name for name in names if _plain(name) not in publishers]:
            return ", ".join(people)[:200]
    seen = byline(tree, title) or (clean_names((extract_author(tree) or "").split(";")) if is_signed(tree) else [])
    if claimed or said:
        seen = [name for name in seen if PERSON.fullmatch(name) and _plain(name) not in publishers]
    return ", ".join(seen or claimed or said)[:200]


def _plain(name: str) -> str:
    """Return a name as it is compared: 'WRAL.com' is 'WRAL'."""
    return "".join(_WORD.findall(_DOMAIN.sub("", name.casefold())))


def _forms(names: Iterable[str]) -> Iterator[str]:
    """Yield the forms in which a publisher names itself: whole, and by its initials."""
    for name in filter(None, names):
        words = _WORD.findall(name.casefold())
        yield _plain(name)
        if len(words) > 2:
            yield "".join(word[0] for word in words)


def _canonical(tree: lxml_html.HtmlElement, url: str) -> str:
    """Return rel=canonical when it is a fit address of the same site; a home page as canonical is a template's mistake."""
    for element in tree.iter("link"):
        if "canonical" in (element.get("rel") or "").lower().split():
            try:
                found = canonical_url(element.get("href") or "", url)
            except BadUrl:
                return ""
            return found if found.count("/") > 3 or "?" in found else ""
    return ""


def _witnesses(tree: lxml_html.HtmlElement, meta: dict[str, str], ld: JsonLd, url: str) -> Iterator[tuple[str, str]]:
    if ld.published:
        yield "json-ld", ld.published
    yield from (("meta", meta[name]) for name in _DATE_NAMES if name in meta)
    for element in tree.iter("time"):
        said = f"{element.get('itemprop') or ''} {element.get('class') or ''} {element.get('pubdate')}".lower()
        if element.get("datetime") and ("publish" in said or "pubdate" in said or "entry-date" in said):
            yield "time", element.get("datetime") or ""
    if found := url_date(url):
        yield "url", found
    if stated := _TITLE_DATE.search(_title_tag(tree)):
        yield "text", stated[1]
    texts = list(date_texts(tree))
    if not (texts or ld.published or found or any(name in meta for name in _DATE_NAMES)) and (alone := lone_date(tree)):
        texts = [alone]
    yield from (("text", text) for text in texts)


def own_day(at: datetime, witness: str, witnesses: Sequence[tuple[str, str]]) -> str:
    """Return the day of `at` where the page was published ('2026-03-02'): the offset that the winning witness writes decides."""
    for name, text in witnesses:
        offset = _OFFSET.search(text.strip())
        if name == witness and offset and read_date(text).at == at:
            minutes = int(offset[2]) * 60 + int(offset[3])
            return (at + timedelta(minutes=minutes if offset[1] == "+" else -minutes)).date().isoformat()
    return at.date().isoformat()
