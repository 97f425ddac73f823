"""What a monitor asks: the last run, sources, deliveries, alerts, feedback and the inbox, in Prometheus' text format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from flows.inbox import refused, waiting
from flows.settings import version
from storage.reads import Reads

Samples = Iterable[tuple[Mapping[str, str], float]]


def metrics(reads: Reads, inbox: Path) -> str:
    """Write all of them; what is counted over all time is a counter, the rest a gauge."""
    runs, sources = reads.runs(limit=1), reads.sources()
    lines = [
        *family("topicwatch_build_info", "gauge", "The program's version.", [({"version": version()}, 1)]),
        *family(
            "topicwatch_last_run_timestamp_seconds", "gauge", "When the last run began.",
            [({"mode": run.mode, "outcome": run.outcome or "killed"}, run.started_at.timestamp()) for run in runs],
        ),
        *family("topicwatch_last_run_sequence", "gauge", "The last run's number.", [({}, run.run_seq) for run in runs]),
        *family(
            "topicwatch_source_failures", "gauge", "Failures in a row of a source.",
            [({"source": row.source_id}, row.failures) for row in sources],
        ),
        *family(
            "topicwatch_source_read_timestamp_seconds", "gauge", "When a source was read last.",
            [({"source": row.source_id}, row.last.read_at.timestamp()) for row in sources if row.last],
        ),
        *counted(
            "topicwatch_deliveries", "gauge", "Deliveries by channel and status.", ("channel", "status"),
            [(d.channel, d.status) for d in reads.deliveries()],
        ),
        *counted("topicwatch_alerts_total", "counter", "Alerts composed.", ("purpose",), [(a.purpose,) for a in reads.alerts()]),
        *counted(
            "topicwatch_moves_total", "counter", "Moves found.", ("topic", "disposition"),
            [(row.move.topic, row.move.disposition) for row in reads.moves()],
        ),
        *counted("topicwatch_feedback_total", "counter", "What readers said.", ("label",), [(f.label,) for f in reads.feedback()]),
        *family("topicwatch_inbox_files", "gauge", "Files that wait to be taken in.", [({}, len(waiting(inbox)))]),
        *family("topicwatch_inbox_refused_files", "gauge", "Files that were set aside.", [({}, len(refused(inbox)))]),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def counted(name: str, kind: str, text: str, labels: tuple[str, ...], values: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Write how often each combination of labels occurs."""
    return family(name, kind, text, [(dict(zip(labels, key, strict=True)), n) for key, n in sorted(Counter(values).items())])


def family(name: str, kind: str, text: str, samples: Samples) -> Iterator[str]:
    """Write one metric with its samples."""
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} {kind}"
    for labels, value in samples:
        inner = ",".join(f'{key}="{_escaped(found)}"' for key, found in labels.items())
        yield f"{name}{{{inner}}} {value:.15g}" if inner else f"{name} {value:.15g}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
