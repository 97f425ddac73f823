"""The newsroom: a local web of publishers, rendered from a labelled stream, stepped through its nights by a simulated clock."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from extractors.model import Source
from newsroom.feeds import path_of
from newsroom.model import Hit, Item, Publisher, Reply, Request, load_items
from newsroom.serving import LOOPBACK, Serving
from newsroom.site import Clock, Fault, PublisherSite, Where
from newsroom.styles import publishers_of


class Newsroom:
    """Serve a stream's articles as their publishers' sites on loopback, one port a publisher; a context manager.

    stream: a folder in the shared format, or items. styles: style name by publisher name, else styles go by turn.
    now: the simulated instant; days and most bound what a feed lists. port_base: first port, 0 = any free ones;
    stable ports make article ids equal from run to run. Raises KeyError for an unknown style or publisher name.
    """

    def __init__(
        self,
        stream: Path | Iterable[Item],
        *,
        styles: Mapping[str, str] | None = None,
        now: datetime,
        days: int = 30,
        most: int = 200,
        port_base: int = 0,
    ) -> None:
        items = load_items(stream) if isinstance(stream, Path) else tuple(stream)
        self.items = items
        self.publishers: tuple[Publisher, ...] = publishers_of(items, styles)
        self._clock = Clock(now, days, most)
        self._log: list[Hit] = []
        self._sites = tuple(self._site(publisher, place) for place, publisher in enumerate(self.publishers))
        self._serving = Serving([self._logged(site) for site in self._sites], port_base=port_base)
        self._by_url = {item.url: item.id for item in items}
        self._by_path = {(site.publisher.host, path): item.id for site in self._sites for path, item in site.paths.items()}

    def __enter__(self) -> Self:
        self._serving.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._serving.stop()

    @property
    def now(self) -> datetime:
        """The simulated instant."""
        return self._clock.now

    def set_now(self, now: datetime) -> None:
        """Step the clock: articles published after now are neither listed nor served."""
        self._clock.now = now

    @property
    def allowed_private(self) -> frozenset[tuple[str, int]]:
        """The exact host:port pairs that a client must be allowed to reach."""
        return frozenset((LOOPBACK, port) for port in self._serving.ports)

    def sources(self) -> tuple[Source, ...]:
        """One source a publisher, ready for the pipeline."""
        return tuple(self._source(site, place) for place, site in enumerate(self._sites))

    def sources_toml(self) -> str:
        """The same sources as tables of a sources.toml."""
        return "\n".join(_table(source) for source in self.sources())

    @property
    def hits(self) -> tuple[Hit, ...]:
        """Every request so far, in order."""
        return tuple(self._log)

    def hits_of(self, publisher: str) -> Counter[str]:
        """How often each path of a publisher was asked for."""
        return Counter(hit.path for hit in self.hits if hit.publisher == publisher)

    def fail(self, publisher: str, how: Fault, where: Where = "all") -> None:
        """Make a publisher's site fail from now on; '' heals it. publisher: a name or a source id."""
        site = next((site for site in self._sites if publisher in {site.publisher.name, site.publisher.slug}), None)
        if site is None:
            raise KeyError(publisher)
        site.fault, site.fault_at = how, where

    def rewrite(self, item_id: str, body: str, title: str = "") -> None:
        """Let the publisher of an article change its text from now on: what happens after a complaint."""
        item = next(item for item in self.items if item.id == item_id)
        changed = replace(item, body=body, title=title or item.title)
        self.items = tuple(changed if each.id == item_id else each for each in self.items)
        next(site for site in self._sites if site.publisher.name == item.publisher).rewrite(changed)

    def url_of(self, item: Item) -> str:
        """Where an article's page is served."""
        place = next(n for n, publisher in enumerate(self.publishers) if publisher.name == item.publisher)
        return self._base(place) + path_of(item)

    def article_id_of(self, url: str) -> str | None:
        """Map a page's URL (served or the stream's own, AMP and campaign parameters too) back to the article's id in the stream."""
        if url in self._by_url:
            return self._by_url[url]
        parts = urlsplit(url)
        host = parts.hostname or ""
        if host == LOOPBACK and parts.port in self._serving.ports:
            host = self.publishers[self._serving.ports.index(parts.port)].host
        path = parts.path.rstrip("/")
        return self._by_path.get((host, path)) or self._by_path.get((host, path.removesuffix("/amp")))

    def _site(self, publisher: Publisher, place: int) -> PublisherSite:
        own = [item for item in self.items if item.publisher == publisher.name]
        return PublisherSite(publisher, own, self._clock, lambda: self._base(place))

    def _base(self, place: int) -> str:
        return f"http://{LOOPBACK}:{self._serving.ports[place]}"

    def _logged(self, site: PublisherSite) -> _Logged:
        return _Logged(site, self._log)

    def _source(self, site: PublisherSite, place: int) -> Source:
        publisher = site.publisher
        kind = "federal_register" if publisher.is_federal_register else "feed"
        url = self._base(place) + site.source_path
        return Source(publisher.slug, kind, url, publisher.name, lang=publisher.lang, tier=publisher.tier, cadence_hours=24 * 14)


class _Logged:
    """A site whose answers are written to the log."""

    def __init__(self, site: PublisherSite, log: list[Hit]) -> None:
        self._site, self._log = site, log

    def __call__(self, request: Request) -> Reply:
        reply = self._site.answer(request)
        asked = request.path + (f"?{request.query}" if request.query else "")
        self._log.append(Hit(self._site.publisher.name, request.method, asked, reply.status))
        return reply


def _table(source: Source) -> str:
    fields = {
        "id": source.source_id,
        "kind": source.kind,
        "url": source.url,
        "publisher": source.publisher,
        "lang": source.lang,
        "tier": source.tier,
        "cadence_hours": source.cadence_hours,
    }
    return "\n".join(["[[source]]", *(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in fields.items()), ""])
