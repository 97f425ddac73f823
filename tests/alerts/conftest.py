"""Values and stand-ins that the alert tests share; everything in them is invented."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from alerts.addressing import delivery_of
from alerts.model import Alert, Delivery, Line, Recipient, Status
from extractors.model import h
from topics.model import (
    Catalogue,
    Evidence,
    LedgerRow,
    Matter,
    MatterKey,
    Measure,
    Mode,
    Move,
    NightContext,
    NightResult,
    Step,
)

NIGHT = date(2026, 11, 6)
NOW = datetime(2026, 11, 7, 2, 0, tzinfo=UTC)


class MemoryOutbox:
    """A hand-written outbox: rows in memory, and the assertion that no window is open while something is sent."""

    def __init__(self, *rows: Delivery) -> None:
        self.rows = {row.delivery_id: row for row in rows}
        self.open = False
        self.windows = 0
        self.log: list[tuple[str, Status]] = []

    @contextmanager
    def window(self) -> Iterator[MemoryOutbox]:
        assert not self.open
        self.open = True
        self.windows += 1
        try:
            yield self
        finally:
            self.open = False

    def pending_deliveries(self, now: datetime) -> tuple[Delivery, ...]:
        assert self.open
        waiting = [r for r in self.rows.values() if r.status in {"pending", "held", "sending"}]
        return tuple(r for r in waiting if r.next_at is None or r.next_at <= now)

    def set_delivery(
        self, delivery_id: str, status: Status, tries: int, next_at: datetime | None, provider_ref: str, now: datetime
    ) -> None:
        assert self.open
        self.rows[delivery_id] = replace(
            self.rows[delivery_id], status=status, tries=tries, next_at=next_at, provider_ref=provider_ref, updated_at=now
        )
        self.log.append((delivery_id, status))

    def statuses(self) -> list[str]:
        return [row.status for row in self.rows.values()]


@pytest.fixture
def outbox() -> Callable[..., MemoryOutbox]:
    return MemoryOutbox


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def line() -> Callable[..., Line]:
    def make(**changes: Any) -> Line:
        given = Line(
            move_id=h("move", 1), topic="cloud-kyc", kind="adopted", severity="alert", headline="The bureau adopts the rule",
            quote="The Bureau adopts the rule on customer identification.", quote_lang="en", publisher="Harbour Gazette",
            url="https://gazette.example/rule", known_before="2024-01-29 proposed: a draft", others=("Tidewater Post",), official=True,
            confidence=0.97, night="2026-11-06", matter_id="us-rule", measure="Customer identification rule", value="adopted",
            links=(("Tidewater Post", "https://tidewater.example/a"),), urls=("https://gazette.example/rule", "https://tidewater.example/a"),
        )  # fmt: skip
        return replace(given, **changes)

    return make


@pytest.fixture
def alert(line: Callable[..., Line]) -> Callable[..., Alert]:
    def make(number: int = 1, **changes: Any) -> Alert:
        move = h("move", number)
        one = line(move_id=move, value=f"step {number}", matter_id=f"matter-{number}", urls=(f"https://gazette.example/{number}",))
        given = Alert(h("new", move), f"matter-{number}", "new", f"Adopted: rule {number}", ("cloud-kyc",), (one,), (move,), "2026-11-06")
        return replace(given, **changes)

    return make


@pytest.fixture
def waiting(alert: Callable[..., Alert]) -> Callable[..., list[Delivery]]:
    def make(recipient: Recipient, count: int) -> list[Delivery]:
        return [delivery_of(alert(number), recipient) for number in range(1, count + 1)]

    return make


@pytest.fixture
def catalogue() -> Catalogue:
    measure = Measure(
        "us-rule", ("cloud-kyc",), "us", "BIS", "Customer identification rule", "客户识别规则", (), (("rin", "0000-XX00"),),
        steps=(Step("proposed", date(2024, 1, 29), "a draft for comment"), Step("in_force", date(2027, 5, 1), "planned start")),
    )  # fmt: skip
    return Catalogue((), (), (measure,), "digest")


def evidence(publisher: str, quote: str = "It adopts the rule.", **changes: Any) -> Evidence:
    slug = publisher.lower().replace(" ", "-")
    given = Evidence(h(publisher), 1, h("claim", publisher), quote, publisher, f"https://{slug}.example/a", independent=True)
    return replace(given, **changes)


@pytest.fixture
def told_by() -> Callable[..., Evidence]:
    return evidence


@pytest.fixture
def move() -> Callable[..., Move]:
    def make(**changes: Any) -> Move:
        values = {"topic": "cloud-kyc", "matter_id": "us-rule", "kind": "adopted", "value": "adopted", **changes}
        given = Move(
            move_id=h(values["topic"], values["matter_id"], values["kind"], values["value"]), topic="cloud-kyc", matter_id="us-rule",
            kind="adopted", severity="alert", ledger_id=h(values["matter_id"], values["topic"], values["kind"], values["value"]),
            before_id="", before="", value="adopted", confidence=0.9, headline="The bureau adopts its rule",
            evidence=(evidence("Harbour Gazette"), evidence("Tidewater Post")), disposition="raised", night=NIGHT,
        )  # fmt: skip
        return replace(given, **changes)

    return make


@pytest.fixture
def night() -> Callable[..., NightResult]:
    def make(*moves: Move, mode: Mode = "night", **changes: Any) -> NightResult:
        rows = tuple(
            LedgerRow(m.ledger_id, m.matter_id, m.topic, m.kind, m.value, (), None, "press:2", m.evidence[0].claim_id, m.night)
            for m in moves
        )
        given = NightResult(NightContext(NIGHT, 7, mode), (), (), (), (), rows, (), moves)
        return replace(given, **changes)

    return make


@pytest.fixture
def minted() -> tuple[Matter, MatterKey]:
    return Matter("m1", "Port licence order"), MatterKey("docket", "D-1", "m1")


Windows = Callable[[], AbstractContextManager[MemoryOutbox]]
