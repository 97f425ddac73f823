"""Orders what waits for one recipient and folds a flood of it into one digest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from alerts.model import Alert, Delivery, Line
from alerts.schedule import went_as
from alerts.wording import label_of
from extractors.model import h

FOLD_ABOVE = 10  # more messages than this at once are a flood: they become one
PURPOSE_ORDER = ("new", "update", "confirmation", "retraction", "digest", "health")


@dataclass(frozen=True, slots=True)
class Item:
    """One message to one recipient: the deliveries it settles, each with its part, and the alert that is sent for all of them."""

    parts: tuple[tuple[Delivery, Alert], ...]
    alert: Alert

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """The deliveries that this message settles."""
        return tuple(delivery for delivery, _ in self.parts)

    @property
    def unsure(self) -> bool:
        """True when an earlier try may have arrived: its row still says `sending`."""
        return any(d.status == "sending" for d in self.deliveries)


def items_of(waiting: Sequence[tuple[Delivery, Alert]], fold_above: int = FOLD_ABOVE) -> list[Item]:
    """Give one recipient's messages in the order of nights; more than `fold_above` are folded.

    What may have arrived keeps the very message in which it went out: a look-up finds it, and a marked repeat repeats nothing else.
    """
    ordered = sorted(waiting, key=lambda p: (p[1].night, PURPOSE_ORDER.index(p[1].purpose), p[1].alert_id))
    sure = [p for p in ordered if p[0].status != "sending"]
    unsure: dict[str, list[tuple[Delivery, Alert]]] = {}
    for part in ordered:
        if part[0].status == "sending":
            unsure.setdefault(went_as(part[0]) or part[1].alert_id, []).append(part)
    again = [_as_it_went(folded(parts), message_id) for message_id, parts in unsure.items()]
    flood = len(again) + len(sure) > fold_above and bool(sure)
    return again + ([folded(sure)] if flood else [Item((part,), part[1]) for part in sure])


def _as_it_went(item: Item, message_id: str) -> Item:
    return replace(item, alert=replace(item.alert, alert_id=message_id))


def folded(parts: Sequence[tuple[Delivery, Alert]]) -> Item:
    """Fold several alerts into one digest that tells every line and note of them."""
    if len(parts) == 1:
        return Item(tuple(parts), parts[0][1])
    lines = tuple(_marked(line, alert) for _, alert in parts for line in alert.lines)
    notes = tuple(f"{alert.night}: {note}" for _, alert in parts for note in alert.notes)
    nights = sorted({alert.night for _, alert in parts})
    span = nights[0] if len(nights) == 1 else f"{nights[0]} to {nights[-1]}"
    alert = Alert(
        alert_id=h("digest", *sorted(d.delivery_id for d, _ in parts)),
        matter_id="",
        purpose="digest",
        title=f"{span}: {len(parts)} alerts in one message",
        topics=tuple(sorted({t for _, a in parts for t in a.topics})),
        lines=lines,
        move_ids=tuple(sorted({i for _, a in parts for i in a.move_ids})),
        night=nights[-1],
        notes=notes,
    )
    return Item(tuple(parts), alert)


def _marked(line: Line, alert: Alert) -> Line:
    """Let the line say by itself what its alert said: update, confirmed, withdrawn."""
    return replace(line, mark=line.mark or label_of(alert).lower())
