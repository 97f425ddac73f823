"""Whether an entry's own words leave room for a topic: a wide net, asked before the page of a general source is fetched."""

from __future__ import annotations

import re
from functools import lru_cache

from topics.mentions import Gazetteer
from topics.model import Catalogue
from topics.resources import doors

# Classes that a topic is about; places, lawmakers and the like stand in every newspaper.
ABOUT = frozenset({"china", "ai", "chip", "cloud", "list", "weights", "material", "soe", "cnagency"})
_WORD = re.compile(r"[a-z0-9]+")


@lru_cache(maxsize=2)
def doors_of(catalogue: Catalogue) -> Doors:
    """The doors of a catalogue, built once for all readings of a run."""
    return Doors(catalogue)


class Doors:
    """Opens for every text that names an entity, a term or a measure of the catalogue, or speaks of rules, limits, courts or delays.

    Made for recall: `python -m gate.doors` measures how many of the articles that tell a move it lets in, a floor keeps it above .99.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._names = Gazetteer(catalogue)
        listed = [word.lower() for _, line in doors() for word in line.split("|")]
        latin = [word for word in listed if word.isascii()]
        self._words = frozenset(word for word in latin if _WORD.fullmatch(word))
        self._stems = tuple(word.removesuffix("*") for word in latin if word.endswith("*"))
        self._phrases = tuple(" ".join(_WORD.findall(word)) for word in latin if not _WORD.fullmatch(word.removesuffix("*")))
        self._chinese = tuple(word for word in listed if not word.isascii())

    def open_for(self, title: str, summary: str) -> bool:
        """Tell whether the page behind these words is worth fetching; no words at all say nothing against it."""
        text = f"{title}\n{summary}"
        if not text.strip() or self._speaks(text.lower()) or self._names.subjects(text):
            return True
        return any(mention.entity_id or mention.word_class in ABOUT for mention in self._names.find(text))

    def _speaks(self, text: str) -> bool:
        """Tell whether a word of doors.tsv stands in a text in lower case."""
        words = _WORD.findall(text)
        if not self._words.isdisjoint(words) or any(word.startswith(self._stems) for word in words):
            return True
        line = f" {' '.join(words)} "
        return any(f" {phrase} " in line for phrase in self._phrases) or any(word in text for word in self._chinese)
