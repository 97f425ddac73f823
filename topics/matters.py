"""Which measure a new step belongs to: by official number, by name, by what was told before; only an unmatched one is minted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from extractors.model import h
from topics.ledger import Comparison
from topics.model import Catalogue, Claim, Known, Matter, MatterKey
from topics.numbers import normal, without_congress
from topics.profiles import IDENTITY_SCHEMES, Naming, Profile, weight_of

How = Literal["number", "catalogue_name", "learnt_name", "same_measure", "actor_and_targets", "story", "minted"]
# Strongest first: the number that would name the matter when it is minted.
SCHEME_ORDER = ("docket", "rin", "bill", "fr_doc", "fr", "fr_cite", "case", "cn_notice", "eo", "cfr")
KEY_SCHEMES = IDENTITY_SCHEMES | {"eo"}


@dataclass(frozen=True, slots=True)
class Resolution:
    """The matter of a step, how it was found, and what would be new in the tables."""

    matter_id: str
    how: How
    by: str  # the key, name or ledger id that decided
    minted: Matter | None
    keys: tuple[MatterKey, ...]  # newly learnt


@dataclass(frozen=True, slots=True)
class MatterBook:
    """Every known way to a matter: numbers and names of the catalogue, and those learnt since."""

    keys: Mapping[tuple[str, str], str]  # (scheme, value) -> matter id
    named: frozenset[str]  # matter ids that exist
    catalogue: frozenset[str]
    shared: frozenset[tuple[str, str]] = frozenset()  # numbers of several measures, which say nothing of which it is

    def number(self, numbers: Iterable[tuple[str, str]]) -> tuple[str, str] | None:
        """The first known number by strength, with its matter: ('bill:119-hr-1', matter id)."""
        for scheme, value in sorted(numbers, key=_strength):
            known = self._known_as(scheme, value)
            if scheme in KEY_SCHEMES and known:
                return f"{scheme}:{known}", self.keys[scheme, known]
        return None

    def _known_as(self, scheme: str, value: str) -> str:
        """The spelling under which a number is known, '' when it is not: a bill perhaps without its Congress, unless it has another one."""
        if (scheme, value) in self.keys or scheme != "bill":
            return value if (scheme, value) in self.keys else ""
        bare = without_congress(value)
        matter_id = self.keys.get((scheme, bare))
        others = [key for key, owner in self.keys.items() if owner == matter_id and key[0] == "bill" and key[1] != bare]
        return bare if matter_id and bare not in {without_congress(number) for _, number in others} else ""


def matter_book(known: Known, catalogue: Catalogue) -> MatterBook:
    """Build the book; a learnt key never overrules the catalogue.

    A number that the catalogue gives to several measures leads to none of them: names and what was told before decide.
    """
    keys = {(key.scheme, normal(key.scheme, key.value)): key.matter_id for key in sorted(known.keys, key=repr)}
    owners: dict[tuple[str, str], set[str]] = {}
    for measure in catalogue.measures:
        for scheme, value in measure.keys:
            owners.setdefault((scheme, normal(scheme, value)), set()).add(measure.matter_id)
    shared = frozenset(number for number, ids in owners.items() if len(ids) > 1)
    keys = {number: owner for number, owner in keys.items() if number not in shared}
    keys.update({number: owner for number, (owner, *others) in owners.items() if not others})
    for measure in catalogue.measures:
        names = (measure.name_en, measure.name_zh, *measure.aliases)
        keys.update({("name", name.lower()): measure.matter_id for name in names if _telling(name)})
    ids = frozenset(measure.matter_id for measure in catalogue.measures)
    return MatterBook(keys, ids | {matter.matter_id for matter in known.matters}, ids, shared)


def _telling(name: str) -> bool:
    """A name that is long enough to mean one measure only."""
    return len(name) >= 10 or (len(name) >= 5 and not name.isascii())


def _strength(key: tuple[str, str]) -> tuple[int, str]:
    scheme, value = key
    return (SCHEME_ORDER.index(scheme) if scheme in SCHEME_ORDER else len(SCHEME_ORDER), value)


def resolve(profiles: Sequence[Profile], related: Comparison | None, book: MatterBook, naming: Naming) -> Resolution:
    """Find the matter of a group of claims that tell one step; profiles in decision order, related = the likeliest known step."""
    numbers = {(scheme, normal(scheme, value, p.told)) for p in profiles for scheme, value in (*p.numbers, *p.claim.matter_keys)}
    found = _known(profiles, numbers, related, book, naming)
    matter_id, how, by = found or (_mint_id(profiles, numbers - book.shared, naming), "minted", "")
    minted = Matter(matter_id, _name(profiles)) if how == "minted" and matter_id not in book.named else None
    return Resolution(matter_id, how, by, minted, _learn(profiles, numbers - book.shared, matter_id, book))


def _known(
    profiles: Sequence[Profile], numbers: set[tuple[str, str]], related: Comparison | None, book: MatterBook, naming: Naming
) -> tuple[str, How, str] | None:
    number = book.number(numbers)
    if number:
        return number[1], "number", number[0]
    measures = [p.claim.measure for p in profiles if p.claim.measure]
    named = next((measure for measure in measures if measure in book.catalogue), None)
    if named:
        return named, "catalogue_name", named
    learnt = next((name for p in profiles for name in own_names(p.claim) if ("name", name) in book.keys), None)
    if learnt:
        return book.keys["name", learnt], "learnt_name", learnt
    return _by_step(profiles, related, naming)


def _by_step(profiles: Sequence[Profile], related: Comparison | None, naming: Naming) -> tuple[str, How, str] | None:
    """By the likeliest known step: the same measure's words, the same actor on overlapping targets, or the same story."""
    if related is None:
        return None
    row, parts = related.step.row, related.likeness
    actors = {p.claim.actor for p in related.step.telling.profiles} - {""}
    targets = frozenset(row.targets)
    if parts["measure"] or parts["number"]:
        return row.matter_id, "same_measure", row.ledger_id
    if any(p.claim.actor in actors and naming.weights(p.names & targets) >= 1.0 for p in profiles):
        return row.matter_id, "actor_and_targets", row.ledger_id
    if parts["story"] or related.result != "unrelated":
        return row.matter_id, "story", row.ledger_id
    return None


def _mint_id(profiles: Sequence[Profile], numbers: set[tuple[str, str]], naming: Naming) -> str:
    strongest = next(iter(sorted((key for key in numbers if key[0] in KEY_SCHEMES), key=_strength)), None)
    if strongest:
        return h("matter", *strongest)
    first = profiles[0]
    targets = sorted(sorted(first.names), key=lambda name: -naming.weight(name))[:3]
    words = () if targets else sorted(sorted(first.quote_words), key=lambda word: -weight_of(word))[:5]
    return h("matter", first.claim.topic, first.claim.actor, first.claim.measure.lower(), *sorted(targets), *sorted(words))


def _name(profiles: Sequence[Profile]) -> str:
    claim = profiles[0].claim
    return claim.measure or claim.quote[:120]


def own_names(claim: Claim) -> tuple[str, ...]:
    """Names that mean one measure: the claim's words for it, and titles of several words among the names."""
    title = claim.measure.lower()
    acts = sorted(name for name in claim.targets if _act_title(name))
    return tuple(dict.fromkeys([*([title] if _telling(title) else []), *acts]))


ACT_WORDS = frozenset("act rule order framework measures catalogue directive regulation decree bill program programme".split())


def _act_title(name: str) -> bool:
    """'model weights custody act', or a Chinese title that stood in book marks."""
    parts = name.split()
    return (len(parts) >= 3 and parts[-1] in ACT_WORDS) or (not name.isascii() and len(name) >= 6)


def _learn(profiles: Sequence[Profile], numbers: set[tuple[str, str]], matter_id: str, book: MatterBook) -> tuple[MatterKey, ...]:
    """The numbers and names of this step by which its matter will be met again."""
    found = {key for key in numbers if key[0] in KEY_SCHEMES}
    found |= {("name", name) for p in profiles for name in own_names(p.claim) if name not in book.catalogue}
    return tuple(MatterKey(scheme, value, matter_id) for scheme, value in sorted(found) if (scheme, value) not in book.keys)


def claim_names(claim: Claim, told: date) -> tuple[tuple[str, str], ...]:
    """The keys that a claim told on a day asks storage for: its numbers, a bill with and without its Congress, and its measure by name."""
    numbers = [*claim.matter_keys, *((scheme, value) for scheme, _, value in (number.partition(":") for number in claim.official_ids))]
    keys = [(scheme, normal(scheme, value, told)) for scheme, value in numbers]
    keys += [(scheme, without_congress(value)) for scheme, value in keys if scheme == "bill"]
    if claim.measure:
        keys.append(("name", claim.measure.lower()))
    return tuple(sorted(set(keys)))
