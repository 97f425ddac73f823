"""When was a source not heard? Pure: from the readings of all runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from storage.model import Gap, RunSource

HEARD = ("ok", "not_modified", "empty")
MAX_QUIET = timedelta(hours=36)  # a nightly run may start some hours late without leaving a gap


def find_gaps(readings: Iterable[RunSource], max_quiet: timedelta = MAX_QUIET) -> tuple[Gap, ...]:
    """The gaps of every source, by source_id and start; readings of skipped sources say nothing either way."""
    told = sorted((r for r in readings if r.outcome != "skipped"), key=lambda r: (r.source_id, r.run_seq))
    return tuple(gap for _, group in groupby(told, key=lambda r: r.source_id) for gap in _of_source(list(group), max_quiet))


def _of_source(readings: Sequence[RunSource], max_quiet: timedelta) -> Iterable[Gap]:
    heard = [reading for reading in readings if reading.outcome in HEARD]
    heard_to: datetime | None = None
    failed: list[RunSource] = []
    for reading in readings:
        if reading.outcome not in HEARD:
            failed.append(reading)
            continue
        since, until = heard_to or _first_failure(failed), _end(reading)
        covered = since is not None and reading.window_from is not None and reading.window_from <= since
        if since is not None and (failed or (until - since > max_quiet and not covered)):
            reason = failed[-1].reason if failed else "no_run"
            yield Gap(reading.source_id, since, until, reason, ended=True, refilled=_is_refilled(since, until, heard))
        heard_to, failed = max(until, heard_to or until), []
    if failed:
        last = failed[-1]
        yield Gap(last.source_id, heard_to or _start(failed[0]), _end(last), last.reason, ended=False, refilled=False)


def _is_refilled(since: datetime, until: datetime, heard: Sequence[RunSource]) -> bool:
    """True when one window, of a night or of a backfill, covers the whole gap."""
    return any(reading.window_from is not None and reading.window_from <= since and _end(reading) >= until for reading in heard)


def _first_failure(failed: Sequence[RunSource]) -> datetime | None:
    return _start(failed[0]) if failed else None


def _start(reading: RunSource) -> datetime:
    return reading.window_from or reading.read_at


def _end(reading: RunSource) -> datetime:
    return reading.window_to or reading.read_at
