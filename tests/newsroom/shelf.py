"""A shelf of saved pages: *.html.gz of a folder, served as they are behind plain RSS feeds."""

from __future__ import annotations

import gzip
import html
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from markupsafe import escape

from extractors.model import Source
from newsroom.model import Reply, Request
from newsroom.serving import LOOPBACK, Serving

TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
STEP = timedelta(minutes=7)  # between two entries of a feed


class PageShelf:
    """Serve a folder's pages behind feeds of per_feed entries, one port a feed; a context manager.

    Pages are taken in the order of their names; n_feeds bounds how many feeds there are (None = as many as the pages fill).
    The entries' dates step back from now. Raises FileNotFoundError when the folder holds no page.
    """

    def __init__(self, folder: Path, *, now: datetime, n_feeds: int | None = None, per_feed: int = 50) -> None:
        paths = sorted(folder.glob("*.html.gz"))
        if not paths:
            raise FileNotFoundError(f"no *.html.gz in {folder}")
        groups = [paths[start : start + per_feed] for start in range(0, len(paths), per_feed)][:n_feeds]
        self._now = now
        self._sites = [_ShelfSite(group, now, place, self) for place, group in enumerate(groups)]
        self._serving = Serving([site.answer for site in self._sites])

    def __enter__(self) -> Self:
        self._serving.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._serving.stop()

    @property
    def allowed_private(self) -> frozenset[tuple[str, int]]:
        """The exact host:port pairs that a client must be allowed to reach."""
        return frozenset((LOOPBACK, port) for port in self._serving.ports)

    @property
    def page_ids(self) -> tuple[str, ...]:
        """The ids (file names without .html.gz) of all pages on the shelf."""
        return tuple(page for site in self._sites for page in site.pages)

    def sources(self) -> tuple[Source, ...]:
        """One source a feed."""
        return tuple(
            Source(f"shelf-{place:02d}", "feed", self.base(place) + "/feed.xml", f"Shelf {place:02d}", tier="special", cadence_hours=1)
            for place in range(len(self._sites))
        )

    def page_id_of(self, url: str) -> str | None:
        """Map a served page's URL back to its id."""
        page = urlsplit(url).path.rpartition("/")[2].removesuffix(".html")
        return page if page in self.page_ids else None

    def base(self, place: int) -> str:
        """The origin of a feed's site."""
        return f"http://{LOOPBACK}:{self._serving.ports[place]}"


class _ShelfSite:
    def __init__(self, paths: list[Path], now: datetime, place: int, shelf: PageShelf) -> None:
        self.pages = {path.name.removesuffix(".html.gz"): path for path in paths}
        self._now, self._place, self._shelf = now, place, shelf

    def answer(self, request: Request) -> Reply:
        if request.path == "/robots.txt":
            return Reply(404)
        if request.path == "/feed.xml":
            return Reply(200, self._feed(), (("Content-Type", "application/rss+xml; charset=utf-8"),))
        path = self.pages.get(request.path.removeprefix("/pages/").removesuffix(".html"))
        if path is None:
            return Reply(404)
        return Reply(200, gzip.decompress(path.read_bytes()), (("Content-Type", "text/html; charset=utf-8"),))

    def _feed(self) -> bytes:
        base = self._shelf.base(self._place)
        rows = []
        for number, (page, path) in enumerate(self.pages.items()):
            at = format_datetime((self._now - (number + 1) * STEP).astimezone(UTC), usegmt=True)
            link = f"{base}/pages/{page}.html"
            title = escape(title_of(path) or page)
            rows.append(f"<item><title>{title}</title><link>{link}</link><guid>{link}</guid><pubDate>{at}</pubDate></item>")
        name = f"Shelf {self._place:02d}"
        head = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{name}</title><link>{base}/</link>'
        return f"{head}<description>{name}</description>{''.join(rows)}</channel></rss>".encode()


def title_of(path: Path) -> str:
    """A saved page's own title, as plain text; '' when it has none."""
    found = TITLE.search(gzip.decompress(path.read_bytes()).decode("utf-8", "replace"))
    plain = html.unescape(found.group(1)) if found else ""
    return "".join(c for c in " ".join(plain.split()) if c.isprintable())
