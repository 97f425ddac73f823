"""OFAC's sanctions lists as data: what was added, changed and removed since the last reading, one document for each program.

The first reading only remembers the list: its hundreds of entries are no news. Changed entries (an alias, an address) are housekeeping and
told only where params.changes says yes. Formats: the primary CSV (SDN.CSV, CONS_PRIM.CSV: no header,
'-0-' for nothing) and the standard XML of the same list. A list has no past to ask for, so a backfill gets nothing from it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from lxml import etree

from extractors import limits
from extractors.clean import one_line
from extractors.dates import in_range, read_date
from extractors.failures import Unreadable
from extractors.listing import Desk, Listing
from extractors.model import Cursor, Entry, Source, h
from extractors.params import value_of, values_of

PARTIES = 100_000  # a list of today has 20,000
LEAST_KEPT = 0.5  # a list that lost more than this share at once is a broken download, not a day's work
NAMED = 60  # names told in one document; the rest is a figure
NOTHING = "-0-"
ISSUER = "The Treasury Department's Office of Foreign Assets Control"
ENTRIES = ("entry", "entries")
KINDS = {"Entity": ("entity", "entities"), "Individual": ("individual", "individuals"), "Vessel": ("vessel", "vessels")}
LISTS = {
    "CMIC-EO13959": "Non-SDN Chinese Military-Industrial Complex Companies List (CMIC-EO13959)",
    "UKRAINE-EO13662": "Sectoral Sanctions Identifications List (UKRAINE-EO13662)",
}
_UID = re.compile(r"\d{1,9}")
_MARK = re.compile(r"(\d{1,9})=([0-9a-f]{6})")
_PLACE = "https://sanctionslist.ofac.treas.gov/Home/"


@dataclass(frozen=True, slots=True)
class Party:
    """One entry of the list."""

    uid: str
    name: str
    kind: str  # Entity | Individual | Vessel | Aircraft
    programs: tuple[str, ...]
    remarks: str = ""

    @property
    def digest(self) -> str:
        """What changes when the entry does; six hex digits."""
        return h(self.name, self.kind, *self.programs, self.remarks)[:6]

    @property
    def told(self) -> str:
        """Name, kind and remarks in one line."""
        about = "; ".join(filter(None, (self.kind.lower(), self.remarks)))
        return f"{self.name} ({about})" if about else self.name


@dataclass(frozen=True, slots=True)
class Parties:
    """A whole list, and the day on which it says that it was published."""

    parties: tuple[Party, ...]
    published: str = ""


async def list_ofac(source: Source, cursor: Cursor, desk: Desk) -> Listing:
    """List the differences to the remembered list; the cursor remembers number and digest of every entry."""
    if desk.looks_back:
        return Listing((), cursor, not_modified=True, has_pages=False)
    fetched = await desk.fetch(source.url, "api", desk.known(cursor))
    if fetched.not_modified:
        return Listing((), cursor, not_modified=True, has_pages=False)
    known = dict(_MARK.findall(cursor.position))
    entries, position = await desk.parse(compare_list, fetched.body, known, fetched.last_modified, source, desk.now)
    after = replace(cursor, etag=fetched.etag, last_modified=fetched.last_modified, body_hash=fetched.body_hash, position=position)
    return Listing(entries, after, not_modified=not entries, has_pages=False)


def compare_list(body: bytes, known: Mapping[str, str], last_modified: str, source: Source, now: datetime) -> tuple[tuple[Entry, ...], str]:
    """Parse a list and compare it with the remembered one (number -> digest); gives the entries and what to remember.

    Raises Unreadable('empty' | 'wrong_type'), and Unreadable('list_shrank') when most of the remembered entries are missing.
    """
    found = parse_list(body)
    parties = {party.uid: party for party in found.parties}
    position = ";".join(f"{uid}={parties[uid].digest}" for uid in sorted(parties, key=int))
    gone = [uid for uid in known if uid not in parties]
    if known and len(gone) > LEAST_KEPT * len(known):
        raise Unreadable("list_shrank")
    if not known:
        return (), position
    wanted = set(values_of(source, "programs"))
    new = [party for uid, party in parties.items() if uid not in known]
    changed = [party for uid, party in parties.items() if known.get(uid, party.digest) != party.digest]
    day = in_range(read_date(found.published, lang="en-US").day_or_better or read_date(last_modified).day_or_better, now)
    entries = [
        _entry(what, program, group, day, source)
        for what, some in (("added", new), ("changed", changed if value_of(source, "changes") == "yes" else ()))
        for program, group in sorted(_by_program(some).items())
        if not wanted or program in wanted
    ]
    if gone and not wanted:
        entries.append(_removed(gone, day, source))
    return tuple(entries), position


def parse_list(body: bytes) -> Parties:
    """Parse the CSV or the standard XML of a list; raises Unreadable('empty' | 'wrong_type')."""
    head = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head:
        raise Unreadable("empty")
    found = _from_xml(body) if head.startswith(b"<") else Parties(tuple(_from_csv(body)))
    if not found.parties:
        raise Unreadable("wrong_type")
    return found


def _from_csv(body: bytes) -> Iterable[Party]:
    """Rows of number, name, type, program, title, four fields of a vessel and its owner, remarks; a file ends with one Ctrl-Z."""
    text = body.decode("utf-8-sig", "replace").replace("\x00", "").rstrip("\x1a\r\n ")
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text), strict=True)):
            if number >= PARTIES or len(row) < 4 or not _UID.fullmatch(row[0].strip()):
                raise Unreadable("wrong_type")
            cells = [cell.strip() for cell in row]
            if name := one_line(_value(cells[1]), 300):
                remarks = _value(cells[11]) if len(cells) > 11 else ""
                yield Party(cells[0], name, _kind(cells[2]), _programs(cells[3]), one_line(remarks, 300))
    except csv.Error as fault:
        raise Unreadable("wrong_type") from fault


def _value(cell: str) -> str:
    return "" if cell == NOTHING else cell


def _kind(cell: str) -> str:
    """The CSV leaves the type of organisations out."""
    return _value(cell).capitalize() or "Entity"


def _programs(cell: str) -> tuple[str, ...]:
    """'SDGT] [IRAN' and 'SDGT; IRAN' are two programs."""
    return tuple(dict.fromkeys(one for part in re.split(r"\]\s*\[|;", _value(cell)) if (one := one_line(part.strip("[] "), 60))))


def _from_xml(body: bytes) -> Parties:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise Unreadable("wrong_type") from fault
    if not isinstance(root.tag, str) or etree.QName(root).localname != "sdnList":
        raise Unreadable("wrong_type")
    parties: list[Party] = []
    for node in root.iterfind("{*}sdnEntry"):
        uid, names = _said(node, "uid"), " ".join(filter(None, (_said(node, "firstName"), _said(node, "lastName"))))
        if not _UID.fullmatch(uid) or not names or len(parties) >= PARTIES:
            raise Unreadable("wrong_type")
        programs = tuple(one_line(one.text or "", 60) for one in node.iterfind("{*}programList/{*}program"))
        parties.append(Party(uid, one_line(names, 300), _said(node, "sdnType") or "Entity", programs, _said(node, "remarks")))
    return Parties(tuple(parties), _said(root, "{*}publshInformation/{*}Publish_Date"))


def _said(node: Any, path: str) -> str:
    return one_line(node.findtext(path if path.startswith("{") else f"{{*}}{path}") or "", 300)


def _by_program(parties: Iterable[Party]) -> dict[str, list[Party]]:
    groups: dict[str, list[Party]] = {}
    for party in sorted(parties, key=lambda one: (one.name, one.uid)):
        for program in party.programs or ("no program",):
            groups.setdefault(program, []).append(party)
    return groups


def _entry(what: str, program: str, group: Sequence[Party], day: datetime | None, source: Source) -> Entry:
    """One document: what was done to which parties of a program."""
    done = f"{what} {_counted(group)} {'to' if what == 'added' else 'on'} the {_list_of(program, source)}"
    first = ", ".join(_spoken(party.name) for party in group[:3]) + (" and others" if len(group) > 3 else "")
    lines = [f"{ISSUER} {done}: {first}."]
    lines += [f"{what.capitalize()} under {program}: {party.told}." for party in group[:NAMED]]
    if len(group) > NAMED:
        lines.append(f"{len(group) - NAMED} more entries were {what} under {program}.")
    return _document(what, program, [f"{party.uid}={party.digest}" for party in group], f"OFAC {done}: {first}", lines, day, source)


def _counted(group: Sequence[Party]) -> str:
    """'2 entities', '1 vessel'; parties of several kinds are entries."""
    one, many = KINDS.get(group[0].kind, ENTRIES) if len({party.kind for party in group}) == 1 else ENTRIES
    return f"{len(group)} {one if len(group) == 1 else many}"


def _list_of(program: str, source: Source) -> str:
    """The list's name for people; the files name programs only."""
    plain = "consolidated sanctions list" if "cons" in source.url.lower() else "Specially Designated Nationals List"
    return LISTS.get(program, f"{plain} ({program})")


def _spoken(name: str) -> str:
    """A name that shouts, as a text would write it; the lines below it keep the official form."""
    return " ".join(word.capitalize() for word in name.split()) if name.isupper() else name


def _removed(gone: Sequence[str], day: datetime | None, source: Source) -> Entry:
    """One document for all that left: only their numbers are remembered."""
    numbers = sorted(gone, key=int)
    count = f"{len(numbers)} {ENTRIES[len(numbers) != 1]}"
    shown = ", ".join(numbers[:NAMED]) + (" and more" if len(numbers) > NAMED else "")
    lines = [f"{ISSUER} removed {count} from its list.", f"Removed entry numbers: {shown}."]
    return _document("removed", "", numbers, f"OFAC removed {count} from its list", lines, day, source)


def _document(
    what: str, program: str, marks: Sequence[str], title: str, lines: Sequence[str], day: datetime | None, source: Source
) -> Entry:
    identity = h(what, program, *marks)
    return Entry(
        entry_id=h(source.source_id, identity),
        source_id=source.source_id,
        url=f"{_PLACE}{'ConsolidatedList' if 'cons' in source.url.lower() else 'SdnList'}",
        title=one_line(title, limits.TITLE_CHARS),
        published_at=day,
        precision="day" if day else "none",
        official_ids=(f"ofac:{identity}",),
        author="Office of Foreign Assets Control",
        lang="en",
        body="\n\n".join(lines)[: limits.BODY_CHARS],
        flags=(f"list:{what}",),
    )
