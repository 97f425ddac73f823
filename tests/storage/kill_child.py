"""A run that goes on for ever, for tests that kill it: each acknowledged window is a line on stdout."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from conftest import Maker  # type: ignore[attr-defined]  # the one beside this file
from storage.store import Store

BATCH = 5


def main() -> None:
    make, store = Maker(), Store(Path(sys.argv[1]))
    number = int(sys.argv[2])
    while True:
        number += BATCH
        articles = [make.article(n, source=f"s{number}") for n in range(number, number + BATCH)]
        with store.run_lock():
            with store.window() as window:
                run = make.begin(window, make.night(1))
                window.record_source(run.run_seq, make.reading(articles, source=f"s{number}"), None, make.now)
                print("W1", number, flush=True)
            with store.window() as window:
                found = window.undecided("night", make.night(1))
                result = make.result(found, run.run_seq, make.night(1))
                alerts = [make.alert(move) for move in result.moves]
                deliveries = [make.delivery(alert) for alert in alerts]
                window.record_night(run.run_seq, result, make.readings(found), alerts, deliveries, "done", {}, make.now)
                print("W2", run.run_seq, flush=True)
                window.publish_snapshot()
            with store.window() as window:
                for delivery in window.pending_deliveries(make.now)[:2]:
                    window.set_delivery(delivery.delivery_id, "sent", 1, None, "x", make.now)
                    print("W3", delivery.delivery_id, flush=True)


if __name__ == "__main__":
    main()
