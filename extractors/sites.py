"""Sites whose pages need a hint, as data: extractors/weights/sites.tsv says what to drop, or what alone to keep, by domain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from lxml import etree
from lxml import html as lxml_html

Rule = tuple[str, str]  # 'drop' or 'keep', XPath


@cache
def site_rules() -> Mapping[str, Sequence[Rule]]:
    """Return the rules that ship, by domain."""
    return read_rules(files("extractors").joinpath("weights", "sites.tsv").read_text(encoding="utf-8"))


def read_rules(text: str) -> Mapping[str, Sequence[Rule]]:
    """Read 'domain TAB drop|keep TAB XPath' lines; raises ValueError naming the line."""
    found: dict[str, list[Rule]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            domain, how, path = line.split("\t")
            etree.XPath(path)
        except (ValueError, etree.XPathSyntaxError) as error:
            raise ValueError(f"sites.tsv, line {number}: not 'domain TAB drop|keep TAB XPath': {line[:80]!r}") from error
        if how not in {"drop", "keep"}:
            raise ValueError(f"sites.tsv, line {number}: {how!r} is neither drop nor keep")
        found.setdefault(domain.lower(), []).append((how, path))
    return found


def shape(tree: lxml_html.HtmlElement, url: str, rules: Mapping[str, Sequence[Rule]]) -> None:
    """Apply the rules of the page's site to the tree; a rule that finds nothing changes nothing."""
    host = (urlsplit(url).hostname or "").lower()
    for domain, steps in rules.items():
        if host != domain and not host.endswith("." + domain):
            continue
        for how, path in steps:
            matches = [element for element in tree.xpath(path) if isinstance(element, etree.ElementBase)]
            body = tree.find("body")
            if how == "drop":
                for element in matches:
                    if element.getparent() is not None:
                        element.drop_tree()
            elif matches and body is not None:
                body[:] = matches
