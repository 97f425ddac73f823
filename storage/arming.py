"""Cold start: which sources and topics were decided for the first time, so that from the next night on their moves alert."""

from __future__ import annotations

from storage import bulk
from storage.model import Run, RunOutcome


def arm(con: bulk.Connection, run: Run, outcome: RunOutcome) -> None:
    """Arm, once and for good, every topic and every fully read source that this learn or night run decided.

    A night counts too: what an unarmed source or topic moved in it was learnt, not alerted. A run that heard nothing arms nothing. A source
    whose whole list was read and held no entry (outcome empty) has nothing to learn from: whatever it lists later is new.
    """
    if run.mode not in {"learn", "night"} or outcome not in {"done", "partial"}:
        return
    con.execute("UPDATE topic SET armed_run_seq = ? WHERE armed_run_seq IS NULL AND run_seq <= ?", [run.run_seq, run.run_seq])
    con.execute(
        """UPDATE source SET armed_run_seq = ? WHERE armed_run_seq IS NULL AND source_id IN (
            SELECT source_id FROM run_source WHERE run_seq = ? AND outcome IN ('ok', 'not_modified', 'empty')
            EXCEPT SELECT source_id FROM entry WHERE disposition = 'queued'
            EXCEPT SELECT r.source_id FROM revision r JOIN run USING (run_seq) ANTI JOIN verdict v USING (article_id, rev)
                WHERE run.mode <> 'backfill')""",
        [run.run_seq, run.run_seq],
    )
