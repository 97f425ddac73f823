"""Fetches the chosen pages and gives every entry its disposition, in one order whatever arrives first."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from urllib.parse import urlsplit

from extractors.articles import Found, from_entry, from_page, has_full_body, keys_of, stands_alone
from extractors.choosing import Choice, is_after, is_before
from extractors.failures import ParseFailed, Unreadable
from extractors.fetched import Fetched, FetchError
from extractors.listing import Desk, Listing
from extractors.model import NO_WORD, Article, Disposed, Disposition, Entry, Source
from extractors.pages import PageText, read_page

AT_ONCE = 4  # pages of one source under way; the client spaces them by host
HOST_FAILING = "host_failing"
FETCH = "fetch:"  # flag of an entry whose page is fetched at another address than its own, such as an archive's
GIVE_UP_ENTRY = timedelta(days=7)  # an entry this old is not queued again


@dataclass(frozen=True, slots=True)
class Settled:
    """The ends of all entries, newest first, and the articles that came of them."""

    disposed: tuple[Disposed, ...]
    articles: tuple[Article, ...]


@dataclass(slots=True)
class _Pages:
    """The fetching of one reading: its gate and the hosts that failed."""

    desk: Desk
    gate: asyncio.Semaphore
    failing: dict[str, int] = field(default_factory=dict)

    async def read(self, entry: Entry) -> tuple[PageText, Fetched] | Exception:
        """Fetch and parse one page; a fault comes back as a value."""
        address = next((flag.removeprefix(FETCH) for flag in entry.flags if flag.startswith(FETCH)), entry.url)
        host = urlsplit(address).netloc
        async with self.gate:
            if self.failing.get(host, 0) >= self.desk.patience:
                return FetchError("throttled", address, detail=HOST_FAILING)
            try:
                fetched = await self.desk.fetch(address, "page")
                self.failing[host] = 0
                if address != entry.url:
                    fetched = replace(fetched, url=entry.url, hops=())
                kind = fetched.headers.get("content-type", "")
                page = await self.desk.parse(read_page, fetched.body, fetched.url, kind, entry, self.desk.now)
            except FetchError as fault:
                self.failing[host] = self.failing.get(host, 0) + 1 if fault.retryable else 0
                return fault
            except (ParseFailed, Unreadable) as fault:
                return fault
            # What is kept until the whole source is settled has no need of the page itself.
            return page, replace(fetched, body=b"", packed=b"")


async def settle(source: Source, listing: Listing, choice: Choice, known_pages: Mapping[str, str], desk: Desk) -> Settled:
    """Fetch what must be fetched and end every entry of the choice; never raises for a page's fault."""
    pages = _Pages(desk, asyncio.Semaphore(AT_ONCE))
    wanted, passed = _wanted(source, listing, choice, desk)
    answers = dict(zip((entry.entry_id for entry in wanted), await asyncio.gather(*map(pages.read, wanted)), strict=True))
    answers.update(listing.pages)
    book = _Book(source, desk, {}, known_pages)
    ends = {end.entry.entry_id: end for end in choice.ended}
    for entry in choice.fresh:
        if entry.entry_id in passed:
            ends[entry.entry_id] = book.pass_over(entry)
            continue
        ends[entry.entry_id] = book.end(entry, answers.get(entry.entry_id), whole=not listing.has_pages or has_full_body(entry))
    for entry in choice.again:
        book.look_again(entry, answers.get(entry.entry_id), whole=not listing.has_pages or has_full_body(entry))
    return Settled(tuple(ends.values()), tuple(book.articles))


def _wanted(source: Source, listing: Listing, choice: Choice, desk: Desk) -> tuple[Sequence[Entry], frozenset[str]]:
    """Name the entries whose page is needed, one for each address, and the ids of those whose page is left although there is one."""
    if not listing.has_pages or dict(source.params).get("pages") == "no":
        return (), frozenset()
    found: dict[tuple[str, ...], list[Entry]] = {}
    for entry in (*choice.fresh, *choice.again):
        if entry.url and entry.entry_id not in listing.pages and not has_full_body(entry):
            found.setdefault(keys_of(entry) or (entry.entry_id,), []).append(entry)
    left = [] if source.tier != "general" else [group for group in found.values() if not any(map(desk.wanted, group))]
    passed = frozenset(entry.entry_id for group in left for entry in group)
    return [group[0] for group in found.values() if group[0].entry_id not in passed], passed


@dataclass(slots=True)
class _Book:
    """What this reading has made so far."""

    source: Source
    desk: Desk
    made: dict[str, str]  # url key -> article_id
    known_pages: Mapping[str, str]
    articles: list[Article] = field(default_factory=list)

    def end(self, entry: Entry, answer: tuple[PageText, Fetched] | Exception | None, *, whole: bool) -> Disposed:
        """Give one new entry its end."""
        if not stands_alone(entry) and (article_id := self._known(keys_of(entry))):
            return Disposed(entry, "known_page", "same_address", article_id)
        if isinstance(answer, Exception):
            return self._after_fault(entry, answer)
        if answer is None:
            return self._take(entry, from_entry(entry, self.source, self.desk.now, whole=whole))
        page, fetched = answer
        if is_before(page.published_at, page.precision, self.desk):
            return Disposed(_dated(entry, page), "too_old", "page_before_window")
        if is_after(page.published_at, self.desk):
            return Disposed(_dated(entry, page), "too_old", "page_after_window")
        return self._take(entry, from_page(page, fetched, entry, self.source, self.desk.now))

    def pass_over(self, entry: Entry) -> Disposed:
        """Keep an entry's own words without its page; its address stays unknown, so that a better source still fetches it."""
        if not stands_alone(entry) and (article_id := self._known(keys_of(entry))):
            return Disposed(entry, "known_page", "same_address", article_id)
        end = self._take(entry, from_entry(entry, self.source, self.desk.now, whole=False), "not_fetched", NO_WORD)
        return replace(end, aliases=()) if end.disposition == "not_fetched" else end

    def look_again(self, entry: Entry, answer: tuple[PageText, Fetched] | Exception | None, *, whole: bool) -> None:
        """Add the text of a known entry once more; storage drops it when it is unchanged. A fault changes nothing."""
        if isinstance(answer, Exception) or (answer is None and not whole):
            return
        found = (
            from_entry(entry, self.source, self.desk.now, whole=True)
            if answer is None
            else from_page(*answer, entry, self.source, self.desk.now)
        )
        if found.article.text_kind == "full":
            known = self._known(tuple(key for key, _ in found.aliases)) if not entry.official_ids else ""
            self.articles.append(replace(found.article, article_id=known or found.article.article_id))

    def _known(self, keys: Sequence[str]) -> str:
        return next((found for key in keys if (found := self.made.get(key) or self.known_pages.get(key))), "")

    def _take(self, entry: Entry, found: Found, disposition: Disposition = "fetched", reason: str = "") -> Disposed:
        """Record an article; when its addresses lead to a known one, the entry joins that."""
        keys = tuple(key for key, _ in found.aliases)
        known = "" if found.article.official_ids else self._known(keys)
        self.made.update(dict.fromkeys(keys, known or found.article.article_id))
        if known and known != found.article.article_id:
            return Disposed(entry, "known_page", "same_page", known, found.aliases)
        if any(article.article_id == found.article.article_id for article in self.articles):
            return Disposed(entry, "known_page", "same_page", found.article.article_id, found.aliases)
        self.articles.append(found.article)
        return Disposed(entry, disposition, reason, found.article.article_id, found.aliases)

    def _after_fault(self, entry: Entry, fault: Exception) -> Disposed:
        """Queue what may pass; otherwise keep the entry's own words, and name the fault."""
        named = str(getattr(fault, "reason", "unexpected"))
        reason = HOST_FAILING if isinstance(fault, FetchError) and fault.detail == HOST_FAILING else named
        if isinstance(fault, FetchError) and fault.retryable and not self._too_late(entry):
            return Disposed(entry, "queued", reason)
        disposition: Disposition = "refused" if isinstance(fault, FetchError) else "unreadable"
        if not (entry.title or entry.summary):
            return Disposed(entry, disposition, reason)
        found = from_entry(entry, self.source, self.desk.now, whole=False)
        return self._take(entry, found, disposition, reason)

    def _too_late(self, entry: Entry) -> bool:
        return entry.published_at is not None and entry.published_at < self.desk.now - GIVE_UP_ENTRY


def _dated(entry: Entry, page: PageText) -> Entry:
    """The entry with its page's date, by which the run that asks for that day finds it."""
    return replace(entry, published_at=page.published_at, precision=page.precision)
