"""A web of prepared answers for tests of reading: no socket, no process, every request on record."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from extractors.fetched import Fetched, FetchError, Purpose, Reason, Validators

NOW = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
SENTENCES = (
    "The Bureau of Industry and Security issued a final rule on the export of advanced computing chips.",
    "Licence applications for the listed accelerators will be reviewed with a presumption of denial.",
    "Companies that lease computing capacity abroad must identify their customers before the first use.",
    "The measure takes effect sixty days after its publication, with a longer period for small firms.",
    "Industry groups said they had asked for a narrower definition of the covered models.",
    "Officials in Beijing called the step unjustified and said they would protect their companies.",
)


@dataclass(slots=True)
class ScriptedWeb:
    """Answers by address; a value is a body, a (body, content type) pair, a Reason to raise, or a function that gives one of them."""

    answers: dict[str, Any]
    asked: list[str] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)  # address -> where a redirect leads
    etags: dict[str, str] = field(default_factory=dict)

    async def fetch(
        self, url: str, *, purpose: Purpose, validators: Validators | None = None, headers: Mapping[str, str] | None = None
    ) -> Fetched:
        self.asked.append(url)
        final = self.moved.get(url, url)
        answer = self.answers.get(final)
        answer = answer() if callable(answer) else answer
        if answer is None:
            raise FetchError("not_found", url)
        if isinstance(answer, FetchError):
            raise answer
        body, kind = answer if isinstance(answer, tuple) else (answer, "text/html; charset=utf-8")
        body_hash = hashlib.blake2b(body, digest_size=10).hexdigest()
        etag = self.etags.get(final, "")
        known = validators or Validators()
        same = bool((etag and known.etag == etag) or (known.body_hash and known.body_hash == body_hash))
        hops = ((301, url),) if final != url else ()
        return Fetched(
            final,
            304 if same else 200,
            {"content-type": kind},
            b"" if same else body,
            hops,
            same,
            etag,
            "",
            known.body_hash if same else body_hash,
        )


class InlineBox:
    """Runs parsers in this process, for tests that are not about the box."""

    async def arun(self, func: Callable[..., Any], *args: Any) -> Any:
        return func(*args)


def failing(reason: Reason, retry_after: float | None = None) -> FetchError:
    return FetchError(reason, "https://news.example/", retry_after)


def rss(*items: str, lang: str = "en") -> tuple[bytes, str]:
    text = (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><language>{lang}</language>{"".join(items)}</channel></rss>'
    )
    return text.encode(), "application/rss+xml"


def item(
    link: str, title: str, *, when: datetime | None = NOW - timedelta(hours=3), summary: str = "", guid: str = "", body: str = ""
) -> str:
    date = f"<pubDate>{when:%a, %d %b %Y %H:%M:%S} GMT</pubDate>" if when else ""
    full = f"<content:encoded xmlns:content='http://purl.org/rss/1.0/modules/content/'><![CDATA[{body}]]></content:encoded>" if body else ""
    ident = f"<guid isPermaLink='false'>{guid}</guid>" if guid else ""
    return f"<item><title>{title}</title><link>{link}</link>{ident}<description>{summary}</description>{full}{date}</item>"


def page(title: str, *, extra: str = "", head: str = "", sentences: tuple[str, ...] = SENTENCES) -> bytes:
    paragraphs = "".join(f"<p>{sentence} {sentence.lower()[:40]} is what it says in part {n}.</p>" for n, sentence in enumerate(sentences))
    return (
        f"<!doctype html><html lang='en'><head><title>{title} | News</title><meta property='og:type' content='article'>"
        f"<meta property='og:title' content='{title}'>{head}</head><body><nav><a href='/'>Home</a></nav><article><h1>{title}</h1>"
        f"{paragraphs}{extra}</article><footer>Copyright 2019 News</footer></body></html>"
    ).encode()
