"""Reduces single pages to clean text for `topicwatch extract`, each in the parse box like a night's pages."""

from __future__ import annotations

import asyncio
import gzip
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from extractors.box import ParseBox, ParseFailed, Unreadable
from extractors.client import Client
from extractors.model import Entry
from extractors.pages import PageText, read_page
from flows.listening import policy_of
from flows.progress import Progress
from flows.settings import Settings

HTML = "text/html; charset=utf-8"
WORKERS = 2
ENDINGS = (".html", ".htm", ".html.gz", ".htm.gz")
NOWHERE = "https://page.invalid/"  # a saved page's own URL is in the page or unknown


def from_folder(folder: Path, progress: Progress) -> list[dict[str, Any]]:
    """Reduce every saved page of the folder (or of its `pages` folder), in order of name; a page that fails gives a reason."""
    place = folder / "pages" if (folder / "pages").is_dir() else folder
    paths = sorted(p for p in place.iterdir() if p.name.endswith(ENDINGS))
    return asyncio.run(_all(paths, progress))


def from_page(path: Path) -> dict[str, Any]:
    """Reduce one saved page."""
    return asyncio.run(_all([path], lambda *_: None))[0]


def from_url(settings: Settings, url: str) -> dict[str, Any]:
    """Fetch and reduce one page; raises FetchError."""

    async def work() -> dict[str, Any]:
        with ParseBox(WORKERS) as box:
            async with Client(policy_of(settings)) as client:
                fetched = await client.fetch(url, purpose="page")
            return await _reduce(box, url, fetched.body, fetched.url, fetched.headers.get("content-type", ""))

    return asyncio.run(work())


async def _all(paths: list[Path], progress: Progress) -> list[dict[str, Any]]:
    done = 0
    gate = asyncio.Semaphore(WORKERS * 2)
    with ParseBox(WORKERS) as box:

        async def one(path: Path) -> dict[str, Any]:
            nonlocal done
            async with gate:
                raw = path.read_bytes()
                body = gzip.decompress(raw) if path.name.endswith(".gz") else raw
                row = await _reduce(box, path.name.split(".")[0], body, NOWHERE + path.name, HTML)
            done += 1
            progress("extract", done, len(paths))
            return row

        return list(await asyncio.gather(*(one(p) for p in paths)))


async def _reduce(box: ParseBox, name: str, body: bytes, url: str, content_type: str) -> dict[str, Any]:
    hint = Entry(entry_id="", source_id="", url=url, title="")
    try:
        page = await box.arun(read_page, body, url, content_type, hint, datetime.now(UTC))
    except (ParseFailed, Unreadable) as error:
        return {"id": name, "body": "", "reason": str(error)}
    return row_of(name, page)


def row_of(name: str, page: PageText) -> dict[str, Any]:
    """Write a page as the scorer reads it, with what else is known about it."""
    return {
        "id": name, "title": page.title, "date": page.day, "author": page.author, "body": page.body, "lang": page.lang,
        "text_kind": page.text_kind, "confidence": page.confidence, "url": page.canonical_url,
    }  # fmt: skip
