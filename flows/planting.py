"""`seed add`: a document becomes a dossier in the user's overlay; its claims and its fingerprint are kept, its text is not."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

from extractors.model import Article, h
from flows.seeding import SeedError
from flows.tools import Tools
from topics.model import Claim, Reading, Sketch
from topics.rules import TOPIC_FLOOR
from topics.seeds import SEED_ID

SURE = 0.5  # claims that the reader holds for less likely than this are left out


def plant(tools: Tools, text: Path, seed_id: str, publisher: str, published: date) -> tuple[Path, int]:
    """Write config/baseline/ID.toml and give its path and number of claims; raises SeedError, also when the id is taken."""
    if not SEED_ID.fullmatch(seed_id):
        raise SeedError(f"--id {seed_id!r}: write seed- followed by small letters, digits and hyphens")
    if any(d.seed_id == seed_id for d in tools.seeds.dossiers):
        raise SeedError(f"--id {seed_id!r} is taken; choose another, such as {seed_id}-2")
    title, body = split(text)
    reading = tools.reader.read(article_of(title, body, seed_id, publisher, published), tools.seeds.catalogue, {})
    claims = [c for c in reading.claims if c.score >= SURE and c.modality == "new"]
    path = tools.settings.overlay / "baseline" / f"{seed_id}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(dossier_lines(reading, claims, seed_id, published)) + "\n", encoding="utf-8")
    return path, len(claims)


def split(text: Path) -> tuple[str, str]:
    """Give the title (the first line that is not empty) and the body; raises SeedError for a file without either."""
    try:
        lines = text.read_text(encoding="utf-8-sig").strip().splitlines()
    except UnicodeDecodeError as error:
        raise SeedError(f"{text}: not UTF-8 at byte {error.start}; save it as UTF-8") from error
    if len(lines) < 2:
        raise SeedError(f"{text}: want the title on the first line and the body below it")
    return lines[0].strip(), "\n".join(lines[1:]).strip()


def article_of(title: str, body: str, seed_id: str, publisher: str, published: date) -> Article:
    """Dress the document as an article, for the reader."""
    at = datetime.combine(published, time.min, UTC)
    chinese = sum("\u4e00" <= c <= "\u9fff" for c in body)
    lang = "zh" if chinese * 4 > len(body) else "en"
    return Article(f"p_{h(seed_id)}", 1, "", publisher, lang, title, body, at, at, precision="day", content_hash=h(title, body))


def dossier_lines(reading: Reading, claims: Iterable[Claim], seed_id: str, published: date) -> Iterator[str]:
    """Write the dossier as TOML, as topics.seeds.build_dossier reads it."""
    article = reading.article
    kept = tuple(claims)
    topics = sorted({*reading.above(TOPIC_FLOOR), *(c.topic for c in kept)})
    for name, value in (("id", seed_id), ("publisher", article.publisher), ("title", article.title), ("lang", article.lang)):
        yield f"{name} = {quoted(value)}"
    yield f"published = {published.isoformat()}"
    yield f"topics = {listed(topics)}"
    for claim in kept:
        yield from ("", "[[claim]]")
        for name, value in (
            ("topic", claim.topic),
            ("kind", claim.kind),
            ("text", claim.quote),
            ("actor", claim.actor),
            ("measure", claim.measure),
        ):
            yield f"{name} = {quoted(value)}"
        for name, values in (("targets", claim.targets), ("numbers", claim.numbers), ("dates", claim.dates)):
            yield f"{name} = {listed(values)}"
        yield f"tense = {quoted(claim.tense)}"
    yield from sketch_lines(reading.sketch)


def sketch_lines(sketch: Sketch) -> Iterator[str]:
    """Write the fingerprint: hashes as 16 hex digits."""
    yield from ("", "[sketch]", f"scheme = {quoted(sketch.scheme)}", f"length = {sketch.length}")
    for name in ("shingles", "bands", "names", "numbers"):
        yield f"{name} = {listed(f'{value:016x}' for value in getattr(sketch, name))}"
    yield f"terms = {listed(f'{key:016x} {weight:g}' for key, weight in sketch.terms)}"


def listed(values: Iterable[str]) -> str:
    """Write a TOML list of texts."""
    return "[" + ", ".join(quoted(v) for v in values) + "]"


def quoted(text: str) -> str:
    """Write a TOML text; JSON's escapes are TOML's, but for the two that TOML lacks."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f").replace("\\/", "/")
