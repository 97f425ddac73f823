"""The params of the kinds that are described rather than programmed: lists, watched pages, archives; with their defaults."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from extractors.model import Source
from extractors.params import PAGE_KINDS, PARAMS, Param, fault_of
from extractors.selectors import to_xpath


@dataclass(frozen=True, slots=True)
class Setting(Param):
    """A field with a default, and a check beyond its form that raises ValueError or re.error."""

    default: str = ""
    check: Callable[[str], object] = str

    def fault(self, value: str) -> str:
        """Name the value when it has not the form or fails the check, '' when all is well."""
        # Named, because zero-argument super() and slots of a dataclass do not agree.
        bad = Param.fault(self, value)
        if bad:
            return bad
        try:
            self.check(value)
        except (ValueError, re.error):
            return value or "(nothing)"
        return ""


def _selector(default: str = "") -> Setting:
    return Setting(r"[^\n]{1,300}", "a CSS selector such as 'ul.list li > a[href]'", default=default, check=to_xpath)


def _regex(what: str) -> Setting:
    return Setting(r"[^\n]{1,500}", f"a regular expression {what}", check=re.compile)


def _path(default: str = "", *, needed: bool = False) -> Setting:
    return Setting(r"[^.\s]+(?:\.[^.\s]+)*", "a dotted path such as 'data.searchResult.dataResults'", needed=needed, default=default)


def _one_of(*words: str) -> Setting:
    return Setting("|".join(words), " or ".join(words), default=words[0])


def _count(default: int, high: int) -> Setting:
    def check(text: str) -> None:
        if int(text) > high:
            raise ValueError(text)

    return Setting(r"\d{1,5}", f"a whole number up to {high}", default=str(default), check=check)


HOSTS = Setting(r"[\w\-]+(?:\.[\w\-]+)+", "host names separated by commas; a name holds for its subdomains", listed=True)
_MATCH = _regex("that path and query of a link must match")
_LIST: Mapping[str, Param] = {
    "match": _MATCH,
    "skip": _regex("for titles that are left out"),
    "issuer": Setting(r"[\u4e00-\u9fff]{2,30}", "the issuer of notices whose number names none, such as '商务部'"),
    **PAGE_KINDS,
}
_PAGED: Mapping[str, Param] = {
    "next": Setting(r"[^\n]{0,300}\{n\}[^\n]{0,300}", "the address of page {n}, relative to url, or '?name={n}' for query fields"),
    "next_from": _count(2, 100),
    "max_pages": _count(3, 100),
}
_HTML: Mapping[str, Param] = {"item": _selector(), "link": _selector("a[href]"), "date": _selector()}
FIELDS: Mapping[str, Mapping[str, Param]] = MappingProxyType(
    {
        "html_list": {**_HTML, **_LIST, **_PAGED},
        "json_html_list": {**_HTML, **_LIST, **_PAGED, "html": _path(needed=True)},
        "json_list": {
            **_LIST,
            **_PAGED,
            "items": _path(needed=True),
            "title": _path("title"),
            "link": _path("url"),
            "date": _path(),
            "number": _path(),
            "summary": _path(),
        },
        "page_watch": {**_HTML, **_LIST, "watch": _one_of("links", "text"), "text": _selector("body")},
        "gdelt": {"query": Setting(r".{3,1000}", "a GDELT query", needed=True), "pause_s": _count(5, 60), **PAGE_KINDS},
        "gkg": {
            "match": replace(_regex("that title, themes, persons, organisations or names of a record must match"), needed=True),
            "files": _count(100, 1_000),
            "translated": _one_of("no", "yes"),
            **PAGE_KINDS,
        },
        "wayback": {
            "site": Setting(r"[^\s]{4,500}", "the address whose captures are listed, such as 'www.bis.gov/press-releases'", needed=True),
            "scope": _one_of("prefix", "exact", "host", "domain"),
            "match": _MATCH,
            "limit": _count(1000, 10_000),
            **PAGE_KINDS,
        },
        "warc": {"hosts": HOSTS, "chunk_mb": _count(4, 16)},
        "model_hub": {
            "orgs": Setting(r"[\w.\-]{1,96}", "organisations separated by commas", listed=True, needed=True),
            "skip": _regex("for model names that are left out"),
            "limit": _count(20, 100),
        },
    }
)


def settings_fault(source: Source) -> str:
    """Say what is wrong with the params of a source of any kind, '' when nothing is."""
    return fault_of(source, {**PARAMS, **FIELDS})


def read_fields(source: Source) -> dict[str, str]:
    """Give a source's settings with the defaults of its kind filled in; raises ValueError that names the field and the mend."""
    if fault := settings_fault(source):
        raise ValueError(f"{source.source_id}: {fault}")
    given = dict(source.params)
    known = FIELDS[source.kind]
    return {name: given.get(name, param.default if isinstance(param, Setting) else "") for name, param in known.items()}
