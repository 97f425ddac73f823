"""Which old steps of a long ledger could be meant tonight: the few that share the rarest words and names with each claim."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from topics.matters import claim_names, own_names
from topics.model import Claim, ToldWords
from topics.places import Floats, Places, holders
from topics.profiles import identity_numbers

_PIECE = re.compile(r"([a-z0-9]{3,6})[a-z0-9]*|(?=([一-鿿]{2}))")  # the beginning of a word, or two Chinese characters
PER_CLAIM = 20  # a claim is covered by one step and goes on from one: the likeliest twenty hold both


@dataclass(frozen=True, slots=True)
class OldStep:
    """A step as recall needs it: what told it first, and whom it names."""

    ledger_id: str
    topic: str
    kind: str
    quote: str
    targets: tuple[str, ...]


def told_words(claim: Claim, told: date) -> ToldWords:
    """The words, names and keys by which a claim told on a day asks for old steps."""
    numbers = (key for key in claim_names(claim, told) if key[0] != "name")
    keys = frozenset((*numbers, *identity_numbers(claim, told), *(("name", name) for name in own_names(claim))))
    return ToldWords(claim.topic, claim.kind, frozenset(_pieces(claim.quote) | _names(claim.targets)), keys)


def recall(told: Iterable[ToldWords], steps: Sequence[OldStep], per_claim: int = PER_CLAIM) -> frozenset[str]:
    """The ledger ids of the steps that share the most with some claim, at most per_claim each; of equals the one with the lower id.

    A word weighs by how few of the steps hold it. A step of another topic is only compared when it is of the same kind (settling.Desk).
    """
    asked = [each for each in told if each.words]
    wanted = {word: number for number, word in enumerate(sorted(frozenset().union(*(each.words for each in asked))))}
    ordered = sorted(steps, key=lambda step: step.ledger_id)
    held = [[wanted[word] for word in (_pieces(step.quote) | _names(step.targets)) & wanted.keys()] for step in ordered]
    weight = _rarity(held, len(wanted))
    values = np.array([number for each in held for number in each], np.uint64)
    places = Places(values, np.ones(len(values)), holders(held))
    topics, kinds = np.array([step.topic for step in ordered]), np.array([step.kind for step in ordered])
    found: set[str] = set()
    for each in asked:
        at, weights = places.found((wanted[word], weight[wanted[word]]) for word in sorted(each.words))
        scores = np.bincount(at, weights, len(ordered)) * ((topics == each.topic) | (kinds == each.kind))
        found.update(ordered[index].ledger_id for index in _largest(scores, per_claim))
    return frozenset(found)


def _pieces(text: str) -> set[str]:
    """Beginnings of words and pairs of characters: a tenth of the time of values.words, because a hundred thousand steps are asked."""
    return {match[match.lastindex or 0] for match in _PIECE.finditer(text.lower())}


def _names(names: Iterable[str]) -> set[str]:
    return {f"n:{name.lower()}" for name in names}


def _rarity(held: Sequence[Sequence[int]], count: int) -> list[float]:
    seen = Counter(number for each in held for number in each)
    return [math.log((1 + len(held)) / (1 + seen[number])) for number in range(count)]


def _largest(scores: Floats, count: int) -> list[int]:
    """The places of the largest scores above 0, of equals the first."""
    order = np.argsort(-scores, kind="stable")[:count]
    return [index for index in order.tolist() if scores[index] > 0.0]
