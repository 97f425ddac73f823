"""Orders what waits for one recipient, joins what belongs together, and folds what is too much into one digest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from alerts.model import Alert, Delivery, Line
from alerts.notes import of_night, pairs
from alerts.schedule import went_as
from alerts.wording import label_of, said_of, title_said
from extractors.model import h

FOLD_ABOVE = 10  # more messages than this at once are a flood: they become one
PURPOSE_ORDER = ("new", "update", "confirmation", "correction", "retraction", "digest", "weekly", "health")
JOINED = frozenset({"new", "update", "confirmation"})
Part = tuple[Delivery, Alert]


@dataclass(frozen=True, slots=True)
class Item:
    """One message to one recipient: the deliveries it settles, each with its part, and the alert that is sent for all of them."""

    parts: tuple[Part, ...]
    alert: Alert

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """The deliveries that this message settles."""
        return tuple(delivery for delivery, _ in self.parts)

    @property
    def unsure(self) -> bool:
        """True when an earlier try may have arrived: its row still says `sending`."""
        return any(d.status == "sending" for d in self.deliveries)


@dataclass(frozen=True, slots=True)
class Quota:
    """What a recipient wants of one round: messages left for each night (None: no maximum), one matter's messages as one."""

    left: Callable[[str], int] | None = None
    by_matter: bool = False


def items_of(waiting: Sequence[Part], fold_above: int = FOLD_ABOVE, quota: Quota | None = None) -> list[Item]:
    """Give one recipient's messages in the order of nights.

    With a maximum the first ones of a night stay messages of their own and the rest is one digest "and N more"; without, more than
    `fold_above` at once are one digest. What may have arrived keeps the very message in which it went out: a look-up finds it, and a
    marked repeat repeats nothing else.
    """
    wanted = quota or Quota()
    ordered = sorted(waiting, key=lambda p: (p[1].night, PURPOSE_ORDER.index(p[1].purpose), p[1].alert_id))
    sure = [p for p in ordered if p[0].status != "sending"]
    unsure: dict[str, list[Part]] = {}
    for part in ordered:
        if part[0].status == "sending":
            unsure.setdefault(went_as(part[0]) or part[1].alert_id, []).append(part)
    again = [_as_it_went(remade(parts), message_id) for message_id, parts in unsure.items()]
    if wanted.left is None and sure and len(again) + len(sure) > fold_above:
        return [*again, folded(sure)]
    items = joined(sure) if wanted.by_matter else [Item((part,), part[1]) for part in sure]
    return again + (rationed(items, wanted.left) if wanted.left else items)


def remade(parts: Sequence[Part]) -> Item:
    """Make one message of several deliveries again: about one matter, or a digest."""
    one_matter = len({a.matter_id for _, a in parts}) == 1 and all(a.matter_id and a.purpose in JOINED for _, a in parts)
    return grouped(parts) if one_matter else folded(parts)


def _as_it_went(item: Item, message_id: str) -> Item:
    return replace(item, alert=replace(item.alert, alert_id=message_id))


def joined(ordered: Sequence[Part]) -> list[Item]:
    """Join the messages about one matter into one, at the place of the first."""
    groups: dict[str, list[Part]] = {}
    for delivery, alert in ordered:
        alone = not alert.matter_id or alert.purpose not in JOINED
        groups.setdefault(delivery.delivery_id if alone else f"matter {alert.matter_id}", []).append((delivery, alert))
    return [grouped(group) for group in groups.values()]


def grouped(parts: Sequence[Part]) -> Item:
    """Make one update of several messages about one matter: the last one's id and title, every line."""
    if len(parts) == 1:
        return Item(tuple(parts), parts[0][1])
    last, lines = parts[-1][1], tuple(_marked(line, alert) for _, alert in parts for line in alert.lines)
    more = len(lines) - len(last.lines)
    alert = replace(
        last,
        purpose="new" if any(a.purpose == "new" for _, a in parts) else "update",
        title=f"{last.title} (+{more} more)" if more else last.title,
        topics=tuple(sorted({t for _, a in parts for t in a.topics})),
        lines=lines,
        move_ids=tuple(sorted({i for _, a in parts for i in a.move_ids})),
    )
    return Item(tuple(parts), alert)


def rationed(items: Sequence[Item], left: Callable[[str], int]) -> list[Item]:
    """Keep as many messages of each night as the recipient still wants; the rest of a night is one digest "and N more"."""
    found: list[Item] = []
    for night in dict.fromkeys(item.alert.night for item in items):
        own = [item for item in items if item.alert.night == night]
        room = max(left(night), 0)
        rest = own[room:]
        found += own[:room]
        if rest:
            digest = folded([part for item in rest for part in item.parts])
            said = said_of("rest", night=night, n=len(rest))
            named = replace(digest.alert, title=title_said(said), said=said) if len(rest) > 1 else digest.alert
            found.append(replace(digest, alert=named))
    return found


def folded(parts: Sequence[Part]) -> Item:
    """Fold several alerts into one digest that tells every line and note of them."""
    if len(parts) == 1:
        return Item(tuple(parts), parts[0][1])
    lines = tuple(_marked(line, alert) for _, alert in parts for line in alert.lines)
    noted = [of_night(alert.night, *each) for _, alert in parts for each in pairs(alert.notes, alert.noted)]
    nights = sorted({alert.night for _, alert in parts})
    span = nights[0] if len(nights) == 1 else f"{nights[0]} to {nights[-1]}"
    said = said_of("folded", night=span, n=len(parts))
    alert = Alert(
        alert_id=h("digest", *sorted(d.delivery_id for d, _ in parts)),
        matter_id="",
        purpose="digest",
        title=title_said(said),
        said=said,
        topics=tuple(sorted({t for _, a in parts for t in a.topics})),
        lines=lines,
        move_ids=tuple(sorted({i for _, a in parts for i in a.move_ids})),
        night=nights[-1],
        notes=tuple(words for words, _ in noted),
        noted=tuple(pack for _, pack in noted),
    )
    return Item(tuple(parts), alert)


def _marked(line: Line, alert: Alert) -> Line:
    """Let the line say by itself what its alert said: update, confirmed, withdrawn."""
    return replace(line, mark=line.mark or label_of(alert).lower())
