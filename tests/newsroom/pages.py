"""Article pages: a layout, its furniture, and the body as HTML."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Sequence
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from newsroom.model import Item, Publisher

CHINA = timezone(timedelta(hours=8))


@functools.cache
def environment() -> Environment:
    """The one template environment; autoescape is on for HTML and XML alike."""
    loader = FileSystemLoader(Path(__file__).parent / "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def render_page(publisher: Publisher, item: Item, url: str, related: Sequence[tuple[str, str]], *, amp: bool = False) -> bytes:
    """Render an article's page in its publisher's layout and encoding; related = (title, url) of other articles."""
    style = publisher.style
    template = environment().get_template("pages/amp.html" if amp else f"pages/{style.layout}.html")
    known: dict[str, Any] = {
        "publisher": publisher,
        "item": item,
        "url": url,
        "amp_url": f"{url}/amp" if style.amp else "",
        "related": related,
        "paragraphs": [paragraph_html(part) for part in item.paragraphs],
        "teaser": item.paragraphs[0][:160] if item.paragraphs else item.title,
        "json_ld": Markup(json.dumps(_json_ld(publisher, item, url), ensure_ascii=False).replace("<", "\\u003c")),
        "iso": item.published_at.isoformat(),
        "local": item.published_at.astimezone(CHINA),
        "encoding": style.encoding,
        "meta": style.meta,
    }
    text = template.render(known | {"head": known})
    return text.encode(style.encoding, "xmlcharrefreplace")


def body_html(item: Item) -> str:
    """The whole body as HTML paragraphs."""
    return "\n".join(str(paragraph_html(part)) for part in item.paragraphs)


def paragraph_html(text: str) -> Markup:
    """One paragraph: **bold** and *stress* become tags, lines become breaks, dash lines a list."""
    lead, *lines = text.split("\n")
    if lines and all(re.match(r"[-–•] ", line) for line in lines):
        points = "".join(f"<li>{_inline(line[2:])}</li>" for line in lines)
        return Markup(f"<p>{_inline(lead)}</p><ul>{points}</ul>")  # every part is escaped by _inline
    return Markup("<p>{}</p>").format(Markup("<br>\n").join(_inline(line) for line in (lead, *lines)))


def _inline(text: str) -> Markup:
    safe = str(escape(text))
    safe = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", safe)
    return Markup(re.sub(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])", r"<em>\1</em>", safe))  # escaped above


def _json_ld(publisher: Publisher, item: Item, url: str) -> dict[str, Any]:
    article: dict[str, Any] = {
        "@type": "NewsArticle",
        "headline": item.title,
        "datePublished": item.published_at.isoformat(),
        "dateModified": item.published_at.isoformat(),
        "inLanguage": item.lang,
        "mainEntityOfPage": url,
        "publisher": {"@type": "Organization", "name": publisher.name},
    }
    if item.author:
        article["author"] = {"@type": "Organization", "name": item.author}
    if publisher.style.meta == "graph":
        site = {"@type": "WebSite", "name": publisher.name, "url": f"https://{publisher.host}/"}
        return {"@context": "https://schema.org", "@graph": [site, article]}
    return {"@context": "https://schema.org", **article}
