"""The delivery flow: sends what is still pending; safe to run at any time, each recipient gets each alert once."""

from __future__ import annotations

from flows.settings import prefect_environment

prefect_environment()

from typing import Any  # noqa: E402

from prefect import flow  # noqa: E402 -- prefect reads its home when it is imported
from prefect.client.schemas.objects import State  # noqa: E402
from prefect.states import Failed  # noqa: E402

from alerts.journal import JournalBusy  # noqa: E402
from flows.delivering import counts, deliver_due, failure_lines  # noqa: E402
from flows.wiring import open_tools  # noqa: E402
from storage.errors import Locked  # noqa: E402


@flow(name="deliver", persist_result=False, retries=0)
def deliver() -> State[Any] | dict[str, int]:
    """Send every pending delivery that is due; while another run holds the lock there is nothing to do, as it sends itself.

    A delivery that is dead now makes a failed run, beside the message on another channel.
    """
    with open_tools() as tools:
        try:
            report = deliver_due(tools, tools.clock())
        except (Locked, JournalBusy):
            return {}
    if report.lost:
        return Failed(message="; ".join((f"{report.lost} deliveries are dead", *failure_lines(report))))
    return counts(report)
