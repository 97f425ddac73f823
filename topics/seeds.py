"""Dossiers: what a seed document told, in our own words, and its fingerprint; the document's text itself stays out of the repository."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, cast, get_args

from extractors.model import h
from topics.model import Claim, Kind, Modality, Sketch

Table = Mapping[str, Any]
SEED_ID = re.compile(r"seed-[a-z\d][a-z\d-]{0,40}")
REV = 1
_TENSES = ("past", "present", "future", "")
_HEX = re.compile(r"[\da-f]{16}")


class DossierError(ValueError):
    """A dossier that cannot be used; the message names the file, the table and the field."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Background that the document tells without any step of a measure; it never enters the ledger."""

    topic: str
    text: str
    sure: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """One seed document as topicwatch knows it."""

    seed_id: str
    publisher: str
    title: str
    published_at: datetime | None
    topics: tuple[str, ...]
    claims: tuple[Claim, ...]
    sketch: Sketch
    digest: str  # h over everything above
    lang: str = "en"
    facts: tuple[Fact, ...] = ()


def build_dossier(table: Table, where: str) -> Dossier:
    """Build a dossier from a parsed TOML file (seeds/baseline/*.toml); where names it in errors; raises DossierError.

    A [[claim]] with a kind becomes a Claim of origin "seed" whose quote is our own wording; one without is a Fact.
    """
    seed_id = _text(table, "id", where)
    if not SEED_ID.fullmatch(seed_id):
        raise DossierError(f"{where}: id is {seed_id!r}; write seed- followed by small letters, digits and hyphens")
    topics = _texts(table, "topics", where)
    claims: list[Claim] = []
    facts: list[Fact] = []
    for number, row in enumerate(_tables(table, "claim", where), 1):
        place = f"{where}, claim {number}"
        if _text(row, "topic", place) not in topics:
            raise DossierError(f"{place}: topic {row['topic']!r} is not among the topics of the dossier")
        if "kind" in row:
            claims.append(_claim(row, seed_id, number, place))
        else:
            facts.append(Fact(row["topic"], _text(row, "text", place), _text(row, "sure", place, "seed")))
    sketch = _sketch(table.get("sketch"), f"{where}, sketch")
    publisher, title, lang = _text(table, "publisher", where), _text(table, "title", where), _text(table, "lang", where, "en")
    published_at = _day(table.get("published"), f"{where}: published")
    digest = h(seed_id, publisher, title, str(published_at), lang, *topics, repr(claims), repr(facts), repr(sketch))
    return Dossier(seed_id, publisher, title, published_at, topics, tuple(claims), sketch, digest, lang, tuple(facts))


def _claim(row: Table, seed_id: str, number: int, where: str) -> Claim:
    kind = _choice(row, "kind", get_args(Kind), where)
    text, topic = _text(row, "text", where), _text(row, "topic", where)
    return Claim(
        claim_id=h("seed", seed_id, REV, topic, kind, number),
        origin="seed",
        origin_id=seed_id,
        rev=REV,
        topic=topic,
        kind=cast("Kind", kind),
        actor=_text(row, "actor", where, ""),
        measure=_text(row, "measure", where, ""),
        targets=_texts(row, "targets", where),
        numbers=_texts(row, "numbers", where),
        dates=_dates(row, where),
        modality=cast("Modality", _choice(row, "modality", get_args(Modality), where, "new")),
        tense=cast("Any", _choice(row, "tense", _TENSES, where, "past")),
        quote=text,
        quote_start=0,
        position=number - 1,
        reader="dossier",
        reader_version=_text(row, "sure", where, "seed"),
    )


def _sketch(table: object, where: str) -> Sketch:
    if not isinstance(table, Mapping):
        raise DossierError(f"{where}: missing; run tests/training/make_dossier.py on the document's text")
    terms = [entry.partition(" ") for entry in _texts(table, "terms", where)]
    try:
        weighed = tuple(sorted((_hash(key, where), float(weight)) for key, _, weight in terms))
    except ValueError as error:
        raise DossierError(f"{where}: terms holds an entry that is not 16 hex digits and a weight: {error}") from error
    shingles = _hashes(table, "shingles", where)
    length = table.get("length")
    if not isinstance(length, int) or length < len(shingles):
        raise DossierError(f"{where}: length is {length!r}; it counts the shingles before sampling, at least {len(shingles)}")
    return Sketch(
        _text(table, "scheme", where), shingles, _hashes(table, "bands", where), weighed,
        _hashes(table, "names", where), _hashes(table, "numbers", where), length,
    )  # fmt: skip


def _hashes(table: Table, field: str, where: str) -> tuple[int, ...]:
    return tuple(sorted(_hash(value, f"{where}: {field}") for value in _texts(table, field, where)))


def _hash(value: str, where: str) -> int:
    if not _HEX.fullmatch(value):
        raise DossierError(f"{where}: {value!r} is not a hash of 16 hex digits")
    return int(value, 16)


def _day(value: object, where: str) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, datetime) or not isinstance(value, date):
        raise DossierError(f"{where}: {value!r} is not a day; write 2026-07-31 without quotes, or leave it out when it cannot be known")
    return datetime.combine(value, time(), UTC)


def _text(table: Table, field: str, where: str, default: str | None = None) -> str:
    value = table.get(field, default)
    if not isinstance(value, str) or (default is None and not value.strip()):
        raise DossierError(f"{where}: {field} is {value!r}; it must be a text" + ("" if default is not None else " that is not empty"))
    return value


def _texts(table: Table, field: str, where: str) -> tuple[str, ...]:
    value = table.get(field, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise DossierError(f"{where}: {field} must be a list of texts")
    return tuple(value)


def _dates(table: Table, where: str) -> tuple[str, ...]:
    """Days as they are compared later; a year or a month, which is no day, is kept as it stands."""
    dates = _texts(table, "dates", where)
    for text in dates:
        try:
            _ = len(text) == 10 and date.fromisoformat(text)
        except ValueError:
            raise DossierError(f"{where}: dates holds {text!r}; write 2026-07-31") from None
    return dates


def _tables(table: Table, field: str, where: str) -> Sequence[Table]:
    value = table.get(field, [])
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise DossierError(f"{where}: {field} must be written as [[{field}]] tables")
    return value


def _choice(table: Table, field: str, choices: Sequence[str], where: str, default: str | None = None) -> str:
    value = _text(table, field, where, default)
    if value not in choices:
        raise DossierError(f"{where}: {field} is {value!r}; use one of {', '.join(c or repr(c) for c in choices)}")
    return value
