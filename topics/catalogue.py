"""The catalogue of topics, entities and measures, built from parsed TOML tables; every error names the table and the field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, get_args

from extractors.model import h
from topics.model import Catalogue, Entity, Kind, Measure, Step, Topic

Table = Mapping[str, Any]
KINDS: tuple[str, ...] = get_args(Kind)
KEY_SCHEMES = ("fr_doc", "docket", "rin", "bill", "cfr", "eo", "cn_notice", "case")


class CatalogueError(ValueError):
    """A table of seeds/ or of the overlay that cannot be used; the message names table, field and mend."""


def build_catalogue(topics: Table, entities: Table, matters: Table) -> Catalogue:
    """Build the catalogue from the parsed files topics.toml, entities.toml and matters.toml; raises CatalogueError."""
    known_topics = tuple(_topic(t, f"topics.toml, topic {n}") for n, t in enumerate(topics.get("topic", ()), 1))
    known_entities = tuple(_entity(t, f"entities.toml, entity {n}") for n, t in enumerate(entities.get("entity", ()), 1))
    ids = {t.topic_id for t in known_topics}
    measures = tuple(_measure(t, f"matters.toml, matter {n}", ids) for n, t in enumerate(matters.get("matter", ()), 1))
    _unique("topics.toml", [t.topic_id for t in known_topics])
    _unique("entities.toml", [e.entity_id for e in known_entities])
    _unique("matters.toml", [m.matter_id for m in measures])
    digest = h(*(repr(item) for group in (known_topics, known_entities, measures) for item in group))
    return Catalogue(known_topics, known_entities, measures, digest)


def overlay(base: Table, changes: Table, kind: str) -> dict[str, Any]:
    """Lay a user's tables over ours: the same id replaces the fields that it names, a new id is added at the end."""
    merged = {table["id"]: dict(table) for table in base.get(kind, ())}
    for number, table in enumerate(changes.get(kind, ()), 1):
        identity = _text(table, "id", f"overlay, {kind} {number}")
        merged[identity] = {**merged.get(identity, {}), **table}
    return {**base, kind: list(merged.values())}


def _topic(table: Table, where: str) -> Topic:
    return Topic(
        topic_id=_text(table, "id", where),
        name_en=_text(table, "name_en", where),
        name_zh=_text(table, "name_zh", where, default=""),
        about=_text(table, "about", where, default=""),
        terms_en=_texts(table, "terms_en", where),
        terms_zh=_texts(table, "terms_zh", where),
        examples=_texts(table, "examples", where),
        entities=_texts(table, "entities", where),
    )


def _entity(table: Table, where: str) -> Entity:
    return Entity(
        entity_id=_text(table, "id", where),
        kind=_text(table, "kind", where),
        country=_text(table, "country", where, default=""),
        names_en=_texts(table, "names_en", where),
        names_zh=_texts(table, "names_zh", where),
        short=_texts(table, "short", where),
        parent=_text(table, "parent", where, default=""),
    )


def _measure(table: Table, where: str, topics: set[str]) -> Measure:
    chosen = _texts(table, "topics", where)
    unknown = sorted(set(chosen) - topics)
    if unknown:
        raise CatalogueError(f"{where}: topics names {unknown[0]!r}, which topics.toml does not define")
    aliases_zh = _texts(table, "aliases_zh", where)
    keys = table.get("keys", {})
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
        steps=tuple(_step(s, f"{where}, step {n}") for n, s in enumerate(table.get("step", ()), 1)),
    )


def _step(table: Table, where: str) -> Step:
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
    return tuple(value)


def _unique(file: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for identity in ids:
        if identity in seen:
            raise CatalogueError(f"{file}: the id {identity!r} stands twice")
        seen.add(identity)
