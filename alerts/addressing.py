"""Decides who receives what: routes select lines by topic and severity, one delivery per recipient."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from alerts.digesting import week_alert, weekly_id
from alerts.model import Alert, Delivery, Recipient, Route
from alerts.payload import to_json
from alerts.send import delivery_id_of
from alerts.wording import digest_said, title_said


def deliveries(alerts: Sequence[Alert], routes: Sequence[Route], recipients: Sequence[Recipient]) -> tuple[Delivery, ...]:
    """Give the deliveries of the alerts, in the order of alerts, then of recipients; two matching routes make one delivery."""
    found = []
    for alert in alerts:
        for recipient in recipients:
            mine = [r for r in routes if recipient.ref in r.to]
            part = week_for(alert, mine, recipient) if alert.purpose == "weekly" else part_for(alert, mine)
            if part is not None:
                found.append(delivery_of(part, recipient))
    return tuple(found)


def delivery_of(alert: Alert, recipient: Recipient) -> Delivery:
    """Give the pending delivery of one alert to one recipient; the address stays out of it."""
    return Delivery(delivery_id_of(alert.alert_id, recipient), alert.alert_id, recipient.channel, recipient.ref, to_json(alert))


def part_for(alert: Alert, routes: Sequence[Route]) -> Alert | None:
    """Give what the routes let through, None when that is nothing.

    A matter's alert goes whole when one of its topics matches; a digest is cut to the lines that match, its notes go where `digest` is
    routed; health goes where `health` is routed, whatever the topics.
    """
    if alert.purpose == "health":
        return alert if any("health" in r.severities for r in routes) else None
    if alert.purpose != "digest":
        return alert if any("alert" in r.severities and matches(r, alert.topics) for r in routes) else None
    lines = tuple(line for line in alert.lines if any(line.severity in r.severities and matches(r, line.all_topics) for r in routes))
    notes = alert.notes if any("digest" in r.severities for r in routes) else ()
    if not lines and not notes:
        return None
    if lines == alert.lines:
        return replace(alert, notes=notes)
    said = digest_said(alert.night, lines, learning=dict(alert.said).get("key") == "titles.learning")
    move_ids = tuple(sorted(i for line in lines for i in line.move_ids))
    topics = tuple(sorted({t for line in lines for t in line.all_topics}))
    return replace(alert, title=title_said(said), said=said, lines=lines, notes=notes, move_ids=move_ids, topics=topics)


def week_for(alert: Alert, routes: Sequence[Route], recipient: Recipient) -> Alert | None:
    """Give the week's summary cut to the recipient's topics; None when the recipient wants none on this day."""
    if not routes or alert.alert_id != weekly_id(recipient.habits.weekly, alert.night):
        return None
    lines = tuple(line for line in alert.lines if any(matches(r, line.all_topics) for r in routes))
    wanted = {t for r in routes for t in r.topics}
    return alert if "*" in wanted else week_alert(alert.alert_id, lines, sorted(wanted), alert.night)


def matches(route: Route, topics: Iterable[str]) -> bool:
    """Tell whether the route covers one of the topics; '*' covers all, also an alert without a topic."""
    return "*" in route.topics or bool(route.topics & set(topics))
