"""Writes the Atom feeds: one file per topic below the data directory, from the snapshot, whole or not at all."""

from __future__ import annotations

import re

from alerts.atom import FeedEntry, atom_feed
from alerts.files import write_whole
from extractors.model import h
from flows.tools import Tools

NEWEST = 100  # entries of a feed
TOLD = ("raised", "late", "watch")  # what was learnt or backfilled is no news
PLAIN_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def write_feeds(tools: Tools) -> None:
    """Write out/feeds/TOPIC.atom for every topic; raises OSError."""
    folder = tools.settings.outbox / "feeds"
    folder.mkdir(parents=True, exist_ok=True)
    with tools.store.read() as reads:
        started = {run.run_seq: run.started_at for run in reads.runs()}
        withdrawn = {
            step.row.ledger_id: started[max(seq for what, _, _, seq in step.changes if what == "retracted")]
            for step in reads.ledger()
            if step.retracted
        }
        for topic in tools.seeds.catalogue.topics:
            rows = reads.moves(topic=topic.topic_id, dispositions=TOLD)[-NEWEST:]
            entries = [FeedEntry(row.move, started[row.run_seq], withdrawn.get(row.move.ledger_id)) for row in reversed(rows)]
            write_whole(folder / f"{file_stem(topic.topic_id)}.atom", atom_feed(topic.topic_id, topic.name_en, entries))


def file_stem(topic_id: str) -> str:
    """Name a topic's file; an id that could leave the folder becomes a hash."""
    return topic_id if PLAIN_ID.fullmatch(topic_id) else h(topic_id)
