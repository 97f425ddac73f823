"""Whether an entry's own words leave room for a topic: a wide net, asked before the page of a general source is fetched."""

from __future__ import annotations

import re

from topics.mentions import Gazetteer
from topics.model import Catalogue
from topics.resources import doors

# Classes that a topic is about; places, lawmakers and the like stand in every newspaper.
ABOUT = frozenset({"china", "ai", "chip", "cloud", "list", "weights", "material", "soe", "cnagency"})
_HAN = re.compile(r"[㐀-鿿]")


class Doors:
    """Opens for every text that names an entity, a term or a measure of the catalogue, or speaks of rules, limits, courts or delays.

    Made for recall: of the articles that tell a move it lets at least 99 of 100 in (tests/gate/doors.py measures it).
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._names = Gazetteer(catalogue)
        words = [word for _, line in doors() for word in line.split("|")]
        latin = "|".join(re.escape(word).replace(r"\*", r"\w*") for word in words if not _HAN.search(word))
        chinese = "|".join(re.escape(word) for word in words if _HAN.search(word))
        self._words = re.compile(rf"(?<!\w)(?:{latin})(?!\w)|{chinese}", re.IGNORECASE)

    def open_for(self, title: str, summary: str) -> bool:
        """Tell whether the page behind these words is worth fetching; no words at all say nothing against it."""
        text = f"{title}\n{summary}"
        if not text.strip() or self._words.search(text) or self._names.subjects(text):
            return True
        return any(mention.entity_id or mention.word_class in ABOUT for mention in self._names.find(text))
