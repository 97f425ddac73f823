"""Reads seeds/ and the user's overlay into values; an error names the file, the table and the mend."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from alerts.dressing import Rate, RatesError, parse_rates
from alerts.routing import Routing, RoutingError, parse_routing
from extractors.model import Source, h
from extractors.source_fields import settings_fault
from flows.settings import Settings
from topics.catalogue import CatalogueError, build_catalogue, overlay
from topics.model import Catalogue
from topics.seeds import Dossier, build_dossier

Table = Mapping[str, Any]
ID_FORM = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
KEY_NAME = re.compile(r"[A-Z][A-Z0-9_]{2,60}")
SOURCE_FIELDS = {f.name for f in fields(Source)} - {"source_id"} | {"id", "params"}
# How storage writes the baseline; another word makes every home write it anew. 2: measures' numbers in the spelling that is asked for.
BASELINE_FORM = "2"


class SeedError(ValueError):
    """A file of seeds/ or of the overlay that cannot be used."""


@dataclass(frozen=True, slots=True)
class Seeds:
    """All that a user edits, read and checked, as one value."""

    sources: tuple[Source, ...]
    catalogue: Catalogue
    dossiers: tuple[Dossier, ...]
    routing: Routing
    digest: str  # of the baseline: dossiers and catalogue
    rates: Mapping[str, Rate] = field(default_factory=dict)  # measured, by topic

    @property
    def enabled(self) -> tuple[Source, ...]:
        """The sources that a night reads."""
        return tuple(s for s in self.sources if s.enabled)


def load_seeds(settings: Settings) -> Seeds:
    """Read seeds/ with the overlay on top.

    Raises SeedError; nothing is fetched before everything was read.
    """
    folder, own = settings.seeds, settings.overlay
    catalogue = load_catalogue(folder, own)
    dossiers = load_dossiers(folder / "baseline", own / "baseline")
    return Seeds(
        sources=load_sources(folder, own),
        catalogue=catalogue,
        dossiers=dossiers,
        routing=load_routing(settings, {t.topic_id for t in catalogue.topics}),
        digest=h(BASELINE_FORM, catalogue.digest, *(d.digest for d in dossiers)),
        rates={**load_rates(folder / "rates.toml"), **load_rates(own / "rates.toml")},
    )


def load_rates(path: Path) -> dict[str, Rate]:
    """Read how often alerts were wrong and moves missed, by topic; raises SeedError."""
    try:
        return parse_rates(read_table(path), str(path))
    except RatesError as error:
        raise SeedError(str(error)) from error


def load_catalogue(folder: Path, own: Path) -> Catalogue:
    """Read topics.toml, entities.toml and matters.toml; raises SeedError."""
    kinds = {"topics": "topic", "entities": "entity", "matters": "matter"}
    try:
        tables = {
            stem: overlay(read_table(folder / f"{stem}.toml"), read_table(own / f"{stem}.toml"), kind, str(own / f"{stem}.toml"))
            for stem, kind in kinds.items()
        }
        return build_catalogue(tables["topics"], tables["entities"], tables["matters"])
    except CatalogueError as error:
        raise SeedError(str(error) if str(error).startswith(str(own)) else f"{folder}: {error}") from error


def load_dossiers(*folders: Path) -> tuple[Dossier, ...]:
    """Read every dossier of the folders, by seed id; a later folder overrides; raises SeedError."""
    found: dict[str, Dossier] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.toml")):
            try:
                dossier = build_dossier(read_table(path), str(path))
            except (KeyError, TypeError, ValueError) as error:
                raise SeedError(f"{path}: {error}") from error
            found[dossier.seed_id] = dossier
    return tuple(found[i] for i in sorted(found))


def load_sources(folder: Path, own: Path) -> tuple[Source, ...]:
    """Read sources.toml with the user's on top, in file order; raises SeedError."""
    try:
        table = overlay(read_table(folder / "sources.toml"), read_table(own / "sources.toml"), "source")
    except CatalogueError as error:
        raise SeedError(f"{own / 'sources.toml'}: {error}") from error
    return tuple(_source(t, f"sources.toml, source {t['id']!r}") for t in table["source"])


def load_routing(settings: Settings, topics: Collection[str]) -> Routing:
    """Read routing.toml of the overlay, else of seeds/; without either, alerts go to files; raises SeedError."""
    path = next((p for p in (settings.overlay / "routing.toml", settings.seeds / "routing.toml") if p.is_file()), None)
    if path is None:
        return Routing()
    try:
        return parse_routing(read_table(path), settings.secrets, str(path), topics=topics, text=path.read_text(encoding="utf-8-sig"))
    except RoutingError as error:
        raise SeedError(str(error)) from error


def read_table(path: Path) -> dict[str, Any]:
    """Read one TOML file, {} when it does not exist; raises SeedError with line and column."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SeedError(f"{path}: not valid TOML: {error}") from error


def _source(table: Table, where: str) -> Source:
    unknown = sorted(set(table) - SOURCE_FIELDS)
    if unknown:
        raise SeedError(f"{where}: unknown field {unknown[0]!r}; a source has {', '.join(sorted(SOURCE_FIELDS))}")
    if not table["id"] or set(table["id"]) - ID_FORM:
        raise SeedError(f"{where}: id may hold a-z, 0-9 and - only")
    values = {k: v for k, v in table.items() if k not in {"id", "params"}}
    for needed in ("kind", "url", "publisher"):
        if not isinstance(values.get(needed), str) or not values[needed]:
            raise SeedError(f"{where}: {needed} is missing")
    for number in ("cadence_hours", "full_every"):
        if type(values.get(number, 1)) is not int or values.get(number, 1) < 1:
            raise SeedError(f"{where}: {number} is {values[number]!r}; want a whole number from 1 on")
    params = table.get("params", {})
    if not isinstance(params, Mapping):
        raise SeedError(f"{where}: params must be a table")
    source = Source(source_id=table["id"], params=tuple((k, str(v)) for k, v in params.items()), **values)
    if source.key_env and not KEY_NAME.fullmatch(source.key_env):
        raise SeedError(f"{where}: key_env must name an environment variable such as TOPICWATCH_CONGRESS_KEY, and never hold the key")
    if source.key_env and not source.url.startswith("https://"):
        raise SeedError(f"{where}: url must begin with https://, as a key is sent there")
    if source.enabled and (fault := settings_fault(source)):  # a source that is off may wait for its params
        raise SeedError(f"{where}: {fault}")
    return source
