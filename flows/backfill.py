"""The backfill flow: reads past days of sources that keep them; fills the ledger, alerts nothing, and can be resumed."""

from __future__ import annotations

from datetime import date
from typing import Any

from flows.settings import prefect_environment

prefect_environment()

from prefect import flow  # noqa: E402 -- prefect reads its home when it is imported

from flows.artifacts import publish  # noqa: E402
from flows.nightly import as_task  # noqa: E402
from flows.past import run_backfill  # noqa: E402
from flows.summary import as_json  # noqa: E402
from flows.wiring import open_tools  # noqa: E402


@flow(name="backfill", flow_run_name="backfill {since} to {until}", persist_result=False, retries=0)
def backfill(since: date, until: date, sources: list[str] | None = None) -> list[dict[str, Any]]:
    """Read the days from `since` to `until`, both included, of the named sources (all when none is named)."""
    with open_tools() as tools:
        days = run_backfill(tools, since, until, tuple(sources or ()), as_task)
    for summary in days[-1:]:
        publish(summary)
    return [as_json(summary) for summary in days]
