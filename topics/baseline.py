"""What is known before the first night as ledger rows and claims: the dossiers' claims, and the dated steps of real measures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Protocol

from extractors.model import h
from topics import values
from topics.claims import ClaimMaker
from topics.mentions import Gazetteer
from topics.model import Catalogue, Claim, Known, KnownDocument, LedgerRow, Measure, Sketch, Step
from topics.numbers import normal

# A dossier whose publication day is not known was still told before every night.
UNDATED = date(1970, 1, 1)


class Dossier(Protocol):
    """What the baseline needs of topics.seeds.Dossier."""

    @property
    def seed_id(self) -> str: ...  # noqa: D102
    @property
    def publisher(self) -> str: ...  # noqa: D102
    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def published_at(self) -> datetime | None: ...  # noqa: D102
    @property
    def topics(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def claims(self) -> tuple[Claim, ...]: ...  # noqa: D102
    @property
    def sketch(self) -> Sketch: ...  # noqa: D102


def baseline(dossiers: Sequence[Dossier], catalogue: Catalogue) -> tuple[tuple[LedgerRow, ...], tuple[Claim, ...]]:
    """Ledger rows and the claims behind them; a dossier's are told by a seed only and so cover nothing official."""
    maker = ClaimMaker(catalogue, Gazetteer(catalogue))
    steps = [_step(measure, step, topic, maker) for measure in catalogue.measures for step in measure.steps for topic in measure.topics]
    told = [(_seed_row(claim, _day(dossier)), claim) for dossier in dossiers for claim in dossier.claims]
    pairs = {row.ledger_id: (row, claim) for row, claim in (*told, *steps)}
    chosen = [pairs[ledger_id] for ledger_id in sorted(pairs)]
    return tuple(row for row, _ in chosen), tuple(claim for _, claim in chosen)


def known_baseline(dossiers: Sequence[Dossier], catalogue: Catalogue) -> Known:
    """The same as a slice of what is known, for replays in memory."""
    rows, claims = baseline(dossiers, catalogue)
    documents = tuple(
        KnownDocument(d.seed_id, 1, "seed", d.publisher, "", _day(d) if d.published_at else None, d.topics, d.seed_id, d.sketch, d.title)
        for d in sorted(dossiers, key=lambda d: d.seed_id)
    )
    return Known(documents=documents, claims=tuple(sorted(claims, key=lambda c: c.claim_id)), ledger=rows)


def _seed_row(claim: Claim, night: date) -> LedgerRow:
    matter = claim.measure or h(claim.actor, claim.topic, *sorted(claim.targets))
    value = " ".join(sorted((*claim.numbers, *claim.dates))) or claim.quote
    return LedgerRow(
        h(matter, claim.topic, claim.kind, value),
        matter,
        claim.topic,
        claim.kind,
        value,
        claim.targets,
        None,
        "seed",
        claim.claim_id,
        night,
    )


def _step(measure: Measure, step: Step, topic: str, maker: ClaimMaker) -> tuple[LedgerRow, Claim]:
    """One dated step on one of its measure's topics."""
    text = f"{step.what} ({measure.name_en})"
    value = f"{step.on.isoformat()} {step.what}"
    ledger_id = h(measure.matter_id, topic, step.kind, value)
    official = step.source.startswith("FR ") or "federalregister.gov" in step.source or "govinfo.gov" in step.source
    claim = Claim(
        claim_id=h("catalogue", measure.matter_id, topic, step.kind, value), origin="catalogue", origin_id=measure.matter_id, rev=1,
        topic=topic, kind=step.kind, actor=_actor(measure, maker), measure=measure.matter_id,
        targets=tuple(dict.fromkeys((*maker.entities(text), *_ids(measure.targets, maker)))),
        numbers=tuple(sorted(values.figures(step.what))), dates=(step.on.isoformat(),), modality="new", tense="past", quote=step.what,
        quote_start=0, matter_keys=tuple((scheme, normal(scheme, value)) for scheme, value in measure.keys), reader="catalogue",
        reader_version=step.sure,
    )  # fmt: skip
    support = "official" if official else "press:1"
    row = LedgerRow(ledger_id, measure.matter_id, topic, step.kind, value, claim.targets, step.on, support, claim.claim_id, step.on)
    return row, claim


def _actor(measure: Measure, maker: ClaimMaker) -> str:
    return next(iter(maker.entities(measure.actor)), measure.actor.lower())


def _ids(names: Iterable[str], maker: ClaimMaker) -> list[str]:
    return [entity for name in names for entity in maker.entities(name)]


def _day(dossier: Dossier) -> date:
    return dossier.published_at.astimezone(UTC).date() if dossier.published_at else UNDATED
