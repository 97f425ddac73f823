"""The passage models of every fold: each leaves out what it will be measured on, or what a combiner will be fitted on."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from topics.linear import Linear
from topics.mentions import Gazetteer
from topics.model import Catalogue
from training.fit import fit_acts, fit_topics
from training.labelled import REAL, SELF_WRITTEN, WRITTEN, Lead, Stream, leads, stream
from training.rows import Row, act_rows, off_topic_rows, prepare, stream_rows, topic_rows

KEEP_TOPICS, KEEP_ACTS = 40_000, 60_000
NEGATIVES = 3_500  # real off-topic items of each real stream, drawn with a fixed seed
CHOOSING = "real-0"  # the fold whose features those of self-written streams share
BLOCK = 20  # leads are split in blocks: a step and its twins stand beside each other


@dataclass
class Fold:
    """Models and what they have not seen: "real-0" or "real-1" (half of the real nights, and all self-written streams), "leads-0" or
    "leads-1" (half of the leads, and all self-written streams), "written-0" or "written-1" (half of the repository's own streams, and all
    self-written ones), one or two self-written streams as "nov-2026+mar-2027", or "" for the models that ship."""

    unseen: str
    topics: Linear
    acts: Linear


def _left_out(unseen: str) -> tuple[str, ...]:
    """The self-written streams that a fold is named after."""
    return tuple(name for name in unseen.split("+") if name in SELF_WRITTEN)


def half_of(nights: Sequence[str], half: int) -> set[str]:
    """Every other night, so that both halves see every month."""
    return set(nights[half::2])


def written_half(name: str) -> int:
    """0 or 1: which half of the repository's own streams this one belongs to."""
    return WRITTEN.index(name) % 2


def lead_half(lead: Lead) -> int:
    """0 or 1: which half of the leads this one belongs to."""
    family, number = lead.lead_id.split("-")[:2]
    return int(hashlib.blake2b(f"{family}{int(number) // BLOCK}".encode(), digest_size=2).hexdigest(), 16) % 2


class Trainer:
    """Holds the rows of all labelled data once; fits the models of a fold, kept in a cache folder between runs."""

    def __init__(self, catalogue: Catalogue, cache: Path) -> None:
        self.catalogue, self.cache = catalogue, cache
        self.gazetteer = Gazetteer(catalogue)
        self.leads = leads()
        self.streams: dict[str, Stream] = {name: stream(name) for name in (*SELF_WRITTEN, *WRITTEN, *REAL)}
        self._topics = [t.topic_id for t in catalogue.topics]
        self._lead_rows: dict[int, tuple[list[Row], list[Row]]] = {}
        self._stream_rows: dict[str, tuple[list[Row], list[Row]]] = {}
        self._negatives: dict[tuple[str, int], tuple[list[Row], list[Row]]] = {}

    def fold(self, unseen: str) -> Fold:
        """Fit or fetch the models that have not seen this part."""
        path = self.cache / f"fold-{unseen or 'all'}.pickle"
        if path.exists():
            return Fold(unseen, *pickle.loads(path.read_bytes()))
        about, act = self._rows(unseen)
        # Which features count is asked once for all folds of self-written streams, of data without them: that saves most of a fit.
        chosen = self.fold(CHOOSING) if _left_out(unseen) else None
        topics = fit_topics(about, self._topics, KEEP_TOPICS, names=tuple(chosen.topics.vocabulary) if chosen else ())
        acts = fit_acts(act, KEEP_ACTS, names=tuple(chosen.acts.vocabulary) if chosen else ())
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps((topics, acts)))
        return Fold(unseen, topics, acts)

    def _rows(self, unseen: str) -> tuple[list[Row], list[Row]]:
        parts = [self._leads(half) for half in (0, 1) if unseen != f"leads-{half}"]
        # What is measured on a self-written stream must owe nothing to it: a fold holds them only where it names those that it leaves out.
        left_out = _left_out(unseen)
        parts += [self._stream(name) for name in SELF_WRITTEN if not unseen or (left_out and name not in left_out)]
        parts += [self._stream(name) for name in WRITTEN if unseen != f"written-{written_half(name)}"]
        parts += [self._negative(name, half) for name in REAL for half in (0, 1) if unseen != f"real-{half}"]
        return [r for about, _ in parts for r in about], [r for _, act in parts for r in act]

    def _leads(self, half: int) -> tuple[list[Row], list[Row]]:
        if half not in self._lead_rows:
            prepared = prepare([lead for lead in self.leads if lead_half(lead) == half], self.gazetteer)
            self._lead_rows[half] = topic_rows(prepared), act_rows(prepared)
        return self._lead_rows[half]

    def _stream(self, name: str) -> tuple[list[Row], list[Row]]:
        if name not in self._stream_rows:
            self._stream_rows[name] = stream_rows(self.streams[name], self.gazetteer)
        return self._stream_rows[name]

    def _negative(self, name: str, half: int) -> tuple[list[Row], list[Row]]:
        if (name, half) not in self._negatives:
            nights = half_of(self.streams[name].nights, half)
            self._negatives[(name, half)] = off_topic_rows(self.streams[name], self.gazetteer, nights, NEGATIVES)
        return self._negatives[(name, half)]
