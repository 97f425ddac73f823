"""The table of verdicts over a folder of corpora: `python -m corpora.run [FOLDER]`, or `make corpora CORPORA=FOLDER`.

The folder has the form of ../shared/corpora (its MANIFEST.md names the sources); a corpus that it lacks is skipped, and said. Exit code 1
when a bar is missed. What lies there is hostile input and is opened only through our own readers.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from corpora import feeds, texts, web
from corpora.rows import Check

SHOWN = 5  # wrong cases of a corpus

CHECKS = (
    Check("feedparser-tests/expect.jsonl", "title, link, id, summary, published, count", 0.99, feeds.feedparser_tests),
    Check("feed-rs-fixtures", "published", 1.0, feeds.feed_rs),
    Check("", "feeds: no exception, each within 1 s", 1.0, feeds.nothing_raises),
    Check("w3c-feedvalidator/expect.jsonl", "an id used twice is two entries", 1.0, feeds.duplicates),
    Check("xml-bombs", "within 1 s, no text of entities", 1.0, feeds.bombs),
    Check("w3c-autodiscovery", "declared feed found", 0.99, web.autodiscovery),
    Check("feedparser-dates/cases.jsonl", "date read, or refused", 1.0, texts.feedparser_dates),
    Check("miniflux/dates_must_parse.jsonl", "a date", 1.0, texts.miniflux_dates),
    Check("htmldate/recorded.jsonl", "no invented date", 1.0, texts.htmldate),
    Check("robots/protego_recorded.jsonl", "same verdict", 1.0, web.robots),
    Check("robots/real", "within 1 s, delay clamped", 1.0, web.real_robots),
    Check("urls/wpt_urltestdata.jsonl", "what browsers refuse is refused", 1.0, web.refused),
    Check("urls/wpt_urltestdata.jsonl", "read alike, or refused by name", 1.0, web.read_alike),
    Check("urls", "canonical form idempotent", 1.0, web.idempotent),
    Check("miniflux/non_public_ip.jsonl", "private refused, public not", 1.0, web.private_addresses),
    Check("naughty-strings/blns.jsonl", "stored and shown unchanged", 1.0, texts.naughty),
)


def table(corpora: Path) -> bool:
    """Print one line a check, the wrong cases below it; tells whether every bar is met."""
    print(f"{'corpus':<34}{'what':<46}{'right':>13}{'share':>9}{'bar':>7}{'s':>7}")
    met = True
    for check in CHECKS:
        name = check.path or "all feeds"
        if not (corpora / check.path).exists():
            print(f"{name:<34}{check.what:<46}  skipped: not in this folder")
            continue
        start = time.process_time()
        found = check.judge(corpora)
        taken, right = time.process_time() - start, f"{found.right}/{found.cases}"
        missed = found.share < check.bar
        met = met and not missed
        print(f"{name:<34}{check.what:<46}{right:>13}{found.share:>9.4f}{check.bar:>7.2f}{taken:>7.1f}{'  BELOW' * missed}")
        for case in found.wrong[:SHOWN]:
            print(f"    wrong: {case.encode('unicode_escape', 'backslashreplace').decode()[:160]}")
    return met


def main(arguments: list[str]) -> int:
    """Judge the folder that is named; one that does not exist is skipped with its reason, so that a machine without corpora can build."""
    folder = Path(arguments[0]) if arguments else Path(__file__).resolve().parents[3] / "shared" / "corpora"
    if not folder.is_dir():
        print(f"corpora: skipped, there is no folder {folder}; name one by CORPORA=FOLDER")
        return 0
    return 0 if table(folder) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
