"""The labelled streams that the bench may read: the repository's own, and those of ../shared where readings of them are kept."""

from __future__ import annotations

import argparse
import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.streams import Stream, load_stream
from gate.unseen import Judges, judges_of, read_stream, shipped_parts
from topics.judge import shipped_judge
from topics.model import Catalogue, Reading
from training.labelled import ROOT, SHARED

OWN = ROOT / "tests" / "data"
TRAINED = ROOT / "var" / "training"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A stream with its folder, its readings, and for each night the judge; neither has seen anything of the stream."""

    folder: Path
    stream: Stream
    readings: dict[str, Reading]
    judges: Judges

    @property
    def name(self) -> str:
        """Its folder's name."""
        return self.folder.name


def own(catalogue: Catalogue) -> Iterator[Labelled]:
    """The streams that no weight has seen (tests/data/streams), read as the shipped program reads them."""
    for about in sorted(OWN.glob("streams/*/stream.json")):
        stream = load_stream(about.parent)
        yield Labelled(about.parent, stream, read_stream(stream, catalogue, shipped_parts(stream)), lambda _: shipped_judge())


def kept(trained: Path = TRAINED, shared: Path = SHARED) -> Iterator[Labelled]:
    """The shared streams with kept cross-validated readings (gate.crossval); what this program cannot use is named and left out."""
    options = argparse.Namespace(unjudged=False, shipped=False, weights=trained / "weights")
    for path in sorted(trained.glob("readings/*.pickle")):
        folder = shared / "streams" / path.stem
        if not folder.is_dir():
            continue
        try:
            readings: dict[str, Reading] = pickle.loads(path.read_bytes())
            stream = load_stream(folder)
            yield Labelled(folder, stream, readings, judges_of(path.stem, stream, options))
        except (AttributeError, TypeError, ImportError, OSError, pickle.UnpicklingError) as fault:
            print(f"  {path.stem}: left out ({fault}); python -m gate.crossval makes its readings anew")
