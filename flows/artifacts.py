"""Shows a run in Prefect's own pages: one Markdown artifact with the summary, one table with the sources."""

from __future__ import annotations

from flows.settings import prefect_environment

prefect_environment()

from prefect.artifacts import create_markdown_artifact, create_table_artifact  # noqa: E402 -- prefect reads its home when imported

from flows.summary import Summary, lines  # noqa: E402

ESCAPES = str.maketrans({c: f"\\{c}" for c in "\\`*_{}[]<>#|!"})


def publish(summary: Summary) -> None:
    """Write the run's artifacts; titles come from the web, so their Markdown is escaped."""
    alerts = [f"- {alert.title.translate(ESCAPES)}" for alert in summary.alerts]
    text = "\n".join(
        [f"## Night {summary.night}", *(f"- {line.translate(ESCAPES)}" for line in lines(summary)), "", "### Alerts", *(alerts or ["none"])]
    )
    create_markdown_artifact(text, key=f"{summary.mode}-summary", description=f"run {summary.run_seq}")
    rows = [{"source": s.source_id, "outcome": s.outcome, "reason": s.reason, "entries": s.entries, "new": s.new} for s in summary.sources]
    if rows:
        create_table_artifact(rows, key=f"{summary.mode}-sources", description=f"run {summary.run_seq}")
