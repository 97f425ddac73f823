"""Counts the messages that two recipients get on every night of a labelled stream: `python -m gate.messages nov-2026 sep-2026 --out DIR`.

The nights run through the stages of a real one, with the shipped weights, routing and outbox; every message lands in a file below DIR.
"""

from __future__ import annotations

import argparse
import os
import pickle
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from alerts.files import FileSender
from alerts.model import Alert, Delivery, Recipient
from alerts.routing import Routing, parse_routing
from alerts.send import Attempt, Sent
from flows.delivering import settle
from flows.pipeline import Plan, begin, decide_night, record
from flows.replay import baseline_of, reading_of
from flows.settings import Settings
from flows.streams import Stream, load_stream
from flows.tools import Tools
from flows.upkeep import Upkeep
from flows.wiring import open_tools
from storage.store import Store

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("TOPICWATCH_SHARED", ROOT.parent / "shared"))
ROUTING: dict[str, list[dict[str, Any]]] = {
    "recipient": [
        {"ref": "desk", "channel": "file", "address": "desk", "weekly": "monday"},
        {"ref": "counsel", "channel": "file", "address": "counsel", "lang": "zh", "zone": "Asia/Shanghai", "max_per_night": 3},
    ],
    "route": [
        {"topics": ["*"], "severities": ["alert", "watch", "digest", "health"], "to": ["desk"]},
        {"topics": ["cloud-kyc", "chip-export-controls", "entity-listings"], "severities": ["alert"], "to": ["counsel"]},
    ],
}


@dataclass
class Counting:
    """Sends to files and remembers what went to whom on which night."""

    files: FileSender
    sent: list[tuple[date, str, Alert]] = field(default_factory=list)
    night: date = date.min

    def send(self, alert: Alert, recipient: Recipient, delivery: Delivery, attempt: Attempt) -> Sent:
        self.sent.append((self.night, recipient.ref, alert))
        return self.files.send(alert, recipient, delivery, attempt)


def nights_of(stream: Stream, tools: Tools, out: Path) -> Counting:
    """Run the stream's nights one after the other, and deliver each in the morning after it."""
    counting = Counting(FileSender(out))
    settings = replace(tools.settings, home=out)
    routing: Routing = parse_routing(ROUTING, {}, "gate/messages.py")
    seeds = replace(baseline_of(tools.seeds, "seeds", stream.nights[0][0]), routing=routing)
    own = replace(tools, settings=settings, seeds=seeds, store=Store(out), senders={"file": counting})
    for night, articles in stream.nights:
        just_after = datetime.combine(night + timedelta(1), time(2), UTC)
        plan = Plan(night, just_after, "night", (), armed=True)
        started = begin(own, plan)
        heard = reading_of(tuple(articles))
        with own.store.window() as window:
            window.record_source(started.run_seq, heard, None, just_after)
            window.publish_snapshot()
        decided = decide_night(own, started, Upkeep((heard,)))
        record(own, started, (heard,), decided)
        counting.night = night
        settle(own, just_after)
    return counting


def rows(stream: Stream, counting: Counting) -> Iterator[str]:
    """Tell each night's messages in a line, and what they sum up to."""
    refs = [str(r["ref"]) for r in ROUTING["recipient"]]
    for night, _ in stream.nights:
        parts = []
        for ref in refs:
            got = [a for at, to, a in counting.sent if (at, to) == (night, ref)]
            parts.append(f"{ref} {len(got)} ({', '.join(a.purpose for a in got) or 'nothing'})")
        yield f"{night}  " + "; ".join(parts)
    for ref in refs:
        counts = [sum((at, to) == (night, ref) for at, to, _ in counting.sent) for night, _ in stream.nights]
        loud = sum(to == ref and a.purpose not in {"digest", "health"} for _, to, a in counting.sent)
        most, without = max(counts), counts.count(0)
        yield f"{stream.name} {ref}: {sum(counts)} messages, {loud} of them alerts, at most {most} a night, {without} nights without"


def main() -> None:
    """Run the streams that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("streams", nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    for name in chosen.streams:
        out = chosen.out / name
        out.mkdir(parents=True)
        with open_tools(Settings(home=out, seeds=ROOT / "seeds")) as tools:
            stream = load_stream(SHARED / "streams" / name)
            counting = nights_of(stream, tools, out)
        (out / "sent.pickle").write_bytes(pickle.dumps(counting.sent))
        print("\n".join(rows(stream, counting)), flush=True)


if __name__ == "__main__":
    main()
