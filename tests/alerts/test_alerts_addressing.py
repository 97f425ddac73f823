"""deliveries(): who receives what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from alerts.addressing import deliveries
from alerts.compose import health
from alerts.model import Alert, Line, Recipient, Route
from alerts.payload import from_json
from extractors.model import h

ANA = Recipient("ana", "smtp", "ana@reader.example")
ROOM = Recipient("room", "slack", "https://hooks.example/services/s3cr3t")


def route(topics: str, severities: str, *to: str) -> Route:
    return Route(frozenset(topics.split()), frozenset(severities.split()), to)


def test_two_matching_routes_make_one_delivery(alert: Callable[..., Alert]) -> None:
    routes = (route("cloud-kyc", "alert", "ana"), route("*", "alert watch", "ana", "room"))
    going = deliveries([alert()], routes, [ANA, ROOM])
    assert [(d.recipient_ref, d.channel, d.status) for d in going] == [("ana", "smtp", "pending"), ("room", "slack", "pending")]
    assert going[0].delivery_id == h(alert().alert_id, "smtp", "ana")


def test_topics_and_severities_decide(alert: Callable[..., Alert]) -> None:
    assert deliveries([alert()], [route("model-weights", "alert", "ana")], [ANA]) == ()
    assert deliveries([alert()], [route("*", "watch digest", "ana")], [ANA]) == ()


def test_a_digest_is_cut_to_what_a_recipient_watches(alert: Callable[..., Alert], line: Callable[..., Line]) -> None:
    lines = (line(severity="watch"), line(severity="watch", topic="model-weights", move_id=h("m2")))
    both = (line().move_id, h("m2"))
    digest = alert(purpose="digest", matter_id="", title="2026-11-06: 2 signals to watch", lines=lines, move_ids=both, notes=("63 heard",))
    routes = [route("model-weights", "watch", "ana"), route("cloud-kyc", "digest", "room")]
    ana, room = (from_json(d.payload) for d in deliveries([digest], routes, [ANA, ROOM]))
    assert (ana.move_ids, ana.notes, ana.title) == ((h("m2"),), (), "2026-11-06: 1 to watch")
    assert (room.lines, room.notes, room.title) == ((), ("63 heard",), "2026-11-06: nothing moved")


def test_health_goes_to_those_who_want_it() -> None:
    blind = health("2026-11-06", "blind", ["no source heard"])
    going = deliveries([blind], [route("cloud-kyc", "health", "ana"), route("*", "alert", "room")], [ANA, ROOM])
    assert [d.recipient_ref for d in going] == ["ana"]


def test_a_payload_carries_the_alert_and_no_address(alert: Callable[..., Alert]) -> None:
    given = alert(title="Zeile\n\x00 \ud800 中文")
    payload = deliveries([given], [route("*", "alert", "ana", "room")], [ANA, ROOM])[1].payload
    assert from_json(payload) == replace(given, title=given.title.replace("\ud800", "\ufffd"))
    assert "s3cr3t" not in payload
    assert "s3cr3t" not in repr(ROOM)
