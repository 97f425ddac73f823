"""CSS selectors, as far as a list of links needs them, to XPath: names, .class, #id, [attribute] tests, ' ', '>' and ','."""

from __future__ import annotations

import re
from functools import lru_cache

_ATTRIBUTE = r"\[\s*(?P<attribute>[\w\-]+)\s*(?:(?P<test>[~^$*|]?=)\s*(?P<quote>[\"']?)(?P<value>[^\"'\]]*)(?P=quote)\s*)?\]"
_PART = re.compile(rf"\.(?P<cls>[\w\-]+)|\#(?P<id>[\w\-]+)|{_ATTRIBUTE}|:(?P<pseudo>first-child|last-child)")
_NAME = re.compile(r"\*|[a-zA-Z][\w\-]*")
_TESTS = {
    "=": "@{a} = '{v}'",
    "^=": "starts-with(@{a}, '{v}')",
    "*=": "contains(@{a}, '{v}')",
    "$=": "substring(@{a}, string-length(@{a}) - {last}) = '{v}'",
    "~=": "contains(concat(' ', normalize-space(@{a}), ' '), ' {v} ')",
    "|=": "(@{a} = '{v}' or starts-with(@{a}, '{v}-'))",
}
_PSEUDO = {"first-child": "not(preceding-sibling::*)", "last-child": "not(following-sibling::*)"}


@lru_cache(maxsize=256)
def to_xpath(selector: str) -> str:
    """Translate a selector to an XPath relative to an element; raises ValueError that shows the part not understood."""
    groups = [_one(group.strip()) for group in selector.split(",")]
    return " | ".join(groups)


def _one(selector: str) -> str:
    if not selector:
        raise ValueError("an empty selector")
    path, place, step = ".", 0, "//"
    while place < len(selector):
        name = _NAME.match(selector, place)
        place = name.end() if name else place
        tests, after = _tests(selector, place)
        if after == place and name is None:
            raise ValueError(f"not understood: {selector[place:][:40]!r}")
        path += f"{step}{name[0].lower() if name else '*'}" + "".join(f"[{test}]" for test in tests)
        place = after
        gap = re.compile(r"\s*(>)\s*|\s+").match(selector, place)
        if gap is None and place < len(selector):
            raise ValueError(f"not understood: {selector[place:][:40]!r}")
        if gap and gap.end() == len(selector):
            raise ValueError(f"nothing follows {gap[0].strip() or 'a blank'!r}")
        step = "/" if gap and gap[1] else "//"
        place = gap.end() if gap else place
    return path


def _tests(selector: str, place: int) -> tuple[list[str], int]:
    tests = []
    while part := _PART.match(selector, place):
        tests.append(_test(part))
        place = part.end()
    return tests, place


def _test(part: re.Match[str]) -> str:
    if part["cls"]:
        return _TESTS["~="].format(a="class", v=part["cls"])
    if part["id"]:
        return _TESTS["="].format(a="id", v=part["id"])
    if part["pseudo"]:
        return _PSEUDO[part["pseudo"]]
    if not part["test"]:
        return f"@{part['attribute'].lower()}"
    value = part["value"]
    return _TESTS[part["test"]].format(a=part["attribute"].lower(), v=value, last=len(value) - 1)
