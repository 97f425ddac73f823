"""Commands that say something back: alerts mute, snooze, ack, rate. Each drops a file into the inbox; the next window takes it in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli import show
from flows.cli.faults import guarded, refuse
from flows.cli.look import open_reads
from flows.cli.tell import AlertId, When
from flows.cli.when import day, instant

if TYPE_CHECKING:
    from datetime import datetime

    from alerts.control import Action

Until = Annotated[str, typer.Option(help="Ends at the beginning of this day, UTC.", metavar="YYYY-MM-DD")]
For = Annotated[str, typer.Option("--for", help="Only this recipient's messages; default: everybody's.", metavar="REF")]
Why = Annotated[str, typer.Option(help="A note that is kept with it.")]


@guarded
def mute(
    alert: Annotated[str, typer.Argument(help="An alert's id: its matter and all follow-ups. Nothing named: list the silences.")] = "",
    matter: Annotated[str, typer.Option(help="A matter's id.", metavar="ID")] = "",
    topic: Annotated[str, typer.Option(help="A topic's id.", metavar="ID")] = "",
    source: Annotated[str, typer.Option(help="A source's id: what its publisher alone reports.", metavar="ID")] = "",
    publisher: Annotated[str, typer.Option(help="A publisher's name.", metavar="NAME")] = "",
    until: Until = "",
    days: Annotated[int, typer.Option(help="Ends after so many days.", min=1, max=3650)] = 30,
    ref: For = "",
    lift: Annotated[bool, typer.Option("--lift", help="End the silence now.")] = False,
    why: Why = "",
    as_of: When = "",
) -> None:
    """Silence a matter, topic, source or publisher until a day; withdrawals still come. Without arguments: list what is silent."""
    from alerts.control import Action
    from flows.replying import Meant, end_of_silence, silences, target_of, who
    from flows.seeding import load_seeds
    from flows.settings import read_settings

    settings, now = read_settings(), _now(as_of)
    meant = Meant(alert, matter, topic, source, publisher)
    with open_reads() as reads:
        if meant == Meant():
            rows = [
                (a.what, a.scope, a.target, f"{a.until:%Y-%m-%d %H:%M}", a.recipient_ref or "everybody", a.why)
                for a in silences(settings, reads, now)
            ]
            show.table(("", "about", "which", "until", "for", "why"), rows)
            return
        seeds = load_seeds(settings)
        scope, target = target_of(meant, seeds, reads)
    ends = None if lift else end_of_silence(day(until, "--until") if until else None, days, now)
    _drop(Action("lift" if lift else "mute", scope, target, now, ends, who(seeds, ref), "operator", why=why))


@guarded
def snooze(
    alert: AlertId,
    until: Until = "",
    days: Annotated[int, typer.Option(help="Ends after so many days.", min=1, max=3650)] = 7,
    ref: For = "",
    as_of: When = "",
) -> None:
    """Hold what follows on an alert's matter until a day; then it comes."""
    from alerts.control import Action
    from flows.replying import Meant, end_of_silence, target_of, who
    from flows.seeding import load_seeds
    from flows.settings import read_settings

    now, seeds = _now(as_of), load_seeds(read_settings())
    with open_reads() as reads:
        scope, target = target_of(Meant(alert), seeds, reads)
    ends = end_of_silence(day(until, "--until") if until else None, days, now)
    _drop(Action("snooze", scope, target, now, ends, who(seeds, ref), "operator"))


@guarded
def ack(alert: AlertId, ref: For = "", as_of: When = "") -> None:
    """Say that an alert was seen: what of it still waits, or may have arrived, is not sent any more."""
    from alerts.control import Action
    from flows.replying import who
    from flows.seeding import load_seeds
    from flows.settings import read_settings

    _drop(Action("ack", "alert", _whole(alert), _now(as_of), recipient_ref=who(load_seeds(read_settings()), ref), by="operator"))


@guarded
def rate(
    alert: AlertId,
    label: Annotated[str, typer.Argument(help="useful, not-new or wrong-topic.", metavar="LABEL")],
    why: Why = "",
    as_of: When = "",
) -> None:
    """Say what an alert was worth; `topicwatch stats` counts it and exports it as labelled data."""
    from flows.replying import feedback

    _drop(feedback(_whole(alert), label, why, _now(as_of)))


def _whole(alert: str) -> str:
    with open_reads() as reads:
        return reads.find_alert(alert)[0].alert_id


def _drop(action: Action) -> None:
    from alerts.control import ControlError
    from flows.inbox import InboxFull, drop
    from flows.settings import read_settings

    try:
        drop(read_settings().inbox, action)
    except (ControlError, InboxFull) as fault:
        refuse(str(fault))
    ends = f" until {action.until:%Y-%m-%d %H:%M} UTC" if action.until else ""
    about = f" for {action.recipient_ref}" if action.recipient_ref else ""
    typer.echo(
        show.clean(f"{action.label or action.what}: {action.scope} {action.target}{about}{ends}; the next night or delivery takes it in")
    )


def _now(as_of: str) -> datetime:
    from flows.tools import now

    return instant(as_of) if as_of else now()
