"""Count the document frequencies of topics/weights/df.tsv: python tests/training/make_df.py [SHARED].

Read are the labelled leads and the Federal Register stream (public domain). The self-written streams stay out, so that figures measured on
them are honest. Deterministic: the same input gives the same bytes.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from topics.terms import terms_of
from topics.words import HAN, STOP, fold, stem, tokens

ROOT = Path(__file__).resolve().parents[2]
FLOOR = 3  # documents; a rarer term is left out and counts as seen once


def texts(shared: Path) -> Iterator[str]:
    """Title and body of every text that is counted, in file order."""
    for path in [*sorted((shared / "reader" / "leads").glob("*.jsonl")), shared / "streams" / "fr-dev" / "articles.jsonl"]:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield f"{row['title']} . {row['body']}"


def main() -> None:
    """Write topics/weights/df.tsv: a line with the number of documents, then one line per frequency with its terms in order."""
    shared = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(os.environ.get("TOPICWATCH_SHARED", ROOT.parent / "shared"))
    documents, counts = 0, Counter[str]()
    for text in texts(shared):
        documents += 1
        words = tokens(fold(text))
        counts.update({*terms_of(words), *(stem(word) for word in words if word not in STOP and word[0].isalpha() and not HAN.match(word))})
    rows: defaultdict[int, list[str]] = defaultdict(list)
    for term, count in counts.items():
        if count >= FLOOR:
            rows[count].append(term)
    lines = [f"documents\t{documents}", *(f"{count}\t{' '.join(sorted(rows[count]))}" for count in sorted(rows))]
    (ROOT / "topics" / "weights" / "df.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
