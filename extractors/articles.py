"""Entries and pages to articles: identity, aliases, and which words an article is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from extractors.clean import one_line
from extractors.fetched import Fetched
from extractors.language import base_language, guess_language
from extractors.model import Article, Entry, Source, TextKind, h
from extractors.pages import PageText, own_words, weight
from extractors.urls import BadUrl, canonical_url, url_key

FULL_BODY = 600  # weighted characters; a feed that gives so much gives the text
# Kinds that list other publishers' articles: each is its own publisher, and counts as one witness.
COLLECTIONS = frozenset({"gdelt", "gkg", "warc", "model_hub"})
CUT_OFF = ("…", "...", "[…]", "[...]", "……")
CHANGE = "change"  # flag of an entry that tells what is new on a page: an article of its own, under the page's address
SLUG = 8  # shorter path segments ('news', '2026') do not identify an article


@dataclass(frozen=True, slots=True)
class Found:
    """An article and the url keys that lead to it, each with how: listed | redirect | canonical."""

    article: Article
    aliases: tuple[tuple[str, str], ...]


def stands_alone(entry: Entry) -> bool:
    """Tell whether an entry is a document of its own even when its address is known: it has an official number, or tells a change."""
    return bool(entry.official_ids) or CHANGE in entry.flags


def publisher_of(entry: Entry, source: Source) -> str:
    """Name the publisher: the source's, or of a collection's entry the one it tells."""
    told = next((flag.partition(":")[2] for flag in entry.flags if flag.startswith("publisher:")), "")
    return told if told and source.kind in COLLECTIONS else source.publisher


def has_full_body(entry: Entry) -> bool:
    """Tell whether the source itself delivered the text, so that no page needs fetching."""
    return weight(entry.body) >= FULL_BODY and not entry.body.rstrip().endswith(CUT_OFF)


def from_entry(entry: Entry, source: Source, now: datetime, *, whole: bool) -> Found:
    """Make an article of the entry's own words; `whole` says that its body is the document."""
    kind: TextKind
    if whole and entry.body and entry.body != entry.title:
        kind, body = "full", entry.body
    else:
        kind, body = own_words(entry, entry.title)
    title = entry.title or one_line(body, 120)
    identity = entry.official_ids[0] if entry.official_ids else ""
    url = "" if CHANGE in entry.flags else entry.url
    article_id = f"d_{h(identity)}" if identity else f"p_{h(url)}" if url else f"p_{h(source.source_id, title, body)}"
    witness = "" if entry.published_at is None else "api" if entry.official_ids else "feed"
    article = Article(
        article_id=article_id,
        rev=0,
        url=entry.url,
        publisher=publisher_of(entry, source),
        lang=_language(entry, source, f"{title}\n{body}"),
        title=title,
        body=body,
        published_at=entry.published_at,
        first_seen_at=now,
        author=entry.author,
        precision=entry.precision,
        witness=witness,
        text_kind=kind,
        official_ids=entry.official_ids,
        family=source.family,
        tier=source.tier,
        source_id=source.source_id,
        content_hash=h(title, body),
        extractor="entry",
        extractor_version="1",
        confidence={"full": 1.0, "summary": 0.5, "headline": 0.3}[kind],
    )
    return Found(article, tuple(_keys([(url, "listed")])))


def from_page(page: PageText, fetched: Fetched, entry: Entry, source: Source, now: datetime) -> Found:
    """Make an article of a page; its identity is the page's canonical address where that can be trusted, else where the fetch ended."""
    own = _canonical(fetched.url) or entry.url
    address = page.canonical_url if trusted_canonical(page.canonical_url, own) else own
    identity = entry.official_ids[0] if entry.official_ids else ""
    article = Article(
        article_id=f"d_{h(identity)}" if identity else f"p_{h(address)}",
        rev=0,
        url=address,
        publisher=publisher_of(entry, source),
        lang=page.lang or base_language(entry.lang) or base_language(source.lang),
        title=page.title or one_line(page.body, 120),
        body=page.body,
        published_at=page.published_at,
        first_seen_at=now,
        author=page.author,
        precision=page.precision,
        witness=page.witness,
        text_kind=page.text_kind,
        official_ids=entry.official_ids,
        family=source.family,
        tier=source.tier,
        source_id=source.source_id,
        content_hash=h(page.title or one_line(page.body, 120), page.body),
        extractor=page.extractor,
        extractor_version=page.extractor_version,
        confidence=page.confidence,
    )
    listed = [(entry.url, "listed"), *((url, "redirect") for _, url in fetched.hops), (own, "redirect"), (address, "canonical")]
    return Found(article, tuple(_keys(listed)))


def trusted_canonical(claimed: str, own: str) -> bool:
    """Believe rel=canonical only where it is visibly the same page: a template that names one section everywhere would merge all."""
    if not claimed:
        return False
    try:
        there, here = url_key(claimed), url_key(own)
    except BadUrl:
        return False
    slug = there.partition("?")[0].rstrip("/").rpartition("/")[2].removesuffix(".html").removesuffix(".htm")
    return there == here or (len(slug) >= SLUG and slug in here)


def keys_of(entry: Entry) -> tuple[str, ...]:
    """Return the keys under which an entry's page may be known already."""
    return tuple(key for key, _ in _keys([(entry.url, "listed")]))


def _keys(addresses: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    seen = set()
    for url, how in addresses:
        try:
            key = url_key(url) if url else ""
        except BadUrl:
            continue
        if key and key not in seen:
            seen.add(key)
            yield key, how


def _canonical(url: str) -> str:
    try:
        return canonical_url(url)
    except BadUrl:
        return ""


def _language(entry: Entry, source: Source, text: str) -> str:
    return guess_language(text, base_language(entry.lang) or base_language(source.lang))
