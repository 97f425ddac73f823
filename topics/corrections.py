"""What a revised text does to a sentence that was quoted from it: holds it, drops it, changes its figures, or calls it wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from topics.cues import cue_patterns
from topics.figures import days_in_figures, read_figures
from topics.terms import idf, terms_of
from topics.words import fold, sentences, stages, tokens

SAID_AGAIN = 0.6  # share of a quote's words, by rarity, that one sentence holds when it is the quote in other words
NAMED = 0.35  # the same for a correction note that is about the quote
CUT = 0.5  # a text that lost more than this share of its length was cut off (a paywall), not corrected
DROPPED = "the quoted sentence is gone"
CHANGED = "the quoted figures or days are gone"
_NOTE = re.compile(
    r"^\W*(?:corrections?|corrected|clarifications?|editor['’]?s['’]? note|retractions?|retracted)\b"
    r"|\b(?:an?|the|this) (?:earlier|previous|prior|original) version\b"
    r"|\bthis (?:article|story|report|post|item) (?:has been|was|is) (?:corrected|amended|retracted|withdrawn|updated to correct)"
    r"|^\W*(?:更正|勘误|编者[按注]|撤回|撤稿)|(?:本文|本报道|此前(?:版本|报道)).{0,20}(?:有误|错误|不实|撤回|更正)",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"\b(?:article|story|report|post|item) (?:has been|was|is) (?:retracted|withdrawn)|\bwe (?:have |hereby )*(?:retract|withdr[ae]w)"
    r"|^\W*(?:retraction|retracted)\b|撤稿|撤回(?:本文|该文|本报道|此报道|该报道)",
    re.IGNORECASE,
)
_SMALL = re.compile(r"\bmis-?spel|\bspelling\b|\bphoto|\bcaption|\bbyline|\bpronoun|错别字|图片|署名", re.IGNORECASE)
_NOT = re.compile(r"\b(?:not|never|nobody|none|neither)\b|n't\b|没有|并未|尚未|并非|不再|未(?:能|曾)", re.IGNORECASE)
_WEAKER = frozenset({"denial", "hearsay", "call"})  # cues that make less of a step than the quote did


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A text and what it was before; each is title and body, a blank line between paragraphs."""

    before: str  # '' when it is not known any more
    after: str

    @property
    def notes(self) -> tuple[str, ...]:
        """The correction notes that the text did not bear before, a paragraph each."""
        old = plain(self.before)
        return tuple(part for part in _paragraphs(self.after) if _NOTE.search(part) and plain(part) not in old)

    @property
    def own(self) -> str:
        """The text without its new notes, which repeat what was wrong."""
        notes = self.notes
        return "\n\n".join(part for part in _paragraphs(self.after) if part not in notes)

    @property
    def is_cut(self) -> bool:
        """True when so much is missing that the text was cut off."""
        return len(plain(self.own)) < CUT * len(plain(self.before))


def taken_back(quotes: Sequence[str], text: Rewritten) -> str:
    """Say why the text does not stand by its quotes any more: a note, DROPPED or CHANGED; '' while it holds one or only rewords it.

    A quote that the text before did not hold any more is none. A text that was cut off takes nothing back but by a note.
    """
    told = [quote for quote in quotes if not text.before or holds(text.before, quote)]
    if not told:
        return ""
    note = next((note for note in text.notes if any(contradicts(note, quote) for quote in told)), "")
    if note:
        return " ".join(note.split())
    own = text.own
    if text.is_cut or any(holds(own, quote) or rewords(own, quote) for quote in told):
        return ""
    return DROPPED if any(same_facts(own, quote) for quote in told) else CHANGED


def plain(text: str) -> str:
    """Letters and figures alone, so that spaces, quotation marks and dashes make no difference."""
    return "".join(re.findall(r"\w+", fold(text).casefold()))


def holds(text: str, quote: str) -> bool:
    """True when the text says the quote, whatever its spaces and punctuation."""
    return plain(quote) in plain(text)


def contradicts(note: str, quote: str) -> bool:
    """True for a note that takes the whole text back, or that is about the quote and about more than a spelling."""
    return bool(_WHOLE.search(note)) or (_share(quote, note) >= NAMED and not _SMALL.search(note))


def rewords(text: str, quote: str) -> bool:
    """True when one sentence says the same in other words: no stage less, no denial or hearsay more, and no figure or day lost."""
    return same_facts(text, quote) and says_alike(text, [quote])


def says_alike(text: str, quotes: Sequence[str]) -> bool:
    """True when one sentence says a quote in other words, whatever its figures and days."""
    return any(_same(sentence, quote) for sentence in sentences(fold(text)) for quote in quotes)


def same_facts(text: str, quote: str) -> bool:
    """True when the text names every figure and day of the quote."""
    named, wanted = read_figures(days_in_figures(fold(text))), read_figures(days_in_figures(fold(quote)))
    return wanted.values | wanted.days <= named.values | named.days


def _same(sentence: str, quote: str) -> bool:
    if _share(quote, sentence) < SAID_AGAIN or not stages(fold(quote)) <= stages(sentence):
        return False
    weaker = [pattern for cue, pattern in cue_patterns() if cue in _WEAKER]
    return all(pattern.search(quote) or not pattern.search(sentence) for pattern in (*weaker, _NOT))


def _share(quote: str, other: str) -> float:
    """How much of the quote's words, by rarity, stands in the other text."""
    wanted, there = set(terms_of(tokens(fold(quote)))), set(terms_of(tokens(fold(other))))
    whole = sum(idf(term) for term in sorted(wanted))
    return sum(idf(term) for term in sorted(wanted & there)) / whole if whole else 0.0


def _paragraphs(text: str) -> list[str]:
    return [part for part in re.split(r"\n\s*\n", text) if part.strip()]
