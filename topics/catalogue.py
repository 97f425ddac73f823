"""The catalogue of topics, entities and measures, built from parsed TOML tables; every error names the table and the field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any, get_args

from extractors.model import h
from topics.anchors import ANCHORS
from topics.model import Catalogue, Entity, Kind, Measure, Step, Topic

Table = Mapping[str, Any]
KINDS: tuple[str, ...] = get_args(Kind)
SIDES = ("us", "cn", "al")
ID_FORM = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
WHERE = "(where)"  # under which overlay() notes the file that a table came from; no TOML bare key can be this
TOPIC_FIELDS = frozenset({f.name for f in fields(Topic)} - {"topic_id"} | {"id", WHERE})
ENTITY_FIELDS = frozenset({f.name for f in fields(Entity)} - {"entity_id"} | {"id", WHERE})
MEASURE_FIELDS = frozenset(
    {"id", "topics", "jurisdiction", "actor", "name_en", "aliases_en", "aliases_zh", "keys", "targets", "step", WHERE}
)
STEP_FIELDS = frozenset({"kind", "date", "what", "source", "sure"})
KEY_SCHEMES = ("fr_doc", "docket", "rin", "bill", "cfr", "eo", "cn_notice", "case")


class CatalogueError(ValueError):
    """A table of seeds/ or of the overlay that cannot be used; the message names table, field and mend."""


def build_catalogue(topics: Table, entities: Table, matters: Table) -> Catalogue:
    """Build the catalogue from the parsed files topics.toml, entities.toml and matters.toml; raises CatalogueError."""
    known_entities = tuple(_entity(t, _where(t, "entities.toml, entity", n)) for n, t in enumerate(entities.get("entity", ()), 1))
    names = {e.entity_id for e in known_entities}
    known_topics = tuple(_topic(t, _where(t, "topics.toml, topic", n), names) for n, t in enumerate(topics.get("topic", ()), 1))
    ids = {t.topic_id for t in known_topics}
    measures = tuple(_measure(t, _where(t, "matters.toml, matter", n), ids) for n, t in enumerate(matters.get("matter", ()), 1))
    _unique("topics.toml", [t.topic_id for t in known_topics])
    _unique("entities.toml", [e.entity_id for e in known_entities])
    _unique("matters.toml", [m.matter_id for m in measures])
    digest = h(*(repr(item) for group in (known_topics, known_entities, measures) for item in group))
    return Catalogue(known_topics, known_entities, measures, digest)


def overlay(base: Table, changes: Table, kind: str, file: str = "") -> dict[str, Any]:
    """Lay a user's tables over ours: the same id replaces the fields that it names, a new id is added at the end.

    file is where the changes stand; with it, later errors in these tables name it. Raises CatalogueError.
    """
    merged = {table["id"]: dict(table) for table in base.get(kind, ())}
    named: set[str] = set()
    for number, table in enumerate(_tables(changes, kind, file or "overlay"), 1):
        identity = _text(table, "id", f"{file or 'overlay'}, {kind} {number}")
        if identity in named:
            raise CatalogueError(f"{file or 'overlay'}, {kind} {number}: the id {identity!r} stands twice in this file")
        named.add(identity)
        origin = {WHERE: f"{file}, {kind} {identity!r}"} if file else {}
        merged[identity] = {**merged.get(identity, {}), **table, **origin}
    return {**base, kind: list(merged.values())}


def _tables(changes: Table, kind: str, file: str) -> list[Table]:
    found = _list_of_tables(changes, kind, file, kind)
    other = sorted(set(changes) - {kind})
    if other:
        raise CatalogueError(f"{file}: unknown table or field {other[0]!r}; head each table with [[{kind}]]")
    return found


def _list_of_tables(table: Table, field: str, where: str, head: str) -> list[Table]:
    found = table.get(field, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise CatalogueError(f"{where}: {field} must be tables; head each with [[{head}]]")
    return found


def _no_others(table: Table, known: frozenset[str], where: str) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise CatalogueError(f"{where}: unknown field {unknown[0]!r}; use one of {', '.join(sorted(known - {WHERE}))}")


def _where(table: Table, what: str, number: int) -> str:
    return str(table.get(WHERE, f"{what} {number}"))


def _topic(table: Table, where: str, entities: set[str]) -> Topic:
    _no_others(table, TOPIC_FIELDS, where)
    if not set(_text(table, "id", where)) <= ID_FORM:
        raise CatalogueError(f"{where}: id is {table['id']!r}; use a-z, 0-9 and -")
    strangers = [e for e in _texts(table, "entities", where) if e not in entities]
    if strangers:
        raise CatalogueError(f"{where}: entities names {strangers[0]!r}, which entities.toml does not define")
    return Topic(
        topic_id=_text(table, "id", where),
        name_en=_text(table, "name_en", where),
        name_zh=_text(table, "name_zh", where, default=""),
        about=_text(table, "about", where, default=""),
        terms_en=_texts(table, "terms_en", where),
        terms_zh=_texts(table, "terms_zh", where),
        examples=_texts(table, "examples", where),
        entities=_texts(table, "entities", where),
        counter_examples=_texts(table, "counter_examples", where),
        issuers=_some_of(SIDES, table, "issuers", where),
        needs=_some_of(tuple(ANCHORS), table, "needs", where),
    )


def _some_of(known: tuple[str, ...], table: Table, field: str, where: str) -> tuple[str, ...]:
    given = _texts(table, field, where)
    wrong = sorted(set(given) - set(known))
    if wrong:
        raise CatalogueError(f"{where}: {field} names {wrong[0]!r}; use {', '.join(known)}")
    return given


def _entity(table: Table, where: str) -> Entity:
    _no_others(table, ENTITY_FIELDS, where)
    country = _text(table, "country", where, default="")
    if country and not (len(country) == 2 and set(country) <= ID_FORM):
        raise CatalogueError(f"{where}: country is {country!r}; write its code of two small letters, such as us or cn")
    return Entity(
        entity_id=_text(table, "id", where),
        kind=_text(table, "kind", where),
        country=country,
        names_en=_texts(table, "names_en", where),
        names_zh=_texts(table, "names_zh", where),
        short=_texts(table, "short", where),
        parent=_text(table, "parent", where, default=""),
    )


def _measure(table: Table, where: str, topics: set[str]) -> Measure:
    _no_others(table, MEASURE_FIELDS, where)
    chosen = _texts(table, "topics", where)
    unknown = sorted(set(chosen) - topics)
    if unknown:
        raise CatalogueError(f"{where}: topics names {unknown[0]!r}, which topics.toml does not define")
    aliases_zh = _texts(table, "aliases_zh", where)
    keys = table.get("keys", {})
    if not isinstance(keys, Mapping):
        raise CatalogueError(f'{where}: keys is {keys!r}; write lists by scheme, such as keys = {{ fr_doc = ["2025-00636"] }}')
    wrong = sorted(set(keys) - set(KEY_SCHEMES))
    if wrong:
        raise CatalogueError(f"{where}: keys has the scheme {wrong[0]!r}; use one of {', '.join(KEY_SCHEMES)}")
    return Measure(
        matter_id=_text(table, "id", where),
        topics=chosen,
        jurisdiction=_text(table, "jurisdiction", where, default=""),
        actor=_text(table, "actor", where, default=""),
        name_en=_text(table, "name_en", where),
        name_zh=aliases_zh[0] if aliases_zh else "",
        aliases=_texts(table, "aliases_en", where) + aliases_zh,
        keys=tuple((scheme, value) for scheme in KEY_SCHEMES for value in _texts(keys, scheme, where)),
        targets=_texts(table, "targets", where),
        steps=tuple(_step(s, f"{where}, step {n}") for n, s in enumerate(_list_of_tables(table, "step", where, "matter.step"), 1)),
    )


def _step(table: Table, where: str) -> Step:
    _no_others(table, STEP_FIELDS, where)
    kind = _text(table, "kind", where)
    if kind not in KINDS:
        raise CatalogueError(f"{where}: kind is {kind!r}; use one of {', '.join(KINDS)}")
    return Step(
        kind=kind,  # type: ignore[arg-type]  # checked against the Literal just above
        on=_day(_text(table, "date", where), where),
        what=_text(table, "what", where),
        source=_text(table, "source", where, default=""),
        sure=_text(table, "sure", where, default=""),
    )


def _day(text: str, where: str) -> date:
    """Read YYYY-MM-DD, or YYYY-MM as that month's last certain day (its first)."""
    try:
        return date.fromisoformat(text if len(text) == 10 else f"{text}-01")
    except ValueError:
        raise CatalogueError(f"{where}: date is {text!r}; write YYYY-MM-DD or YYYY-MM") from None


def _text(table: Table, field: str, where: str, default: str | None = None) -> str:
    value = table.get(field, default)
    if not isinstance(value, str) or (default is None and not value.strip()):
        raise CatalogueError(f"{where}: {field} must be a text" + ("" if field in table else ", and it is missing"))
    return value


def _texts(table: Table, field: str, where: str) -> tuple[str, ...]:
    value = table.get(field, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise CatalogueError(f"{where}: {field} must be a list of texts")
    if not all(item.strip() for item in value):
        raise CatalogueError(f"{where}: {field} holds an empty text")
    return tuple(value)


def _unique(file: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for identity in ids:
        if identity in seen:
            raise CatalogueError(f"{file}: the id {identity!r} stands twice")
        seen.add(identity)
