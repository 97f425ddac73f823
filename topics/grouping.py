"""Brings tonight's claims together: which of them tell one step, and how sure all of them are together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from topics.ledger import ALIKE
from topics.likeness import Likeness, likeness, telling
from topics.model import ALERT_KINDS, Kind, Reading
from topics.profiles import Naming, Profile
from topics.rules import Rules


@dataclass(frozen=True, slots=True)
class Told:
    """One claim of tonight with what decides its weight: its reading, and the copy that its article is, if it is one."""

    profile: Profile
    reading: Reading
    copy_of: str  # document that this article copies or rewrites; '' = a text of its own
    round_up: float = 0.0  # 0..1: how far the article goes through known steps beside this claim

    @property
    def publisher(self) -> str:
        """Publishers of one family count once."""
        return self.reading.article.family or self.reading.article.publisher

    @property
    def thin(self) -> bool:
        """A stub of a full article: it supports, and never alerts alone (Rules.thin_alone says why short items are not)."""
        return self.reading.article.text_kind != "full"


Group = tuple[Told, ...]


def group_claims(told: Sequence[Told], naming: Naming, rules: Rules) -> tuple[Group, ...]:
    """Split claims (in decision order) into groups that tell one step each; groups in the order of their first claim."""
    parent = list(range(len(told)))
    by_topic: dict[str, list[int]] = defaultdict(list)
    for index, each in enumerate(told):
        by_topic[each.profile.claim.topic].append(index)
    for members in by_topic.values():
        for position, right in enumerate(members):
            for left in members[:position]:
                if _root(parent, left) != _root(parent, right) and same_tonight(told[left], told[right], naming, rules):
                    parent[_root(parent, right)] = _root(parent, left)
    groups: dict[int, list[Told]] = defaultdict(list)
    for index, each in enumerate(told):
        groups[_root(parent, index)].append(each)
    return tuple(tuple(members) for members in groups.values())


def _root(parent: list[int], index: int) -> int:
    while parent[index] != index:
        index = parent[index]
    return index


def same_tonight(left: Told, right: Told, naming: Naming, rules: Rules) -> bool:
    """Whether two claims of one topic and night tell one step; two official texts never do unless they share a number."""
    a, b = left.profile, right.profile
    if a.official and b.official and a.doc_id != b.doc_id and a.acts and b.acts and not a.acts & b.acts:
        return False
    if right.copy_of == a.doc_id or left.copy_of == b.doc_id:
        return a.claim.kind == b.claim.kind or _alike(a, b)
    alike = (_likeness(a, b, naming, rules), _likeness(b, a, naming, rules))
    if a.claim.kind == b.claim.kind:
        return max(like.score for like in alike) >= rules.same_step - _so_little(left, right, rules)
    # A reader mistakes one kind for another more easily than one night brings two steps that are told so alike.
    return max(like.content for like in alike) >= (rules.other_verb if _alike(a, b) else rules.any_verb)


def _so_little(left: Told, right: Told, rules: Rules) -> float:
    """How much less two claims of one night and kind need when a short item is among them, which has few words to agree in."""
    likely = min(left.profile.claim.score, right.profile.claim.score) >= rules.brief_from
    return rules.brief_tonight if likely and "brief" in {left.reading.route, right.reading.route} else 0.0


def _alike(a: Profile, b: Profile) -> bool:
    return frozenset({a.claim.kind, b.claim.kind}) in ALIKE


def _likeness(a: Profile, b: Profile, naming: Naming, rules: Rules) -> Likeness:
    return likeness(a, telling(b.told, b.told, (b,)), naming, rules)


def kind_of(group: Group) -> Kind:
    """The kind that most of the score speaks for; a tie goes to the kind named first in ALERT_KINDS."""
    votes: dict[Kind, float] = defaultdict(float)
    for each in group:
        votes[each.profile.claim.kind] += each.profile.claim.score * (2.0 if each.profile.official else 1.0)
    order = {kind: position for position, kind in enumerate(ALERT_KINDS)}
    return min(votes, key=lambda kind: (-round(votes[kind], 6), order.get(kind, len(order)), kind))


def publishers(group: Group) -> dict[str, float]:
    """The best score of each independent publisher, copies left out."""
    best: dict[str, float] = {}
    for each in group:
        if not each.copy_of:
            best[each.publisher] = max(best.get(each.publisher, 0.0), each.profile.claim.score)
    return {name: best[name] for name in sorted(best)}


def combined(scores: Mapping[str, float], rules: Rules) -> float:
    """All publishers' scores as one probability."""
    ordered = sorted(scores.values(), reverse=True)
    if not ordered:
        return 0.0
    if rules.combination == "best":
        return ordered[0]
    if rules.combination == "mean_best_3":
        return sum(ordered[:3]) / len(ordered[:3])
    doubt = 1.0
    for score in ordered:
        doubt *= 1.0 - score
    return round(1.0 - doubt, 6)
