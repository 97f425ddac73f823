"""Subscriptions into sources.toml of the data directory, and out of it again."""

from __future__ import annotations

import asyncio
import json
import os
import re
import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from extractors.box import ParseBox
from extractors.client import Client
from extractors.discovery import FeedLink, discover
from extractors.fetched import Fetched
from extractors.model import Source
from extractors.opml import Subscriptions, parse_opml
from extractors.urls import BadUrl, url_key
from flows.listening import policy_of
from flows.seeding import SeedError
from flows.settings import Settings

OPML_BYTES = 10_000_000
ID_CHARS = 48


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import would add, and what it leaves out with the reason."""

    added: tuple[tuple[str, FeedLink], ...]  # (source id, feed)
    left_out: tuple[tuple[str, str], ...]  # (address, reason)


def links_of(settings: Settings, what: str, now: datetime) -> Subscriptions:
    """Read the feeds of an OPML file, or those that the page at an http(s) address names.

    Raises SeedError for a file that is missing or too big, Unreadable, ParseFailed, FetchError.
    """
    with ParseBox(1) as box:
        if not what.startswith(("http://", "https://")):
            return box.run(parse_opml, _file(Path(what)))
        fetched = asyncio.run(_fetch(settings, what))
        return Subscriptions(box.run(discover, fetched.body, fetched.url, fetched.headers.get("content-type", ""), now))


async def _fetch(settings: Settings, url: str) -> Fetched:
    async with Client(policy_of(settings)) as client:
        return await client.fetch(url, purpose="page")


def _file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            body = file.read(OPML_BYTES + 1)
    except OSError as error:
        raise SeedError(f"{path}: {error.strerror or error}") from error
    if len(body) > OPML_BYTES:
        raise SeedError(f"{path}: more than {OPML_BYTES:,} bytes is no list of subscriptions")
    return body


def plan_import(found: Subscriptions, sources: Sequence[Source]) -> Imported:
    """Decide what is new: an address that a source has already, in any of its forms, is left out."""
    known = {key: source.source_id for source in sources if (key := _key(source.url))}
    ids = {source.source_id for source in sources}
    added: list[tuple[str, FeedLink]] = []
    left_out = [(address, "no http(s) address") for address in found.refused]
    for link in found.links:
        key = _key(link.url)
        if key in known:
            left_out.append((link.url, f"source {known[key]!r} reads it already"))
            continue
        source_id = new_id(link, ids)
        ids.add(source_id)
        known[key] = source_id
        added.append((source_id, link))
    return Imported(tuple(added), tuple(left_out))


def new_id(link: FeedLink, taken: Collection[str]) -> str:
    """Make an id from the feed's host and title, with a number where another source has it."""
    host = (urlsplit(link.url).hostname or "feed").removeprefix("www.").removeprefix("feeds.")
    title = link.title if link.title.isascii() else ""
    stem = re.sub(r"[^a-z0-9]+", "-", f"{host.rpartition('.')[0] or host} {title}".lower()).strip("-")[:ID_CHARS].rstrip("-") or "feed"
    return next(name for n in range(len(taken) + 1) if (name := stem if n == 0 else f"{stem}-{n + 1}") not in taken)


def add_sources(path: Path, imported: Imported, origin: str) -> None:
    """Append the new tables to sources.toml of the data directory, whole or not at all; raises SeedError when that file is damaged."""
    before = path.read_text(encoding="utf-8-sig") if path.is_file() else ""
    text = before.rstrip() + "\n" * 2 * bool(before.strip()) + "\n".join(_table(name, link, origin) for name, link in imported.added)
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SeedError(f"{path}: not valid TOML: {error}") from error
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(text, encoding="utf-8")
    os.replace(fresh, path)  # noqa: PTH105 - the word that says what happens


def _table(source_id: str, link: FeedLink, origin: str) -> str:
    fields = {
        "id": source_id,
        "kind": "feed",
        "url": link.url,
        "publisher": link.title or urlsplit(link.url).hostname or source_id,
        "lang": "zh" if link.lang.lower().startswith("zh") else "en",
        "status": f"imported from {origin}",
    }
    # A JSON string is a TOML basic string.
    return "[[source]]\n" + "".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in fields.items())


def _key(url: str) -> str:
    try:
        return url_key(url)
    except BadUrl:
        return ""
