"""Turns moves, confirmations and retractions into the lines that an alert is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from alerts.deadlines import applies_from, comments_until
from alerts.model import Line
from alerts.plain import cut_quote
from alerts.wording import (
    BACKFILLED,
    CONFIRMED,
    KIND_ORDER,
    LATE,
    STEP_KINDS,
    applies_on,
    known_before,
    language_of,
    measure_name,
    title_of_line,
)
from extractors.model import Article, h
from topics.model import Catalogue, Claim, Evidence, Known, KnownDocument, LedgerRow, Measure, Move, NightResult

APPLYING = frozenset({"adopted", "in_force", "company_action"})  # kinds whose day ahead may be the one from which they apply


@dataclass(frozen=True, slots=True)
class Facts:
    """What the lines of a night are written from."""

    result: NightResult
    catalogue: Catalogue
    known: Known
    articles: Mapping[tuple[str, int], Article] = field(default_factory=dict)  # tonight's, by (article_id, rev)

    @property
    def night(self) -> str:
        """The night as an ISO day."""
        return self.result.context.night.isoformat()

    def name(self, matter_id: str) -> str:
        """Give the matter's name, '' when it has none."""
        minted = [(m.matter_id, m.name_en) for m in (*self.known.matters, *self.result.matters)]
        return measure_name(matter_id, self.catalogue, minted)

    def measure(self, matter_id: str) -> Measure | None:
        """Give the catalogue's measure of that id."""
        return next((m for m in self.catalogue.measures if m.matter_id == matter_id), None)

    def actor(self, measure: Measure | None, ledger_id: str, kind: str) -> tuple[str, str]:
        """Give who takes the step, in English and Chinese: of a measure's step its actor, else the claim's known entity."""
        measure = measure if kind in STEP_KINDS else None
        row = self.row(ledger_id)
        claim = self.claim(row.claim_id) if row and measure is None else None
        name = measure.actor if measure else claim.actor if claim else ""
        entity = next((e for e in self.catalogue.entities if name and name in {e.entity_id, *e.names_en, *e.short}), None)
        if entity is None:
            return (name, name) if measure else ("", "")
        english = name if measure else (*entity.names_en, entity.entity_id)[0]
        return english, entity.names_zh[0] if entity.names_zh else english

    def origin(self, ledger_id: str) -> tuple[str, str]:
        """Give who told a known step first, and the ISO day; ('', '') when that is not known."""
        row = self.row(ledger_id) if ledger_id else None
        claim = self.claim(row.claim_id) if row else None
        if row is None:
            return "", ""
        document = next((d for d in self.known.documents if claim and _told_in(claim, d)), None)
        return (document.publisher, (document.night or row.night).isoformat()) if document else ("", row.night.isoformat())

    def family(self, evidence: Evidence) -> str:
        """Give the publisher's family, the publisher where it has none: what counts as one voice."""
        article = self.articles.get((evidence.article_id, evidence.rev))
        return (article.family if article else "") or evidence.publisher

    def corrected(self, by: str) -> Article | None:
        """Find the text that took a step back, from a change's 'article_id:rev'; None for what no text of tonight did."""
        return next((article for (article_id, rev), article in self.articles.items() if by == f"{article_id}:{rev}"), None)

    def keys(self, matter_id: str) -> tuple[str, ...]:
        """Give every name and number by which the matter is met again, sorted."""
        measure = self.measure(matter_id)
        listed = set(measure.keys) if measure else set()
        learnt = {(k.scheme, k.value) for k in (*self.known.keys, *self.result.keys) if k.matter_id == matter_id}
        return tuple(sorted(f"{scheme}:{value}" for scheme, value in listed | learnt))

    def row(self, wanted: str) -> LedgerRow | None:
        """Find a ledger row by its own id or by the id of its move."""
        rows = (*self.result.ledger, *self.known.ledger)
        return next((r for r in rows if wanted in {r.ledger_id, move_id_of(r)}), None)

    def claim(self, claim_id: str) -> Claim | None:
        """Find a claim of this night, else a known one."""
        return next((c for c in (*self.result.claims, *self.known.claims) if c.claim_id == claim_id), None)


def _told_in(claim: Claim, document: KnownDocument) -> bool:
    """Whether a claim stands in this revision; those of a seed's editions all say 1."""
    return document.doc_id == claim.origin_id and (document.origin == "seed" or document.rev == claim.rev)


def move_id_of(row: LedgerRow) -> str:
    """Give the id of the move that filled the ledger row (SCHEMA.md, table move)."""
    return h(row.topic, row.matter_id, row.kind, row.value)


def lines_of(moves: Iterable[Move], facts: Facts) -> tuple[Line, ...]:
    """Write one line per matter, kind and value, in the order of severity, kind, then id; topics of the same step share a line."""
    groups: dict[tuple[str, str, str], list[Move]] = {}
    for move in sorted(moves, key=lambda m: (m.severity, KIND_ORDER.index(m.kind), m.topic, m.move_id)):
        groups.setdefault((move.matter_id, move.kind, move.value), []).append(move)
    return tuple(line_of(group, facts) for group in groups.values())


def line_of(moves: list[Move], facts: Facts) -> Line:
    """Write the line of one step that one or more topics saw."""
    first = moves[0]
    evidence = ordered(e for m in moves for e in m.evidence)
    lead = next((e for e in evidence if e.quote), evidence[0] if evidence else None)
    quote, cut = cut_quote(lead.quote if lead else "")
    others = independent(evidence, lead, facts)
    measure = facts.measure(first.matter_id)
    article = facts.articles.get((lead.article_id, lead.rev)) if lead else None
    ahead = applies_on(first, facts.result.ledger)
    asked = f"{quote}\n\n{article.body if article else ''}" if first.kind in {"proposed", "extended"} else ""
    comments = comments_until(asked, first.night)
    ahead = None if ahead == comments else ahead
    applies = bool(ahead) and first.kind in APPLYING and applies_from(lead.quote if lead else "")
    known_by, known_on = facts.origin(first.before_id)
    line = Line(
        move_id=first.move_id, topic=first.topic, kind=first.kind, severity=first.severity, headline=first.headline,
        quote=quote, quote_cut=cut, quote_lang=language_of(quote), publisher=lead.publisher if lead else "", url=lead.url if lead else "",
        known_before=known_before(first, measure), others=tuple(e.publisher for e in others),
        official=any(e.official for e in evidence), confidence=max(m.confidence for m in moves), night=first.night.isoformat(),
        mark=LATE if first.disposition == "late" else BACKFILLED if first.disposition == "backfilled" else "",
        matter_id=first.matter_id, measure=facts.name(first.matter_id), keys=facts.keys(first.matter_id),
        value=first.value, also=tuple(m.move_id for m in moves[1:]), topics=tuple(sorted({m.topic for m in moves})),
        links=tuple((e.publisher, e.url) for e in others), urls=tuple(sorted({e.url for e in evidence if e.url})),
        who=facts.actor(measure, first.ledger_id, first.kind), measure_zh=measure.name_zh if measure else "",
        catalogued=measure is not None, headline_lang=language_of(first.headline),
        told_at=article.published_at.isoformat() if article and article.published_at else "",
        known_by=known_by if first.before else "", known_on=known_on if first.before else "",
        applies_on=ahead.isoformat() if ahead and applies else "", day_named=ahead.isoformat() if ahead and not applies else "",
        comments_until=comments.isoformat() if comments else "",
        text_kind=article.text_kind if article else "full", reading=article.confidence if article else 1.0,
    )  # fmt: skip
    return line if line.headline else replace(line, headline=title_of_line(line))


def ordered(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Put official texts first, then independent ones, each article once, otherwise in the order given."""
    once: dict[tuple[str, int], Evidence] = {}
    for e in evidence:
        once.setdefault((e.article_id, e.rev), e)
    return sorted(once.values(), key=lambda e: (not e.official, not e.independent))


def independent(evidence: Iterable[Evidence], lead: Evidence | None, facts: Facts) -> list[Evidence]:
    """Keep one article of every independent family of publishers but the lead's, by publisher."""
    found: dict[str, Evidence] = {}
    for e in evidence:
        if e.independent and lead is not None and facts.family(e) != facts.family(lead):
            found.setdefault(facts.family(e), e)
    return sorted(found.values(), key=lambda e: e.publisher)


def confirmation_line(row: LedgerRow, claim_id: str, facts: Facts) -> Line:
    """Write the line that says an official text now states a step that the press told first."""
    return _later_line(row, facts.claim(claim_id), facts, CONFIRMED, official=True)


def taken_back_line(row: LedgerRow, by: str, facts: Facts, mark: str) -> Line:
    """Write the line of a told step that a text took back, when the words that told it are lost."""
    line = _later_line(row, None, facts, mark, official=row.support == "official")
    article = facts.corrected(by)
    return replace(line, publisher=article.publisher, url=article.url) if article else line


def _later_line(row: LedgerRow, claim: Claim | None, facts: Facts, mark: str, *, official: bool) -> Line:
    name, measure = facts.name(row.matter_id), facts.measure(row.matter_id)
    article = facts.articles.get((claim.origin_id, claim.rev)) if claim else None
    quote, cut = cut_quote(claim.quote if claim else "")
    line = Line(
        move_id=move_id_of(row), topic=row.topic, kind=row.kind, severity="alert", headline=name or row.value,
        quote=quote, quote_cut=cut, quote_lang=language_of(quote), publisher=article.publisher if article else "",
        url=article.url if article else "", known_before=f"told as of {row.night.isoformat()}", others=(), official=official,
        confidence=claim.score if claim else 1.0, night=facts.night, mark=mark, matter_id=row.matter_id, measure=name,
        keys=facts.keys(row.matter_id), value=row.value, topics=(row.topic,), urls=(article.url,) if article else (),
        who=facts.actor(measure, row.ledger_id, row.kind), measure_zh=measure.name_zh if measure else "", catalogued=measure is not None,
        headline_lang=language_of(name or row.value),
        told_at=article.published_at.isoformat() if article and article.published_at else "",
        day_named=row.applies_on.isoformat() if row.applies_on and row.applies_on.isoformat() > facts.night else "",
        text_kind=article.text_kind if article else "full", reading=article.confidence if article else 1.0,
    )  # fmt: skip
    return replace(line, headline=title_of_line(line))
