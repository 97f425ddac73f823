"""The nightly flow: the one composition of pipeline.py, each stage a Prefect task. An entry file: no types, nothing that a pool pickles."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flows.settings import prefect_environment

prefect_environment()

from prefect import flow, get_run_logger, task  # noqa: E402 -- prefect reads its home when it is imported
from prefect.cache_policies import NO_CACHE  # noqa: E402
from prefect.client.orchestration import get_client  # noqa: E402
from prefect.client.schemas.objects import State  # noqa: E402
from prefect.settings import PREFECT_API_URL  # noqa: E402
from prefect.states import Failed  # noqa: E402

from flows import embedded, page  # noqa: E402
from flows.artifacts import publish  # noqa: E402
from flows.pipeline import Plan, run_night  # noqa: E402
from flows.summary import EXIT_OF, Exit, Summary, as_json  # noqa: E402
from flows.tools import Tools  # noqa: E402
from flows.wiring import open_tools, plan_night  # noqa: E402


def as_task(name: str, work: Callable[[], Any]) -> Any:
    """Run one stage as a coarse task: never cached, never persisted, never retried (a retry could send twice)."""
    return task(name=name, cache_policy=NO_CACHE, persist_result=False, retries=0)(work)()


def shown(summary: Summary) -> State[Any] | dict[str, Any]:
    """Publish the run's artifacts and give what the flow returns: a blind or failed night is a failed run, without a stack trace."""
    try:
        publish(summary)
    except Exception as fault:  # whatever ails Prefect: the night is recorded and told
        get_run_logger().warning("the run's artifacts were not published: %s", type(fault).__name__)
    if EXIT_OF[summary.outcome] in {Exit.BLIND, Exit.FAILURE}:
        return Failed(message=f"{summary.outcome}: " + "; ".join(summary.notes))
    return as_json(summary)


@flow(name="nightly", persist_result=False, retries=0)
def nightly(as_of: datetime | None = None, force: bool = False) -> State[Any] | dict[str, Any]:
    """Watch one night; `as_of` simulates a day, `force` reads sources that are not due, too."""
    with open_tools() as tools:
        summary = run_night(tools, plan_night(tools, as_of, force=force), as_task)
        page.write(tools.settings.outbox / "summary.html", (summary,))
        return shown(summary)


def attended(tools: Tools, plan: Plan) -> Summary:
    """Run the nightly flow around tools that the command line has opened, and give its summary, blind or not.

    A Prefect API that goes away costs the night nothing, as its stages run here: only Prefect's pages miss its end, which the summary says.
    Raises what ended the night early.
    """
    kept: list[Summary] = []
    early: list[BaseException] = []

    @flow(name="nightly", persist_result=False, retries=0)
    def body() -> State[Any] | dict[str, Any]:
        try:
            kept.append(run_night(tools, plan, as_task))
        except BaseException as fault:
            early.append(fault)
            raise
        return shown(kept[0])

    hush()
    try:
        ended = body(return_state=True)
    except Exception as fault:
        if early:
            raise early[0] from None
        summary = kept[0] if kept else run_night(tools, plan)  # it went before the flow began
        gone = (
            f"the Prefect API {where()} went away ({type(fault).__name__}): its pages do not show how this run ended, nothing else is lost"
        )
        return replace(summary, notes=(*summary.notes, gone))
    if not kept:
        ended.result()  # raises what ended the run early
    return kept[0]


def hush() -> None:
    """Leave what Prefect logs to its pages: the terminal has the summary, and one line for what ended a night early."""
    for name in ("prefect.flow_runs", "prefect.task_runs"):
        logging.getLogger(name).propagate = False
    for name in ("prefect.events.clients", "EventsWorker"):  # say every seven seconds that an API which went away is away
        logging.getLogger(name).setLevel(logging.ERROR)
    logging.raiseExceptions = False  # so does the handler that sends logs there


def no_answer() -> str:
    """Say where and why no Prefect API answers, '' when one does; starts the embedded server when none is configured."""
    url = PREFECT_API_URL.value() or ""
    if not url:
        embedded.guard()
    try:
        with get_client(sync_client=True) as client:
            fault = client.api_healthcheck()
    except (OSError, RuntimeError, ValueError) as error:
        fault = error
    return "" if fault is None else f"{where()} ({type(fault).__name__})"


def where() -> str:
    """Say which Prefect API is meant; a user and password in its address are nobody's business."""
    url = PREFECT_API_URL.value() or ""
    return f"at PREFECT_API_URL, {urlsplit(url).netloc.rpartition('@')[2] or 'no address'}" if url else "as embedded server"
