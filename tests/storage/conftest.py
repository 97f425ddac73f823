"""Values to store: one small world of sources, articles, claims and moves, each field told by its number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from alerts.model import Alert, Delivery, Line
from extractors.model import Article, Cursor, Disposed, Disposition, Entry, Source, SourceReading, h
from storage.model import Run
from storage.store import Store
from storage.window import Window
from topics.model import (
    Catalogue,
    Claim,
    Evidence,
    LedgerRow,
    Matter,
    MatterKey,
    Measure,
    Mode,
    Move,
    MoveDisposition,
    NightContext,
    NightResult,
    Probes,
    Reading,
    Sketch,
    Topic,
    Verdict,
)
from topics.seeds import Dossier

NOW = datetime(2026, 11, 5, 2, 0, tzinfo=UTC)
TOPIC = "chips"


class Maker:
    """Builders of values; every number gives another one."""

    now = NOW
    topic = TOPIC

    def night(self, number: int) -> date:
        return date(2026, 11, 4) + timedelta(days=number)

    def source(self, name: str) -> Source:
        return Source(name, "feed", f"https://{name}.example/feed", f"{name} news")

    def article(
        self, number: int, *, text: str = "", source: str = "alpha", published: datetime | None = NOW, **changes: object
    ) -> Article:
        title, body = f"Title {number}", text or f"The rule number {number} takes effect.\n\nMore of {number}."
        article = Article(
            article_id=f"p_{h(number)}",
            rev=0,
            url=f"https://{source}.example/{number}",
            publisher=f"{source} news",
            lang="en",
            title=title,
            body=body,
            published_at=published,
            first_seen_at=NOW,
            precision="instant" if published else "none",
            family=f"{source} group",
            source_id=source,
            content_hash=h(title, body),
        )
        return replace(article, **changes)  # type: ignore[arg-type]

    def disposed(self, article: Article, disposition: Disposition = "fetched") -> Disposed:
        entry = Entry(h("entry", article.article_id), article.source_id, article.url, article.title, "", article.published_at)
        aliases = ((article.url.removeprefix("https://"), "own"),)
        leads = disposition in {"fetched", "known_page"}
        reason = "" if disposition == "fetched" else "because"
        return Disposed(entry, disposition, reason, article.article_id if leads else "", aliases)

    def reading(self, articles: Sequence[Article], *, source: str = "alpha", **changes: object) -> SourceReading:
        disposed = tuple(self.disposed(article) for article in articles)
        cursor = Cursor(etag=f'"{len(articles)}"', position=str(len(articles)))
        reading = SourceReading(self.source(source), "ok", "", disposed, tuple(articles), cursor)
        return replace(reading, **changes)  # type: ignore[arg-type]

    def sketch(self, number: int, *, bands: Sequence[int] = ()) -> Sketch:
        big = (1 << 64) - 1 - number
        terms = ((number, 0.1 + number / 7), (big, 1 / 3))
        return Sketch("s1", (number, big), tuple(bands) or (1000 + number, big), terms, (number,), (number, number + 1), 2)

    def claim(self, article: Article, *, topic: str = TOPIC, quote: str = "", **changes: object) -> Claim:
        words = quote or article.body.split("\n\n")[0]
        claim = Claim(
            claim_id=h("article", article.article_id, article.rev, topic, "in_force", 0),
            origin="article",
            origin_id=article.article_id,
            rev=article.rev,
            topic=topic,
            kind="in_force",
            actor="bis",
            measure="",
            targets=("nvidia", "amd"),
            numbers=("5 MW",),
            dates=("2026-11-05",),
            modality="new",
            tense="present",
            quote=words,
            quote_start=0,
            matter_keys=(("docket", "BIS-2026:1"),),
            score=0.7,
            reader="builtin",
            reader_version="1",
        )
        return replace(claim, **changes)  # type: ignore[arg-type]

    def seed_claim(self, seed_id: str, number: int, quote: str) -> Claim:
        blank = self.claim(replace(self.article(number), rev=1))
        return replace(blank, claim_id=h("seed", seed_id, number), origin="seed", origin_id=seed_id, quote=quote, matter_keys=())

    def dossier(self, seed_id: str, *, digest: str = "d1", number: int = 900, published: datetime | None = None) -> Dossier:
        claims = (self.seed_claim(seed_id, number, f"seed says {number}"),)
        return Dossier(seed_id, "seed news", f"Seed {seed_id}", published, (TOPIC,), claims, self.sketch(number), digest)

    def catalogue(self, *topics: str) -> Catalogue:
        measure = Measure("m_kyc", (TOPIC,), "US", "bis", "KYC rule", "KYC 规则", (), (("docket", "BIS-2026:9"),))
        named = tuple(Topic(topic, topic, topic, "about") for topic in topics or (TOPIC,))
        return Catalogue(named, (), (measure,), "c1")

    def move(self, article: Article, claim: Claim, number: int, *, night: date, disposition: MoveDisposition = "raised") -> Move:
        matter = f"m_{number}"
        value = f"value {number}"
        evidence = Evidence(article.article_id, article.rev, claim.claim_id, claim.quote, article.publisher, article.url, independent=True)
        return Move(
            move_id=h(claim.topic, matter, "in_force", value),
            topic=claim.topic,
            matter_id=matter,
            kind="in_force",
            severity="alert",
            ledger_id=h(matter, claim.topic, "in_force", value),
            before_id="",
            before="",
            value=value,
            confidence=0.9,
            headline=f"Rule {number} in force",
            evidence=(evidence,),
            disposition=disposition,
            night=night,
        )

    def result(self, articles: Sequence[Article], run_seq: int, night: date, *, mode: Mode = "night") -> NightResult:
        """Every article tells a move of its own, numbered by its title."""
        numbers = [int(article.title.rsplit(" ", 1)[1]) for article in articles]
        claims = [self.claim(article) for article in articles]
        disposition: MoveDisposition = "backfilled" if mode == "backfill" else "raised"
        moves = [self.move(a, c, n, night=night, disposition=disposition) for a, c, n in zip(articles, claims, numbers, strict=True)]
        return NightResult(
            context=NightContext(night, run_seq, mode),
            verdicts=tuple(Verdict(a.article_id, a.rev, "move", "", a.article_id, (TOPIC,), ("new step",)) for a in articles),
            claims=tuple(claims),
            matters=tuple(Matter(move.matter_id, f"Rule {move.matter_id}") for move in moves),
            keys=tuple(MatterKey("name", move.matter_id, move.matter_id) for move in moves),
            ledger=tuple(
                LedgerRow(m.ledger_id, m.matter_id, m.topic, m.kind, m.value, ("x",), night, "press:1", c.claim_id, night)
                for m, c in zip(moves, claims, strict=True)
            ),
            changes=(),
            moves=tuple(moves),
        )

    def readings(self, articles: Sequence[Article]) -> tuple[Reading, ...]:
        return tuple(
            Reading(a, ((TOPIC, 0.9),), (self.claim(a),), self.sketch(int(a.title.rsplit(" ", 1)[1])), "en", reader_version="1")
            for a in articles
        )

    def alert(self, move: Move) -> Alert:
        part = move.evidence[0]
        line = Line(
            move_id=move.move_id,
            topic=move.topic,
            kind=move.kind,
            severity=move.severity,
            headline=move.headline,
            quote=part.quote,
            quote_lang="en",
            publisher=part.publisher,
            url=part.url,
            known_before="",
            others=("beta news",),
            official=False,
            confidence=move.confidence,
            night=move.night.isoformat(),
        )
        return Alert(
            h("new", move.move_id), move.matter_id, "new", move.headline, (move.topic,), (line,), (move.move_id,), move.night.isoformat()
        )

    def delivery(self, alert: Alert) -> Delivery:
        return Delivery(h(alert.alert_id, "file", "desk"), alert.alert_id, "file", "desk", '{"title": "x"}')

    def probes(
        self,
        *,
        bands: Sequence[int] = (),
        topics: Sequence[str] = (TOPIC,),
        keys: Sequence[tuple[str, str]] = (),
        sources: Sequence[str] = (),
    ) -> Probes:
        return Probes(frozenset(bands), frozenset(topics), frozenset(keys), date(2026, 10, 1), frozenset(sources))

    def begin(self, window: Window, night: date, mode: Mode = "night") -> Run:
        return window.begin_run(f"run-{night}", mode, night, NOW, None, None, "cfg", "base", "builtin 1", "0.1.0", NOW)

    def full_night(
        self, window: Window, numbers: Sequence[int], night: date, *, mode: Mode = "night", source: str = "alpha", told: date | None = None
    ) -> Run:
        """Begin, read, decide and end one run whose articles carry these numbers, told at noon of the night unless another day is given."""
        run = self.begin(window, night, mode)
        day = datetime.combine(told or night, time(12), UTC)
        articles = [self.article(number, source=source, published=day) for number in numbers]
        window.record_source(run.run_seq, self.reading(articles, source=source), None, NOW)
        found = window.undecided(mode, night)
        result = self.result(found, run.run_seq, night, mode=mode)
        alerts = [self.alert(move) for move in result.moves]
        window.record_night(
            run.run_seq, result, self.readings(found), alerts, [self.delivery(a) for a in alerts], "done", {"read": len(found)}, NOW
        )
        return run


@pytest.fixture
def make() -> Maker:
    return Maker()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "data", lock_wait_s=5.0)
