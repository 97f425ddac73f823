"""The sentence that an alert shows: the one of the best passage that states the step, verbatim, with its offset."""

from __future__ import annotations

import math
import re

from topics.claims import Quote
from topics.pairs import Pair
from topics.passages import Sentence
from topics.scoring import ScoredText, Scorer

# Lines that the Federal Register sets beside an abstract; they date a step and do not state it.
_BESIDE = re.compile(r"(?:action|dates?|agency|summary):|effective on \d|comments? (?:close|are due|must)", re.I)
_LONG = 60  # characters; shorter sentences ("Expect invoices.") seldom state a step alone


def best_quote(scorer: Scorer, scored: ScoredText, pair: Pair) -> Quote:
    """Choose among the sentences of the pair's passage; the title only where the text has no sentence of its own."""
    passage = scored.text.passages[pair.passage]
    sentences = scored.text.sentences
    if not passage.sentences:
        return Quote(sentences[0].text, sentences[0].start, sentences[0].text, 0)
    ranked = [(scorer.step_score([scored.act_ids[i]]) - _shortness(sentences[i].text), -n, i) for n, i in enumerate(passage.sentences)]
    chosen = max(ranked)[2]
    near = [s.text for s in _around(sentences, chosen)]
    if passage.with_title:
        near.insert(0, sentences[0].text)
    return Quote(sentences[chosen].text, sentences[chosen].start, " \n ".join(near), passage.index)


def _around(sentences: tuple[Sentence, ...], chosen: int) -> list[Sentence]:
    paragraph = sentences[chosen].paragraph
    return [s for s in sentences if s.paragraph == paragraph]


def _shortness(text: str) -> float:
    """A penalty in log-odds for sentences below the usual length, and for lines that only stand beside a text."""
    beside = 4.0 if _BESIDE.match(text) and len(text) < 2 * _LONG else 0.0
    return beside + max(0.0, math.log(_LONG / max(len(text) * (2 if text[:1] > "\u2fff" else 1), 1)))
