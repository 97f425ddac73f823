"""The delivery flow: sends what is still pending; safe to run at any time, each recipient gets each alert once."""

from __future__ import annotations

from flows.settings import prefect_environment

prefect_environment()

from prefect import flow  # noqa: E402 -- prefect reads its home when it is imported

from alerts.journal import JournalBusy  # noqa: E402
from flows.delivering import counts, settle  # noqa: E402
from flows.wiring import open_tools  # noqa: E402
from storage.errors import Locked  # noqa: E402


@flow(name="deliver", persist_result=False, retries=0)
def deliver() -> dict[str, int]:
    """Send every pending delivery that is due; while another run holds the lock there is nothing to do, as it sends itself."""
    with open_tools() as tools:
        try:
            with tools.store.run_lock():
                return counts(settle(tools, tools.clock()))
        except (Locked, JournalBusy):
            return {}
