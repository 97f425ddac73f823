"""What the params of a source may hold, kind by kind; checked when sources.toml is read: a typing error must not ask for everything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from extractors.model import Source


@dataclass(frozen=True, slots=True)
class Param:
    """One field: the form that its whole value has, and that form in words; `listed` says that commas separate values."""

    form: str
    words: str
    listed: bool = False
    needed: bool = False

    def fault(self, value: str) -> str:
        """Name the part that does not have the form, '' when all is well."""
        parts = [part.strip() for part in value.split(",")] if self.listed else [value]
        return next((part or "(nothing)" for part in parts if not re.fullmatch(self.form, part)), "")


TEXT = Param(r"\S.{0,499}", "text of at most 500 characters")
COUNT = Param(r"[1-9]\d{0,4}", "a whole number above 0")
SLUGS = Param(r"[a-z0-9-]{2,120}", "agency slugs such as industry-and-security-bureau, separated by commas", listed=True)
FR_TYPES = Param(r"RULE|PRORULE|NOTICE|PRESDOCU", "of RULE, PRORULE, NOTICE, PRESDOCU, separated by commas", listed=True)
PAGES = Param(r"yes|no", "yes or no")
PAGE_KINDS = {"pages": PAGES, "revisit_hours": COUNT}
REGULATION_TYPES = r"Proposed Rule|Rule|Notice|Supporting & Related Material|Other"

PARAMS: Mapping[str, Mapping[str, Param]] = MappingProxyType(
    {
        "feed": PAGE_KINDS,
        "federal_register": {
            "agencies": SLUGS,
            "type": FR_TYPES,
            "topics": SLUGS,
            "term": TEXT,
            "docket": TEXT,
            "rin": Param(r"\d{4}-[A-Z]{2}\d{2}", "a number such as 0694-AJ35"),
        },
        "public_inspection": {"agencies": SLUGS, "type": FR_TYPES, "texts": COUNT},
        "congress": {
            "congress": Param(r"\d{2,3}", "the number of one Congress, such as 119"),
            "types": Param(
                r"hr|s|hjres|sjres|hconres|sconres|hres|sres", "of hr, s, hjres, sjres, hconres, sconres, hres, sres", listed=True
            ),
            "bills": Param(
                r"\d{2,3}-(?:hr|s|hjres|sjres|hconres|sconres|hres|sres)-\d{1,5}", "bills such as 119-hr-2683, by commas", listed=True
            ),
        },
        "regulations": {
            "agencies": Param(r"[A-Z][A-Z0-9_-]{1,19}", "agency acronyms such as BIS, separated by commas", listed=True),
            "docket": Param(r"[A-Za-z0-9_-]{5,60}", "one docket such as BIS-2026-0011"),
            "term": TEXT,
            "types": Param(REGULATION_TYPES, f"of {', '.join(REGULATION_TYPES.split('|'))}; upper and lower case count", listed=True),
        },
        "govinfo": {
            "collections": Param(r"BILLS|PLAW|CHRG|CRPT|FR|DCPD", "of BILLS, PLAW, CHRG, CRPT, FR, DCPD", listed=True, needed=True),
            "congress": Param(r"\d{2,3}", "the number of one Congress, such as 119"),
            "title": Param(r"[^,\n]{2,80}", "words of which a title must have one, separated by commas", listed=True),
        },
        "ofac": {
            "programs": Param(r"[A-Za-z0-9 _.\-\[\]]{2,40}", "programs such as CMIC-EO13959, separated by commas", listed=True),
            "changes": PAGES,
        },
        "sitemap": {
            "keep": Param(r"/[^\s,]*", "beginnings of paths such as /news/, separated by commas", listed=True),
            "drop": Param(r"/[^\s,]*", "beginnings of paths such as /careers/, separated by commas", listed=True),
            "files": Param(r"/[^\s,]*", "beginnings of paths of an index's files, such as /sitemap-news, by commas", listed=True),
            **PAGE_KINDS,
        },
    }
)


def fault_of(source: Source, kinds: Mapping[str, Mapping[str, Param]] = PARAMS) -> str:
    """Say what is wrong with a source's params, naming the field and the mend; '' when nothing is, or when nobody knows the kind."""
    known = kinds.get(source.kind)
    if known is None:
        return ""
    given = dict(source.params)
    for name, value in given.items():
        if name not in known:
            return f"params has the unknown field {name!r}; kind {source.kind!r} has {', '.join(sorted(known)) or 'none'}"
        if bad := known[name].fault(value):
            return f"params.{name} holds {bad[:60]!r}; want {known[name].words}"
    missing = next((name for name, param in known.items() if param.needed and name not in given), "")
    return f"params.{missing} is missing; want {known[missing].words}" if missing else ""


def values_of(source: Source, name: str) -> tuple[str, ...]:
    """Give the comma-separated values of a field, () when it is not set."""
    return tuple(part.strip() for part in dict(source.params).get(name, "").split(",") if part.strip())


def value_of(source: Source, name: str, default: str = "") -> str:
    """Give the value of a field, or the default."""
    return dict(source.params).get(name, default)
