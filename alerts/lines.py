"""Turns moves, confirmations and retractions into the lines that an alert is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from alerts.model import Line
from alerts.plain import cut_quote
from alerts.wording import CONFIRMED, KIND_ORDER, LATE, WITHDRAWN, applies_on, known_before, language_of, measure_name, title_of
from extractors.model import Article, h
from topics.model import Catalogue, Claim, Evidence, Known, LedgerRow, Measure, Move, NightResult


@dataclass(frozen=True, slots=True)
class Facts:
    """What the lines of a night are written from."""

    result: NightResult
    catalogue: Catalogue
    known: Known
    articles: Mapping[str, Article] = field(default_factory=dict)

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


def move_id_of(row: LedgerRow) -> str:
    """Give the id of the move that filled the ledger row (SCHEMA.md, table move)."""
    return h(row.topic, row.matter_id, row.kind, row.value)


def lines_of(moves: Iterable[Move], facts: Facts) -> tuple[tuple[Line, str], ...]:
    """Write one (line, title) per matter, kind and value, in the order of severity, kind, then id; topics of the same step share a line."""
    groups: dict[tuple[str, str, str], list[Move]] = {}
    for move in sorted(moves, key=lambda m: (m.severity, KIND_ORDER.index(m.kind), m.topic, m.move_id)):
        groups.setdefault((move.matter_id, move.kind, move.value), []).append(move)
    return tuple(line_of(group, facts) for group in groups.values())


def line_of(moves: list[Move], facts: Facts) -> tuple[Line, str]:
    """Write the line and the title of one step that one or more topics saw."""
    first = moves[0]
    evidence = ordered(e for m in moves for e in m.evidence)
    lead = next((e for e in evidence if e.quote), evidence[0] if evidence else None)
    quote, cut = cut_quote(lead.quote if lead else "")
    others = independent(evidence, lead)
    measure = facts.measure(first.matter_id)
    # A minted matter is named by the words of one sentence: the headline says more.
    title = title_of(first.kind, measure.name_en if measure else "", first.headline, applies_on(first, facts.result.ledger))
    line = Line(
        move_id=first.move_id, topic=first.topic, kind=first.kind, severity=first.severity, headline=first.headline or title,
        quote=quote, quote_cut=cut, quote_lang=language_of(quote), publisher=lead.publisher if lead else "", url=lead.url if lead else "",
        known_before=known_before(first, measure), others=tuple(e.publisher for e in others),
        official=any(e.official for e in evidence), confidence=max(m.confidence for m in moves), night=first.night.isoformat(),
        mark=LATE if first.disposition == "late" else "", matter_id=first.matter_id, measure=facts.name(first.matter_id),
        keys=facts.keys(first.matter_id),
        value=first.value, also=tuple(m.move_id for m in moves[1:]), topics=tuple(sorted({m.topic for m in moves})),
        links=tuple((e.publisher, e.url) for e in others), urls=tuple(sorted({e.url for e in evidence if e.url})),
    )  # fmt: skip
    return line, title


def ordered(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Put official texts first, then independent ones, each article once, otherwise in the order given."""
    once: dict[tuple[str, int], Evidence] = {}
    for e in evidence:
        once.setdefault((e.article_id, e.rev), e)
    return sorted(once.values(), key=lambda e: (not e.official, not e.independent))


def independent(evidence: Iterable[Evidence], lead: Evidence | None) -> list[Evidence]:
    """Keep one article of every independent publisher but the lead's, by publisher."""
    found: dict[str, Evidence] = {}
    for e in evidence:
        if e.independent and lead is not None and e.publisher != lead.publisher:
            found.setdefault(e.publisher, e)
    return [found[name] for name in sorted(found)]


def confirmation_line(row: LedgerRow, claim_id: str, facts: Facts) -> Line:
    """Write the line that says an official text now states a step that the press told first."""
    return _later_line(row, facts.claim(claim_id), facts, CONFIRMED, official=True)


def retraction_line(row: LedgerRow, by: str, facts: Facts) -> Line:
    """Write the line that takes a told step back."""
    return _later_line(row, facts.claim(by), facts, WITHDRAWN, official=row.support == "official")


def _later_line(row: LedgerRow, claim: Claim | None, facts: Facts, mark: str, *, official: bool) -> Line:
    name = facts.name(row.matter_id)
    article = facts.articles.get(claim.origin_id) if claim else None
    quote, cut = cut_quote(claim.quote if claim else "")
    return Line(
        move_id=move_id_of(row), topic=row.topic, kind=row.kind, severity="alert", headline=title_of(row.kind, name, row.value),
        quote=quote, quote_cut=cut, quote_lang=language_of(quote), publisher=article.publisher if article else "",
        url=article.url if article else "", known_before=f"told as of {row.night.isoformat()}", others=(), official=official,
        confidence=claim.score if claim else 1.0, night=facts.night, mark=mark, matter_id=row.matter_id, measure=name,
        keys=facts.keys(row.matter_id), value=row.value, topics=(row.topic,), urls=(article.url,) if article else (),
    )  # fmt: skip
